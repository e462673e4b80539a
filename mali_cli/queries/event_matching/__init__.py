"""Match the events of two datasets: which pairs are one event, by which rule, and what differs.

docs/compare.md explains every rule and number. `candidates` finds pairs near each other in time and place, `actors`
what groups they share and `words` what words, `scoring` scores the pairs and chooses among them, and `table` puts them
side by side.
"""

from __future__ import annotations

import pandas as pd

from mali_cli.queries.event_matching.actors import overlaps_of_pairs
from mali_cli.queries.event_matching.candidates import near_pairs, pairs_of_same_id
from mali_cli.queries.event_matching.caveats import caveats
from mali_cli.queries.event_matching.event_types import comparable_mask
from mali_cli.queries.event_matching.inputs import EventSet, MatchWindow
from mali_cli.queries.event_matching.locations import Locations, locate
from mali_cli.queries.event_matching.scoring import greedy_match, with_matching_actors, with_score
from mali_cli.queries.event_matching.table import side_by_side
from mali_cli.queries.event_matching.words import with_shared_words

__all__ = [
    "EventSet",
    "Locations",
    "MatchWindow",
    "candidate_pairs",
    "caveats",
    "comparable_mask",
    "comparison_table",
    "locate",
]


def comparison_table(ours: EventSet, theirs: EventSet, locations: Locations, window: MatchWindow) -> pd.DataFrame:
    """Return the columns of 'compare' in datapackage.json: matched pairs in order of time, then all other events.

    `locations` are those that `locate` returns. The result does not depend on the order of the rows of any table.
    """
    identical = pairs_of_same_id(ours, theirs, locations, window)
    identical = identical.join(overlaps_of_pairs(identical, ours, theirs)["names"])
    identical = identical.assign(rule="same id", score=1.0, is_more=False)
    pairs = candidate_pairs(ours, theirs, locations, window, identical)
    matches = pd.concat([identical, greedy_match(pairs, ours, theirs)], ignore_index=True)
    return side_by_side(matches, ours, theirs)


def candidate_pairs(
    ours: EventSet,
    theirs: EventSet,
    locations: Locations,
    window: MatchWindow,
    matched: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return every pair of events that one of the rules allows, with its rule and score, except of matched events.

    The columns are those of `near_pairs`, of `with_matching_actors`, `words` and `score`.
    """
    pairs = near_pairs(ours, theirs, locations, window)
    if matched is not None:
        pairs = pairs[~pairs["our_row"].isin(matched["our_row"]) & ~pairs["their_row"].isin(matched["their_row"])]
    pairs = with_shared_words(with_matching_actors(pairs, ours, theirs), ours, theirs)
    return with_score(pairs, window)
