"""Validate single cells against the declaration of their column."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator

from mali_cli.model.schema import Column

INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def first_violation(column: Column, cells: list[str]) -> tuple[int, str] | None:
    """Return the index and message of the first cell that breaks the column's declaration; None if all are valid."""
    return next(iter_violations(column, cells), None)


def iter_violations(column: Column, cells: list[str], curated: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the index and the message of every cell that breaks the column's declaration.

    Some columns are required in curated tables only.
    """
    required = column.required or (curated and column.required_if_curated)
    allowed = frozenset(column.enum)
    seen: set[str] = set()
    validate_type = _CELL_VALIDATORS.get(column.type)
    for row, cell in enumerate(cells):
        if not cell:
            if required:
                yield row, "this cell may not be blank."
            continue
        wrong = [item for item in (cell.split(";") if column.type == "list" else [cell]) if item not in allowed]
        if allowed and wrong:
            yield row, f"{wrong[0]!r} is not one of {', '.join(column.enum)}."
        elif validate_type is not None and (problem := validate_type(cell, column)):
            yield row, f"{cell!r} {problem}."
        elif column.unique:
            if cell in seen:
                yield row, f"duplicate key {cell!r}; each row needs its own."
            seen.add(cell)


def _validate_date(cell: str, column: Column) -> str:
    try:
        if ISO_DATE.fullmatch(cell):
            datetime.date.fromisoformat(cell)
            return ""
    except ValueError:
        pass
    return "is not a date"


def _validate_integer(cell: str, column: Column) -> str:
    if not INTEGER.fullmatch(cell):
        return "is not a whole number"
    if column.minimum is not None and int(cell) < column.minimum:
        return f"is below {column.minimum}"
    return ""


def _validate_number(cell: str, column: Column) -> str:
    try:
        return "" if math.isfinite(float(cell)) else "is not a number"
    except ValueError:
        return "is not a number"


def _validate_boolean(cell: str, column: Column) -> str:
    return "" if cell in ("true", "false") else "is neither true nor false"


_CELL_VALIDATORS = {
    "date": _validate_date,
    "integer": _validate_integer,
    "number": _validate_number,
    "boolean": _validate_boolean,
}
