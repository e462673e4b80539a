"""Tables in CSV files: as text, and as typed DataFrames."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.model.cell_rules import first_violation
from mali_cli.model.frames import to_dtype_array
from mali_cli.model.schema import Column, Table

if TYPE_CHECKING:
    import pandas as pd


class RawTable(NamedTuple):
    """The records of one CSV as text, in the declared order of columns, each with the line it starts on."""

    table: Table
    path: Path
    records: list[list[str]]
    lines: list[int]
    ignored: list[str]  # columns of the file that are not declared

    def cells(self, column: str) -> list[str]:
        at = [c.name for c in self.table.columns].index(column)
        return [record[at] for record in self.records]

    def dicts(self) -> Iterable[dict[str, str]]:
        names = [column.name for column in self.table.columns]
        return (dict(zip(names, record, strict=True)) for record in self.records)


def to_frame(rows: RawTable) -> pd.DataFrame:
    """Typed columns from text; see read_frame."""
    import pandas as pd

    return pd.DataFrame(
        {
            column.name: _parse_column(column, [record[i] for record in rows.records], rows)
            for i, column in enumerate(rows.table.columns)
        },
        copy=False,
    )


def _parse_column(column: Column, cells: list[str], rows: RawTable) -> Any:
    fault = first_violation(column, cells)
    if fault is not None:
        at, why = fault
        raise DataError(f"{rows.path}, line {rows.lines[at]}, {column.name}: {why}")
    read = _PARSERS.get(column.type, str)
    return to_dtype_array(column, [read(cell) if cell else None for cell in cells])


_PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda cell: cell == "true",
}


def read_raw_table(folder: Path, name: str) -> RawTable:
    """The text of one table, checked for form (encoding, quotes, header, number of fields) but not for types."""
    declared = schema.table(name)
    path = folder / declared.path
    text = read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        header = next(reader, [])
        at = _column_positions(declared, header, path)
        before = reader.line_num
        for record in reader:
            if record:  # an empty line is no record
                if len(record) != len(header):
                    raise DataError(
                        f"{path}, line {before + 1}: {len(record)} fields where the header has {len(header)}.",
                        before + 1,
                    )
                records.append([record[i] for i in at])
                lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{path}, line {before + 1}: a quote is not closed or stands in the wrong place ({error}).",
            before + 1,
        ) from None
    known = {column.name for column in declared.columns}
    return RawTable(declared, path, records, lines, [name for name in header if name not in known])


def read_text(path: Path) -> str:
    """A whole UTF-8 file without its byte-order mark; DataError names the line that is no UTF-8 or holds a NUL."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path.parent} has no {path.name}.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    nul = data.find(b"\0")
    if nul >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise DataError(f"{path}, line {line}: there is a NUL byte; the file is damaged.", line)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: this is not UTF-8; save the file as UTF-8.", line) from None


def _column_positions(declared: schema.Table, header: list[str], path: Path) -> list[int]:
    missing = [column.name for column in declared.columns if column.name not in header]
    if missing:
        raise DataError(f"{path}, line 1: the column {', '.join(missing)} is missing.", 1)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise DataError(f"{path}, line 1: the column {', '.join(twice)} stands twice.", 1)
    return [header.index(column.name) for column in declared.columns]


def read_frame(folder: Path, name: str) -> pd.DataFrame:
    """One table with typed columns; DataError names file, line, column and value of the first fault.

    Blank cells are missing: None in text, NaT in dates, <NA> in whole numbers (Int64). Lists stay
    text joined by `;`. Dates are datetime64[s].
    """
    return to_frame(read_raw_table(folder, name))
