"""Which pairs of events may match, how well they do, and which pairs are chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mali_cli.queries.event_matching.actors import overlaps_of_pairs
from mali_cli.queries.event_matching.inputs import EventSet, MatchWindow
from mali_cli.queries.event_matching.locations import NEARBY, SAME_PLACE, SAME_REGION

# The weights of the score. Figures have no part in it: they are what one wants to compare.
DAYS_WEIGHT, PLACE_WEIGHT, ACTORS_WEIGHT, TYPE_WEIGHT = 0.3, 0.3, 0.3, 0.1
INEXACT_FACTOR = 0.75  # where a date is not exact to the day, or a place only known as near
LONG_DATE_FACTOR = 0.5

PLACE_RULES = {SAME_REGION: "same region", NEARBY: "nearby", SAME_PLACE: "same place"}


def with_matching_actors(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the pairs whose actors match, with the columns of ActorOverlap (`score` as `actors`) and `rule`.

    Events in the same region, and events with a long date, must share a group on both sides.
    """
    overlaps = overlaps_of_pairs(pairs, ours, theirs).rename(columns={"score": "actors"})
    pairs = pairs.join(overlaps)
    both_sides = (pairs["shared_sides"] == 2) & pairs["has_specific_actor"]
    allowed = (pairs["shared_sides"] > 0) & ((pairs["place"] > SAME_REGION) | both_sides)
    allowed &= ~pairs["long_date"] | ((pairs["place"] == SAME_PLACE) & both_sides)
    pairs = pairs[allowed]
    columns = (pairs[name] for name in ("place", "shared_sides", "via_hierarchy", "long_date"))
    rules = [
        f"{PLACE_RULES[place]}, {'both sides' if sides == 2 else 'one side'}"
        f"{' through part_of' if via_hierarchy else ''}{', long date' if long_date else ''}"
        for place, sides, via_hierarchy, long_date in zip(*columns, strict=True)
    ]
    return pairs.assign(rule=pd.Series(rules, index=pairs.index, dtype=object))


def with_score(pairs: pd.DataFrame, window: MatchWindow) -> pd.DataFrame:
    """Return the pairs with `score`, the weighted sum of how near days, places, actors and types are, from 0 to 1.

    It is rounded to two decimals, halves up, before anything is ordered by it, so that the choice of pairs can be
    followed from the printed scores.
    """
    long_date, inexact_date, near_place = (
        pairs[name].to_numpy(dtype=bool) for name in ("long_date", "inexact_date", "near_place")
    )
    date_factor = np.where(long_date, LONG_DATE_FACTOR, np.where(inexact_date, INEXACT_FACTOR, 1.0))
    days = (1 - pairs["days"] / (window.days + 1)) * date_factor
    nearby = pairs["place"] == NEARBY
    place = (1 - pairs["km"] / (window.km + 1)).where(nearby, (pairs["place"] == SAME_PLACE).astype(float))
    score = (
        DAYS_WEIGHT * days
        + PLACE_WEIGHT * place * np.where(near_place, INEXACT_FACTOR, 1.0)
        + ACTORS_WEIGHT * pairs["actors"]
        + TYPE_WEIGHT * pairs["type_similarity"]
    )
    # The inner rounding removes the error of floating-point sums: 0.285 is 0.29, not 0.28.
    hundredths = np.floor((score.astype(float) * 100).round(6) + 0.5)
    return pairs.assign(score=hundredths / 100)


def greedy_match(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the chosen pairs, each event in at most one of them.

    The best pair is chosen first, then the best pair of the remaining events: by score, then the fewest days and
    kilometres, then the ids. So a pair is left out only if one of its events has a partner at least as good. The
    assignment with the highest sum of scores is not used: it may separate two records that agree in everything in
    order to give each of them a poor partner.
    """
    ids = {
        "our_id": ours.events["event_id"].to_numpy()[pairs["our_row"]],
        "their_id": theirs.events["event_id"].to_numpy()[pairs["their_row"]],
    }
    pairs = pairs.assign(**ids).sort_values(
        ["score", "days", "km", "our_id", "their_id"], ascending=[False, True, True, True, True], ignore_index=True
    )
    our_matched: set[int] = set()
    their_matched: set[int] = set()
    chosen = []
    for i, (our_row, their_row) in enumerate(zip(pairs["our_row"].tolist(), pairs["their_row"].tolist(), strict=True)):
        if our_row not in our_matched and their_row not in their_matched:
            our_matched.add(our_row)
            their_matched.add(their_row)
            chosen.append(i)
    return pairs.loc[chosen].reset_index(drop=True)
