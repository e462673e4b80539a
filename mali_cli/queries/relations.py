"""Relations between groups: alliances, wars, membership and lineage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period, may_overlap
from mali_cli.queries import list_columns
from mali_cli.queries.entities import source_and_text_mask

SYMMETRIC_RELATIONS = ("ally-of", "fought", "ceasefire-with")
# Relations of descent: rows whose `group` is the later of the two, and rows whose `group` is the earlier.
ROW_OF_SUCCESSOR = ("split-from", "successor-of")
ROW_OF_PREDECESSOR = ("merged-into",)


def filter_relations(relations: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the relations that match, with `ending` saying where no end is stated.

    An actor matches on either side. A relation without a stated end may still hold, so it matches later periods.
    """
    mask = source_and_text_mask(relations, ("summary",), filters)
    if filters.actors:
        mask &= relations["group"].isin(filters.actors) | relations["other"].isin(filters.actors)
    mask &= list_columns.isin_all(relations, relation=filters.relations, basis=filters.bases)
    if filters.period is not None:
        mask &= in_period(relations, filters.period)
    matching = relations[mask]
    return matching.assign(ending=matching["date_end"].isna().map({True: "end not stated", False: None}))


def in_period(relations: pd.DataFrame, period: Period) -> pd.Series:
    """Return a mask of the relations that may have held in a period."""
    spans = zip(relations["date_start"], relations["date_end"], strict=True)
    return pd.Series([may_overlap(start, end, period) for start, end in spans], index=relations.index, dtype=bool)


def related(relations: pd.DataFrame, relation: str, groups: frozenset[str], period: Period | None) -> frozenset[str]:
    """Return the groups in a symmetric relation with one of these groups; denied reports do not count."""
    rows = relations[(relations["relation"] == relation) & (relations["basis"] != "denied")]
    if period is not None:
        rows = rows[in_period(rows, period)]
    others = set(rows.loc[rows["group"].isin(groups), "other"]) | set(rows.loc[rows["other"].isin(groups), "group"])
    return frozenset(others - groups)


def memberships(relations: pd.DataFrame, column: str, groups: frozenset[str]) -> pd.DataFrame:
    """Return the memberships in these groups (column "other"), or of these groups ("group"); without denied ones."""
    rows = relations[(relations["relation"] == "member-of") & (relations["basis"] != "denied")]
    return rows[rows[column].isin(groups)]


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

    The columns are `level`, `group` and `other` as in relations.csv, `relation`, `date`, `basis`, `summary` and
    `sources`. Steps follow the order of time, and a branch ends where it returns to a group already on it: what a
    group did after another one split off is not part of that one's lineage. After a merger, only steps with a date
    count, because an undated one may belong to either group.
    """
    is_descent = relations["relation"].isin(ROW_OF_SUCCESSOR + ROW_OF_PREDECESSOR)
    rows = relations[is_descent & (relations["basis"] != "denied")]
    rows = rows.rename(columns={"date_start": "date"}).sort_values(["date", "group", "other"], kind="stable")
    merger = rows["relation"].isin(ROW_OF_PREDECESSOR)
    earlier = rows["group"].where(merger, rows["other"])
    later = rows["other"].where(merger, rows["group"])
    descents = list(map(Descent, rows.index, earlier, later, rows["date"], merger))
    steps = [step for direction in (PREDECESSORS, SUCCESSORS) for step in _walk(descents, direction, group)]
    levels = pd.array([level for _, level in steps], dtype="Int64")
    return rows.loc[[row for row, _ in steps]].assign(level=levels)


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
