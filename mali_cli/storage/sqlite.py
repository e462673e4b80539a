"""SQLite: one file with the tables, their keys and indexes; written, and read back."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage.base import Backend
from mali_cli.storage.probe import is_sqlite_file
from mali_cli.storage.raw_tables import RawTable, to_frame
from mali_cli.storage.sink import ProgressCallback

if TYPE_CHECKING:
    import pandas as pd

CACHE_KB = 200_000  # kB; by itself SQLite takes 2,000 and sorts an index of millions of rows piece by piece
PROGRESS_OPCODES = 100_000  # of SQLite's machine, between two looks whether the user has interrupted
SQL_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
LIST_ITEM_NAMES = {
    "aliases": "alias",
    "sources": "source",
}  # what a value of a list is called that refers to no single table


class BulkSqliteWriter:
    """The declared tables as they stand, in a file that nobody reads until it is whole."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        # The file is thrown away if anything fails: it needs no journal, and no waiting for the disk.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", f"cache_size=-{CACHE_KB}"):
            self.connection.execute(f"PRAGMA {pragma}")
        # A long statement is broken off by what this raises: ^C, which Python notices only while it runs itself.
        self.connection.set_progress_handler(lambda: 0, PROGRESS_OPCODES)
        for name in schema.table_names():
            self.connection.execute(self.create_table_sql(schema.table(name)))

    def create_table_sql(self, table: schema.Table) -> str:
        columns = ", ".join(f"{_quoted(c.name)} {SQL_TYPES.get(c.type, 'TEXT')}" for c in table.columns)
        return f"CREATE TABLE {_quoted(table.name)} ({columns})"

    def append(self, name: str, rows: pd.DataFrame) -> None:
        self._insert(name, zip(*(sqlite_values(rows[c.name], c) for c in schema.table(name).columns), strict=True))

    def _insert(self, name: str, rows: Iterator[tuple[Any, ...]]) -> None:
        first = next(rows, None)
        if first is not None:
            marks = ", ".join("?" * len(first))
            with self.transaction():
                statement = f"INSERT INTO {_quoted(name)} VALUES ({marks})"
                self.connection.execute(statement, first)
                self.connection.executemany(statement, rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with raise_on_interrupt():
            self.connection.execute("BEGIN")
            yield
            self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


class SqliteSink(BulkSqliteWriter):
    """The file that users get: keys, link tables for lists, indexes, and events with their places."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        super().__init__(path)
        self.rows = dict.fromkeys(schema.table_names(), 0)
        for name in schema.table_names():
            for column in _list_columns(schema.table(name)):
                self.connection.execute(_create_link_table_sql(schema.table(name), column))
        self.connection.execute("CREATE TABLE datapackage (property TEXT PRIMARY KEY, value TEXT)")
        told = ((key, value if isinstance(value, str) else json.dumps(value)) for key, value in about.items())
        self._insert("datapackage", told)
        self.connection.execute(_events_with_place())

    def create_table_sql(self, table: schema.Table) -> str:
        """The descriptions travel along: SQLite keeps the words of a definition, and `.schema` shows them."""
        lines = [] if _has_key(table) else [(f"{_quoted(_key(table))} INTEGER PRIMARY KEY", "Number of the row.")]
        for column in table.columns:
            key = " PRIMARY KEY NOT NULL" if _has_key(table) and column.name == _key(table) else ""
            parent = "" if column.type == "list" else _foreign_key_sql(column)
            lines.append(
                (f"{_quoted(column.name)} {SQL_TYPES.get(column.type, 'TEXT')}{key}{parent}", column.description)
            )
        if not _has_key(table):
            lines.append((f"UNIQUE ({', '.join(map(_quoted, table.key))})", "Blanks differ from each other here."))
        *first, last = lines
        body = [*(f"  {line}, -- {said}" for line, said in first), f"  {last[0]} -- {last[1]}"]
        return "\n".join([f"CREATE TABLE {_quoted(table.name)} (", *body, ")"])

    def append(self, name: str, rows: pd.DataFrame) -> None:
        table = schema.table(name)
        columns = [sqlite_values(rows[c.name], c) for c in table.columns]
        start = self.rows[name]
        self.rows[name] += len(rows)
        numbers = list(range(start + 1, self.rows[name] + 1))
        by_name = dict(zip((c.name for c in table.columns), columns, strict=True))
        keys = by_name[_key(table)] if _has_key(table) else numbers
        self._insert(name, zip(*columns if _has_key(table) else (numbers, *columns), strict=True))
        for column in _list_columns(table):
            self._insert(
                _link_table_name(table, column),
                (
                    (key, value)
                    for key, cell in zip(keys, by_name[column.name], strict=True)
                    if cell
                    for value in dict.fromkeys(map(str.strip, cell.split(";")))
                    if value
                ),
            )

    def finish(self, at: ProgressCallback) -> None:
        """Indexes are made when all rows are there: sorted once, instead of looked up for each row."""
        indexes = list(_index_columns())
        for done, (table, column) in enumerate(indexes):
            at(f"indexing {table}", done / len(indexes))
            name = f"{table}_by_{column}"
            with raise_on_interrupt():
                self.connection.execute(f"CREATE INDEX {_quoted(name)} ON {_quoted(table)} ({_quoted(column)})")
        at("checking the keys", None)
        with raise_on_interrupt():
            broken = self.connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            self._refuse(*broken)
        with raise_on_interrupt():
            self.connection.execute("ANALYZE")

    def _refuse(self, table: str, row: int, parent: str, key: int) -> None:
        listed = self.connection.execute(f"PRAGMA foreign_key_list({_quoted(table)})")
        column = next(entry[3] for entry in listed if entry[0] == key)
        [value] = self.connection.execute(
            f"SELECT {_quoted(column)} FROM {_quoted(table)} WHERE rowid = ?", (row,)
        ).fetchone()
        raise DataError(f"{table}, {column}: {value!r} is not in {parent}; `mali check` tells all such faults.")


def sink_error() -> type[Exception]:
    return sqlite3.Error


@contextlib.contextmanager
def raise_on_interrupt() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from None
        raise


# What the file holds


def _quoted(name: str) -> str:
    return f'"{name}"'


def _has_key(table: schema.Table) -> bool:
    return len(table.key) == 1


def _key(table: schema.Table) -> str:
    """The column that tells rows apart: the declared key, or a number where that has several columns, some blank."""
    return table.key[0] if _has_key(table) else f"{table.name}_id"


def _list_columns(table: schema.Table) -> list[schema.Column]:
    return [column for column in table.columns if column.type == "list"]


def _link_table_name(table: schema.Table, column: schema.Column) -> str:
    return f"{table.name}_{column.name}"


def _list_item_name(column: schema.Column) -> str:
    """What a single value of a list is called: as the key that it is, where it is that of one table."""
    return _key(schema.table(column.references[0])) if len(column.references) == 1 else LIST_ITEM_NAMES[column.name]


def _foreign_key_sql(column: schema.Column) -> str:
    """A foreign key, where the column refers to the key of one table; tallies are no key, and sources are of two."""
    if len(column.references) != 1 or "." in column.references[0]:
        return ""
    parent = column.references[0]
    return f" REFERENCES {_quoted(parent)} ({_quoted(_key(schema.table(parent)))})"


def _create_link_table_sql(table: schema.Table, column: schema.Column) -> str:
    key, kind = _quoted(_key(table)), "TEXT" if _has_key(table) else "INTEGER"
    return (
        f"CREATE TABLE {_quoted(_link_table_name(table, column))} (\n"
        f"  {key} {kind} NOT NULL REFERENCES {_quoted(table.name)} ({key}),\n"
        f"  {_quoted(_list_item_name(column))} TEXT NOT NULL{_foreign_key_sql(column)} -- {column.description}\n)"
    )


def _index_columns() -> Iterator[tuple[str, str]]:
    """Every table and column that questions and joins go by: days, keys of others, what others refer to, and links."""
    referred = {target for n in schema.table_names() for c in schema.table(n).columns for target in c.references}
    for name in schema.table_names():
        table = schema.table(name)
        for column in table.columns:
            if column.type == "list":
                yield _link_table_name(table, column), _key(table)
                yield _link_table_name(table, column), _list_item_name(column)
            elif column.type == "date" or column.references or f"{name}.{column.name}" in referred:
                yield name, column.name


def _events_with_place() -> str:
    of_events = {column.name for column in schema.result_columns("events")}
    added = ", ".join(f"places.{c.name}" for c in schema.table("places").columns if c.name in of_events)
    return (
        "CREATE VIEW events_with_place AS -- An event told of several places has no point.\n"
        f"SELECT events.*, {added} FROM events LEFT JOIN places USING (place)"
    )


def sqlite_values(series: pd.Series, column: schema.Column) -> list[Any]:
    """The cells as SQLite takes them: days and text as text, numbers, booleans as 0 and 1, None for blank."""
    import numpy as np

    if column.type == "date":
        days = np.datetime_as_string(series.to_numpy(dtype="datetime64[s]"), unit="D").tolist()
        return [None if day == "NaT" else day for day in days]
    cells = series.astype(object).where(series.notna(), None).tolist()
    return [None if cell is None else int(cell) for cell in cells] if column.type == "boolean" else cells


# Reading back


class SqliteBackend(Backend):
    """Tables in a SQLite file, as `mali convert --to sqlite` writes them."""

    @property
    def origin(self) -> str | None:
        origin = read_sqlite_metadata(self.path).get("mali:origin")
        return origin if isinstance(origin, str) else None

    def raw_table(self, name: str) -> RawTable:
        return read_rows(self.path, name)

    def file(self, name: str) -> Path:
        return self.path

    def row_counts(self) -> dict[str, int]:
        with _open_readonly(self.path) as connection:
            return {
                name: connection.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]
                for name in schema.table_names()
            }


def read_sqlite_metadata(path: Path) -> dict[str, Any]:
    """What is told of the whole in such a file: name, title, origin; nothing in others."""
    if not is_sqlite_file(path):
        return {}
    with _open_readonly(path) as connection:
        tables_there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "datapackage" not in tables_there:
            raise DataError(f"{path} is a database, but none that `mali convert` made: it has no table datapackage.")
        told = dict(connection.execute("SELECT property, value FROM datapackage"))
    return {key: _parse_property(text) for key, text in told.items()}


def _parse_property(text: str) -> Any:
    """A property as it was: text, or what is written as JSON."""
    with contextlib.suppress(ValueError):
        return json.loads(text) if text.startswith(("[", "{")) else text
    return text


def read_rows(path: Path, name: str, where: str = "1", asked: tuple[str, ...] = ()) -> RawTable:
    """One table as text, in the declared order; a row's number stands for its line.

    `where` is a condition in SQL, `asked` what its question marks stand for.
    """
    table = schema.table(name)
    with _open_readonly(path) as connection:
        found = connection.execute(f"SELECT rowid, {select_sql(table, where)}", asked).fetchall()
    records = [["" if cell is None else str(cell) for cell in row] for _, *row in found]
    return RawTable(table, path, records, [row[0] for row in found], [])


def read_table(path: Path, name: str) -> pd.DataFrame:
    """One table as a typed frame; see tables.read_frame."""
    return to_frame(read_rows(path, name))


def select_sql(table: schema.Table, where: str = "1") -> str:
    """The columns of a table with booleans as words, and its rows in the declared order, blanks first."""
    columns = (
        f"CASE {_quoted(c.name)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {_quoted(c.name)} END"
        if c.type == "boolean"
        else _quoted(c.name)
        for c in table.columns
    )
    order = ", ".join(map(_quoted, table.sorted_by))
    return f"{', '.join(columns)} FROM {_quoted(table.name)} WHERE {where} ORDER BY {order}"


@contextlib.contextmanager
def _open_readonly(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise DataError(f"{path} cannot be read as tables of ours: {error}.") from None
