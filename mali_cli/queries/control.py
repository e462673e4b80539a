"""Who held what: statements of control -> intervals, and the answer for one day."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period
from mali_cli.queries import entities, list_columns
from mali_cli.queries.events import location_mask

UNKNOWN = "unknown"
PRESENT = "present"


def build_intervals(control: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """One row per statement: since when (first and last day it may have begun) and until the next that ends it.

    A holder stands until the next statement that somebody holds the place; rival accounts of one change,
    dated differently, do not end each other. Troops that are only present end nobody's hold; they are there
    until the next word on them. A blank holder is unknown.
    """
    table = control.sort_values(["place", "date_start", "date_end"], kind="stable", ignore_index=True)
    table["holder"] = table["holder"].fillna(UNKNOWN)
    names = ("place", "holder", "basis", "date_start", "date_end", "event_id")
    statements = [Statement(*row) for row in zip(*(list(table[name]) for name in names), strict=True)]
    of_place: dict[str, list[Statement]] = {}
    for statement in statements:
        of_place.setdefault(statement.place, []).append(statement)
    ends = [[other for other in of_place[one.place] if _supersedes(other, one)] for one in statements]
    table = table.rename(columns={"date_start": "since", "date_end": "since_by"}).assign(
        until=pd.Series([min((end.first for end in those), default=None) for those in ends], dtype="datetime64[s]"),
        until_by=pd.Series([min((end.last for end in those), default=None) for those in ends], dtype="datetime64[s]"),
    )
    # The end of a presence is told by its interval.
    table = table[(table["basis"] != PRESENT) | (table["holder"] != UNKNOWN)]
    where = places.set_index("place").drop(columns=["aliases", "kind", "within"])
    return table.join(where, on="place")


class Statement(NamedTuple):
    place: str
    holder: str
    basis: str
    first: pd.Timestamp
    last: pd.Timestamp
    event_id: str | None


def _supersedes(later: Statement, one: Statement) -> bool:
    """Whether a statement about the same place ends what another says."""
    if later.first <= one.first:
        return False
    if one.basis == PRESENT:
        same = not set(list_columns.split(one.holder)).isdisjoint(list_columns.split(later.holder))
        return same or (later.basis == PRESENT and later.holder == UNKNOWN)
    rivals = one.basis == "disputed" and isinstance(one.event_id, str) and later.event_id == one.event_id
    return later.basis != PRESENT and not rivals


def control_intervals(control: pd.DataFrame, places: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The intervals that match, in order."""
    table = build_intervals(control, places)
    mask = location_mask(table, filters) & _filter_mask(table, filters)
    if filters.period is not None:
        mask &= _overlaps(table, filters.period)
    return table[mask].assign(certain=None)


def control_on(control: pd.DataFrame, places: pd.DataFrame, filters: Filters, on: datetime.date) -> pd.DataFrame:
    """Who held each place on a day, by the last statement before it; unknown before the first one.

    Where the day lies within the days on which a place may have changed hands, both holders stand, and
    neither is certain.
    """
    day = pd.Timestamp(on)
    table = build_intervals(control, places)
    table = table[location_mask(table, filters)]
    ended = table["until_by"] <= day
    now = table[(table["since"] <= day) & ~ended]
    clear = (now["since_by"] <= day) & ~(now["until"] <= day)
    now = now.assign(certain=clear.astype(bool) & (now["holder"] != UNKNOWN))
    # The same holder by two statements: the later one stands.
    now = now.drop_duplicates(["place", "holder", "basis"], keep="last")
    holding = set(now.loc[now["basis"] != PRESENT, "place"])
    silent = table[~table["place"].isin(holding) & (table["basis"] != PRESENT)].drop_duplicates("place")
    of_statement = [column for column in silent.columns if column not in places.columns]
    silent[of_statement] = silent[of_statement].mask(pd.Series(True, index=silent.index))
    silent = silent.assign(holder=UNKNOWN, certain=False)
    both = pd.concat([now, silent]) if len(silent) else now
    both = both.sort_values(["place", "since"], kind="stable", na_position="first", ignore_index=True)
    return both[_filter_mask(both, filters)].reset_index(drop=True)  # only now: who else held a place is not unknown


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
