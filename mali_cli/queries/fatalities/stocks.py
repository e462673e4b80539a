"""Figures that are not added up: stated totals, and numbers of displaced people and refugees on a date."""

from __future__ import annotations

import pandas as pd

from mali_cli.model.vocabulary import NON_HOSTILE_CAUSES, STOCK_HARMS
from mali_cli.queries.fatalities.grouping import count_by, join_columns, max_by, none_if_missing, sum_by
from mali_cli.queries.fatalities.tallies import multi_valued, tallies

# The columns of a figure that are used here, besides those that sums use and the keys
DATED_COLUMNS = ("scope", "part_of", "date_start", "date_end", "group", "country", "inflicted_by")
Days = tuple[pd.Timestamp, pd.Timestamp]  # first and last, both included


def stated_totals(figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the totals of people killed that the documents state, without those that are part of another.

    Of totals about the same people (group, country and who inflicted the losses) whose periods overlap, only the one
    with the latest last day counts. The columns are the keys, `stated_killed`, `stated_as_of` and `stated_open`.
    """
    is_total = (figures["scope"] == "total") & (figures["harm"] == "killed") & figures["part_of"].isna()
    table = tallies(figures[is_total & ~figures["cause"].isin(NON_HOSTILE_CAUSES)], keys)
    table = table[table["best"].notna()].sort_values("tally")
    table = table.sort_values(["date_end", "date_start"], ascending=[False, True], ignore_index=True)
    table = table.loc[_without_overlaps(table, keys)]
    columns: list[pd.DataFrame | pd.Series] = [
        sum_by(table, ["best"], keys).rename(columns={"best": "stated_killed"}),
        max_by(table, "date_end", keys).rename("stated_as_of"),
        count_by(table[table["open"].astype(bool)], "tally", keys).gt(0).rename("stated_open"),
    ]
    return join_columns(columns, keys)


def _without_overlaps(table: pd.DataFrame, keys: list[str]) -> list[int]:
    """Return the positions of totals that overlap no earlier row about the same people."""
    about = [*multi_valued(keys), "group", "country", "inflicted_by"]
    people = zip(*(none_if_missing(table[name]) for name in about), strict=True)
    days = zip(table["date_start"], table["date_end"], strict=True)
    kept: list[int] = []
    periods_of: dict[tuple[object, ...], list[Days]] = {}
    for i, (key, (first, last)) in enumerate(zip(people, days, strict=True)):
        periods = periods_of.setdefault(key, [])
        if all(last < other_first or first > other_last for other_first, other_last in periods):
            periods.append((first, last))
            kept.append(i)
    return kept


def latest_stock_figures(figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the latest numbers of displaced people and of refugees: `displaced_latest` and `refugee_latest`."""
    table = tallies(figures[~figures["cause"].isin(NON_HOSTILE_CAUSES)], keys)
    table = table[table["best"].notna()].sort_values("tally").sort_values("date_end", kind="stable")
    columns = []
    for harm in STOCK_HARMS:
        best = table.loc[table["harm"] == harm, [*keys, "best"]]
        latest = (
            best.groupby(keys, dropna=False)["best"].last() if keys else best["best"].iloc[-1:].reset_index(drop=True)
        )
        columns.append(latest.rename(f"{harm}_latest"))
    return join_columns(columns, keys)
