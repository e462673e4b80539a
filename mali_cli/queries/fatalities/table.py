"""The table and the totals of sums, as they are returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from mali_cli.model.schema import Column
from mali_cli.queries.events import TIME_KEYS
from mali_cli.queries.fatalities.grouping import none_if_missing
from mali_cli.queries.fatalities.left_out import LeftOut
from mali_cli.queries.fatalities.sums import FIGURE_KEYS


class SumTotals(NamedTuple):
    """Overall totals of people killed, with counts of what could not be added."""

    low: int | None
    best: int | None
    high: int | None
    open: bool  # no upper bound
    events: int  # with a number of people killed
    events_without_figures: int  # violent events for which there is no figure
    unknown: int  # tallies without a number
    single_belligerent_tallies: int  # tallies whose figures all come from one belligerent
    zeros: int  # tallies without a number whose figure in a foreign file is 0
    per_year: Mapping[str, int]  # events in each year, with and without figures
    left_out: Mapping[str, LeftOut]  # figures that an option would add, by the reason
    other_deaths: Mapping[str, int] = {}  # people in died_other, by the cause of death


def clip_to_best(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with `killed_low` at most, and `killed_high` at least, `killed_best`.

    Parts are subtracted from their container bound by bound, so that rows add up; that may cross the bounds of a row.
    """
    low, high = (table[[f"killed_{bound}", "killed_best"]] for bound in ("low", "high"))
    return table.assign(killed_low=low.min(axis=1), killed_high=high.max(axis=1))


def format_table(
    table: pd.DataFrame, keys: list[str], columns: tuple[Column, ...], counts_not_stated: bool
) -> pd.DataFrame:
    """Return the sums with the declared columns and dtypes, rows in order and those with a missing key last.

    Numbers are Int64; counts are 0 where nothing was counted, `not_stated` only if `counts_not_stated`.
    """
    table = clip_to_best(table.reindex(columns=[*keys, *(column.name for column in columns)]))
    # Events without figures have no value for keys that only figures have: they are counted in one row only.
    counts_not_stated &= not set(keys) & set(FIGURE_KEYS)
    counts = ("events", "unknown", *(["not_stated"] if counts_not_stated else []))
    table[[*counts]] = table[[*counts]].astype(float).fillna(0)
    cells = {key: none_if_missing(table[key]) for key in keys}
    cells |= {column.name: _to_dtype(table[column.name], column.type) for column in columns}
    table = pd.DataFrame(cells)
    return table.loc[_row_order(table, keys)].reset_index(drop=True)


def _to_dtype(values: pd.Series, type: str) -> pd.Series:
    if type == "boolean":
        return values.astype("boolean").fillna(False).astype(bool)
    if type == "date":
        return pd.to_datetime(values).astype("datetime64[s]")
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    missing = np.isnan(numbers)
    return pd.Series(pd.arrays.IntegerArray(np.where(missing, 0, numbers).astype("int64"), missing), index=values.index)


def _row_order(table: pd.DataFrame, keys: list[str]) -> pd.Index:
    """Return the index in order of time, then of people killed, descending, then of the other keys."""
    time_keys = [key for key in keys if key in TIME_KEYS]
    killed = table[["stated_killed", "killed_best"]].max(axis=1).fillna(-1)
    order = table.assign(killed=killed, missing=table[keys].isna().any(axis=1) if keys else False)
    by = ["missing", *time_keys, "killed", *(key for key in keys if key not in time_keys)]
    return order.sort_values(by, ascending=[name != "killed" for name in by], kind="stable").index
