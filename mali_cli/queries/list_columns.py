"""Cells that hold a list joined by `;`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd


def split(cell: object) -> list[str]:
    """The values of a list cell; none for a blank one."""
    return cell.split(";") if isinstance(cell, str) and cell else []


def join(values: Iterable[object]) -> str | None:
    """A list cell of the values in their order, each once; None where there is none."""
    return ";".join(dict.fromkeys(value for value in values if isinstance(value, str) and value)) or None


def contains_any(cells: pd.Series, wanted: frozenset[str]) -> pd.Series:
    """Mask of the list cells that hold one of the wanted values."""
    return list_mask(cells, lambda values: not wanted.isdisjoint(values))


def list_mask(cells: pd.Series, holds: Callable[[list[str]], bool]) -> pd.Series:
    return _map_unique(cells, holds, bool)


def map_list(cells: pd.Series, values: Mapping[Any, object]) -> pd.Series:
    """Each list cell with its values looked up: `Gao;Kidal` -> the list of their regions."""
    return _map_unique(cells, lambda cell: join(map(values.get, cell)), object)


def _map_unique(cells: pd.Series, value: Callable[[list[str]], Any], dtype: type) -> pd.Series:
    """What each cell's list is worth, found once for each text: in large tables few stand in many rows."""
    codes, texts = pd.factorize(cells)
    worth = [value(split(text)) for text in texts]
    # A blank has the code -1, and so the last.
    return pd.Series(np.array([*worth, value([])], dtype=dtype)[codes], index=cells.index, dtype=dtype)


def isin_all(table: pd.DataFrame, **wanted: frozenset[str]) -> pd.Series:
    """Mask of the rows whose cells are among the values wanted of each column; no values narrow nothing."""
    mask = pd.Series(True, index=table.index)
    for column, values in wanted.items():
        if values:
            mask &= table[column].isin(values)
    return mask
