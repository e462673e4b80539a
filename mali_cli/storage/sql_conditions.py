"""Filters as conditions in SQL on the tables in DuckDB, with values as prepared parameters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period, period_from_dates
from mali_cli.model.vocabulary import ACTOR_COLUMNS, AREAL_PRECISIONS, VIOLENT_SUB_TYPES, VIOLENT_TYPES
from mali_cli.storage.sql_literals import literal, literal_list

GROUP_COLUMN = '"group"'  # quoted, as GROUP is a keyword of SQL
WHITESPACE = "".join(map(chr, (*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))) + (
    "\u2028\u2029\u202f\u205f\u3000"
)  # what str.strip() removes
VIOLENT_SQL = (
    f"coalesce(event_type IN ({literal_list(sorted(VIOLENT_TYPES))})"
    f" OR sub_event_type IN ({literal_list(sorted(VIOLENT_SUB_TYPES))}), false)"
)


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


def list_contains_exact(column: str, names: Collection[str]) -> Condition:
    """Return whether a cell, names joined by `;`, holds exactly one of these names; never NULL."""
    if not names:
        return Condition("false")
    holds = Condition(f"list_has_any(string_split({column}, ';'), [{_placeholders(names)}])", tuple(names))
    condition = all_of((list_contains_approx(column, names), holds))  # few cells need be split
    return Condition(f"coalesce({condition.sql}, false)", condition.parameters)


def cites(column: str, documents: Collection[str]) -> Condition:
    """Return whether a cell of sources cites one of the documents or references, as `events.from_documents` does."""
    given = f"[{_placeholders(documents)}]"
    sources = f"string_split({column}, ';')"
    stripped = f"[trim(source, {literal(WHITESPACE)}) FOR source IN {sources}]"
    cited = f"[split_part(source, '#', 1) FOR source IN {sources}]"
    either = f"(list_has_any({stripped}, {given}) OR list_has_any({cited}, {given}))"
    mentioned = any_of(Condition(f"contains({column}, ?)", (document,)) for document in documents)
    return Condition(f"coalesce({mentioned.sql} AND {either}, false)", (*mentioned.parameters, *documents, *documents))


def _placeholders(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def may_match(filters: Filters, place_filters: list[frozenset[str]], casualties: str | None = None) -> Condition:
    """Return a condition that every matching event fulfils, and some others.

    Parameters
    ----------
    place_filters
        For each filter of places, those that match it.
    casualties
        The table of the casualties, if a figure may name a group that is not an actor of its event.
    """
    members = frozenset[str]().union(*(membership.groups for membership in filters.memberships))
    actors = filters.actors and filters.actors | members
    participating = [groups for groups in (actors, filters.against, filters.claimed_by) if groups]
    return all_of(
        [
            *_place_and_type_conditions(filters, place_filters, list_contains_approx),
            *(_participates(groups, casualties, list_contains_approx) for groups in participating),
        ]
    )


def matches(filters: Filters, place_filters: list[frozenset[str]], casualties: str | None = None) -> Condition:
    """Return the condition that exactly the events fulfil that `events.event_mask` selects.

    Not with `search_terms`, and of those that overlap the period; see `date_condition`. For the parameters see
    `may_match`.
    """
    conditions = list(_place_and_type_conditions(filters, place_filters, list_contains_exact))
    if filters.actors or filters.memberships:
        by_actor = [_participates(filters.actors, casualties, list_contains_exact)] if filters.actors else []
        by_members = [
            all_of(
                (
                    _overlaps(period_from_dates(member.date_start, member.date_end)),
                    _participates(member.groups, casualties, list_contains_exact),
                )
            )
            for member in filters.memberships
        ]
        conditions.append(any_of([*by_actor, *by_members]))
    if filters.against:
        opposed = [
            all_of((list_contains_exact(side, filters.actors), list_contains_exact(other, filters.against)))
            for side, other in (("side_a", "side_b"), ("side_b", "side_a"))
        ]
        conditions += [Condition(VIOLENT_SQL), any_of(opposed)]
    if filters.claimed_by:
        conditions.append(list_contains_exact("responsibility", filters.claimed_by))
    if filters.civilian_kinds:
        conditions.append(list_contains_exact("civilian_kind", sorted(filters.civilian_kinds)))
    conditions += _acled_conditions(filters)
    if filters.bases:
        conditions.append(one_of("basis", sorted(filters.bases)))
    return all_of(conditions)


def _acled_conditions(filters: Filters) -> Iterator[Condition]:
    """Yield the conditions on what only files of ACLED state."""
    if filters.civilian_targeting:
        yield Condition("civilian_targeting IS NOT NULL")
    if filters.disorder_types:
        stripped = "[trim(name) FOR name IN string_split(disorder_type, ';')]"
        given = f"[{_placeholders(filters.disorder_types)}]"
        holds = f"coalesce(list_has_any({stripped}, {given}), false)"
        yield Condition(holds, tuple(sorted(filters.disorder_types)))
    if filters.interactions:
        yield one_of("interaction", sorted(filters.interactions))


def date_condition(filters: Filters, dates: str) -> Condition:
    """Return whether events that overlap the period are those that --dates asks for; see `events.in_period`."""
    if filters.period is None or dates == "all":
        return EVERY_ROW
    inside = _between("date_start", "date_end", filters.period)
    certain = any_of((Condition("date_precision IS NOT DISTINCT FROM 'day'"), inside))
    return certain if dates == "certain" else certain._replace(sql=f"NOT {certain.sql}")


def _place_and_type_conditions(
    filters: Filters, place_filters: list[frozenset[str]], list_test: ListTest
) -> Iterator[Condition]:
    if filters.period is not None:
        yield _overlaps(filters.period)
    if filters.types:
        types = sorted(filters.types)
        yield any_of((one_of("event_type", types), one_of("sub_event_type", types)))
    for places in place_filters:
        yield list_test("place", sorted(places))
    if filters.nearby_places is not None:
        is_area = one_of("place_precision", AREAL_PRECISIONS)
        yield Condition(f"coalesce(NOT {is_area.sql}, true)", is_area.parameters)


def _overlaps(period: Period) -> Condition:
    return _between("date_end", "date_start", period)


def _between(not_before: str, not_after: str, period: Period) -> Condition:
    """Return whether one date is not before the first day of a period and another one not after its last day."""
    first, last = period
    return all_of(
        [
            *([Condition(f"{not_before} >= ?", (first,))] if first is not None else []),
            *([Condition(f"{not_after} <= ?", (last,))] if last is not None else []),
        ]
    )


def _participates(groups: Collection[str], casualties: str | None, list_test: ListTest) -> Condition:
    """Return whether one of the groups takes part in an event, or is named by one of its figures."""
    groups = sorted(groups)
    conditions = [list_test(column, groups) for column in ACTOR_COLUMNS]
    if casualties is not None:
        named = list_test(GROUP_COLUMN, groups)
        in_figures = f"event_id IN (SELECT event_id FROM {casualties} WHERE {named.sql})"
        conditions.append(Condition(in_figures, named.parameters))
    return any_of(conditions)
