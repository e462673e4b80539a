"""Relations between groups: alliances, wars, membership and lineage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period, may_overlap
from mali_cli.queries import list_columns
from mali_cli.queries.entities import source_and_text_mask
from mali_cli.results import pluralize

SYMMETRIC_RELATIONS = ("ally-of", "fought", "ceasefire-with")
LASTING_RELATIONS = ("member-of",)
# Relations of descent: rows whose `group` is the later of the two, and rows whose `group` is the earlier.
ROW_OF_SUCCESSOR = ("split-from", "successor-of")
ROW_OF_PREDECESSOR = ("merged-into",)


def filter_relations(relations: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the relations that match, with `ending` saying what their end rests on.

    An actor matches on either side. For the period see `in_period`.
    """
    mask = _of_any_time(relations, filters)
    if filters.period is not None:
        mask &= in_period(relations, filters.period)
    matching = relations[mask]
    ending = "last reported " + matching["last_reported"].astype(object)
    ending = ending.where(ending.notna(), "end not stated").where(matching["date_end"].isna(), None)
    return matching.assign(ending=ending.astype(object))


def period_note(relations: pd.DataFrame, filters: Filters) -> list[str]:
    """Return the note on the relations that a period leaves out although their end is not stated; none if none."""
    if filters.period is None:
        return []
    left_out = int((_of_any_time(relations, filters) & last_reported_before(relations, filters.period)).sum())
    if not left_out:
        return []
    verb, pronoun = ("was", "its end is") if left_out == 1 else ("were", "their ends are")
    return [f"{pluralize(left_out, 'more relations')} {verb} last reported before this period; {pronoun} not stated."]


def _of_any_time(relations: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the relations that match the filters other than the period."""
    mask = source_and_text_mask(relations, ("summary",), filters)
    if filters.actors:
        mask &= relations["group"].isin(filters.actors) | relations["other"].isin(filters.actors)
    return mask & list_columns.isin_all(relations, relation=filters.relations, basis=filters.bases)


def spans(relations: pd.DataFrame) -> pd.DataFrame:
    """Return `date_start` and `date_end` of each relation; where they are blank, when it was first and last reported.

    A membership without a stated end may still hold, whenever it was last reported.
    """
    start, end = relations["date_start"], relations["date_end"]
    last_reported = relations["last_reported"].where(~relations["relation"].isin(LASTING_RELATIONS), None)
    return pd.DataFrame(
        {
            "date_start": start.where(start.notna(), relations["first_reported"]),
            "date_end": end.where(end.notna(), last_reported),
        }
    )


def in_period(relations: pd.DataFrame, period: Period) -> pd.Series:
    """Return a mask of the relations that are stated or reported to have held in a period; see `spans`."""
    return _overlaps(spans(relations), period)


def last_reported_before(relations: pd.DataFrame, period: Period) -> pd.Series:
    """Return a mask of the relations without a stated end that were last reported before a period."""
    without_end = spans(relations).assign(date_end=relations["date_end"])
    return _overlaps(without_end, period) & ~in_period(relations, period)


def _overlaps(dates: pd.DataFrame, period: Period) -> pd.Series:
    overlaps = [may_overlap(*span, period) for span in zip(dates["date_start"], dates["date_end"], strict=True)]
    return pd.Series(overlaps, index=dates.index, dtype=bool)


class Related(NamedTuple):
    """The groups in a relation with another, and those of them for which its beginning and its end are stated."""

    groups: frozenset[str]
    stated: frozenset[str]


def related(relations: pd.DataFrame, relation: str, groups: frozenset[str], period: Period | None) -> Related:
    """Return the groups in a symmetric relation with one of these groups; denied reports do not count."""
    rows = relations[(relations["relation"] == relation) & (relations["basis"] != "denied")]
    if period is not None:
        rows = rows[in_period(rows, period)]
    is_stated = rows["date_start"].notna() & rows["date_end"].notna()
    return Related(_others(rows, groups), _others(rows[is_stated], groups))


def _others(relations: pd.DataFrame, groups: frozenset[str]) -> frozenset[str]:
    """Return the groups on the other side of relations with these groups."""
    of_group, of_other = relations["group"].isin(groups), relations["other"].isin(groups)
    return frozenset(relations.loc[of_group, "other"]).union(relations.loc[of_other, "group"]) - groups


def memberships(relations: pd.DataFrame, column: str, groups: frozenset[str]) -> pd.DataFrame:
    """Return the memberships in these groups (column "other"), or of these groups ("group"); without denied ones.

    Their dates are those of `spans`.
    """
    rows = relations[(relations["relation"] == "member-of") & (relations["basis"] != "denied")]
    rows = rows[rows[column].isin(groups)]
    return rows.assign(**spans(rows))


class Descent(NamedTuple):
    """One step of a lineage: a later group that comes from an earlier one."""

    row: object  # label of the row in the table
    earlier: str
    later: str
    date: object
    is_merger: bool


PREDECESSORS, SUCCESSORS = -1, 1  # the directions of a lineage, and the signs of its levels


def lineage(relations: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return the predecessors of a group (levels -1, -2, ...) and its successors (1, 2, ...), in depth-first order.

    The columns are `level`, `group` and `other` as in relations.csv, `relation`, `date`, `basis`, `summary`, `sources`
    and `dating`, which says what the date is. Steps follow the order of time, and a branch ends where it returns to a
    group already on it: what a group did after another one split off is not part of that one's lineage. After a
    merger, only steps with a date count, because an undated one may belong to either group.
    """
    is_descent = relations["relation"].isin(ROW_OF_SUCCESSOR + ROW_OF_PREDECESSOR)
    rows = relations[is_descent & (relations["basis"] != "denied")]
    rows = rows.assign(date=spans(rows)["date_start"], dating=_dating(rows))
    rows = rows.sort_values(["date", "group", "other"], kind="stable")
    merger = rows["relation"].isin(ROW_OF_PREDECESSOR)
    earlier = rows["group"].where(merger, rows["other"])
    later = rows["other"].where(merger, rows["group"])
    descents = list(map(Descent, rows.index, earlier, later, rows["date"], merger))
    steps = [step for direction in (PREDECESSORS, SUCCESSORS) for step in _walk(descents, direction, group)]
    levels = pd.array([level for _, level in steps], dtype="Int64")
    return rows.loc[[row for row, _ in steps]].assign(level=levels)


def _dating(relations: pd.DataFrame) -> pd.Series:
    """Return whether the date of each step of a lineage is stated or the time when it was first reported."""
    dating = pd.Series(None, index=relations.index, dtype=object)
    dating[relations["first_reported"].notna()] = "first reported"
    dating[relations["date_start"].notna()] = "stated"
    return dating


def _walk(
    descents: list[Descent],
    direction: int,
    group: str,
    path: tuple[str, ...] = (),
    date: object = None,
    after_merger: bool = False,
) -> Iterator[tuple[object, int]]:
    """Yield the row and the level of each step from a group in one direction.

    `path` are the groups passed before, `date` is that of the last dated step and `after_merger` whether a step
    forward was a merger.
    """
    path = (*path, group)
    for descent in descents:
        if direction == PREDECESSORS:
            start, end = descent.later, descent.earlier
            possible = not _is_after(descent.date, date)
        else:
            start, end = descent.earlier, descent.later
            dated = isinstance(descent.date, str)
            possible = (dated or not after_merger) and not _is_after(date, descent.date)
        if start != group or not possible:
            continue
        yield descent.row, direction * len(path)
        if end not in path:
            next_date = descent.date if isinstance(descent.date, str) else date
            merged = after_merger or (direction == SUCCESSORS and descent.is_merger)
            yield from _walk(descents, direction, end, path, next_date, merged)


def _is_after(date: object, other: object) -> bool:
    """Return whether a date is certainly after another; both may be a year, a month or a day."""
    if not isinstance(date, str) or not isinstance(other, str):
        return False
    length = min(len(date), len(other))
    return date[:length] > other[:length]
