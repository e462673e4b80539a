"""The declared tables: reads a CSV by its declaration, or says which line is wrong."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Column(NamedTuple):
    """One declared column; the types are Table Schema's (string, list, date, integer, number, boolean)."""

    name: str
    type: str
    description: str
    required: bool = False
    required_if_curated: bool = False  # required of curated tables only: a foreign file may not say it
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None
    max_length: int | None = None
    references: tuple[str, ...] = ()
    allowed_by_parent: Mapping[str, list[str]] = {}
    default_visible: bool = False  # on a terminal, unless --columns says otherwise

    @classmethod
    def declared(cls, entry: dict[str, Any]) -> Column:
        constraints = entry.get("constraints", {})
        return cls(
            name=entry["name"],
            type=entry["type"],
            description=entry["description"],
            required=constraints.get("required", False),
            required_if_curated=entry.get("mali:curated", {}).get("required", False),
            unique=constraints.get("unique", False),
            enum=tuple(constraints.get("enum", ())),
            pattern=constraints.get("pattern", ""),
            minimum=constraints.get("minimum"),
            max_length=constraints.get("maxLength"),
            references=tuple(entry.get("mali:references", ())),
            allowed_by_parent=entry.get("mali:within", {}),
            default_visible=entry.get("mali:shown", False),
        )


class Table(NamedTuple):
    """One declared table."""

    name: str
    title: str
    description: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


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


def data_folder() -> Path:
    """The tables that travel with the program: inside the installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    return here / "data" if (here / "data").is_dir() else here.parent / "data"


@functools.cache
def datapackage() -> dict[str, Any]:
    """datapackage.json, the one declaration of every column."""
    with open(data_folder() / "datapackage.json", encoding="utf-8") as file:
        return dict(json.load(file))


@functools.cache
def table(name: str) -> Table:
    resource = next(r for r in datapackage()["resources"] if r["name"] == name)
    return Table(
        name=name,
        title=resource["title"],
        description=resource["description"],
        path=resource["path"],
        columns=tuple(Column.declared(entry) for entry in resource["schema"]["fields"]),
        key=tuple(resource["mali:key"]),
        sorted_by=tuple(resource["mali:sorted"]),
    )


def table_names() -> list[str]:
    return [resource["name"] for resource in datapackage()["resources"]]


@functools.cache
def result_columns(name: str) -> tuple[Column, ...]:
    """Columns that answers add to those of the tables: 'events', 'event-counts', 'sums', 'keys'."""
    return tuple(Column.declared(entry) for entry in datapackage()["mali:answers"][name])


def read_raw_table(folder: Path, name: str) -> RawTable:
    """The text of one table, checked for form (encoding, quotes, header, number of fields) but not for types."""
    declared = table(name)
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


def _column_positions(declared: Table, header: list[str], path: Path) -> list[int]:
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


def build_frame(name: str, columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """A typed frame of a table's declared columns, given as values: text, ISO days, numbers, None for blank.

    The same types as read_frame gives; the values are taken as they are.
    """
    import pandas as pd

    declared = table(name).columns
    return pd.DataFrame(
        {column.name: to_dtype_array(column, cells) for column, cells in zip(declared, columns, strict=True)},
        copy=False,
    )


def to_dtype_array(column: Column, cells: Sequence[Any]) -> Any:
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return np.array([cell or "NaT" for cell in cells], dtype="datetime64[s]")
    if column.type == "integer":
        blank = np.array([cell is None for cell in cells], dtype=bool)
        return pd.arrays.IntegerArray(np.array([cell or 0 for cell in cells], dtype="int64"), blank)
    if column.type == "number":
        return np.array([math.nan if cell is None else cell for cell in cells], dtype="float64")
    if column.type == "boolean":
        return np.array(cells, dtype=bool)
    # Plain objects: with thousands of cells they are faster to make than pandas' own strings.
    return pd.Series(cells, dtype=object)


def first_violation(column: Column, cells: list[str]) -> tuple[int, str] | None:
    """The first cell that breaks the column's declaration: its index, and what is wrong with it."""
    return next(iter_violations(column, cells), None)


def iter_violations(column: Column, cells: list[str], curated: bool = False) -> Iterator[tuple[int, str]]:
    """Every cell that breaks the column's own declaration, with the reason; of curated tables more is asked."""
    required = column.required or (curated and column.required_if_curated)
    allowed = frozenset(column.enum)
    seen: dict[str, int] = {}
    judge = _CELL_VALIDATORS.get(column.type)
    for at, cell in enumerate(cells):
        if not cell:
            if required:
                yield at, "this cell may not be blank."
            continue
        if allowed and cell not in allowed:
            yield at, f"{cell!r} is not one of {', '.join(column.enum)}."
        elif judge is not None and (why := judge(cell, column)):
            yield at, f"{cell!r} {why}."
        elif column.unique:
            if cell in seen:
                yield at, f"{cell!r} is there twice; each row needs a key of its own."
            seen[cell] = at


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
