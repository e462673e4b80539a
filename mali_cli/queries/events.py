"""What happened: which events match, what is known of their places, and how they count up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from mali_cli.model.filters import Filters, Membership
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import Period, period_from_dates
from mali_cli.model.vocabulary import ACTOR_COLUMNS, AREAL_PRECISIONS, VIOLENT_SUB_TYPES, VIOLENT_TYPES
from mali_cli.queries import list_columns


def filter_events(events: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The events that match everything but their toll; `events` has region and country of the place."""
    mask = event_mask(events, figures, filters)
    if filters.countries:
        mask &= list_columns.contains_any(events["country"], filters.countries)
    if filters.documents:
        mask &= from_documents(events["sources"], filters.documents)
    return events[mask]


def event_mask(found: pd.DataFrame, figures: pd.DataFrame, filters: Filters) -> pd.Series:
    """Mask by everything that is asked about an event itself; not by country, source or toll, which figures have too.

    `found` has the events' columns and region and country of the place.
    """
    mask = pd.Series(True, index=found.index)
    if filters.period is not None:
        mask &= in_period(found, filters.period, filters.certain_dates_only)
    if filters.actors:
        mask &= has_participant(found, figures, filters.actors) | is_by_members(found, figures, filters.memberships)
    if filters.bases:
        mask &= found["basis"].isin(filters.bases)
    if filters.against:
        one, other = filters.actors, filters.against
        a, b = found["side_a"], found["side_b"]
        mask &= violent(found) & (
            (list_columns.contains_any(a, one) & list_columns.contains_any(b, other))
            | (list_columns.contains_any(a, other) & list_columns.contains_any(b, one))
        )
    if filters.claimed_by:
        mask &= list_columns.contains_any(found["responsibility"], filters.claimed_by)
    mask &= location_mask(found, filters)
    if filters.types:
        mask &= found["event_type"].isin(filters.types) | found["sub_event_type"].isin(filters.types)
    if filters.search_terms:
        mask &= text_mask(found["summary"], filters.search_terms)
    return mask


def in_period(found: pd.DataFrame, period: Period, certain: bool) -> pd.Series:
    """Events whose days meet the period; if certain, those of precision other than day must lie inside it."""
    meets = pd.Series(True, index=found.index)
    inside = meets.copy()
    if period.first is not None:
        first = pd.Timestamp(period.first)
        meets &= found["date_end"] >= first
        inside &= found["date_start"] >= first
    if period.last is not None:
        last = pd.Timestamp(period.last)
        meets &= found["date_start"] <= last
        inside &= found["date_end"] <= last
    return (meets & (found["date_precision"] == "day")) | inside if certain else meets


def is_by_members(found: pd.DataFrame, figures: pd.DataFrame, members: Iterable[Membership]) -> pd.Series:
    """Events in which one took part that belonged to another on those days."""
    mask = pd.Series(False, index=found.index)
    for member in members:
        then = in_period(found, period_from_dates(member.date_start, member.date_end), certain=False)
        mask |= has_participant(found, figures, member.groups) & then
    return mask


def has_participant(found: pd.DataFrame, figures: pd.DataFrame, actors: frozenset[str]) -> pd.Series:
    """Events in which one of the actors is a side, claimed the deed or lost people."""
    lost = figures.loc[list_columns.contains_any(figures["group"], actors), "event_id"]
    mask = found["event_id"].isin(lost.dropna())
    for role in ACTOR_COLUMNS:
        mask |= list_columns.contains_any(found[role], actors)
    return mask


def location_mask(found: pd.DataFrame, filters: Filters) -> pd.Series:
    """Events at the places, in the regions and countries, and near the point asked for."""
    mask = pd.Series(True, index=found.index)
    for column, wanted in (
        ("place", filters.places),
        ("region", filters.regions),
        ("country", filters.event_countries),
    ):
        if wanted:
            mask &= list_columns.contains_any(found[column], wanted)
    if filters.nearby_places is not None:
        mask &= list_columns.contains_any(found["place"], filters.nearby_places)
        if "place_precision" in found:  # a point that only stands in for a region is near nothing
            mask &= ~found["place_precision"].isin(AREAL_PRECISIONS)
    return mask


def text_mask(summaries: pd.Series, texts: tuple[str, ...]) -> pd.Series:
    """Summaries in which all words of one of the texts begin a word, whatever their case or accents."""
    folded = [normalize_name(summary) if isinstance(summary, str) else "" for summary in summaries]
    asked = [[re.compile(rf"(?<!\w){re.escape(word)}") for word in normalize_name(text).split()] for text in texts]
    return pd.Series(
        [any(all(word.search(summary) for word in words) for words in asked) for summary in folded],
        index=summaries.index,
        dtype=bool,
    )


def from_documents(sources: pd.Series, documents: frozenset[str]) -> pd.Series:
    """Rows that rest on one of the documents (`almanac`) or references (`almanac#52`)."""
    return list_columns.list_mask(
        sources, lambda keys: any(key.strip() in documents or key.partition("#")[0] in documents for key in keys)
    )


def violent(found: pd.DataFrame) -> pd.Series:
    """ACLED's political violence."""
    return found["event_type"].isin(VIOLENT_TYPES) | found["sub_event_type"].isin(VIOLENT_SUB_TYPES)


def with_place(events: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Adds region and country (lists) and, for an event at one place, its latitude and longitude."""
    by_place = places.set_index("place")
    point = by_place.reindex(events["place"])  # a list of several places finds no row, hence no point
    return events.assign(
        region=list_columns.map_list(events["place"], by_place["region"].to_dict()),
        country=list_columns.map_list(events["place"], by_place["country"].to_dict()),
        latitude=point["latitude"].to_numpy(),
        longitude=point["longitude"].to_numpy(),
    )


def count_by(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Number of events per key, with the first and last day; see in_order."""
    return order_counts(counts(found, keys), keys)


def counts(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Number of events per key, with the first and last day, in no particular order."""
    rows = found.assign(**key_columns(found, keys))
    for key in keys:
        if key == "actor":
            rows = rows.explode("actor")
    groups = rows.groupby(keys, dropna=False, sort=True)
    table = groups.agg(events=("event_id", "nunique"), first=("date_start", "min"), last=("date_end", "max"))
    return table.reset_index().astype({"events": "Int64"})


class EventCounts(NamedTuple):
    """Counts by keys of one partition, or of several: `table` as `counts` gives it, and the number of `events`."""

    table: pd.DataFrame
    events: int


def add_counts(parts: list[EventCounts], keys: list[str]) -> EventCounts:
    """Return the counts of several partitions as one; no event is in two of them."""
    groups = pd.concat([part.table for part in parts], ignore_index=True).groupby(keys, dropna=False, sort=True)
    table = groups.agg({"events": "sum", "first": "min", "last": "max"}).reset_index()
    return EventCounts(table, sum(part.events for part in parts))


def order_counts(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Keys of time in order, others by number, blanks last."""
    by = [key for key in keys if key in TIME_KEYS]
    if not by:
        return table.sort_values(["events", *keys], ascending=[False] + [True] * len(keys), ignore_index=True)
    rest = [key for key in keys if key not in TIME_KEYS]
    return table.sort_values(
        [*by, "events", *rest], ascending=[True] * len(by) + [False] + [True] * len(rest), ignore_index=True
    )


TIME_KEYS = {"year": "Y", "quarter": "Q", "month": "M"}


def time_bins(found: pd.DataFrame, key: str) -> pd.Series:
    """The year, quarter or month in which the row's days all lie; blank where they do not lie in one."""
    first = found["date_start"].dt.to_period(TIME_KEYS[key])
    last = found["date_end"].dt.to_period(TIME_KEYS[key])
    codes, periods = pd.factorize(first)
    words = np.array([*(str(period).replace("Q", "-Q") for period in periods), None], dtype=object)  # -1 is blank
    named: pd.Series = pd.Series(list(words[codes]), index=found.index, dtype=object).where(first == last, None)
    return named


def actors(found: pd.DataFrame, roles: tuple[str, ...] = ACTOR_COLUMNS) -> pd.Series:
    """The groups that take part in each event, as lists."""
    rows = list(zip(*(found[role] for role in roles), strict=True))
    # Few combinations stand in many rows.
    named = {row: list(dict.fromkeys(name for cell in row for name in list_columns.split(cell))) for row in set(rows)}
    return pd.Series([named[row] for row in rows], index=found.index, dtype=object)


def documents(sources: pd.Series) -> pd.Series:
    """The documents on which each row rests, as lists."""
    return pd.Series(
        [
            list(dict.fromkeys(source.strip().partition("#")[0] for source in list_columns.split(cell)))
            for cell in sources
        ],
        index=sources.index,
        dtype=object,
    )


def key_columns(found: pd.DataFrame, keys: list[str]) -> dict[str, pd.Series]:
    """The columns by which events are split, one per key."""
    plain = {"in": "country", "event": "event_id"}
    made: dict[str, pd.Series] = {}
    for key in keys:
        if key in TIME_KEYS:
            made[key] = time_bins(found, key)
        elif key == "actor":
            made[key] = actors(found)
        elif key == "document":
            made[key] = documents(found["sources"])
        else:
            made[key] = found[plain.get(key, key)]
    return made
