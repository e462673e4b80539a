"""Cells as text, JSON and Python values. Each is rendered here once, so that all formats agree."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mali_cli.model.schema import Column
from mali_cli.results import QueryResult

if TYPE_CHECKING:
    import pandas as pd


def text_rows(result: QueryResult) -> list[list[str]]:
    """Return the rows as text: ISO dates, plain numbers, true/false, blank for missing values."""
    return _rows(result, _to_text)


def json_rows(result: QueryResult) -> list[list[Any]]:
    """Return the rows as JSON values: numbers, booleans, arrays for lists, ISO dates, None for missing values."""
    return _rows(result, _to_json)


def typed_columns(result: QueryResult) -> list[list[Any]]:
    """Return the columns as Python values: dates, numbers, booleans, text (lists joined by `;`), None for missing."""
    return [_to_typed(result.frame[column.name], column) for column in result.columns]


def text_columns(result: QueryResult) -> dict[str, list[str]]:
    """Return the columns by name, with the cells of `text_rows`."""
    return {column.name: _to_text(result.frame[column.name], column) for column in result.columns}


def row_dicts(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries of plain values, None for missing values."""
    return [
        {str(name): value for name, value in row.items()}
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


def format_number(value: object) -> str:
    """Return "1,204", or nothing for a missing value."""
    return "" if value is None or value != value else f"{value:,}"


def _rows(result: QueryResult, render: Callable[[pd.Series, Column], list[Any]]) -> list[list[Any]]:
    columns = [render(result.frame[column.name], column) for column in result.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _to_text(series: pd.Series, column: Column) -> list[str]:
    if column.type == "date":
        return ["" if day == "NaT" else day for day in _iso_days(series)]
    values = _values(series)
    if column.type == "boolean":
        return ["" if value is None else "true" if value else "false" for value in values]
    if column.type == "integer":
        return ["" if value is None else str(int(value)) for value in values]
    return ["" if value is None else str(value) for value in values]


def _to_json(series: pd.Series, column: Column) -> list[Any]:
    if column.type == "date":
        return [None if day == "NaT" else day for day in _iso_days(series)]
    convert = _JSON_TYPES.get(column.type, str)
    blank: Any = [] if column.type == "list" else None
    return [blank if value is None else convert(value) for value in _values(series)]


def _to_typed(series: pd.Series, column: Column) -> list[Any]:
    if column.type == "date":
        return [None if day == "NaT" else datetime.date.fromisoformat(day) for day in _iso_days(series)]
    convert = _PYTHON_TYPES.get(column.type, str)
    return [None if value is None else convert(value) for value in _values(series)]


def _values(series: pd.Series) -> list[Any]:
    """Return the cells as plain values, None for missing values."""
    values = series.to_numpy(dtype=object, copy=True)
    values[series.isna().to_numpy()] = None
    return list(values)


_PYTHON_TYPES: dict[str, Callable[[Any], Any]] = {"boolean": bool, "integer": int, "number": float}
_JSON_TYPES: dict[str, Callable[[Any], Any]] = {**_PYTHON_TYPES, "list": lambda cell: cell.split(";")}


def _iso_days(series: pd.Series) -> list[str]:
    import numpy as np

    return list(np.datetime_as_string(series.to_numpy(dtype="datetime64[s]"), unit="D"))
