"""The notes under a comparison: the summary line, what was not compared, and what could not be matched."""

from __future__ import annotations

import pandas as pd

from mali_cli.queries.event_matching.inputs import EventSet
from mali_cli.queries.event_matching.locations import Locations
from mali_cli.queries.event_matching.table import BOTH, MORE, ONLY_OURS, ONLY_THEIRS
from mali_cli.results import pluralize


def caveats(table: pd.DataFrame, ours: EventSet, theirs: EventSet, locations: Locations, left_out: int) -> list[str]:
    """Return the notes for a comparison; `left_out` is the number of our events that were not compared."""
    notes = [summary_line(table)]
    if left_out:
        number = pluralize(left_out, "events")
        notes.append(f"Not compared: {number} of ours, not violent and of a type that does not occur in theirs.")
    our_placeless = len(ours.events) - locations.ours["event"].nunique()
    their_placeless = len(theirs.events) - locations.theirs["event"].nunique()
    if our_placeless or their_placeless:
        notes.append(
            f"{our_placeless:,} of ours and {their_placeless:,} of theirs have no place below country level "
            "and are never matched."
        )
    return notes


def summary_line(table: pd.DataFrame) -> str:
    """Return how many events are in both, how many in one only, and how many numbers of people killed differ."""
    rows = table["match"].value_counts()
    both, more, only_ours, only_theirs = (int(rows.get(match, 0)) for match in (BOTH, MORE, ONLY_OURS, ONLY_THEIRS))
    pairs = table[table["match"] == BOTH]
    with_figures = pairs[pairs["killed_best"].notna() & pairs["killed_theirs_sum"].notna()]
    differ = int((with_figures["killed_best"] != with_figures["killed_theirs_sum"]).sum())
    parts = f" ({pluralize(more, 'more records')} of theirs)" if more else ""
    line = (
        f"{both + only_ours:,} of ours and {both + more + only_theirs:,} of theirs: "
        f"{both:,} in both{parts}, {only_ours:,} only ours, {only_theirs:,} only theirs"
    )
    if len(with_figures):
        line += f"; of {len(with_figures):,} with figures on both sides {differ:,} differ{'s' if differ == 1 else ''}"
    return f"{line}."
