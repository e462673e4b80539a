"""Match the events of two datasets: which pairs are one event, by which rule, and what differs.

docs/compare.md explains every rule and number. `candidates` finds pairs near each other in time and place, `actors`
what groups they share, `scoring` scores the pairs and chooses among them, and `table` puts them side by side.
"""

from __future__ import annotations

import pandas as pd

from mali_cli.queries.event_matching.candidates import near_pairs
from mali_cli.queries.event_matching.caveats import caveats
from mali_cli.queries.event_matching.event_types import comparable_mask
from mali_cli.queries.event_matching.inputs import EventSet, MatchWindow
from mali_cli.queries.event_matching.scoring import greedy_match, with_matching_actors, with_score
from mali_cli.queries.event_matching.table import side_by_side

__all__ = ["EventSet", "MatchWindow", "candidate_pairs", "caveats", "comparable_mask", "comparison_table"]


def comparison_table(ours: EventSet, theirs: EventSet, window: MatchWindow) -> pd.DataFrame:
    """Return the columns of 'compare' in datapackage.json: matched pairs in order of time, then all other events.

    The result does not depend on the order of the rows of any table.
    """
    matches = greedy_match(candidate_pairs(ours, theirs, window), ours, theirs)
    return side_by_side(matches, ours, theirs)


def candidate_pairs(ours: EventSet, theirs: EventSet, window: MatchWindow) -> pd.DataFrame:
    """Return every pair of events that one of the rules allows, with its rule and score.

    The columns are those of `near_pairs`, of `with_matching_actors` and `score`.
    """
    pairs = near_pairs(ours, theirs, window)
    return with_score(with_matching_actors(pairs, ours, theirs), window)
