"""One of several files of a foreign dataset, read in a process of its own, and what all of them are together.

A large CSV is read by DuckDB, as one that is read alone.

The result is the same as that of one ImportRun of the combined file. What decides about more than one file is worked
out first, of all files: the names of places, the order of day and month, and which ids are in several files. The
records of such ids are withheld, and merged when all files are read.
"""

from __future__ import annotations

import contextlib
import itertools
import platform
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mali_cli.errors import DataError
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.combined_file import OneOfSeveral
from mali_cli.formats.dates import DayParser, shows_month_first
from mali_cli.formats.duckdb_backend import create_tables_in, is_applicable
from mali_cli.formats.duckdb_filter import FastPathUnavailable
from mali_cli.formats.duckdb_records import RecordTable, set_temp_folder
from mali_cli.formats.frame_builder import FrameBuilder, Frames
from mali_cli.formats.importer import FirstPass, ImportRun
from mali_cli.formats.records import EventRecord, Point
from mali_cli.formats.row_filter import Row, RowFilter, RowScanner, ScanStats, distinct_points
from mali_cli.formats.table_file import TableFile
from mali_cli.storage import sql_literals
from mali_cli.storage.duckdb_backend import LARGE_TABLES
from mali_cli.storage.duckdb_connection import import_duckdb, limit_memory
from mali_cli.storage.parquet import ParquetSink

IDS = "ids.parquet"


class DistinctCells(NamedTuple):
    """Distinct cells of a file: those of the location columns together, and those of the date columns."""

    locations: set[tuple[str, ...]]
    dates: set[str]


class ScannedFile(NamedTuple):
    """What one file has that decides about others; its ids are in a folder."""

    folder: Path
    points: set[Point]
    examples: dict[bool, str]  # dates that show whether the month comes first


class AllFiles(NamedTuple):
    """What all files of a dataset decide together."""

    points: set[Point]
    shared_ids: frozenset[str]  # of records in several files
    examples: dict[bool, str]


class ReadFile(NamedTuple):
    """What became of one file: where its events and figures are, and what all files are needed for."""

    folder: Path
    records: int
    read: int
    repeated: int
    merged: int
    errors: dict[int, str]  # by the number of the record in the file
    withheld: list[EventRecord]  # of ids that other files have too
    points: set[Point | None]
    groups: set[str]
    sources: set[str | None]
    unknown_groups: dict[str, dict[str, None]]
    matched_groups: dict[str, None]
    unknown_event_types: dict[str, None]
    assumptions: list[str]
    order_is_assumed: bool  # see DayParser


def scan_file(work: Path, file: OneOfSeveral) -> ScannedFile:
    """Scan a file, and write the ids of its records into the work folder."""
    if not work.is_dir():
        raise DataError(f"there is no folder {work.parent} on {platform.node()}; every worker must see the target.")
    table_file, format = file.open()
    adapter = format(table_file.header)
    folder = _new_folder(file, work)
    with import_duckdb().connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        set_temp_folder(connection)
        limit_memory(connection, table_file.csv_size)
        cells = _scan_in_duckdb(connection, table_file, adapter) or _scan(connection, table_file, adapter)
        connection.execute(f"COPY ids TO {sql_literals.literal(str(folder / IDS))} (FORMAT parquet)")
    examples = {order: cell for cell in cells.dates if (order := shows_month_first(cell)) is not None}
    return ScannedFile(folder, distinct_points(adapter, ScanStats(locations=cells.locations)), examples)


def _scan_in_duckdb(connection: Any, table_file: TableFile, adapter: FormatAdapter) -> DistinctCells | None:
    """Do as `_scan` does; return None if the file has to be read record by record."""
    if not is_applicable(table_file, adapter):
        return None
    records = RecordTable(connection, table_file, adapter)
    try:
        records.read([adapter.key, *adapter.location_columns, *adapter.date_columns])
        records.execute(f"CREATE TABLE ids AS SELECT DISTINCT {records.id} AS id FROM records AS r")
        dates = {cell for column in adapter.date_columns for (cell,) in records.distinct_of_all([column])}
        return DistinctCells(set(records.distinct_of_all(adapter.location_columns)), dates)
    except FastPathUnavailable:
        return None


def _scan(connection: Any, table_file: TableFile, adapter: FormatAdapter) -> DistinctCells:
    """Create a table with the ids of all records, and return their distinct cells."""
    scanner = RowScanner(table_file, adapter, RowFilter(), exact=True)
    key, dates_of = adapter.column_index[adapter.key], adapter.column_getter(adapter.date_columns)
    ids, dates = set(), set()
    for _, row in scanner:
        ids.add(row[key].strip())
        dates.add(dates_of(row))
    connection.execute("CREATE OR REPLACE TABLE ids AS SELECT unnest(?) AS id", [sorted(ids)])
    return DistinctCells(scanner.stats.locations, set(itertools.chain.from_iterable(dates)))


def combine_scans(files: Sequence[ScannedFile]) -> AllFiles:
    """Return what all files of a dataset decide together."""
    paths = ", ".join(sql_literals.path_literal(file.folder / IDS) for file in files)
    statement = f"SELECT id FROM read_parquet([{paths}]) WHERE id <> '' GROUP BY id HAVING count(*) > 1"
    with import_duckdb().connect() as connection:
        shared_ids = frozenset(id_ for (id_,) in connection.execute(statement).fetchall())
    points = {point for file in files for point in file.points}
    return AllFiles(points, shared_ids, {order: cell for file in files for order, cell in file.examples.items()})


def read_file(work: Path, all_files: AllFiles, file: OneOfSeveral) -> ReadFile:
    """Write the events and figures of a file, without those of shared ids, as a Parquet folder into the work folder."""
    folder = _new_folder(file, work) / "tables"
    with contextlib.closing(ParquetSink(folder, {})) as sink:
        run = FileRun(file, all_files)
        if not create_tables_in(sink.connection, run):
            run = FileRun(file, all_files)
            for frames in run.partitions():
                for name in LARGE_TABLES:
                    sink.append(name, frames[name])
        sink.finish(lambda *_: None)
    return run.result(folder)


def _new_folder(file: OneOfSeveral, work: Path) -> Path:
    """Return a new folder in the work folder; a copy of the task has another one."""
    folder = work / f"{file.number:06}-{uuid.uuid4().hex}"
    folder.mkdir()
    return folder


class FileRun(ImportRun):
    """The reading of one file; see the module."""

    def __init__(self, file: OneOfSeveral, all_files: AllFiles) -> None:
        table_file, format = file.open()
        parse_day = DayParser(file.path, lambda: ((0, cell) for cell in all_files.examples.values()))
        super().__init__(table_file, format(table_file.header, parse_day), RowFilter())
        self.file, self.all_points, self.shared_ids = file, all_files.points, all_files.shared_ids
        self.withheld: list[EventRecord] = []

    def _read_first_pass(self) -> FirstPass:
        first_pass = super()._read_first_pass()
        repeated = first_pass.repeated_ids | self.shared_ids
        return FirstPass(first_pass.records, repeated, self.all_points or set())

    def _parse(self, rows: Iterable[tuple[int, Row]], row_filter: RowFilter) -> Iterator[EventRecord]:
        for event in super()._parse(rows, row_filter):
            yield event if event.version_timestamp else event._replace(version_timestamp=self.file.number)

    def _deduplicate(self, events: list[EventRecord]) -> list[EventRecord]:
        self.withheld = [event for event in events if event.key in self.shared_ids]
        return super()._deduplicate([event for event in events if event.key not in self.shared_ids])

    def _finish(self, stats: ScanStats, read: int) -> None:
        self.records, self.read = stats.records, read  # whether too many are skipped is judged of all files

    def result(self, folder: Path) -> ReadFile:
        """Return what became of the file, whose tables are in a folder."""
        assert self.builder is not None
        adapter, crosswalk = self.adapter, self.adapter.crosswalk
        return ReadFile(
            folder,
            self.records,
            self.read,
            self.repeated,
            self.merged,
            {number: f"{self.file.path.name}, {error}" for number, error in self.errors_by_record.items()},
            self.withheld,
            self.builder.points,
            self.builder.groups,
            self.builder.sources,
            crosswalk.unknown_groups,
            crosswalk.matched_groups,
            adapter.unknown_event_types,
            adapter.assumptions,
            adapter.parse_day.order_is_assumed,
        )


class CombinedRun(ImportRun):
    """All files of a dataset, each of which was read by `read_file`."""

    def __init__(self, table_file: TableFile, adapter: FormatAdapter) -> None:
        super().__init__(table_file, adapter, RowFilter())

    def combine(self, points: set[Point], files: Sequence[ReadFile]) -> Frames:
        """Return the events and figures of the records that were withheld, and the small tables of all files."""
        builder = FrameBuilder(self.adapter, points)
        withheld: list[EventRecord] = []
        records = read = 0
        for file in files:
            self.errors_by_record |= {records + number: error for number, error in file.errors.items()}
            records, read = records + file.records, read + file.read
            self.repeated, self.merged = self.repeated + file.repeated, self.merged + file.merged
            withheld += file.withheld
            builder.add_points(file.points)
            builder.add_groups(file.groups)
            builder.add_sources(file.sources)
            self._add_names(file)
        events = self._deduplicate(withheld)
        self._finish(ScanStats(records), read + len(events))
        return builder.frames(events) | builder.lookup_frames()

    def _add_names(self, file: ReadFile) -> None:
        """Take note of what the adapter of a file has found."""
        adapter, crosswalk = self.adapter, self.adapter.crosswalk
        for key, spellings in file.unknown_groups.items():
            crosswalk.unknown_groups.setdefault(key, {}).update(spellings)
        crosswalk.matched_groups.update(file.matched_groups)
        adapter.parse_day.order_is_assumed |= file.order_is_assumed
        adapter.unknown_event_types.update(file.unknown_event_types)
        adapter.assumptions += [text for text in file.assumptions if text not in adapter.assumptions]
