"""Which pairs of events may match, how well they do, and which pairs are chosen."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mali_cli.queries.event_matching.actors import overlaps_of_pairs
from mali_cli.queries.event_matching.inputs import EventSet, MatchWindow
from mali_cli.queries.event_matching.locations import NEARBY, SAME_PLACE, SAME_REGION

# The weights of the score. Figures have no part in it: they are what one wants to compare.
DAYS_WEIGHT, PLACE_WEIGHT, ACTORS_WEIGHT, TYPE_WEIGHT, WORDS_WEIGHT = 0.3, 0.2, 0.2, 0.15, 0.15
INEXACT_FACTOR = 0.75  # where a date is not exact to the day, or a place only known as near
LONG_DATE_FACTOR = 0.5
MINIMUM_SCORE = 0.55  # pairs below are not matched

PLACE_RULES = {SAME_REGION: "same region", NEARBY: "nearby", SAME_PLACE: "same place"}
ACTOR_RULES = ("same weapon", "one side", "both sides")  # by the number of sides with a group in common


def with_matching_actors(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the pairs whose actors match, with the columns of ActorOverlap (`score` as `actors`) and `rule`.

    Events in the same region, and events with a long date, must share a group on both sides. Without any shared group
    the same weapon at the same place is enough where one event does not state a side.
    """
    overlaps = overlaps_of_pairs(pairs, ours, theirs).rename(columns={"score": "actors"})
    pairs = pairs.join(overlaps)
    both_sides = (pairs["shared_sides"] == 2) & pairs["has_specific_actor"]
    same_place = pairs["place"] == SAME_PLACE
    allowed = (pairs["shared_sides"] > 0) & ((pairs["place"] > SAME_REGION) | both_sides)
    allowed |= pairs["unstated"] & pairs["same_weapon"] & same_place
    allowed &= ~pairs["long_date"] | (same_place & both_sides)
    pairs = pairs[allowed]
    columns = (pairs[name] for name in ("place", "shared_sides", "via_hierarchy", "long_date"))
    rules = [
        f"{PLACE_RULES[place]}, {ACTOR_RULES[sides]}"
        f"{' through part_of' if via_hierarchy else ''}{', long date' if long_date else ''}"
        for place, sides, via_hierarchy, long_date in zip(*columns, strict=True)
    ]
    return pairs.assign(rule=pd.Series(rules, index=pairs.index, dtype=object))


def with_score(pairs: pd.DataFrame, window: MatchWindow) -> pd.DataFrame:
    """Return the pairs of at least MINIMUM_SCORE with `score`, from 0 to 1.

    It is the weighted sum of how well days, places, actors, types and words agree. It is rounded to two decimals,
    halves up, before anything is ordered by it, so that the choice of pairs can be followed from the printed scores.
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
        + WORDS_WEIGHT * pairs["words"]
    )
    # The inner rounding removes the error of floating-point sums: 0.285 is 0.29, not 0.28.
    hundredths = np.floor((score.astype(float) * 100).round(6) + 0.5)
    pairs = pairs.assign(score=hundredths / 100)
    return pairs[pairs["score"] >= MINIMUM_SCORE]


def greedy_match(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the chosen pairs, each event in at most one of them; then, with `is_more`, further records of theirs.

    The best pair is chosen first, then the best pair of the remaining events: by score, then the fewest days and
    kilometres. So a pair is left out only if one of its events has a partner at least as good. The assignment with the
    highest sum of scores is not used: it may separate two records that agree in everything in order to give each of
    them a poor partner.

    Of the records that are left, those join a chosen event of ours that may be parts of it: both dates are known to
    the day and share one, the place is the same, and both sides share a group.
    """
    pairs = pairs.assign(
        our_order=_order_of_events(ours)[pairs["our_row"]], their_order=_order_of_events(theirs)[pairs["their_row"]]
    ).sort_values(
        ["score", "days", "km", "our_order", "their_order"],
        ascending=[False, True, True, True, True],
        ignore_index=True,
    )
    chosen = pairs[_first_of_each(pairs, "our_row", "their_row")]
    rest = pairs[pairs["our_row"].isin(chosen["our_row"]) & ~pairs["their_row"].isin(chosen["their_row"])]
    is_part = (rest["days"] == 0) & ~rest["inexact_date"].astype(bool) & (rest["place"] == SAME_PLACE)
    more = rest[is_part & (rest["shared_sides"] == 2) & rest["has_specific_actor"]].drop_duplicates("their_row")
    return pd.concat([chosen.assign(is_more=False), more.assign(is_more=True)], ignore_index=True)


def _first_of_each(pairs: pd.DataFrame, *columns: str) -> np.ndarray:
    """Return a mask of the pairs of which no event is in an earlier such pair."""
    seen: tuple[set[int], ...] = tuple(set() for _ in columns)
    mask = []
    for rows in zip(*(pairs[name].tolist() for name in columns), strict=True):
        is_first = not any(row in rows_seen for row, rows_seen in zip(rows, seen, strict=True))
        if is_first:
            for row, rows_seen in zip(rows, seen, strict=True):
                rows_seen.add(row)
        mask.append(is_first)
    return np.array(mask, dtype=bool)


def _order_of_events(side: EventSet) -> np.ndarray:
    """Return the rank of each event by day and summary; the key orders only events that agree in both."""
    columns = ["date_start", "summary", "event_id"]
    order = side.events[columns].reset_index(drop=True).sort_values(columns).index.to_numpy()
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
