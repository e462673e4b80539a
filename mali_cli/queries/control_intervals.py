"""Intervals of control: each statement about a place holds until the next one, or until its holder is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from mali_cli.model.periods import parse_date
from mali_cli.model.vocabulary import PRESENT, UNKNOWN_HOLDER
from mali_cli.queries import entities, list_columns

NEXT_STATEMENT, NO_END = "next statement", "end not stated"  # values of the column `ending`
ONE_DAY = pd.Timedelta(days=1)


class Statement(NamedTuple):
    """Who held a place, or was present there, from some day on."""

    place: str
    holder: str
    basis: str
    first: pd.Timestamp  # first and last day on which it may have begun
    last: pd.Timestamp
    event_id: str | None
    leaving: frozenset[str] | None  # the groups whose presence it ends, None for anybody's


class Ending(NamedTuple):
    """The first and the last day on which something may have ended, and what that rests on."""

    first: pd.Timestamp
    last: pd.Timestamp
    reason: str


class Departure(NamedTuple):
    """The end of some groups: everywhere if they were dissolved, in one country if they left it."""

    groups: frozenset[str]
    country: str | None
    first: pd.Timestamp  # first and last day on which they may have gone
    last: pd.Timestamp
    date: str  # as precise as it is known

    def reason(self, gone: list[str]) -> str:
        return f"{', '.join(gone)} {f'left {self.country}' if self.country else 'dissolved'} {self.date}"


class Segment(NamedTuple):
    """A part of an interval, with the holders that are left in it; no ending if none is stated."""

    holder: str
    since: pd.Timestamp
    since_by: pd.Timestamp
    ending: Ending | None


def build_intervals(table: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Return the intervals, in the order of the statements, with the first and last day of their begin and end.

    The columns are `place`, `holder`, `basis`, `since`, `since_by`, `until`, `until_by` (NaT if it has not ended),
    `ending`, `as_of` (the last day of the statement), `date_precision` (of `since`), the other columns of control.csv,
    and those of the place. A missing holder is UNKNOWN_HOLDER. `table` returns a table by its name.

    A holder holds a place until the next statement that somebody holds it. Rival accounts of one change with
    different dates do not end each other. Troops that are only present do not end anybody's control; their presence
    lasts until the next statement about them. A group that was dissolved, or left the country, holds nothing any
    more; if others held the place with it, they have an interval of their own from then on.
    """
    rows = table("control").sort_values(["place", "date_start", "date_end"], kind="stable", ignore_index=True)
    rows["holder"] = rows["holder"].fillna(UNKNOWN_HOLDER)
    places = table("places").set_index("place")
    leaving = _groups_leaving(rows, table)
    statements = [
        Statement(*cells)
        for cells in zip(
            *(list(rows[name]) for name in ("place", "holder", "basis", "date_start", "date_end", "event_id")),
            leaving,
            strict=True,
        )
    ]
    by_place: dict[str, list[Statement]] = {}
    for statement in statements:
        by_place.setdefault(statement.place, []).append(statement)
    departures = [*_dissolutions(table("groups")), *_withdrawals(statements, places)]
    countries = places["country"].to_dict()
    segments = [
        (number, segment)
        for number, statement in enumerate(statements)
        # Statements that nobody is present any more only end the interval of a presence.
        if statement.basis != PRESENT or statement.holder != UNKNOWN_HOLDER
        for segment in _segments(
            statement, _next_statement(statement, by_place[statement.place]), departures, countries.get(statement.place)
        )
    ]
    place_columns = places.drop(columns=["aliases", "kind", "within"])
    return _with_segments(rows, segments).join(place_columns, on="place")


def _with_segments(rows: pd.DataFrame, segments: list[tuple[int, Segment]]) -> pd.DataFrame:
    """Return a row for each segment, with the columns of the row of its statement."""
    rows = rows.iloc[[number for number, _ in segments]].reset_index(drop=True)
    days = {
        "since": [segment.since for _, segment in segments],
        "since_by": [segment.since_by for _, segment in segments],
        "until": [segment.ending and segment.ending.first for _, segment in segments],
        "until_by": [segment.ending and segment.ending.last for _, segment in segments],
    }
    rows = rows.assign(
        **{name: pd.Series(cells, dtype="datetime64[s]") for name, cells in days.items()},
        # A segment after the first begins when a holder left, not with the statement.
        date_precision=rows["date_precision"].where(pd.Series(days["since"]) == rows["date_start"], "range"),
        holder=pd.Series([segment.holder for _, segment in segments], dtype=object),
        ending=pd.Series(
            [segment.ending.reason if segment.ending else NO_END for _, segment in segments], dtype=object
        ),
        as_of=rows["date_end"],
    )
    return rows.drop(columns=["date_start", "date_end"])


def _next_statement(statement: Statement, others: list[Statement]) -> Ending | None:
    later = [other for other in others if _supersedes(other, statement)]
    if not later:
        return None
    return Ending(min(other.first for other in later), min(other.last for other in later), NEXT_STATEMENT)


def _supersedes(later: Statement, earlier: Statement) -> bool:
    """Return whether a statement about the same place ends what another one says."""
    if later.first <= earlier.first:
        return False
    if earlier.basis == PRESENT:
        holders = frozenset(list_columns.split(earlier.holder))
        if later.basis == PRESENT and later.holder == UNKNOWN_HOLDER:
            return later.leaving is None or not later.leaving.isdisjoint(holders)
        return not holders.isdisjoint(list_columns.split(later.holder))
    rivals = earlier.basis == "disputed" and isinstance(earlier.event_id, str) and later.event_id == earlier.event_id
    return later.basis != PRESENT and not rivals


def _segments(
    statement: Statement, end: Ending | None, departures: list[Departure], country: str | None
) -> Iterator[Segment]:
    """Yield the interval of a statement, divided where one of its holders is gone."""
    since, since_by = statement.first, statement.last
    holders = list_columns.split(statement.holder)
    for departure in sorted(departures, key=lambda departure: departure.first):
        gone = [group for group in holders if group in departure.groups]
        is_before = departure.last <= statement.first
        is_after = end is not None and end.first <= departure.first
        if not gone or is_before or is_after or departure.country not in (None, country):
            continue
        first = max(departure.first, since_by + ONE_DAY)
        last = max(first, departure.last)
        yield Segment(";".join(holders), since, since_by, Ending(first, last, departure.reason(gone)))
        holders, since, since_by = [group for group in holders if group not in gone], first, last
        if not holders:
            return
    yield Segment(";".join(holders), since, since_by, end)


def _dissolutions(groups: pd.DataFrame) -> Iterator[Departure]:
    for group, dissolved in zip(groups["group"], groups["dissolved"], strict=True):
        if isinstance(dissolved, str):
            first, last = map(pd.Timestamp, parse_date(dissolved, "dissolved"))
            yield Departure(frozenset({group}), None, first, last, dissolved)


def _withdrawals(statements: list[Statement], places: pd.DataFrame) -> Iterator[Departure]:
    """Yield the groups that left a country: a statement that they are not present any more in the country itself."""
    for statement in statements:
        if statement.leaving and statement.place in places.index and places.at[statement.place, "kind"] == "country":
            days = dict.fromkeys((f"{statement.first:%Y-%m-%d}", f"{statement.last:%Y-%m-%d}"))
            yield Departure(statement.leaving, statement.place, statement.first, statement.last, " to ".join(days))


def _groups_leaving(rows: pd.DataFrame, table: Callable[[str], pd.DataFrame]) -> list[frozenset[str] | None]:
    """Return for each statement which groups with their parts it says are gone: those that acted in its event."""
    events = table("events")
    events = events[events["event_id"].isin(rows["event_id"])]
    sides = dict(zip(events["event_id"], events["side_a"], strict=True))
    groups = table("groups")
    is_end = (rows["basis"] == PRESENT) & (rows["holder"] == UNKNOWN_HOLDER)
    return [
        entities.descendants(groups, frozenset(named))
        if ends and (named := list_columns.split(sides.get(event)))
        else None
        for event, ends in zip(rows["event_id"], is_end, strict=True)
    ]
