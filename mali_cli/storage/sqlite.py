"""SQLite files: SqliteBackend reads them, SqliteSink writes them with keys, link tables and indexes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage.base import Backend
from mali_cli.storage.probe import is_sqlite_file, stored_reading_notes
from mali_cli.storage.raw_tables import RawTable, to_frame
from mali_cli.storage.sink import ProgressCallback, tables_to_write

if TYPE_CHECKING:
    import pandas as pd

CACHE_KB = 200_000  # SQLite's default of 2,000 makes it sort the index of a large table in many small pieces
PROGRESS_OPCODES = 100_000  # virtual machine instructions between two checks for ^C
SQL_TYPES = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
# Names of the value column in the link tables of lists that do not refer to one table.
LIST_ITEM_NAMES = {"aliases": "alias", "sources": "source", "civilian_kind": "kind"}


class BulkSqliteWriter:
    """Writer of the plain declared tables to a new SQLite file, fast because nobody reads it before it is complete."""

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        self.tables = tables_to_write(metadata)
        self.connection = sqlite3.connect(path, isolation_level=None)
        # The file is deleted on any error, so it needs no journal and no waiting for the disk.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", f"cache_size=-{CACHE_KB}"):
            self.connection.execute(f"PRAGMA {pragma}")
        # Python handles ^C only while Python code runs; calling this handler lets it interrupt a long statement.
        self.connection.set_progress_handler(lambda: 0, PROGRESS_OPCODES)
        for name in self.tables:
            self.connection.execute(self.create_table_sql(schema.table(name)))

    @classmethod
    def error_type(cls) -> type[Exception]:
        return sqlite3.Error

    def create_table_sql(self, table: schema.Table) -> str:
        """Return the CREATE TABLE statement of a declared table."""
        columns = ", ".join(f"{_quoted(c.name)} {SQL_TYPES.get(c.type, 'TEXT')}" for c in table.columns)
        return f"CREATE TABLE {_quoted(table.name)} ({columns})"

    def append(self, name: str, rows: pd.DataFrame) -> None:
        """Insert some rows of a table."""
        self._insert(name, zip(*(sqlite_values(rows[c.name], c) for c in schema.table(name).columns), strict=True))

    def _insert(self, name: str, rows: Iterator[tuple[Any, ...]]) -> None:
        first = next(rows, None)
        if first is not None:
            placeholders = ", ".join("?" * len(first))
            with self.transaction():
                statement = f"INSERT INTO {_quoted(name)} VALUES ({placeholders})"
                self.connection.execute(statement, first)
                self.connection.executemany(statement, rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the statements of a block in one transaction."""
        with raise_on_interrupt():
            self.connection.execute("BEGIN")
            yield
            self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


class SqliteSink(BulkSqliteWriter):
    """Writer of the SQLite files that users get: with keys, link tables for lists, indexes and events_with_place."""

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        super().__init__(path, metadata)
        self.row_counts = dict.fromkeys(self.tables, 0)
        for name in self.tables:
            for column in _list_columns(schema.table(name)):
                self.connection.execute(_create_link_table_sql(schema.table(name), column))
        self.metadata = metadata
        self.connection.execute("CREATE TABLE datapackage (property TEXT PRIMARY KEY, value TEXT)")
        if "events" in self.tables:
            self.connection.execute(_create_events_with_place_sql())

    def create_table_sql(self, table: schema.Table) -> str:
        """Return CREATE TABLE with keys, and the descriptions as comments: SQLite keeps them, `.schema` shows them."""
        lines = [] if _has_key(table) else [(f"{_quoted(_key(table))} INTEGER PRIMARY KEY", "Number of the row.")]
        for column in table.columns:
            key = " PRIMARY KEY NOT NULL" if _has_key(table) and column.name == _key(table) else ""
            parent = "" if column.type == "list" else _foreign_key_sql(column)
            lines.append(
                (f"{_quoted(column.name)} {SQL_TYPES.get(column.type, 'TEXT')}{key}{parent}", column.description)
            )
        if not _has_key(table):
            lines.append((f"UNIQUE ({', '.join(map(_quoted, table.key))})", "Two blank cells count as different."))
        *first, last = lines
        body = [*(f"  {line}, -- {comment}" for line, comment in first), f"  {last[0]} -- {last[1]}"]
        return "\n".join([f"CREATE TABLE {_quoted(table.name)} (", *body, ")"])

    def append(self, name: str, rows: pd.DataFrame) -> None:
        table = schema.table(name)
        columns = {c.name: sqlite_values(rows[c.name], c) for c in table.columns}
        start = self.row_counts[name] + 1
        self.row_counts[name] += len(rows)
        row_numbers = range(start, start + len(rows))
        keys = columns[_key(table)] if _has_key(table) else row_numbers
        cells = columns.values() if _has_key(table) else (row_numbers, *columns.values())
        self._insert(name, zip(*cells, strict=True))
        for column in _list_columns(table):
            pairs = zip(keys, columns[column.name], strict=True)
            links = ((key, value) for key, cell in pairs for value in _list_values(cell))
            self._insert(_link_table_name(table, column), links)

    def finish(self, report: ProgressCallback) -> None:
        """Create the indexes once all rows are there, which sorts them once, and check the foreign keys."""
        properties = self.metadata.items()
        texts = ((key, value if isinstance(value, str) else json.dumps(value)) for key, value in properties)
        self._insert("datapackage", texts)
        indexes = list(_index_columns(self.tables))
        for done, (table, column) in enumerate(indexes):
            report(f"indexing {table}", done / len(indexes))
            name = f"{table}_by_{column}"
            with raise_on_interrupt():
                self.connection.execute(f"CREATE INDEX {_quoted(name)} ON {_quoted(table)} ({_quoted(column)})")
        report("checking the keys", None)
        with raise_on_interrupt():
            broken = self.connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            self._raise_broken_key(*broken)
        with raise_on_interrupt():
            self.connection.execute("ANALYZE")

    def _raise_broken_key(self, table: str, rowid: int, parent: str, key_id: int) -> None:
        keys = self.connection.execute(f"PRAGMA foreign_key_list({_quoted(table)})")
        column = next(entry[3] for entry in keys if entry[0] == key_id)
        [value] = self.connection.execute(
            f"SELECT {_quoted(column)} FROM {_quoted(table)} WHERE rowid = ?", (rowid,)
        ).fetchone()
        raise DataError(f"{table}, {column}: {value!r} is not in {parent}; `mali check` lists all such problems.")


@contextlib.contextmanager
def raise_on_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt for the error with which SQLite reports that ^C interrupted a statement."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from None
        raise


# What the file holds


def _list_values(cell: str | None) -> Iterable[str]:
    """Return the values of a list cell without blanks and duplicates."""
    return filter(None, dict.fromkeys(map(str.strip, (cell or "").split(";"))))


def _quoted(name: str) -> str:
    return f'"{name}"'


def _has_key(table: schema.Table) -> bool:
    return len(table.key) == 1


def _key(table: schema.Table) -> str:
    """Return the key column: the declared one, or a row number if the key has several columns, some blank."""
    return table.key[0] if _has_key(table) else f"{table.name}_id"


def _list_columns(table: schema.Table) -> list[schema.Column]:
    return [column for column in table.columns if column.type == "list"]


def _link_table_name(table: schema.Table, column: schema.Column) -> str:
    return f"{table.name}_{column.name}"


def _list_item_name(column: schema.Column) -> str:
    """Return the name of the value column of a link table: the key of the table that the list refers to, if one."""
    return _key(schema.table(column.references[0])) if len(column.references) == 1 else LIST_ITEM_NAMES[column.name]


def _foreign_key_sql(column: schema.Column) -> str:
    """Return a foreign key if the column refers to the key of one table. Tallies are not keys; sources are of two."""
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


def _index_columns(tables: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the tables and columns to index: dates, references, what others refer to, and link tables."""
    referred = {target for n in tables for c in schema.table(n).columns for target in c.references}
    for name in tables:
        table = schema.table(name)
        for column in table.columns:
            if column.type == "list":
                yield _link_table_name(table, column), _key(table)
                yield _link_table_name(table, column), _list_item_name(column)
            elif column.type == "date" or column.references or f"{name}.{column.name}" in referred:
                yield name, column.name


def _create_events_with_place_sql() -> str:
    result_columns = {column.name for column in schema.result_columns("events")}
    place_columns = ", ".join(f"places.{c.name}" for c in schema.table("places").columns if c.name in result_columns)
    return (
        "CREATE VIEW events_with_place AS -- An event at several places has no coordinates.\n"
        f"SELECT events.*, {place_columns} FROM events LEFT JOIN places USING (place)"
    )


def sqlite_values(series: pd.Series, column: schema.Column) -> list[Any]:
    """Return the cells as SQLite stores them: dates and text as text, booleans as 0 and 1, None for blank."""
    import numpy as np

    if column.type == "date":
        days = np.datetime_as_string(series.to_numpy(dtype="datetime64[s]"), unit="D").tolist()
        return [None if day == "NaT" else day for day in days]
    cells = series.astype(object).where(series.notna(), None).tolist()
    return [None if cell is None else int(cell) for cell in cells] if column.type == "boolean" else cells


# Reading back


class SqliteBackend(Backend):
    """A SQLite file written by `mali convert --to sqlite`."""

    @property
    def origin(self) -> str | None:
        origin = read_sqlite_metadata(self.path).get("mali:origin")
        return origin if isinstance(origin, str) else None

    @property
    def reading_notes(self) -> Sequence[str]:
        return stored_reading_notes(read_sqlite_metadata(self.path))

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
    """Return the properties of the dataset in a converted file (name, title, origin ...); {} if it is not SQLite."""
    if not is_sqlite_file(path):
        return {}
    with _open_readonly(path) as connection:
        table_names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if "datapackage" not in table_names:
            raise DataError(f"{path} was not made by `mali convert`: it has no table datapackage.")
        properties = dict(connection.execute("SELECT property, value FROM datapackage"))
    return {key: _parse_property(text) for key, text in properties.items()}


def _parse_property(text: str) -> Any:
    """Return a property as it was before it was stored: text, or a list or object stored as JSON."""
    with contextlib.suppress(ValueError):
        return json.loads(text) if text.startswith(("[", "{")) else text
    return text


def read_rows(path: Path, name: str, where: str = "1", parameters: tuple[str, ...] = ()) -> RawTable:
    """Return the rows of a table that match an SQL condition as text, in the declared order.

    The row ids take the place of line numbers.
    """
    table = schema.table(name)
    with _open_readonly(path) as connection:
        present = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({_quoted(name)})")}
        absent = frozenset(c.name for c in table.columns if c.may_be_missing and c.name not in present)
        rows = connection.execute(f"SELECT rowid, {select_sql(table, where, absent)}", parameters).fetchall()
    records = [["" if cell is None else str(cell) for cell in cells] for _, *cells in rows]
    return RawTable(table, path, records, [rowid for rowid, *_ in rows], [])


def read_table(path: Path, name: str) -> pd.DataFrame:
    """Return one table with typed columns; see `raw_tables.read_frame`."""
    return to_frame(read_rows(path, name))


def select_sql(table: schema.Table, where: str = "1", absent: frozenset[str] = frozenset()) -> str:
    """Return the rest of a SELECT of a table: booleans as words, rows in the declared order, blanks first.

    The columns in `absent` are blank.
    """
    columns = (
        "NULL"
        if c.name in absent
        else f"CASE {_quoted(c.name)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {_quoted(c.name)} END"
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
        raise DataError(f"{path} cannot be read as a converted dataset: {error}.") from None
