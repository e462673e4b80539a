"""Folders of Parquet tables: ParquetBackend reads and sums them with DuckDB (extra `fast`), ParquetSink writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.model import schema
from mali_cli.storage import sql_literals
from mali_cli.storage.duckdb_backend import FATALITY_COLUMNS, LARGE_TABLES, DuckDBBackend
from mali_cli.storage.duckdb_connection import SQL_TYPES, execute, import_duckdb, limit_memory, order_by, sql_type
from mali_cli.storage.probe import package_origin, read_datapackage, stored_reading_notes
from mali_cli.storage.raw_tables import RawTable
from mali_cli.storage.remote import RemotePath
from mali_cli.storage.sink import ProgressCallback, datapackage_descriptor, tables_to_write
from mali_cli.storage.sql_sums import EVENTS_WITH_FATALITIES_SQL, HAS_EVENT_FATALITIES_SQL
from mali_cli.storage.sql_text import CHARACTERS_SQL

if TYPE_CHECKING:
    import pandas as pd

# The property of datapackage.json that says whether events.parquet has the fatalities, and its name until 0.2.0.
HAS_EVENT_FATALITIES = ("mali:eventFatalities", "mali:tolls")
TEXT_CHARACTERS = "mali:textCharacters"  # the property that has the characters other than ASCII in the texts

# Measured on 2 million events with a query of dates that keeps 1 %: larger groups are skipped less often, smaller
# ones cost more to examine than they save. Snappy is read a fifth faster than Zstandard and takes twice the space.
ROW_GROUP_SIZE = 20_480
# Names repeat within a row group, so they get a dictionary and a Bloom filter; texts and ids do not repeat.
DICTIONARY_SIZE = ROW_GROUP_SIZE // 2
COPY_OPTIONS = (
    f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP_SIZE}, DICTIONARY_SIZE_LIMIT {DICTIONARY_SIZE}"
)


# Reading


class ParquetBackend(DuckDBBackend):
    """A folder of Parquet tables written by `mali convert --to parquet`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, f"{path} holds Parquet tables, which are read by DuckDB")
        if isinstance(path, RemotePath):
            self.connection.register_filesystem(path.filesystem)

    @cached_property
    def package(self) -> dict[str, Any]:
        """The datapackage.json of the folder."""
        return read_datapackage(self.path)

    @property
    def origin(self) -> str | None:
        return package_origin(self.package)

    @property
    def reading_notes(self) -> Sequence[str]:
        return stored_reading_notes(self.package)

    def file(self, name: str) -> Path:
        return self.path / f"{name}.parquet"

    def table_expression(self, name: str) -> str:
        files = self.files(name)
        for file in files:
            if not (isinstance(file, RemotePath) or file.is_file()):  # a request for each address would take long
                raise DataError(f"{file.parent} has no {file.name}.")
        return f"read_parquet([{', '.join(map(sql_literals.path_literal, files))}])"

    def files(self, name: str) -> list[Path]:
        """Return the files that together hold a table."""
        return [self.file(name)]

    def raw_table(self, name: str) -> RawTable:
        declared = schema.table(name)
        absent = self.absent_columns(name)
        names = ("''" if c.name in absent else f'"{c.name}"' for c in declared.columns)
        cells = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in names)
        rows = self.query(f"SELECT {cells} FROM {self.table_expression(name)} ORDER BY {order_by(declared.sorted_by)}")
        return RawTable(declared, self.file(name), list(map(list, rows)), list(range(1, len(rows) + 1)), [])

    def create_tables_in(self, connection: Any) -> bool:
        if isinstance(self.path, RemotePath):  # its files are known to our own connection alone
            return False
        self.row_counts()  # an error for a damaged file that names it
        for name in schema.table_names():
            absent = self.absent_columns(name)
            columns = (
                f'"{c.name}"' if c.name not in absent else f'CAST(NULL AS {sql_type(c)}) AS "{c.name}"'
                for c in schema.table(name).columns
            )
            rows = f"SELECT {', '.join(columns)} FROM {self.table_expression(name)}"
            self._run(partial(connection.execute, f'CREATE TEMP VIEW "{name}" AS {rows}'))
        return True

    @property
    def has_event_fatalities(self) -> bool:
        return any(self.package.get(key) is True for key in HAS_EVENT_FATALITIES)

    @property
    def text_characters(self) -> str | None:
        return self.package.get(TEXT_CHARACTERS)


# Writing


class ParquetSink:
    """Writer of Parquet tables. DuckDB sorts the rows in a temporary file, as they may not fit in memory."""

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        path.mkdir()
        self.folder = path
        self.metadata = metadata
        self._rows = path.with_name("rows.duckdb")
        config = {"preserve_insertion_order": "false", "temp_directory": f"{self._rows}.tmp"}
        self.connection = import_duckdb().connect(self._rows, config=config)
        self.connection.execute("SET enable_progress_bar = false")  # processes of --engine local:4 would print it
        limit_memory(self.connection)
        self.tables = tables_to_write(metadata)
        for name in self.tables:
            columns = ", ".join(f'"{c.name}" {sql_type(c)}' for c in schema.table(name).columns)
            execute(self.connection, f'CREATE TABLE "{name}" ({columns})')

    @classmethod
    def error_type(cls) -> type[Exception]:
        error: type[Exception] = import_duckdb().Error
        return error

    def append(self, name: str, rows: pd.DataFrame) -> None:
        declared = schema.table(name).columns
        for column in declared:
            if column.type not in SQL_TYPES:
                "".join(rows[column.name].dropna()).encode()  # some versions of DuckDB silently change lone surrogates
        columns = (f'CAST("{c.name}" AS {sql_type(c)})' for c in declared)
        self.connection.register("batch", rows)
        execute(self.connection, f'INSERT INTO "{name}" SELECT {", ".join(columns)} FROM batch')
        self.connection.unregister("batch")

    def append_folders(self, folders: Sequence[Path]) -> None:
        """Take all events and figures of folders that a sink has written."""
        for name in LARGE_TABLES:
            execute(self.connection, f'INSERT INTO "{name}" {rows_sql(name, folders)}')

    def finish(self, report: ProgressCallback) -> None:
        self.write_tables(self.folder, self.properties(), report)

    def properties(self) -> dict[str, Any]:
        """Return the properties of datapackage.json that say what the tables hold."""
        if "events" not in self.tables:
            return {HAS_EVENT_FATALITIES[0]: False}
        has_event_fatalities = self._has_killed()
        if not has_event_fatalities:
            [has_event_fatalities] = execute(self.connection, HAS_EVENT_FATALITIES_SQL).fetchone()
        [characters] = execute(self.connection, CHARACTERS_SQL).fetchone()
        return {HAS_EVENT_FATALITIES[0]: has_event_fatalities, TEXT_CHARACTERS: characters}

    def write_tables(self, folder: Path, properties: dict[str, Any], report: ProgressCallback) -> None:
        """Write the tables and their datapackage.json into a folder."""
        counts = self.row_counts()
        joins_fatalities = properties[HAS_EVENT_FATALITIES[0]] and not self._has_killed()
        written = 0
        for name, count in counts.items():
            report(f"sorting and writing {name}", written / max(sum(counts.values()), 1))
            written += count
            order = order_by(sort_columns(schema.table(name)))
            file = sql_literals.literal(str(folder / f"{name}.parquet"))
            rows = f"({EVENTS_WITH_FATALITIES_SQL})" if joins_fatalities and name == "events" else f'"{name}"'
            # Texts that are numbers of an ENUM are cast when they are sorted.
            columns = f"SELECT * REPLACE ({', '.join(_casts(name))})"
            execute(self.connection, f"COPY ({columns} FROM (FROM {rows} ORDER BY {order})) TO {file} ({COPY_OPTIONS})")
        self.write_package(folder, datapackage_descriptor(self.metadata, "parquet") | properties)

    def write_package(self, folder: Path, package: dict[str, Any]) -> None:
        """Write a datapackage.json."""
        text = json.dumps(package, ensure_ascii=False, indent=2)
        (folder / "datapackage.json").write_text(f"{text}\n", encoding="utf-8")

    def _has_killed(self) -> bool:
        """Return whether the table of events has the fatalities already."""
        return any(row[0] == FATALITY_COLUMNS[0] for row in execute(self.connection, "DESCRIBE events").fetchall())

    def row_counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        counts = {}
        for name in self.tables:
            [counts[name]] = execute(self.connection, f'SELECT count(*) FROM "{name}"').fetchone()
        return counts

    def close(self) -> None:
        self.connection.close()
        self._rows.unlink(missing_ok=True)


def rows_sql(name: str, folders: Iterable[Path]) -> str:
    """Return the SQL of all rows of a table in folders that a sink has written."""
    columns = ", ".join(f'"{column.name}"' for column in schema.table(name).columns)
    paths = ", ".join(sql_literals.path_literal(folder / f"{name}.parquet") for folder in folders)
    return f"SELECT {columns} FROM read_parquet([{paths}], union_by_name = true)"


def _casts(name: str) -> Iterator[str]:
    """Yield the columns of a table as they are declared."""
    for column in schema.table(name).columns:
        yield f'CAST("{column.name}" AS {sql_type(column)}) AS "{column.name}"'


def sort_columns(table: schema.Table) -> tuple[str, ...]:
    """Return the columns that a Parquet table is sorted by: its dates first, then as declared."""
    dates = [column.name for column in table.columns if column.type == "date"]
    return (*dates, *(name for name in table.sorted_by if name not in dates))
