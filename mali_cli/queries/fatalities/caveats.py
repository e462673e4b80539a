"""The notes under sums: the totals, what could not be added, and how the rows may be read."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.queries.events import TIME_KEYS
from mali_cli.queries.fatalities.table import SumTotals
from mali_cli.results import pluralize


def caveats(table: pd.DataFrame, totals: SumTotals, keys: list[str], filters: Filters) -> list[str]:
    """Return the notes for sums by these keys, the summary line first."""
    return [summary_line(totals, filters), *_row_notes(table, totals, keys, filters)]


def summary_line(totals: SumTotals, filters: Filters) -> str:
    """Return a line such as "12 killed (9-15+) in 3 events; 2 events without a figure; 1 with no number given"."""
    line = "no number of people killed"
    if totals.best is not None and totals.low is not None and totals.high is not None:
        plus = "+" if totals.open else ""
        has_range = totals.low < totals.high or totals.open
        line = f"{totals.best:,} killed" + (f" ({totals.low:,}-{totals.high:,}{plus})" if has_range else "")
        if totals.events:
            line += f" in {pluralize(totals.events, 'events')}"
    parts = [line]
    if not filters.has_casualty_filters:
        parts.append(f"{pluralize(totals.events_without_figures, 'events')} without a figure")
    if totals.unknown:
        parts.append(f"{totals.unknown:,} with no number given")
    if totals.single_belligerent_tallies:
        parts.append(f"{totals.single_belligerent_tallies:,} reported by one belligerent only")
    return "; ".join(parts)


def _row_notes(table: pd.DataFrame, totals: SumTotals, keys: list[str], filters: Filters) -> Iterator[str]:
    comparable = table["stated_killed"].notna() & table[keys].notna().all(axis=1)
    # Only by nationality or group do stated totals and events count the same people.
    if comparable.any() and set(keys) <= {"country", "group"}:
        in_events = int(table.loc[comparable, "killed_best"].fillna(0).sum())
        stated = int(table.loc[comparable, "stated_killed"].sum())
        yield f"Events cover {in_events:,} of the {stated:,} in stated totals."
    if len(filters.scopes) > 1:
        yield (
            "Figures of events, periods and totals are added together; "
            "overlaps are removed only where the data state that one is part of another."
        )
    if "actor" in keys:
        yield "Rows overlap: an event counts for each group that takes part in it."
    if {"according_to", "document"} & set(keys):
        yield "Rows do not add up: each row has one source's own figures, often about the same people."
    if set(TIME_KEYS) & set(keys) and totals.per_year:
        per_year = ", ".join(f"{year} {count}" for year, count in totals.per_year.items())
        yield f"Events per year: {per_year}. No record does not mean no violence."
