"""Columns of lists: text cells whose values are joined by `;`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd


def split(cell: object) -> list[str]:
    """Return the values of a list cell, none for a blank one."""
    return cell.split(";") if isinstance(cell, str) and cell else []


def join(values: Iterable[object]) -> str | None:
    """Return a list cell of the distinct values in their order; None if there is none."""
    return ";".join(dict.fromkeys(value for value in values if isinstance(value, str) and value)) or None


def contains_any(cells: pd.Series, values: frozenset[str]) -> pd.Series:
    """Return a mask of the list cells that contain one of the values."""
    return list_mask(cells, lambda items: not values.isdisjoint(items))


def list_mask(cells: pd.Series, predicate: Callable[[list[str]], bool]) -> pd.Series:
    """Return a mask of the list cells whose values fulfil a predicate."""
    return _map_unique(cells, predicate, bool)


def map_list(cells: pd.Series, mapping: Mapping[Any, object]) -> pd.Series:
    """Return list cells with each value replaced: `Gao;Kidal` by the regions of both."""
    return _map_unique(cells, lambda items: join(map(mapping.get, items)), object)


def _map_unique(cells: pd.Series, function: Callable[[list[str]], Any], dtype: type) -> pd.Series:
    """Return the function of each cell's values, computed once per distinct cell: large tables have few."""
    codes, unique_cells = pd.factorize(cells)
    results = [function(split(cell)) for cell in unique_cells]
    # A blank cell has the code -1, which selects the last result.
    return pd.Series(np.array([*results, function([])], dtype=dtype)[codes], index=cells.index, dtype=dtype)


def isin_all(table: pd.DataFrame, **values_by_column: frozenset[str]) -> pd.Series:
    """Return a mask of the rows with one of the values in each column; an empty set restricts nothing."""
    mask = pd.Series(True, index=table.index)
    for column, values in values_by_column.items():
        if values:
            mask &= table[column].isin(values)
    return mask
