"""Aggregates per value of the group keys, where a missing value is a group of its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def none_if_missing(values: pd.Series) -> pd.Series:
    """Return the values as objects, with None for every kind of missing value."""
    return values.astype(object).where(values.notna(), None)


def sum_by(table: pd.DataFrame, columns: list[str], keys: list[str]) -> pd.DataFrame:
    """Return the sums of columns per value of the keys, NaN where no row has a number; one row without keys."""
    if not keys:
        return table[columns].sum(min_count=1).to_frame().T
    return table.groupby(keys, dropna=False)[columns].sum(min_count=1)


def max_by(table: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    """Return the largest value of a column per value of the keys; one element without keys."""
    return table.groupby(keys, dropna=False)[column].max() if keys else pd.Series([table[column].max()])


def count_by(table: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    """Return the number of distinct values of a column per value of the keys; one element without keys."""
    if not keys:
        return pd.Series([table[column].nunique()], dtype=int)
    # A key may be the counted column itself, as in sums by event.
    return table.assign(counted=table[column]).groupby(keys, dropna=False)["counted"].nunique()


def join_columns(columns: Sequence[pd.DataFrame | pd.Series], keys: list[str]) -> pd.DataFrame:
    """Return the named aggregates as one table with a column per key, of dtype object with None for missing."""
    table = pd.concat(columns, axis=1)
    if not keys:
        return table
    table = table.reset_index(names=keys)
    return table.assign(**{key: none_if_missing(table[key]) for key in keys})
