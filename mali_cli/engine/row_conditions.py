"""Conditions on the columns of a result, such as `killed_best > 4`: --where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model import names
from mali_cli.model.periods import parse_date
from mali_cli.model.schema import Column
from mali_cli.model.shared_filters import as_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from mali_cli.model.shared_filters import Texts

FORM = re.compile(r"\s*([^\s=!<>]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.S)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
NUMBER_TYPES = ("integer", "number")
DATE_PATTERN = r"\d{4}(-\d{2}){0,2}"  # of columns with dates as precise as they are known, which are text
QUOTES = "\"'"


class RowCondition(NamedTuple):
    """A column, an operator, and a value of the type of the column; of dates a first and a last day."""

    column: Column
    operator: str
    value: Any


def parse_conditions(typed: Texts, by_name: Mapping[str, Column]) -> list[RowCondition]:
    """Parse --where; raise MaliError for a column that the result does not have, or a value of another type."""
    return [_parse(text, by_name) for text in as_list(typed)]


def _parse(typed: str, by_name: Mapping[str, Column]) -> RowCondition:
    match = FORM.fullmatch(typed)
    if match is None or not match[3]:
        operators = "=, !=, <, <=, > or >="
        raise MaliError(f"--where takes COLUMN OP VALUE such as 'high > 4', where OP is {operators}; not {typed!r}.")
    column = by_name[names.match_choice(match[1], by_name, "column of --where")]
    operator, text = match[2], match[3]
    if len(text) > 1 and text[0] in QUOTES and text[0] == text[-1]:
        text = text[1:-1]
    return RowCondition(column, operator, _value(typed, column, operator, text))


def _value(typed: str, column: Column, operator: str, text: str) -> Any:
    if column.type in NUMBER_TYPES:
        if not NUMBER.fullmatch(text):
            raise MaliError(f"--where {typed!r}: {column.name} is a number, and {text!r} is none.")
        return float(text)
    if _is_date(column):
        return parse_date(text, f"--where {column.name}")
    if operator not in ("=", "!="):
        raise MaliError(f"--where {typed!r}: {column.name} is not a number or a date, so it takes only = and !=.")
    if column.type == "boolean":
        return names.match_choice(text, ("true", "false"), f"value of {column.name}") == "true"
    return names.normalize_name(text)


def _is_date(column: Column) -> bool:
    return column.type == "date" or column.pattern == DATE_PATTERN


def condition_mask(frame: pd.DataFrame, conditions: Iterable[RowCondition]) -> pd.Series:
    """Return a mask of the rows that fulfil all conditions; a blank cell fulfils none."""
    import pandas as pd

    mask = pd.Series(True, index=frame.index)
    for condition in conditions:
        cells = frame[condition.column.name]
        fulfilled = _fulfilled(cells[cells.notna()], condition)
        mask &= fulfilled.reindex(frame.index, fill_value=False).astype(bool)
    return mask


def _fulfilled(cells: pd.Series, condition: RowCondition) -> pd.Series:
    """Return whether each of the cells, none of them blank, fulfils a condition."""
    column, operator, value = condition
    if column.type in NUMBER_TYPES or column.type == "boolean":
        first = last = cells.astype("boolean" if column.type == "boolean" else "float64")
        value = (value, value)
    elif _is_date(column):
        first, last = _bounds(cells, 0), _bounds(cells, 1)
    else:
        equal = cells.map(lambda cell: value in _normalized_values(cell, column)).astype(bool)
        return equal if operator == "=" else ~equal
    return _compared(first, last, operator, *value)


def _compared(first: pd.Series, last: pd.Series, operator: str, least: Any, most: Any) -> pd.Series:
    """Compare what lies between `first` and `last` with what lies between `least` and `most`, both included."""
    mask: pd.Series
    match operator:
        case "=":
            mask = (first >= least) & (last <= most)
        case "!=":
            mask = (last < least) | (first > most)
        case "<":
            mask = last < least
        case "<=":
            mask = last <= most
        case ">":
            mask = first > most
        case _:
            mask = first >= least
    return mask


def _bounds(cells: pd.Series, end: int) -> pd.Series:
    """Return the first (0) or the last (1) day of dates, which are days, or text such as 2012 or 2012-06."""
    return cells.map(lambda cell: parse_date(str(cell)[:10], "date")[end])


def _normalized_values(cell: str, column: Column) -> set[str]:
    """Return the text of a cell, and of a list its values too."""
    return {names.normalize_name(text) for text in (cell, *(cell.split(";") if column.type == "list" else ()))}
