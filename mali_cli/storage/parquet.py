"""Folders of Parquet tables: ParquetBackend reads and sums them with DuckDB (extra `fast`), ParquetSink writes them."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.model import frames, schema
from mali_cli.model.extras import require_extra
from mali_cli.model.unused_columns import unused_event_columns
from mali_cli.queries import list_columns
from mali_cli.storage import parquet_aggregate, sql_literals
from mali_cli.storage.base import Backend
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.parquet_where import EVERY_ROW, Condition, event_condition
from mali_cli.storage.probe import folder_origin, read_datapackage, stored_reading_notes
from mali_cli.storage.raw_tables import RawTable
from mali_cli.storage.sink import ProgressCallback, datapackage_descriptor

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.model.filters import Filters
    from mali_cli.queries.fatalities import PartialSums

FATALITY_COLUMNS = ("killed_low", "killed_best", "killed_high")  # in events.parquet, if it has the fatalities
LARGE_TABLES = ("events", "casualties")  # tables that may have millions of rows
# The property of datapackage.json that says whether events.parquet has the fatalities, and its name until 0.2.0.
HAS_EVENT_FATALITIES = ("mali:eventFatalities", "mali:tolls")

SQL_TYPES = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
MEMORY_LIMIT = "512MB"  # for sorting; DuckDB writes what does not fit to a temporary folder beside the target

# Measured on 2 million events with a query of dates that keeps 1 %: larger groups are skipped less often, smaller
# ones cost more to examine than they save. Snappy is read a fifth faster than Zstandard and takes twice the space.
ROW_GROUP_SIZE = 20_480
# Names repeat within a row group, so they get a dictionary and a Bloom filter; texts and ids do not repeat.
DICTIONARY_SIZE = ROW_GROUP_SIZE // 2
COPY_OPTIONS = (
    f"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP_SIZE}, DICTIONARY_SIZE_LIMIT {DICTIONARY_SIZE}"
)

# If every event has at most one figure, and that says only how many were killed, the fatalities are written beside
# the event, so that sums need not read the casualties.
HAS_EVENT_FATALITIES_SQL = """
    SELECT count(*) = 0 FROM casualties WHERE part_of IS NOT NULL OR rank <> 1 OR harm <> 'killed' OR scope <> 'event'
        OR status <> 'current' OR open OR event_id IS NULL OR cause IS NOT NULL OR "group" IS NOT NULL
        OR country IS NOT NULL OR according_to_kind IN ('party', 'state')
        OR event_id IN (SELECT event_id FROM casualties GROUP BY event_id HAVING count(*) > 1)"""
EVENTS_WITH_FATALITIES_SQL = """
    SELECT e.*, coalesce(f.low, f.best, f.high) AS killed_low, coalesce(f.best, f.low, f.high) AS killed_best,
        coalesce(f.high, f.best, f.low) AS killed_high, f.event_id IS NOT NULL AS figured
    FROM events AS e LEFT JOIN casualties AS f USING (event_id)"""


# DuckDB


def import_duckdb() -> Any:
    """Return the module duckdb; MaliError if it is not installed."""
    return require_extra("fast", "Parquet is written by DuckDB", "duckdb")


@contextlib.contextmanager
def raise_on_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt for the errors with which DuckDB may report ^C."""
    try:
        yield
    except Exception as error:
        if type(error) is RuntimeError or isinstance(error, import_duckdb().InterruptException):
            raise KeyboardInterrupt from None
        raise


def execute(connection: Any, statement: str) -> Any:
    """Run a statement and return its result; KeyboardInterrupt on ^C."""
    with raise_on_interrupt():
        return connection.execute(statement)


def sql_type(column: schema.Column) -> str:
    """Return the type of a column in DuckDB and Parquet; a list is text joined by `;`."""
    return SQL_TYPES.get(column.type, "VARCHAR")


# Reading


class ParquetBackend(Backend):
    """A folder of Parquet tables written by `mali convert --to parquet`."""

    resolves_names = True

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._duckdb = require_extra("fast", f"{path} holds Parquet tables, which are read by DuckDB", "duckdb")
        self.connection = self._duckdb.connect()
        self.connection.execute("SET enable_progress_bar = false")  # it would be printed to standard output

    @property
    def origin(self) -> str | None:
        return folder_origin(self.path)

    @property
    def reading_notes(self) -> Sequence[str]:
        return stored_reading_notes(read_datapackage(self.path))

    def file(self, name: str) -> Path:
        return self.path / f"{name}.parquet"

    def table_expression(self, name: str) -> str:
        """Return the SQL expression that reads a table."""
        return f"read_parquet({sql_literals.path_literal(self.file(name))})"

    def query(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return list(self._execute(statement, parameters, "fetchall"))

    def _execute(self, statement: str, parameters: Sequence[object], fetch_method: str) -> Any:
        try:
            with raise_on_interrupt():
                return getattr(self.connection.execute(statement, list(parameters)), fetch_method)()
        except self._duckdb.Error as error:
            raise DataError(f"{self.path} cannot be read: {str(error).splitlines()[0]}.") from None

    def _read(self, name: str) -> pd.DataFrame:
        return self.select(name)

    def raw_table(self, name: str) -> RawTable:
        declared = schema.table(name)
        absent = self._absent_columns(name)
        names = ("''" if c.name in absent else f'"{c.name}"' for c in declared.columns)
        cells = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in names)
        rows = self.query(f"SELECT {cells} FROM {self.table_expression(name)} ORDER BY {_order_by(declared.sorted_by)}")
        return RawTable(declared, self.file(name), list(map(list, rows)), list(range(1, len(rows) + 1)), [])

    def select(self, name: str, where: Condition = EVERY_ROW, unused: frozenset[str] = frozenset()) -> pd.DataFrame:
        """Return the rows of a table that fulfil a condition, typed and sorted as declared.

        The columns in `unused` are not read; they are blank.
        """
        return _build_frame(schema.table(name).columns, self._select_arrays(name, where, unused))

    def _select_events_with_fatalities(
        self, where: Condition, unused: frozenset[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the matching events, and their fatalities as `event_fatalities` does."""
        import pandas as pd

        cells = self._select_arrays("events", where, unused, FATALITY_COLUMNS)
        events = _build_frame(schema.table("events").columns, cells)
        declared = [column for column in schema.result_columns("events") if column.name in FATALITY_COLUMNS]
        event_ids = pd.Index(events["event_id"], dtype=object, name=None)
        return events, _build_frame(declared, cells).set_index(event_ids)

    def _select_arrays(
        self, name: str, where: Condition, unused: frozenset[str], added_columns: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Return the cells of the rows that fulfil a condition, by declared column and added column."""
        if not self.file(name).is_file():
            raise DataError(f"{self.path} has no {name}.parquet.")
        declared = schema.table(name)
        unused |= self._absent_columns(name)
        cells = [f'NULL::VARCHAR AS "{c.name}"' if c.name in unused else f'"{c.name}"' for c in declared.columns]
        statement = f"""
            SELECT {", ".join((*cells, *added_columns))} FROM {self.table_expression(name)}
            WHERE {where.sql} ORDER BY {_order_by(declared.sorted_by)}"""
        arrays: dict[str, Any] = self._execute(statement, where.parameters, "fetchnumpy")
        return arrays

    def _absent_columns(self, name: str) -> frozenset[str]:
        """Return the columns that were declared after the dataset was written."""
        optional = frozenset(c.name for c in schema.table(name).columns if c.may_be_missing)
        if not optional:
            return optional
        present = {row[0] for row in self.query(f"DESCRIBE SELECT * FROM {self.table_expression(name)}")}
        return optional - present

    def prefiltered(self, query: str, filter_args: dict[str, Any], filters: Filters | None) -> Backend:
        """Return a backend with only the events that may match and their figures.

        Returns itself for other queries, without filters, if the tables were read already, and for curated tables,
        whose stated totals belong to no event.
        """
        if query not in LARGE_TABLES or filters is None or not self._is_large:
            return self
        where = self._event_condition(filters)
        if where == EVERY_ROW:
            return self
        unused = unused_event_columns(query, filter_args) - {"place"}  # places are joined by it
        if query == "events" and self.has_event_fatalities:
            events, event_fatalities = self._select_events_with_fatalities(where, unused)
            figures = frames.empty_frame("casualties")
            return _PrefilteredParquet(self, {"events": events, "casualties": figures}, event_fatalities)
        events = self.select("events", where, unused)
        return _PrefilteredParquet(self, {"events": events, "casualties": self._figures_for(events)})

    @property
    def _is_large(self) -> bool:
        """Whether the tables may not fit in memory: they were converted from a foreign file and not read yet."""
        return self.origin is not None and not set(self._frames) & set(LARGE_TABLES)

    @cached_property
    def has_event_fatalities(self) -> bool:
        """Whether events.parquet has the fatalities of each event; then no event has more than one figure."""
        package = read_datapackage(self.path)
        return any(package.get(key) is True for key in HAS_EVENT_FATALITIES)

    def partial_sums(self, keys: list[str], filters: Filters) -> PartialSums | None:
        if not (self._is_large and self.has_event_fatalities and parquet_aggregate.supports(keys, filters)):
            return None
        where = self._event_condition(filters, exact=True)
        leaves_out = filters.period is not None and filters.dates == "certain"
        possible = self._event_condition(replace(filters, dates="possible"), exact=True) if leaves_out else None
        return parquet_aggregate.aggregate(self.query, self.table_expression, keys, where, possible)

    def distinct(self, table: str, column: str) -> Iterable[str]:
        if table in self._frames:
            return super().distinct(table, column)
        if column in self._absent_columns(table):
            return []
        statement = f'SELECT DISTINCT "{column}" FROM {self.table_expression(table)} ORDER BY ALL'
        return [cell for (cell,) in self.query(statement) if cell is not None]

    def _event_condition(self, filters: Filters, exact: bool = False) -> Condition:
        casualties = None if self.has_event_fatalities else self.table_expression("casualties")
        return event_condition(filters, self._matching_places(filters), casualties, exact)

    def _matching_places(self, filters: Filters) -> frozenset[str] | None:
        """Return the places that match the filters of places; None if there are none."""
        if not filters.any_of("places", "regions", "event_countries", "nearby_places"):
            return None
        places = self.table("places")
        mask = list_columns.isin_all(
            places, place=filters.places, region=filters.regions, country=filters.event_countries
        )
        if filters.nearby_places is not None:
            mask &= places["place"].isin(filters.nearby_places)
        return frozenset(places.loc[mask, "place"])

    def last_day(self) -> datetime.date | None:
        if not self.origin:
            return None
        [(day,)] = self.query(f"SELECT max(date_start) FROM {self.table_expression('events')}")
        return None if day is None else datetime.date.fromisoformat(str(day))

    def row_counts(self) -> dict[str, int]:
        return {
            name: self.query(f"SELECT count(*) FROM {self.table_expression(name)}")[0][0]
            for name in schema.table_names()
        }

    def _figures_for(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return the figures of some events; DuckDB skips row groups by date, as both tables are sorted by it."""
        import pandas as pd

        if events.empty:
            return self.select("casualties", Condition("false"))
        self.connection.register("matching_events", pd.DataFrame({"event_id": events["event_id"].astype(str)}))
        dates = events["date_start"]
        where = Condition(
            "date_start BETWEEN ? AND ? AND event_id IN (SELECT event_id FROM matching_events)",
            (dates.min().date(), dates.max().date()),
        )
        return self.select("casualties", where)


class _PrefilteredParquet(MemoryBackend):
    """The events and figures that may match a query; the other tables are those of the parent."""

    def __init__(
        self, parent: ParquetBackend, tables: dict[str, pd.DataFrame], event_fatalities: pd.DataFrame | None = None
    ) -> None:
        super().__init__(parent.path, tables, parent.origin)
        self._parent = parent
        self._event_fatalities = event_fatalities

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._parent.reading_notes

    def _read(self, name: str) -> pd.DataFrame:
        return self._parent.table(name)

    def distinct(self, table: str, column: str) -> Iterable[str]:
        return self._parent.distinct(table, column)

    def last_day(self) -> datetime.date | None:
        return self._parent.last_day()

    def event_fatalities(self, events: pd.DataFrame) -> pd.DataFrame:
        return super().event_fatalities(events) if self._event_fatalities is None else self._event_fatalities


def _build_frame(columns: Iterable[schema.Column], arrays: dict[str, Any]) -> pd.DataFrame:
    """Return the arrays of DuckDB, masked where cells are blank, as a frame with the dtypes of frames.build_frame."""
    import pandas as pd

    return pd.DataFrame({column.name: _to_dtype(column, arrays[column.name]) for column in columns}, copy=False)


def _to_dtype(column: schema.Column, cells: Any) -> Any:
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return np.ma.filled(cells, np.datetime64("NaT")).astype("datetime64[s]")
    if column.type == "integer":
        return pd.arrays.IntegerArray(np.ma.filled(cells, 0).astype("int64"), np.ma.getmaskarray(cells))
    if column.type == "number":
        return np.ma.filled(cells, np.nan)
    if column.type == "boolean":
        return np.ma.filled(cells, False)
    values = np.ma.getdata(cells)
    values[np.ma.getmaskarray(cells)] = None
    return pd.Series(values, dtype=object)


def _order_by(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}" NULLS FIRST' for column in columns)


# Writing


class ParquetSink:
    """Writer of Parquet tables. DuckDB sorts the rows in a temporary file, as they may not fit in memory."""

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        path.mkdir()
        self.folder = path
        self.metadata = metadata
        rows = path.with_name("rows.duckdb")
        limits = {"memory_limit": MEMORY_LIMIT, "temp_directory": f"{rows}.tmp", "preserve_insertion_order": "false"}
        self.connection = import_duckdb().connect(rows, config=limits)
        for name in schema.table_names():
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

    def finish(self, report: ProgressCallback) -> None:
        [has_event_fatalities] = execute(self.connection, HAS_EVENT_FATALITIES_SQL).fetchone()
        counts = {name: self._count(name) for name in schema.table_names()}
        written = 0
        for name, count in counts.items():
            report(f"sorting and writing {name}", written / max(sum(counts.values()), 1))
            written += count
            order = _order_by(sort_columns(schema.table(name)))
            file = sql_literals.literal(str(self.folder / f"{name}.parquet"))
            rows = f"({EVENTS_WITH_FATALITIES_SQL})" if has_event_fatalities and name == "events" else f'"{name}"'
            execute(self.connection, f"COPY (FROM {rows} ORDER BY {order}) TO {file} ({COPY_OPTIONS})")
        package = datapackage_descriptor(self.metadata, "parquet") | {HAS_EVENT_FATALITIES[0]: has_event_fatalities}
        text = json.dumps(package, ensure_ascii=False, indent=2)
        (self.folder / "datapackage.json").write_text(f"{text}\n", encoding="utf-8")

    def _count(self, name: str) -> int:
        [count] = execute(self.connection, f'SELECT count(*) FROM "{name}"').fetchone()
        return int(count)

    def close(self) -> None:
        self.connection.close()


def sort_columns(table: schema.Table) -> tuple[str, ...]:
    """Return the columns that a Parquet table is sorted by: its dates first, then as declared."""
    dates = [column.name for column in table.columns if column.type == "date"]
    return (*dates, *(name for name in table.sorted_by if name not in dates))
