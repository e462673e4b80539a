"""CSV tables as text with line numbers, and as typed DataFrames."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.model.cell_rules import first_violation
from mali_cli.model.frames import build_frame
from mali_cli.model.schema import Column, Table

if TYPE_CHECKING:
    import pandas as pd


class RawTable(NamedTuple):
    """One table as text: records in the declared order of columns, each with the line on which it starts."""

    table: Table
    path: Path
    records: list[list[str]]
    lines: list[int]
    ignored: list[str]  # undeclared columns of the file

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column."""
        position = [c.name for c in self.table.columns].index(column)
        return [record[position] for record in self.records]

    def dicts(self) -> Iterable[dict[str, str]]:
        """Return the records as dictionaries by column."""
        names = [column.name for column in self.table.columns]
        return (dict(zip(names, record, strict=True)) for record in self.records)


def read_frame(folder: Path, name: str) -> pd.DataFrame:
    """Return one CSV table with typed columns; DataError names file, line, column and value of the first violation.

    Blank cells are missing: None in text, NaT in dates, <NA> in whole numbers (Int64). Lists stay
    text joined by `;`. Dates are datetime64[s].
    """
    return to_frame(read_raw_table(folder, name))


def to_frame(raw: RawTable) -> pd.DataFrame:
    """Return a table of text as typed columns; see `read_frame`."""
    columns = [_parse_column(column, raw.cells(column.name), raw) for column in raw.table.columns]
    return build_frame(raw.table.name, columns)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda cell: cell == "true",
}


def _parse_column(column: Column, cells: list[str], raw: RawTable) -> list[Any]:
    violation = first_violation(column, cells)
    if violation is not None:
        row, message = violation
        raise DataError(f"{raw.path}, line {raw.lines[row]}, {column.name}: {message}")
    parse = _PARSERS.get(column.type, str)
    return [parse(cell) if cell else None for cell in cells]


def read_raw_table(folder: Path, name: str) -> RawTable:
    """Read one CSV table as text; DataError if its encoding, quotes, header or number of fields is wrong.

    Types are not checked.
    """
    declared = schema.table(name)
    path = folder / declared.path
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    last_line = 0  # of the record before
    try:
        header = next(reader, [])
        positions = _column_positions(declared, header, path)
        last_line = reader.line_num
        for record in reader:
            if record:  # the csv module gives [] for an empty line
                line = last_line + 1
                if len(record) != len(header):
                    raise DataError(
                        f"{path}, line {line}: {len(record)} fields where the header has {len(header)}.", line
                    )
                records.append(["" if i is None else record[i] for i in positions])
                lines.append(line)
            last_line = reader.line_num
    except csv.Error as error:
        line = last_line + 1
        raise DataError(f"{path}, line {line}: a quote is unclosed or misplaced ({error}).", line) from None
    declared_names = {column.name for column in declared.columns}
    return RawTable(declared, path, records, lines, [name for name in header if name not in declared_names])


def read_text(path: Path) -> str:
    """Return a UTF-8 file without its byte-order mark; DataError names a line that is not UTF-8 or has a NUL."""
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


def _column_positions(declared: Table, header: list[str], path: Path) -> list[int | None]:
    """Return the position in the header of each declared column; None for one that may be missing and is."""
    missing = [c.name for c in declared.columns if c.name not in header and not c.may_be_missing]
    if missing:
        raise DataError(f"{path}, line 1: the column {', '.join(missing)} is missing.", 1)
    duplicates = sorted({name for name in header if header.count(name) > 1})
    if duplicates:
        raise DataError(f"{path}, line 1: duplicate column {', '.join(duplicates)}.", 1)
    return [header.index(column.name) if column.name in header else None for column in declared.columns]
