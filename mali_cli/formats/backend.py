"""ForeignFileBackend: a foreign file as a dataset, read anew for each query unless all of it is in memory."""

from __future__ import annotations

import datetime
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError
from mali_cli.formats import duckdb_backend, duckdb_filter, whole_file
from mali_cli.formats.aggregate_file import AggregateFile
from mali_cli.formats.aggregates import AggregateFormat
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.combined_file import OneOfSeveral, open_foreign_files, several_files
from mali_cli.formats.dates import DayParser
from mali_cli.formats.duckdb_backend import FileInDuckDB, needed_columns
from mali_cli.formats.frame_builder import Frames, admin2_by_place, unique_place_names
from mali_cli.formats.importer import ImportRun, RecordCounts
from mali_cli.formats.query_filter import build_row_filter
from mali_cli.formats.records import Point, RecordError
from mali_cli.formats.row_filter import LARGE_FILE_BYTES, RowFilter, RowScanner, distinct_points
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import TableFile
from mali_cli.model.filters import Filters
from mali_cli.model.names import normalize_name
from mali_cli.model.shared_filters import as_list
from mali_cli.model.violations import Violation
from mali_cli.storage.base import Backend
from mali_cli.storage.memory import MemoryBackend

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

QUERIES_WITH_SUMS = ("events", "casualties")  # those that may have group keys and be answered in a database
QUERIES_NEEDING_ALL_RECORDS = ("show", "groups", "places", "sources")


def open_foreign_backend(paths: Sequence[Path], format_in: str | None = None) -> ForeignFileBackend | AggregateFile:
    """Return the backend of a foreign file, or of several of one format, by what their records are."""
    table_file, format = open_foreign_files(paths, format_in)
    if issubclass(format, AggregateFormat):
        return AggregateFile(table_file, format)
    return ForeignFileBackend(table_file, format, several_files(paths, table_file, format))


class ForeignFileBackend(Backend):
    """A foreign file, or several of one format. `counts` says what became of their records in the last query."""

    def __init__(self, table_file: TableFile, format: type[FormatAdapter], files: Sequence[OneOfSeveral] = ()) -> None:
        super().__init__(table_file.path)
        self.table_file, self._format, self.files = table_file, format, files
        self.counts: RecordCounts | None = None
        self._parse_day = DayParser(self.path, self._dates)
        self._reading_notes: list[str] = []
        self._date_cells: set[tuple[str, ...]] = set()
        self._prefetch: Future[duckdb_filter.Groups] | None = None
        self._prefetched_tables: Future[FileInDuckDB] | None = None

    @property
    def origin(self) -> str | None:
        return self._format.name

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._reading_notes

    def take_results(self, run: ImportRun) -> None:
        """Take over what a run says of all records."""
        self.counts, self.notes, self._reading_notes = run.counts, run.notes, run.reading_notes

    def new_adapter(self) -> FormatAdapter:
        """Return an adapter that has seen no record yet."""
        return self._format(self.table_file.header, self._parse_day)

    def _dates(self) -> Iterator[tuple[int, str]]:
        """Yield the cells of the date columns, each with the number of its record."""
        reader = RowReader(self.table_file)
        adapter = self._format(self.table_file.header)
        dates = adapter.column_getter(adapter.date_columns)
        for row in reader:
            yield from ((reader.records, cell) for cell in dates(row))

    def _read(self, name: str) -> pd.DataFrame:
        """Return a table of the whole file; all of them are read together and kept."""
        run, frames = self._import(RowFilter())
        self.take_results(run)
        self._frames = frames
        return frames[name]

    def _import(self, row_filter: RowFilter) -> tuple[ImportRun, Frames]:
        run = ImportRun(self.table_file, self.new_adapter(), row_filter, self._prefetch)
        self._prefetch = None  # it was for the first query
        frames = run.frames()
        self.counts, self._date_cells = run.counts, run.date_cells
        return run, frames

    def start_prefetch(self, query: str, filter_args: dict[str, Any]) -> None:
        """Start to read for a query while pandas is imported.

        Without this, 2 million records take about a fifth longer, which is over the limit of benchmarks/scale.py.
        """
        if query in QUERIES_NEEDING_ALL_RECORDS or filter_args.get("admin2"):
            return
        executor = ThreadPoolExecutor(max_workers=1)
        row_filter, adapter = build_row_filter(query, filter_args, self._format.name), self.new_adapter()
        if query in QUERIES_WITH_SUMS and filter_args.get("by"):
            if duckdb_backend.is_applicable(self.table_file, adapter):
                self._prefetched_tables = executor.submit(self._read_cells, query, filter_args)
        elif duckdb_filter.is_applicable(self.table_file, row_filter):
            self._prefetch = executor.submit(duckdb_filter.query_groups, self.table_file, adapter, row_filter)
        executor.shutdown(wait=False)

    def prefiltered(self, query: str, filter_args: dict[str, Any], filters: Filters | None) -> Backend:
        if query in QUERIES_NEEDING_ALL_RECORDS or self._frames:
            return self
        row_filter = self._row_filter(query, filter_args)
        if row_filter.is_unfiltered:
            return self
        # Of a single file the query of duckdb_filter is more than twice as fast, but it compares no ids between files.
        if len(self.table_file.csv_files) > 1 and (tables := self._tables_in_duckdb(query, filter_args)):
            return tables
        run, frames = self._import(row_filter)
        return PrefilteredFile(self, frames, run)

    def _row_filter(self, query: str, filter_args: dict[str, Any]) -> RowFilter:
        row_filter = build_row_filter(query, filter_args, self._format.name)
        if areas := as_list(filter_args.get("admin2")):
            row_filter = row_filter.in_points(self._points_in(areas))
        return row_filter

    def _points_in(self, areas: list[str]) -> frozenset[Point]:
        """Return the points of all places in these second-level areas; this takes one more pass over the file.

        A place has one area, though its points may have none or another.
        """
        adapter = self.new_adapter()
        scanner = RowScanner(self.table_file, adapter, RowFilter(keys=frozenset()), exact=True)
        for _ in scanner:
            pass
        place_names = unique_place_names(distinct_points(adapter, scanner.stats), adapter.crosswalk)
        keys = {normalize_name(adapter.crosswalk.admin2_name(text) or "") for text in areas}
        places = {place for place, area in admin2_by_place(place_names).items() if normalize_name(area) in keys}
        return frozenset(point for point, place in place_names.items() if place in places)

    def in_database(self, query: str, filter_args: dict[str, Any]) -> Backend:
        tables = None if self._frames else self._tables_in_duckdb(query, filter_args)
        return tables or self

    def _tables_in_duckdb(self, query: str, filter_args: dict[str, Any]) -> FileInDuckDB | None:
        """Return a backend with our tables of the records that may match; None if DuckDB cannot make them."""
        prefetched, self._prefetched_tables = self._prefetched_tables, None
        if not duckdb_backend.is_applicable(self.table_file, self.new_adapter()):
            return None
        try:
            tables = prefetched.result() if prefetched else self._read_cells(query, filter_args)
            tables.create_tables()
        except duckdb_filter.FastPathUnavailable as reason:
            log.debug("%s is read without DuckDB: %s", self.path, reason)
            return None
        self.counts = tables.counts
        return tables

    def row_batches(self, query: str, filter_args: dict[str, Any], filters: Filters) -> Iterator[Backend] | None:
        """Return all rows of a large file in batches, from a converted copy; a filtered list is read faster as it is.

        A copy is sorted by day, so that each batch reads few of its rows.
        """
        if self.table_file.csv_size <= LARGE_FILE_BYTES or filters != Filters():
            return None
        if not (duckdb_backend.is_applicable(self.table_file, self.new_adapter()) and duckdb_backend.is_installed()):
            return None
        from mali_cli.storage import convert  # other queries start without what writes datasets
        from mali_cli.storage.parquet import ParquetBackend

        folder = tempfile.TemporaryDirectory(prefix="mali-")
        copy = Path(folder.name, "tables")
        convert.convert(self, copy, "parquet")
        batches = ParquetBackend(copy).row_batches(query, filter_args, filters)
        return None if batches is None else _until_read(batches, folder)

    def _read_cells(self, query: str, filter_args: dict[str, Any]) -> FileInDuckDB:
        """Return a backend that has read the cells of the file, but has not made our tables of them yet."""
        run = ImportRun(self.table_file, self.new_adapter(), self._row_filter(query, filter_args))
        tables = FileInDuckDB(run, lambda: self.names, needed_columns(query, filter_args))
        tables.read_cells()
        return tables

    def create_tables_in(self, connection: Any) -> bool:
        run = ImportRun(self.table_file, self.new_adapter(), RowFilter())
        if not duckdb_backend.create_tables_in(connection, run):
            return False
        self.take_results(run)
        return True

    def partitions(self, filters: Filters) -> Iterator[Backend] | None:
        """Yield a large file in partitions, each a dataset of its own in memory; None if it is small or filtered.

        A partition holds PARTITION_RECORDS events with all their records and casualties, and the lookup tables of all
        partitions so far; the last one also holds the events with several records. Sums and counts of events and
        tallies may thus be added up. Only one partition is in memory at a time, so that they cannot be sent elsewhere;
        to read them in parallel, broadcast the FirstPass of ImportRun.
        """
        if self.table_file.size <= LARGE_FILE_BYTES or filters != Filters() or self._frames:
            return None
        return (MemoryBackend(self.path, frames, self.origin) for frames in self._iter_partitions(lookup_tables=True))

    def states(self, column: str) -> bool:
        return self.new_adapter().states(column)

    def last_day(self) -> datetime.date | None:
        return super().last_day() if self._frames else self._last_day_in_file

    @cached_property
    def _last_day_in_file(self) -> datetime.date | None:
        return whole_file.last_day(self.table_file, self.new_adapter(), self._date_cells)

    @cached_property
    def names(self) -> whole_file.Names:
        """Every name in the file by kind, with its aliases; this takes one more pass over the file."""
        return whole_file.names(self.table_file, self.new_adapter())

    def row_counts(self) -> dict[str, int] | None:
        return super().row_counts() if self._frames else None

    def iter_batches(self) -> Iterator[Frames]:
        return self._iter_partitions(lookup_tables=False)

    def _iter_partitions(self, lookup_tables: bool) -> Iterator[Frames]:
        run = ImportRun(self.table_file, self.new_adapter(), RowFilter())
        days: list[datetime.date] = []
        for frames in run.partitions(lookup_tables):
            days += [frames["events"]["date_start"].max().date()] if len(frames["events"]) else []
            self._last_day_in_file = max(days, default=None)
            self.progress_fraction = run.progress_fraction
            yield frames
        self.take_results(run)

    def validate(self) -> tuple[list[Violation], str]:
        """Return every record that cannot be read and every cell that breaks the format's own rules."""
        adapter = self.new_adapter()
        scanner = RowScanner(self.table_file, adapter, RowFilter())
        violations: list[Violation] = []
        keys: set[str] = set()
        number = 0
        try:
            for number, record in scanner:
                broken = _record_violations(adapter, record, keys)
                violations += [Violation(self.path, None, column, cell, rule, number) for column, cell, rule in broken]
        except DataError as error:
            rule = str(error).partition(": ")[2]
            violations.append(Violation(self.path, None, "", "", rule, error.line or None))
        return violations, f"{self.path}: {adapter.name}, {adapter.version}: {number:,} records, no problems."


def _until_read(batches: Iterator[Backend], folder: tempfile.TemporaryDirectory[str]) -> Iterator[Backend]:
    """Yield the batches of a copy, and remove its folder."""
    with folder:
        yield from batches


def _record_violations(adapter: FormatAdapter, record: list[str], keys: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield column, cell and rule for each fault of a record, and add its key to those of the records before."""
    try:
        key = adapter.parse_record(record).key
    except RecordError as error:
        yield error.column, error.cell, f"this {error.reason}."
        return
    if key in keys and not adapter.monadic:
        yield adapter.key, key, "another record has this id; they are merged into one event."
    keys.add(key)
    yield from adapter.validate_record(record)


class PrefilteredFile(MemoryBackend):
    """The matching part of a file, read for one query; it looks up further names in the file if needed."""

    def __init__(self, file: ForeignFileBackend, frames: Frames, run: ImportRun) -> None:
        super().__init__(file.path, frames, file.origin, run.notes)
        self._file = file
        self._reading_notes = run.reading_notes
        self.counts = run.counts

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._reading_notes

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        return self._file.names.get(kind, {})

    def states(self, column: str) -> bool:
        return self._file.states(column)

    def last_day(self) -> datetime.date | None:
        return self._file.last_day()
