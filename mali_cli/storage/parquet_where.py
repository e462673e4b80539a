"""The WHERE clause of queries on converted events, built from Filters, with values as prepared parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period
from mali_cli.model.vocabulary import ACTOR_COLUMNS, AREAL_PRECISIONS

GROUP_COLUMN = '"group"'  # quoted, as GROUP is a keyword of SQL


class Condition(NamedTuple):
    """An SQL condition with the values of its `?` in order."""

    sql: str
    parameters: tuple[object, ...] = ()


EVERY_ROW = Condition("true")
ListTest = Callable[[str, Collection[str]], Condition]


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the conditions joined by AND; EVERY_ROW if there are none."""
    conditions = list(conditions)
    return _joined(" AND ", conditions) if conditions else EVERY_ROW


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return the conditions, at least one, joined by OR in parentheses."""
    sql, parameters = _joined(" OR ", list(conditions))
    return Condition(f"({sql})", parameters)


def _joined(operator: str, conditions: list[Condition]) -> Condition:
    return Condition(
        operator.join(condition.sql for condition in conditions),
        tuple(value for condition in conditions for value in condition.parameters),
    )


def one_of(column: str, values: Collection[str]) -> Condition:
    """Return whether a cell equals one of the values."""
    return Condition(f"{column} IN ({_placeholders(values)})", tuple(values))


def list_contains_exact(column: str, names: Collection[str]) -> Condition:
    """Return whether a cell, names joined by `;`, holds exactly one of these names."""
    sql = f"coalesce(list_has_any(string_split({column}, ';'), [{_placeholders(names)}]), false)"
    return Condition(sql, tuple(names))


def list_contains_approx(column: str, names: Collection[str]) -> Condition:
    """Return whether a cell may hold one of the names; faster than the exact test, and true for longer names too.

    "Mali" is found in "Malian Armed Forces": use it only where the rows are filtered again.
    """
    if not names:
        return Condition("false")
    substrings = any_of(Condition(f"contains({column}, ?)", (name,)) for name in names)
    if len(names) == 1:
        return substrings
    several = all_of((Condition(f"contains({column}, ';')"), substrings))
    return any_of((one_of(column, names), several))


def _placeholders(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def event_condition(
    filters: Filters, places: frozenset[str] | None, casualties: str | None = None, exact: bool = False
) -> Condition:
    """Return a condition that every matching event fulfils, and if `exact` no other event.

    Parameters
    ----------
    places
        The places that match the filters of places; None if there is no such filter.
    casualties
        The table expression of the casualties, if a figure may name a group that is not an actor of its event.
    exact
        Supports only the filters in `parquet_aggregate.SUPPORTED_FILTERS`.
    """
    return all_of(_event_conditions(filters, places, casualties, exact))


def _event_conditions(
    filters: Filters, places: frozenset[str] | None, casualties: str | None, exact: bool
) -> Iterator[Condition]:
    list_test = list_contains_exact if exact else list_contains_approx
    if filters.period is not None:
        yield _between("date_end", "date_start", filters.period)
    if exact and filters.period is not None and filters.dates != "all":
        inside = _between("date_start", "date_end", filters.period)
        certain = any_of((Condition("date_precision IS NOT DISTINCT FROM 'day'"), inside))
        yield certain if filters.dates == "certain" else certain._replace(sql=f"NOT {certain.sql}")
    members = frozenset[str]().union(*(membership.groups for membership in filters.memberships))
    for groups in (filters.actors and filters.actors | members, filters.against, filters.claimed_by):
        if groups:
            yield _actor_condition(sorted(groups), casualties, list_test)
    if exact and filters.min_killed is not None:
        yield Condition("killed_best >= ?", (filters.min_killed,))
    if filters.types:
        types = sorted(filters.types)
        yield any_of((one_of("event_type", types), one_of("sub_event_type", types)))
    if places is not None:
        yield list_test("place", sorted(places))
    if filters.nearby_places is not None:
        is_area = one_of("place_precision", AREAL_PRECISIONS)
        yield Condition(f"coalesce(NOT {is_area.sql}, true)", is_area.parameters)


def _between(not_before: str, not_after: str, period: Period) -> Condition:
    """Return whether one date is not before the first day of a period and another one not after its last day."""
    first, last = period
    return all_of(
        [
            *([Condition(f"{not_before} >= ?", (first,))] if first is not None else []),
            *([Condition(f"{not_after} <= ?", (last,))] if last is not None else []),
        ]
    )


def _actor_condition(groups: list[str], casualties: str | None, list_test: ListTest) -> Condition:
    """Return whether one of the groups takes part in an event, or is named by one of its figures."""
    conditions = [list_test(column, groups) for column in ACTOR_COLUMNS]
    if casualties is not None:
        named = list_contains_approx(GROUP_COLUMN, groups)
        in_figures = f"event_id IN (SELECT event_id FROM {casualties} WHERE {named.sql})"
        conditions.append(Condition(in_figures, named.parameters))
    return any_of(conditions)
