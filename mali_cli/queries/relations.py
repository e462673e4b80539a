"""Who stood with whom: relations between groups, and what follows from them."""

from __future__ import annotations

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.periods import Period, may_overlap
from mali_cli.queries import list_columns
from mali_cli.queries.entities import source_and_text_mask

SYMMETRIC_RELATIONS = ("ally-of", "fought", "ceasefire-with")
# Relations by which one group comes from another, told of the later one or of the earlier.
ROW_OF_SUCCESSOR = ("split-from", "successor-of")
ROW_OF_PREDECESSOR = ("merged-into",)


def filter_relations(relations: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Relations in which an actor stands on either side; one whose end is not told still matches, and says so."""
    mask = source_and_text_mask(relations, ("summary",), filters)
    if filters.actors:
        mask &= relations["group"].isin(filters.actors) | relations["other"].isin(filters.actors)
    mask &= list_columns.isin_all(relations, relation=filters.relations, basis=filters.bases)
    if filters.period is not None:
        mask &= in_period(relations, filters.period)
    found = relations[mask]
    return found.assign(ending=found["date_end"].isna().map({True: "end not stated", False: None}))


def in_period(relations: pd.DataFrame, period: Period) -> pd.Series:
    spans = zip(relations["date_start"], relations["date_end"], strict=True)
    return pd.Series([may_overlap(start, end, period) for start, end in spans], index=relations.index, dtype=bool)


def related(relations: pd.DataFrame, relation: str, groups: frozenset[str], period: Period | None) -> frozenset[str]:
    """The groups that stood in a relation that holds both ways with one of these, and not only by a denied report."""
    rows = relations[(relations["relation"] == relation) & (relations["basis"] != "denied")]
    if period is not None:
        rows = rows[in_period(rows, period)]
    others = set(rows.loc[rows["group"].isin(groups), "other"]) | set(rows.loc[rows["other"].isin(groups), "group"])
    return frozenset(others - groups)


def memberships(relations: pd.DataFrame, column: str, groups: frozenset[str]) -> pd.DataFrame:
    """The rows in which something belonged to one of these (column 'other'), or one of these to it ('group')."""
    rows = relations[(relations["relation"] == "member-of") & (relations["basis"] != "denied")]
    return rows[rows[column].isin(groups)]


def lineage(relations: pd.DataFrame, group: str) -> pd.DataFrame:
    """What a group came from (levels -1, -2, ...) and what came from it (1, 2, ...), step by step in depth.

    Columns: level, group and other as in relations.csv, relation, date, basis, summary, sources. Steps are taken
    only in the order of time, and a branch ends where it comes back to a group that it has passed: what a group did
    after others had left it is not theirs, and beyond a merger only what is dated later belongs to both.
    """
    rows = relations[
        relations["relation"].isin(ROW_OF_SUCCESSOR + ROW_OF_PREDECESSOR) & (relations["basis"] != "denied")
    ]
    rows = rows.rename(columns={"date_start": "date"}).sort_values(["date", "group", "other"], kind="stable")
    merger = rows["relation"].isin(ROW_OF_PREDECESSOR)
    edges = list(
        zip(
            rows.index,
            rows["group"].where(merger, rows["other"]),  # the earlier
            rows["other"].where(merger, rows["group"]),  # the later
            rows["date"],
            merger,
            strict=True,
        )
    )
    steps: list[tuple[object, int]] = []

    def back(name: str, level: int, before: object, path: frozenset[str]) -> None:
        for at, earlier, later, date, _ in edges:
            if later == name and not _after(date, before):
                steps.append((at, level))
                if earlier not in path:
                    back(earlier, level - 1, date if isinstance(date, str) else before, path | {earlier})

    def on(name: str, level: int, since: object, merged: bool, path: frozenset[str]) -> None:
        for at, earlier, later, date, merges in edges:
            told = isinstance(date, str) or not merged
            if earlier == name and told and not _after(since, date):
                steps.append((at, level))
                if later not in path:
                    on(later, level + 1, date if isinstance(date, str) else since, merged or merges, path | {later})

    back(group, -1, None, frozenset({group}))
    on(group, 1, None, False, frozenset({group}))
    levels = pd.array([level for _, level in steps], dtype="Int64")
    return rows.loc[[at for at, _ in steps]].assign(level=levels)


def _after(date: object, other: object) -> bool:
    """Whether one date as precise as known certainly lies after another."""
    if not isinstance(date, str) or not isinstance(other, str):
        return False
    precise = min(len(date), len(other))
    return date[:precise] > other[:precise]
