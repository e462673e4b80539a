"""FileInDuckDB: a large CSV file that was read into DuckDB answers as a converted dataset does."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mali_cli.errors import MaliError
from mali_cli.formats import duckdb_filter
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.duckdb_records import set_temp_folder
from mali_cli.formats.duckdb_tables import FileTables
from mali_cli.formats.importer import ImportRun
from mali_cli.formats.table_file import TableFile
from mali_cli.model.group_keys import GROUP_KEYS, parse_group_keys
from mali_cli.model.shared_filters import as_list
from mali_cli.model.vocabulary import ACTOR_COLUMNS
from mali_cli.storage.duckdb_backend import LARGE_TABLES, DuckDBBackend
from mali_cli.storage.duckdb_connection import import_duckdb, limit_memory

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

ReadNames = Callable[[], Mapping[str, dict[str, Iterable[str]]]]

# By key or filter of sums and counts, the columns of events and casualties that it needs; another one may need any.
COLUMNS_NEEDED: Mapping[str, Iterable[str]] = {
    **dict.fromkeys(("year", "quarter", "month", "event_type", "sub_event_type", "country", "harm", "victims"), ()),
    **dict.fromkeys(("since", "until", "on", "dates", "type", "members"), ()),
    **dict.fromkeys(("in", "place", "region", "admin2", "where", "near"), ("place", "place_precision")),
    **dict.fromkeys(("actor", "against"), ACTOR_COLUMNS),
}


def is_applicable(table_file: TableFile, adapter: FormatAdapter) -> bool:
    """Return whether a table is in CSV files that together are large, of a format in parts."""
    return table_file.csv_size > duckdb_filter.DUCKDB_MIN_BYTES and bool(adapter.parts)


def create_tables_in(connection: Any, run: ImportRun) -> bool:
    """Make our tables of the file of a run in a connection; return False if it has to be read record by record."""
    if not is_applicable(run.table_file, run.adapter):
        return False
    tables = FileTables(connection, run.table_file, run.adapter, run.row_filter)
    try:
        limit_memory(connection, run.table_file.csv_size)
        tables.read()
        run.create_tables(tables)
    except duckdb_filter.FastPathUnavailable as reason:
        log.debug("%s is read without DuckDB: %s", run.table_file.path, reason)
        return False
    return True


def is_installed() -> bool:
    """Return whether DuckDB can be imported."""
    try:
        import_duckdb()
    except MaliError:
        return False
    return True


def needed_columns(query: str, filter_args: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the columns that sums or counts by keys need besides days and types, None if it may be any.

    A list needs all columns.
    """
    if not filter_args.get("by"):
        return None
    used = {name for name, typed in filter_args.items() if typed and name not in ("by", "columns", "sort", "condition")}
    used.update(parse_group_keys(as_list(filter_args.get("by")), GROUP_KEYS[query]))
    if not used <= COLUMNS_NEEDED.keys():
        return None
    return frozenset(column for name in used for column in COLUMNS_NEEDED[name])


class FileInDuckDB(DuckDBBackend):
    """The part of a file that may match the filter of a run, in tables of DuckDB.

    FastPathUnavailable if the file has to be read record by record. `columns` are those that are needed, None for all.
    `read_names` returns all names in the file by kind, with their aliases.
    """

    def __init__(self, run: ImportRun, read_names: ReadNames, columns: frozenset[str] | None = None) -> None:
        try:
            super().__init__(run.table_file.path, "large files are read by DuckDB")
        except MaliError as error:
            raise duckdb_filter.FastPathUnavailable("duckdb is not installed") from error
        self._import, self._read_names, self._columns = run, read_names, columns
        set_temp_folder(self.connection)
        limit_memory(self.connection, run.table_file.csv_size)
        self._tables = FileTables(self.connection, run.table_file, run.adapter, run.row_filter, columns)

    def read_cells(self) -> None:
        """Read the cells of the file; this may be done while pandas is imported."""
        self._tables.read()

    def create_tables(self) -> None:
        """Make our tables of the cells."""
        self._has_event_fatalities = self._import.create_tables(self._tables)
        self.counts, self.notes = self._import.counts, self._import.notes

    @property
    def origin(self) -> str:
        return self._import.adapter.name

    def table_expression(self, name: str) -> str:
        return f'"{name}"'

    @cached_property
    def has_event_fatalities(self) -> bool:
        return self._has_event_fatalities

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._import.reading_notes

    def last_day(self) -> datetime.date | None:
        return max(map(datetime.date.fromisoformat, self._tables.first_days()), default=None)

    def states(self, column: str) -> bool:
        return self._import.adapter.states(column)

    def _read(self, name: str) -> pd.DataFrame:
        if self._columns is None or name not in LARGE_TABLES:
            return super()._read(name)
        adapter = type(self._import.adapter)(self._import.table_file.header, self._import.adapter.parse_day)
        whole = FileInDuckDB(ImportRun(self._import.table_file, adapter, self._import.row_filter), self._read_names)
        whole.read_cells()
        whole.create_tables()
        return whole.table(name)

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        return self._read_names().get(kind, {})
