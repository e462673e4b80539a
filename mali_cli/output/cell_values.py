"""Cells as text, as JSON and as Python values: each is rendered once, so every format says the same."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mali_cli.model.schema import Column
from mali_cli.results import QueryResult

if TYPE_CHECKING:
    import pandas as pd


def text_rows(answer: QueryResult) -> list[list[str]]:
    """The rows as text: ISO dates, plain numbers, true/false, blank for missing."""
    return _rows(answer, _text)


def json_rows(answer: QueryResult) -> list[list[Any]]:
    """The rows as JSON values: numbers, booleans, arrays for lists, ISO dates, None for missing."""
    return _rows(answer, _json)


def typed_rows(answer: QueryResult) -> list[list[Any]]:
    """The columns as Python values: dates, numbers, booleans, text (of lists joined by `;`), None for missing."""
    return [_typed(answer.frame[column.name], column) for column in answer.columns]


def text_columns(answer: QueryResult) -> dict[str, list[str]]:
    """The columns by name, as `texts` has their cells."""
    return {column.name: _text(answer.frame[column.name], column) for column in answer.columns}


def _rows(answer: QueryResult, render: Any) -> list[list[Any]]:
    columns = [render(answer.frame[column.name], column) for column in answer.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _text(series: pd.Series, column: Column) -> list[str]:
    if column.type == "date":
        return ["" if day == "NaT" else day for day in _days(series)]
    values = _values(series)
    if column.type == "boolean":
        return ["" if value is None else "true" if value else "false" for value in values]
    if column.type == "integer":
        return ["" if value is None else str(int(value)) for value in values]
    return ["" if value is None else str(value) for value in values]


def _json(series: pd.Series, column: Column) -> list[Any]:
    if column.type == "date":
        return [None if day == "NaT" else day for day in _days(series)]
    values = _values(series)
    as_json = _AS_JSON.get(column.type, str)
    blank: Any = [] if column.type == "list" else None
    return [blank if value is None else as_json(value) for value in values]


def _typed(series: pd.Series, column: Column) -> list[Any]:
    if column.type == "date":
        return [None if day == "NaT" else datetime.date.fromisoformat(day) for day in _days(series)]
    as_typed = _AS_TYPED.get(column.type, str)
    return [None if value is None else as_typed(value) for value in _values(series)]


def _values(series: pd.Series) -> list[Any]:
    """The cells as plain values, None where they are missing."""
    values = series.to_numpy(dtype=object, copy=True)
    values[series.isna().to_numpy()] = None
    return list(values)


_AS_TYPED: dict[str, Callable[[Any], Any]] = {"boolean": bool, "integer": int, "number": float}
_AS_JSON: dict[str, Callable[[Any], Any]] = {**_AS_TYPED, "list": lambda cell: cell.split(";")}


def _days(series: pd.Series) -> list[str]:
    import numpy as np

    return list(np.datetime_as_string(series.to_numpy(dtype="datetime64[s]"), unit="D"))
