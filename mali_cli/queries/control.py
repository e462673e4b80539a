"""Control over places: intervals made from dated statements, and the holders on one day."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period
from mali_cli.queries import entities, list_columns
from mali_cli.queries.events import location_mask

UNKNOWN = "unknown"  # the holder where none is stated
PRESENT = "present"  # basis of statements that troops are there, without holding the place


class Statement(NamedTuple):
    """Who held a place, or was present there, from some day on."""

    place: str
    holder: str
    basis: str
    first: pd.Timestamp  # first and last day on which it may have begun
    last: pd.Timestamp
    event_id: str | None


def build_intervals(control: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return one row per statement, with the first and last day on which it may have begun and ended.

    The columns are `place`, `holder`, `basis`, `since`, `since_by`, `until`, `until_by` (NaT if it has not ended),
    the other columns of control.csv, and those of the place. A missing holder is UNKNOWN.

    A holder holds a place until the next statement that somebody holds it. Rival accounts of one change with
    different dates do not end each other. Troops that are only present do not end anybody's control; their presence
    lasts until the next statement about them.
    """
    table = control.sort_values(["place", "date_start", "date_end"], kind="stable", ignore_index=True)
    table["holder"] = table["holder"].fillna(UNKNOWN)
    names = ("place", "holder", "basis", "date_start", "date_end", "event_id")
    statements = [Statement(*row) for row in zip(*(list(table[name]) for name in names), strict=True)]
    by_place: dict[str, list[Statement]] = {}
    for statement in statements:
        by_place.setdefault(statement.place, []).append(statement)
    successors = [
        [later for later in by_place[statement.place] if _supersedes(later, statement)] for statement in statements
    ]
    until = [min((successor.first for successor in later), default=None) for later in successors]
    until_by = [min((successor.last for successor in later), default=None) for later in successors]
    table = table.rename(columns={"date_start": "since", "date_end": "since_by"}).assign(
        until=pd.Series(until, dtype="datetime64[s]"), until_by=pd.Series(until_by, dtype="datetime64[s]")
    )
    # Statements that nobody is present any more only end the interval of a presence.
    table = table[(table["basis"] != PRESENT) | (table["holder"] != UNKNOWN)]
    place_columns = places.set_index("place").drop(columns=["aliases", "kind", "within"])
    return table.join(place_columns, on="place")


def _supersedes(later: Statement, earlier: Statement) -> bool:
    """Return whether a statement about the same place ends what another one says."""
    if later.first <= earlier.first:
        return False
    if earlier.basis == PRESENT:
        same = not set(list_columns.split(earlier.holder)).isdisjoint(list_columns.split(later.holder))
        return same or (later.basis == PRESENT and later.holder == UNKNOWN)
    rivals = earlier.basis == "disputed" and isinstance(earlier.event_id, str) and later.event_id == earlier.event_id
    return later.basis != PRESENT and not rivals


def control_intervals(control: pd.DataFrame, places: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the intervals that match, by place in order of time; `certain` is missing."""
    table = build_intervals(control, places)
    mask = location_mask(table, filters) & _filter_mask(table, filters)
    if filters.period is not None:
        mask &= _overlaps(table, filters.period)
    return table[mask].assign(certain=None)


def control_on(control: pd.DataFrame, places: pd.DataFrame, filters: Filters, on: datetime.date) -> pd.DataFrame:
    """Return who held each place on a day, by the latest statement; UNKNOWN before the first one.

    If the place may have changed hands before or after that day, there are rows for both holders, and `certain` is
    False.
    """
    day = pd.Timestamp(on)
    table = build_intervals(control, places)
    table = table[location_mask(table, filters)]
    current = table[(table["since"] <= day) & ~(table["until_by"] <= day)]
    certain = (current["since_by"] <= day) & ~(current["until"] <= day)
    current = current.assign(certain=certain.astype(bool) & (current["holder"] != UNKNOWN))
    # Of two statements with the same holder the later one is kept.
    current = current.drop_duplicates(["place", "holder", "basis"], keep="last")
    without_holder = _places_without_holder(table, current, places)
    rows = pd.concat([current, without_holder]) if len(without_holder) else current
    rows = rows.sort_values(["place", "since"], kind="stable", na_position="first", ignore_index=True)
    # Filtering comes last, so that a place held by somebody else does not become unknown.
    return rows[_filter_mask(rows, filters)].reset_index(drop=True)


def _places_without_holder(table: pd.DataFrame, current: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return a row with the holder UNKNOWN for each place of the table that nobody holds."""
    held = set(current.loc[current["basis"] != PRESENT, "place"])
    rows = table[~table["place"].isin(held) & (table["basis"] != PRESENT)].drop_duplicates("place")
    statement_columns = [column for column in rows.columns if column not in places.columns]
    rows[statement_columns] = rows[statement_columns].mask(pd.Series(True, index=rows.index))
    return rows.assign(holder=UNKNOWN, certain=False)


def _filter_mask(table: pd.DataFrame, filters: Filters) -> pd.Series:
    mask = entities.source_and_text_mask(table, ("note",), filters)
    if filters.actors:
        mask &= list_columns.contains_any(table["holder"], filters.actors)
    if filters.bases:
        mask &= table["basis"].isin(filters.bases)
    return mask


def _overlaps(table: pd.DataFrame, period: Period) -> pd.Series:
    mask = pd.Series(True, index=table.index)
    if period.last is not None:
        mask &= table["since"] <= pd.Timestamp(period.last)
    if period.first is not None:
        mask &= ~(table["until_by"] <= pd.Timestamp(period.first))
    return mask
