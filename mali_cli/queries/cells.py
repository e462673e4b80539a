"""Cells that hold a list joined by `;`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd


def split(cell: object) -> list[str]:
    """The values of a list cell; none for a blank one."""
    return cell.split(";") if isinstance(cell, str) and cell else []


def join(values: Iterable[object]) -> str | None:
    """A list cell of the values in their order, each once; None where there is none."""
    return ";".join(dict.fromkeys(value for value in values if isinstance(value, str) and value)) or None


def any_in(cells: pd.Series, wanted: frozenset[str]) -> pd.Series:
    """Mask of the list cells that hold one of the wanted values."""
    return where(cells, lambda values: not wanted.isdisjoint(values))


def where(cells: pd.Series, holds: Callable[[list[str]], bool]) -> pd.Series:
    verdicts = {cell: holds(split(cell)) for cell in _distinct(cells)}
    blank = holds([])
    return pd.Series([verdicts.get(cell, blank) for cell in cells], index=cells.index, dtype=bool)


def mapped(cells: pd.Series, values: Mapping[Any, object]) -> pd.Series:
    """Each list cell with its values looked up: `Gao;Kidal` -> the list of their regions."""
    looked_up = {cell: join(values.get(v) for v in split(cell)) for cell in _distinct(cells)}
    return pd.Series([looked_up.get(cell) for cell in cells], index=cells.index, dtype=object)


def _distinct(cells: pd.Series) -> Iterable[str]:
    """Each text among the cells once: in large tables few stand in many rows."""
    return {cell for cell in cells if isinstance(cell, str)}


def one_of(table: pd.DataFrame, **wanted: frozenset[str]) -> pd.Series:
    """Mask of the rows whose cells are among the values wanted of each column; no values narrow nothing."""
    mask = pd.Series(True, index=table.index)
    for column, values in wanted.items():
        if values:
            mask &= table[column].isin(values)
    return mask
