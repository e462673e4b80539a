"""Counts of events by week or month, as files give them: which rows match, and their sums by group keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from mali_cli.errors import DataError
from mali_cli.model.filters import Filters
from mali_cli.model.names import join_and
from mali_cli.model.schema import Column
from mali_cli.model.vocabulary import CIVILIAN_TARGETING, POLITICAL_VIOLENCE
from mali_cli.queries import events as event_queries
from mali_cli.queries import fatalities, list_columns
from mali_cli.results import pluralize

# The group keys with the columns that they need; the time keys need none.
COLUMN_BY_KEY = {
    **dict.fromkeys(("year", "quarter", "month", "week")),
    **{"in": "country", "region": "region", "admin2": "admin2"},
    **{key: key for key in ("event_type", "sub_event_type", "disorder_type")},
}
ADDS_POSSIBLE_DATES = "--dates all adds"


class Matching(NamedTuple):
    """The rows to add, those left out that only may lie in the period, and notes on rows that are not added."""

    rows: pd.DataFrame
    possible: pd.DataFrame
    notes: list[str]


def group_keys(table: pd.DataFrame) -> list[str]:
    """Return the group keys that have values in a table."""
    times = ["year", *(["quarter", "month"] if _has_bins(table, "month") else [])]
    times += ["week"] if _has_bins(table, "week") else []
    others = [key for key, column in COLUMN_BY_KEY.items() if column and table[column].notna().any()]
    return [*times, *others]


def _has_bins(table: pd.DataFrame, key: str) -> bool:
    return bool(event_queries.time_bins(table, key).notna().any())


def describe(table: pd.DataFrame) -> str:
    """Return what the rows are by, such as "week and region"."""
    keys = group_keys(table)
    time = next((key for key in ("week", "month") if key in keys), "year")
    area = next((key for key in ("admin2", "region") if key in keys), "country")
    return f"{time} and {area}"


def counts_civilian_targeting(table: pd.DataFrame) -> bool:
    """Return whether rows of a table count the events of civilian targeting."""
    return bool((table["disorder_type"] == CIVILIAN_TARGETING).any())


def select(table: pd.DataFrame, filters: Filters, keys: Iterable[str]) -> Matching:
    """Return the rows that match; of kinds of events that overlap only one, unless a key keeps them apart."""
    rows = table.assign(date_precision="range")
    countries = filters.event_countries & filters.countries or filters.event_countries | filters.countries
    rows = rows[list_columns.isin_all(rows, country=countries, region=filters.regions, admin2=filters.admin2)]
    if filters.types:
        rows = rows[rows["event_type"].isin(filters.types) | rows["sub_event_type"].isin(filters.types)]
    disorder_types = frozenset({CIVILIAN_TARGETING}) if filters.civilian_targeting else filters.disorder_types
    if disorder_types:
        names = rows["disorder_type"]
        rows = rows[list_columns.list_mask(names, lambda types: any(t.strip() in disorder_types for t in types))]
    rows, notes = _without_overlaps(rows, bool(disorder_types), keys)
    if filters.period is not None:
        rows = rows[event_queries.in_period(rows, filters.period, "all")]
    return Matching(*event_queries.split_by_dates(rows, filters), notes)


def _without_overlaps(rows: pd.DataFrame, chosen: bool, keys: Iterable[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows without kinds of events that overlap with another, and the note on them."""
    is_total = rows["event_type"].isna()
    kinds = rows.loc[is_total, "disorder_type"].unique()
    if len(kinds) < 2:
        return rows, []
    if "disorder_type" in keys:
        return rows, ["Rows overlap: an event may be in several disorder types."]
    if chosen or POLITICAL_VIOLENCE not in kinds:
        names = join_and([str(kind or "events of a kind that is not stated") for kind in kinds])
        raise DataError(
            f"{names} overlap, so they are not added: choose one with --disorder-type; `events --by disorder-type` "
            "counts each."
        )
    others = join_and([str(kind).lower() for kind in kinds if kind != POLITICAL_VIOLENCE])
    note = (
        f"Political violence only: {others} overlap with it. --disorder-type chooses another; "
        "`events --by disorder-type` counts each."
    )
    return rows[~is_total | (rows["disorder_type"] == POLITICAL_VIOLENCE)], [note]


def counts(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the number of events per value of the keys, with the first and last day of the periods that have any."""
    has_events = rows["events"] > 0
    dated = rows.assign(
        **event_queries.key_columns(rows, keys),
        first=rows["date_start"].where(has_events),
        last=rows["date_end"].where(has_events),
    )
    groups = dated.groupby(keys, dropna=False, sort=True)
    table = groups.agg(events=("events", "sum"), first=("first", "min"), last=("last", "max")).reset_index()
    return event_queries.order_counts(table.astype({"events": "Int64"}), keys)


def sums(rows: pd.DataFrame, keys: list[str], columns: tuple[Column, ...]) -> pd.DataFrame:
    """Return the people killed per value of the keys, with the declared columns of sums."""
    table = rows.assign(**event_queries.key_columns(rows, keys), unknown=_lacks_number(rows).astype(int))
    groups = table.groupby(keys, dropna=False)
    killed = groups["killed"].sum(min_count=1).astype(float)
    summed = pd.DataFrame(
        {
            "events": groups["events"].sum(),
            **{f"killed_{bound}": killed for bound in ("low", "best", "high")},
            "unknown": groups["unknown"].sum(),
        }
    )
    return fatalities.format_table(summed.reset_index(names=keys), keys, columns, counts_not_stated=False)


def _lacks_number(rows: pd.DataFrame) -> pd.Series:
    return (rows["events"] > 0) & rows["killed"].isna()


def notes(matching: Matching, keys: list[str], of_killed: bool) -> Iterator[str]:
    """Yield the notes on counts, or on the people killed: the totals, and what is in no row or in a blank one."""
    rows = matching.rows
    overlaps = "disorder_type" in keys and bool(matching.notes)
    if not overlaps:
        yield _total(rows) if of_killed else f"{_events(rows)}."
    yield from matching.notes
    killed = int(matching.possible["killed"].sum()) if of_killed else 0
    yield from event_queries.possible_dates_note(
        int(matching.possible["events"].sum()), "events", ADDS_POSSIBLE_DATES, killed
    )
    for key in keys:
        if key in event_queries.TIME_KEYS:
            blank = rows[event_queries.time_bins(rows, key).isna()]
            if number := int(blank["events"].sum()):
                has = "has" if number == 1 else "have"
                yield f"{pluralize(number, 'events')} of a count that spans the end of a {key} {has} no {key}."


def _total(rows: pd.DataFrame) -> str:
    """Return a line such as "12 killed in 30 events; 4 records (9 events) with 0 or blank: none or not stated"."""
    with_number, without = rows[rows["killed"].notna()], rows[_lacks_number(rows)]
    line = "no number of people killed"
    if len(with_number):
        line = f"{int(with_number['killed'].sum()):,} killed in {_events(with_number)}"
    if len(without):
        line += f"; {pluralize(len(without), 'records')} ({_events(without)}) with 0 or blank: none or not stated"
    return line


def _events(rows: pd.DataFrame) -> str:
    return pluralize(int(rows["events"].sum()), "events")
