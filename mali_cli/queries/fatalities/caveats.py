"""The notes under sums: the totals, what could not be added, what was left out, and how the rows may be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.queries.casualties import WIDER, count_of_scope
from mali_cli.queries.events import CIVILIAN_KINDS_OVERLAP, TIME_KEYS, possible_dates_note
from mali_cli.queries.fatalities.left_out import POSSIBLE, LeftOut
from mali_cli.queries.fatalities.table import SumTotals
from mali_cli.results import pluralize

CAUSE_WORDS = {
    "accident": "by accident",
    "illness": "by illness",
    "self-inflicted": "self-inflicted",
    "unknown": "of unknown cause",
}


def caveats(table: pd.DataFrame, totals: SumTotals, keys: list[str], filters: Filters) -> list[str]:
    """Return the notes for sums by these keys, the summary line first."""
    notes = []
    if not filters.harms or "killed" in filters.harms:
        notes = [summary_line(totals, filters), *_other_deaths_note(totals.other_deaths)]
    notes += [*_left_out_notes(totals.left_out), *without_number_note(filters)]
    return [*notes, *_row_notes(table, totals, keys, filters)]


def without_number_note(filters: Filters) -> list[str]:
    """Return the note on --min-killed: an event without a number never matches; none without that filter."""
    return ["Left out: events without a number of people killed."] if filters.has_killed_filters else []


def summary_line(totals: SumTotals, filters: Filters) -> str:
    """Return a line such as "12 killed (9-15+) in 3 events; 2 violent events without a figure"."""
    line = "no number of people killed"
    if totals.best is not None and totals.low is not None and totals.high is not None:
        plus = "+" if totals.open else ""
        if totals.low < totals.high:
            line = f"{totals.best:,} killed ({totals.low:,}-{totals.high:,}{plus})"
        else:
            line = f"{totals.best:,}{plus} killed"
        if totals.events:
            line += f" in {pluralize(totals.events, 'events')}"
    parts = [line]
    if totals.events_without_figures and not filters.has_casualty_filters:
        parts.append(f"{pluralize(totals.events_without_figures, 'violent events')} without a figure")
    if totals.zeros:
        parts.append(f"{pluralize(totals.zeros, 'events')} with 0: none or not stated")
    if totals.unknown > totals.zeros:
        parts.append(f"{_count_tallies(totals.unknown - totals.zeros)} with no number given")
    if totals.single_belligerent_tallies:
        parts.append(f"{_count_tallies(totals.single_belligerent_tallies)} from one belligerent only")
    return "; ".join(parts)


def _other_deaths_note(deaths: Mapping[str, int]) -> Iterator[str]:
    """Yield how many people in died_other died of which cause, most first and unknown causes last."""
    causes = sorted(deaths, key=lambda cause: (cause == "unknown", -deaths[cause], cause))
    if causes:
        counts = ", ".join(f"{deaths[cause]:,} {CAUSE_WORDS[cause]}" for cause in causes)
        yield f"died_other, not among the killed: {counts}."


def _count_tallies(number: int) -> str:
    return f"{number:,} {'tally' if number == 1 else 'tallies'}"


def _left_out_notes(left_out: Mapping[str, LeftOut]) -> Iterator[str]:
    """Yield what the defaults of --dates and --scope leave out, with the options that add it."""
    if POSSIBLE in left_out:
        figures, killed = left_out[POSSIBLE]
        yield from possible_dates_note(figures, "figures", "--dates all adds", killed)
    parts = []
    for scope, options in {"period": "--scope event --scope period", "total": "--scope total"}.items():
        if scope in left_out:
            figures, killed = left_out[scope]
            of_whom = f" ({killed:,} killed)" if killed else ""
            parts.append(f"{count_of_scope(figures, scope)}{of_whom}: {options}")
    if parts:
        yield f"Left out: {'; '.join(parts)}."


def _row_notes(table: pd.DataFrame, totals: SumTotals, keys: list[str], filters: Filters) -> Iterator[str]:
    comparable = table["stated_killed"].notna() & table[keys].notna().all(axis=1)
    # Only by nationality or group can totals and events be compared; a total may be of soldiers alone.
    if comparable.any() and set(keys) <= {"country", "group"}:
        in_events = int(table.loc[comparable, "killed_best"].fillna(0).sum())
        stated = int(table.loc[comparable, "stated_killed"].sum())
        rows = int(comparable.sum())
        where, total = ("the row", "total") if rows == 1 else (f"the {rows:,} rows", "totals")
        yield (
            f"In {where} with a stated total, figures of events add up to {in_events:,} killed and the {total} to "
            f"{stated:,}; they need not count the same people."
        )
    if WIDER in filters.scopes:
        yield "Figures of more than this war are not added up: mali casualties --scope wider lists them."
    if len(filters.scopes - {WIDER}) > 1:
        yield (
            "Figures of events, periods and totals are added together; "
            "overlaps are removed only where the data state that one is part of another."
        )
    if "actor" in keys:
        yield "Rows overlap: an event counts for each group that takes part in it."
    if "civilian_kind" in keys:
        yield CIVILIAN_KINDS_OVERLAP
    if {"according_to", "document"} & set(keys):
        yield "Rows do not add up: each row has one source's own figures, often about the same people."
    narrow = filters.has_event_filters or filters.has_casualty_filters or filters.documents
    if set(TIME_KEYS) & set(keys) and totals.per_year and not narrow:
        per_year = ", ".join(f"{year} {count}" for year, count in totals.per_year.items())
        yield f"Events per year: {per_year}. No record does not mean no violence."
