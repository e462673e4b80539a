"""Events: which of them match, where they happened, and their counts by group keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from mali_cli.model import schema
from mali_cli.model.filters import Filters, Membership
from mali_cli.model.periods import Period, period_from_dates
from mali_cli.model.vocabulary import ACTOR_COLUMNS, AREAL_PRECISIONS, VIOLENT_SUB_TYPES, VIOLENT_TYPES
from mali_cli.queries import list_columns
from mali_cli.queries.text_search import text_mask
from mali_cli.results import pluralize

SEARCHED_COLUMNS = ("summary", "note")
TIME_KEYS = {"year": "Y", "quarter": "Q", "month": "M"}  # with the frequency in pandas


def filter_events(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the events that match all filters except those by people killed (see `fatalities.with_killed`).

    `events` has the region and country of the place, see `with_place`; `figures` are all figures.
    """
    mask = event_mask(events, figures, filters)
    if filters.countries:
        mask &= list_columns.contains_any(events["country"], filters.countries)
    if filters.documents:
        mask &= from_documents(events["sources"], filters.documents)
    return select_dates(events[mask], filters)


def event_mask(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the events that match the filters of events alone.

    Not by country and source, which figures have too, nor by people killed. For the parameters see `filter_events`.
    """
    mask = location_mask(events, filters)
    for field, predicate in EVENT_PREDICATES.items():
        if filters.any_of(field):
            mask &= predicate(events, figures, filters)
    return mask


def location_mask(rows: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the rows whose place matches; they have the columns place, region and country."""
    mask = pd.Series(True, index=rows.index)
    for field, predicate in LOCATION_PREDICATES.items():
        if filters.any_of(field):
            mask &= predicate(rows, filters)
    return mask


def _is_nearby(rows: pd.DataFrame, filters: Filters) -> pd.Series:
    mask = list_columns.contains_any(rows["place"], filters.nearby_places or frozenset())
    if "place_precision" in rows:  # coordinates that represent a region are near nothing
        mask &= ~rows["place_precision"].isin(AREAL_PRECISIONS)
    return mask


def _in_filter_period(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    assert filters.period is not None
    return in_period(events, filters.period, filters.dates)


def _has_actor(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    members = is_by_members(events, figures, filters.memberships)
    return has_participant(events, figures, filters.actors) | members


def _is_between(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the violent events with the actors on one side and their opponents on the other."""

    def opposed(side: str, other_side: str) -> pd.Series:
        return list_columns.contains_any(events[side], filters.actors) & list_columns.contains_any(
            events[other_side], filters.against
        )

    return violent(events) & (opposed("side_a", "side_b") | opposed("side_b", "side_a"))


def _is_claimed(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    return list_columns.contains_any(events["responsibility"], filters.claimed_by)


def _has_type(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    return events["event_type"].isin(filters.types) | events["sub_event_type"].isin(filters.types)


def _has_basis(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    return events["basis"].isin(filters.bases)


def _has_text(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    return text_mask(events, SEARCHED_COLUMNS, filters.search_terms)


EventPredicate = Callable[[pd.DataFrame, pd.DataFrame, Filters], pd.Series]
LocationPredicate = Callable[[pd.DataFrame, Filters], pd.Series]

# For each field of Filters, which events (given with all figures) match.
EVENT_PREDICATES: dict[str, EventPredicate] = {
    "period": _in_filter_period,
    "actors": _has_actor,
    "against": _is_between,
    "claimed_by": _is_claimed,
    "types": _has_type,
    "bases": _has_basis,
    "search_terms": _has_text,
}
LOCATION_PREDICATES: dict[str, LocationPredicate] = {
    "places": lambda rows, filters: list_columns.contains_any(rows["place"], filters.places),
    "regions": lambda rows, filters: list_columns.contains_any(rows["region"], filters.regions),
    "event_countries": lambda rows, filters: list_columns.contains_any(rows["country"], filters.event_countries),
    "nearby_places": _is_nearby,
}


def select_dates(rows: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the rows whose dates the filters ask for, of rows that overlap the period; the certain ones first."""
    if filters.period is None:
        return rows
    certain = in_period(rows, filters.period, "certain")
    parts = {"certain": rows[certain], "possible": rows[~certain]}
    return pd.concat(parts.values()) if filters.dates == "all" else parts[filters.dates]


def split_by_dates(rows: pd.DataFrame, filters: Filters) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows whose dates the filters ask for, and those left out that only may fall into the period."""
    leaves_out = filters.period is not None and filters.dates == "certain"
    left_out = select_dates(rows, replace(filters, dates="possible")) if leaves_out else rows.head(0)
    return select_dates(rows, filters), left_out


def possible_dates_note(number: int, noun: str, option: str = "--dates possible lists", killed: int = 0) -> list[str]:
    """Return the note on rows that are left out because they only may fall into the period; none if there are none.

    `noun` is plural, `option` is what to type, with its verb, and `killed` are the people killed in these rows.
    """
    if not number:
        return []
    pronoun = "it" if number == 1 else "them"
    rows = pluralize(number, f"more {noun}") + (f" ({killed:,} killed)" if killed else "")
    return [f"{rows} may fall into this period: {option} {pronoun}."]


def in_period(rows: pd.DataFrame, period: Period, dates: str) -> pd.Series:
    """Return a mask of the rows that certainly fall into a period (dates "certain"), only may ("possible"), or either.

    A row is certain if its dates lie within the period, or, where the days are known, if they overlap it. The date of
    an event with the precision "by" is that of the report.
    """
    overlaps = pd.Series(True, index=rows.index)
    inside = overlaps.copy()
    if period.first is not None:
        first = pd.Timestamp(period.first)
        overlaps &= rows["date_end"] >= first
        inside &= rows["date_start"] >= first
    if period.last is not None:
        last = pd.Timestamp(period.last)
        overlaps &= rows["date_start"] <= last
        inside &= rows["date_end"] <= last
    if dates == "all":
        return overlaps
    certain = (overlaps & (rows["date_precision"] == "day")) | inside
    return certain if dates == "certain" else overlaps & ~certain


def is_by_members(events: pd.DataFrame, figures: pd.DataFrame, memberships: Iterable[Membership]) -> pd.Series:
    """Return a mask of the events in which a member took part during its membership."""
    mask = pd.Series(False, index=events.index)
    for member in memberships:
        during = in_period(events, period_from_dates(member.date_start, member.date_end), dates="all")
        mask |= has_participant(events, figures, member.groups) & during
    return mask


def has_participant(events: pd.DataFrame, figures: pd.DataFrame, actors: frozenset[str]) -> pd.Series:
    """Return a mask of the events in which one of the actors is a side, claimed responsibility or had losses."""
    losses = figures.loc[list_columns.contains_any(figures["group"], actors), "event_id"]
    mask = events["event_id"].isin(losses.dropna())
    for column in ACTOR_COLUMNS:
        mask |= list_columns.contains_any(events[column], actors)
    return mask


def from_documents(sources: pd.Series, documents: frozenset[str]) -> pd.Series:
    """Return a mask of the rows that cite one of the documents (`almanac`) or references (`almanac#52`)."""
    return list_columns.list_mask(
        sources, lambda keys: any(key.strip() in documents or key.partition("#")[0] in documents for key in keys)
    )


def violent(events: pd.DataFrame) -> pd.Series:
    """Return a mask of ACLED's political violence."""
    return events["event_type"].isin(VIOLENT_TYPES) | events["sub_event_type"].isin(VIOLENT_SUB_TYPES)


def with_place(events: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return the events with region and country (lists) and, if they have one place, its latitude and longitude."""
    by_place = places.set_index("place")
    point = by_place.reindex(events["place"])  # missing for a list of several places
    return events.assign(
        region=list_columns.map_list(events["place"], by_place["region"].to_dict()),
        country=list_columns.map_list(events["place"], by_place["country"].to_dict()),
        latitude=point["latitude"].to_numpy(),
        longitude=point["longitude"].to_numpy(),
    )


def count_by(events: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the number of events per value of the keys, with the first and last day; see `order_counts`."""
    return order_counts(counts(events, keys), keys)


def counts(events: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the number of events per value of the keys, with the first and last day, in no particular order."""
    rows = events.assign(**key_columns(events, keys))
    for key in keys:
        if key == "actor":
            rows = rows.explode("actor")
    groups = rows.groupby(keys, dropna=False, sort=True)
    table = groups.agg(events=("event_id", "nunique"), first=("date_start", "min"), last=("date_end", "max"))
    return table.reset_index().astype({"events": "Int64"})


class LeftOutEvents(NamedTuple):
    """Numbers of events that a selection leaves out, and that its notes report."""

    possible: int  # those that only may fall into the period
    without_figure: int  # those that no filter on people killed can match
    # Those of coalitions of the actors, by the coalition and the actors that were its members
    of_coalitions: Counter[tuple[str, str]]


class SelectedEvents(NamedTuple):
    """The events of one partition that match, or of several, and what was left out."""

    rows: pd.DataFrame
    left_out: LeftOutEvents

    def without_rows(self) -> SelectedEvents:
        """Return what was left out alone."""
        return self._replace(rows=self.rows.head(0))


def join_selected(parts: list[SelectedEvents]) -> SelectedEvents:
    """Return the events of several partitions in the order of the table; no event is in two of them."""
    order = list(schema.table("events").sorted_by)
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    rows = rows.sort_values(order, kind="stable", na_position="first", ignore_index=True)
    return SelectedEvents(rows, _add_left_out([part.left_out for part in parts]))


def _add_left_out(parts: list[LeftOutEvents]) -> LeftOutEvents:
    return LeftOutEvents(
        sum(part.possible for part in parts),
        sum(part.without_figure for part in parts),
        sum((part.of_coalitions for part in parts), Counter()),
    )


class EventCounts(NamedTuple):
    """Counts by group keys of one partition, or of several."""

    table: pd.DataFrame  # as `counts` returns it
    events: int  # their number; rows may overlap
    left_out: LeftOutEvents


def add_counts(parts: list[EventCounts], keys: list[str]) -> EventCounts:
    """Return the counts of several partitions as one; no event is in two of them."""
    groups = pd.concat([part.table for part in parts], ignore_index=True).groupby(keys, dropna=False, sort=True)
    table = groups.agg({"events": "sum", "first": "min", "last": "max"}).reset_index()
    left_out = _add_left_out([part.left_out for part in parts])
    return EventCounts(table, sum(part.events for part in parts), left_out)


def order_counts(table: pd.DataFrame, keys: list[str], count: str = "events") -> pd.DataFrame:
    """Return the counts in order of time, then by the column `count`, descending; missing keys last."""
    by = [key for key in keys if key in TIME_KEYS]
    rest = [key for key in keys if key not in TIME_KEYS]
    ascending = [True] * len(by) + [False] + [True] * len(rest)
    return table.sort_values([*by, count, *rest], ascending=ascending, ignore_index=True)


def time_bins(rows: pd.DataFrame, key: str) -> pd.Series:
    """Return the year, quarter or month of each row; None if its dates do not lie in a single one."""
    first = rows["date_start"].dt.to_period(TIME_KEYS[key])
    last = rows["date_end"].dt.to_period(TIME_KEYS[key])
    codes, periods = pd.factorize(first)
    labels = np.array([*map(period_label, periods), None], dtype=object)  # a missing date has the code -1
    bins: pd.Series = pd.Series(list(labels[codes]), index=rows.index, dtype=object).where(first == last, None)
    return bins


def period_label(period: pd.Period) -> str:
    """Return a period as it is printed: 2012, 2012-Q1 or 2012-01."""
    return str(period).replace("Q", "-Q")


def actors(rows: pd.DataFrame, columns: tuple[str, ...] = ACTOR_COLUMNS) -> pd.Series:
    """Return the distinct groups in these columns of each row, as lists."""
    combinations = list(zip(*(rows[column] for column in columns), strict=True))
    # Many rows have the same combination, so each is split once.
    groups = {
        cells: list(dict.fromkeys(name for cell in cells for name in list_columns.split(cell)))
        for cells in set(combinations)
    }
    return pd.Series([groups[cells] for cells in combinations], index=rows.index, dtype=object)


def documents(sources: pd.Series) -> pd.Series:
    """Return the documents that each row cites, as lists."""
    return pd.Series(
        [
            list(dict.fromkeys(source.strip().partition("#")[0] for source in list_columns.split(cell)))
            for cell in sources
        ],
        index=sources.index,
        dtype=object,
    )


def key_columns(events: pd.DataFrame, keys: list[str]) -> dict[str, pd.Series]:
    """Return the values of each group key."""
    column_of_key = {"in": "country", "event": "event_id"}
    columns: dict[str, pd.Series] = {}
    for key in keys:
        if key in TIME_KEYS:
            columns[key] = time_bins(events, key)
        elif key == "actor":
            columns[key] = actors(events)
        elif key == "document":
            columns[key] = documents(events["sources"])
        else:
            columns[key] = events[column_of_key.get(key, key)]
    return columns
