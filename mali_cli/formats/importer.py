"""ImportRun: read a foreign file once, merge the records of one event and account for every record.

A file that is too large for memory is read in partitions. What a partition cannot know of the others is collected by a
first pass: which ids occur more than once, and which places share a name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple

from mali_cli.errors import DataError
from mali_cli.formats import duckdb_filter
from mali_cli.formats.base import FILE_COLUMN, FormatAdapter
from mali_cli.formats.duckdb_records import OrderNeeded, RepeatedRecord
from mali_cli.formats.duckdb_tables import FileTables
from mali_cli.formats.frame_builder import FrameBuilder, Frames
from mali_cli.formats.records import CasualtyEstimate, EventRecord, Point, RecordError, split_list
from mali_cli.formats.row_filter import Row, RowFilter, RowScanner, ScanStats, distinct_points
from mali_cli.formats.table_file import TableFile

PARTITION_RECORDS = 100_000
MAX_REPORTED_ERRORS = 3

log = logging.getLogger(__name__)


class RecordCounts(NamedTuple):
    """How many records the file has; `records` is the sum of read, skipped, repeated and filtered_out."""

    records: int
    read: int
    skipped: int
    repeated: int
    merged: int
    filtered_out: int


class FirstPass(NamedTuple):
    """What the first of two passes collects: the facts that a partition needs about all the others.

    The records of an id that repeats belong to one event, which must not be split between partitions. A place gets
    its region's name as a suffix only if another place of the file shares its name.
    """

    records: int
    repeated_ids: frozenset[str]
    points: set[Point]


class ImportRun:
    """One reading of a file for one filter; `counts` and `notes` say what became of its records."""

    def __init__(
        self,
        table_file: TableFile,
        adapter: FormatAdapter,
        row_filter: RowFilter,
        prefetch: Future[duckdb_filter.Groups] | None = None,
    ) -> None:
        self.table_file, self.adapter, self.row_filter, self.prefetch = table_file, adapter, row_filter, prefetch
        self.errors_by_record: dict[int, str] = {}
        self.repeated = self.merged = self.read = self.records = 0
        self.progress_fraction = 0.0  # of the records, how many are in partitions
        self.builder: FrameBuilder | None = None  # of `partitions` and `create_tables`
        # Of one of several files, the points of all of them, and the ids of records that other files have too
        self.all_points: set[Point] | None = None
        self.shared_ids: frozenset[str] = frozenset()
        self.date_cells: set[tuple[str, ...]] = set()  # of all records; see ScanStats

    def frames(self) -> Frames:
        """Return all tables, with the events that may match."""
        events, stats = self._read_matching()
        self.date_cells = stats.dates
        points = (
            distinct_points(self.adapter, stats)
            if self.row_filter.needs_locations
            else {event.point for event in events if event.point}
        )
        builder = FrameBuilder(self.adapter, points)
        events = self._deduplicate(events)
        self._finish(stats, len(events))
        return builder.frames(events) | builder.lookup_frames()

    def partitions(self, lookup_tables: bool = False) -> Iterator[Frames]:
        """Yield the tables of the whole file in partitions, with one of them in memory at a time.

        Each event and each tally is in one partition: the records of repeated ids are kept for the last. The small
        lookup tables come with the last partition, or with each, as far as they are complete, if `lookup_tables`.
        """
        first_pass = self._read_first_pass()
        builder = self.builder = FrameBuilder(self.adapter, first_pass.points)
        scanner = RowScanner(self.table_file, self.adapter, self.row_filter, exact=True)
        partition: list[EventRecord] = []
        duplicates: list[EventRecord] = []
        for event in self._parse(scanner, scanner.row_filter):
            (duplicates if event.key in first_pass.repeated_ids else partition).append(event)
            if len(partition) >= PARTITION_RECORDS:
                self.progress_fraction = (builder.events + len(partition)) / first_pass.records
                frames = builder.frames(partition)
                yield frames | builder.lookup_frames() if lookup_tables else frames
                partition = []
        partition += self._deduplicate(duplicates)
        self._finish(scanner.stats, builder.events + len(partition))
        yield builder.frames(partition) | builder.lookup_frames()

    def create_tables(self, tables: FileTables) -> bool:
        """Create our tables in DuckDB of the cells that were read; see FileTables.create."""
        try:
            return self._create_tables(tables)
        except OrderNeeded:
            tables.read_in_order()
            return self._create_tables(tables)

    def _create_tables(self, tables: FileTables) -> bool:
        merged = self._merge_repeated(tables.take_repeated(self.shared_ids))
        has_event_fatalities = tables.create(merged, self.all_points)
        self.builder = tables.builder
        self.errors_by_record |= tables.errors
        self._finish(ScanStats(tables.records.number), tables.events)
        return has_event_fatalities

    def _merge_repeated(self, records: list[RepeatedRecord]) -> list[EventRecord]:
        """Return the matching events of records that share their ids."""
        events = list(self._parse(((n, row) for n, matches, row in records if matches), self.row_filter))
        if not self.row_filter.is_unfiltered:
            keys = {event.key for event in events}
            key = self.adapter.column_index[self.adapter.key]
            events = list(self._parse(((n, row) for n, _, row in records if row[key].strip() in keys), RowFilter()))
        return self._deduplicate(events)

    def _read_first_pass(self) -> FirstPass:
        """Read the file once without parsing its records."""
        scanner = RowScanner(self.table_file, self.adapter, replace(self.row_filter, keys=frozenset()), exact=True)
        for _ in scanner:
            pass
        repeated_ids = frozenset(map(str.strip, scanner.stats.repeated_ids))
        return FirstPass(scanner.stats.records, repeated_ids, distinct_points(self.adapter, scanner.stats))

    def _read_matching(self) -> tuple[list[EventRecord], ScanStats]:
        """Return the events that may match: by DuckDB if possible, else by the csv module."""
        if duckdb_filter.is_applicable(self.table_file, self.row_filter):
            scanner = RowScanner(self.table_file, self.adapter, self.row_filter)
            try:
                rows = duckdb_filter.matching_rows(scanner, self.prefetch)
                return list(map(self.adapter.parse_record, rows)), scanner.stats
            except (duckdb_filter.FastPathUnavailable, RecordError) as reason:
                log.debug("%s is read without DuckDB: %s", self.table_file.path, reason)
        scanner = RowScanner(self.table_file, self.adapter, self.row_filter)
        events = list(self._parse(scanner, scanner.row_filter))
        if scanner.stats.repeated_ids and not self.row_filter.is_unfiltered:
            # Another record of a matching event may change it, so all records of these events are read.
            keys = frozenset(event.key for event in events)
            scanner = RowScanner(self.table_file, self.adapter, RowFilter(keys=keys), exact=True)
            events = list(self._parse(scanner, scanner.row_filter))
        return events, scanner.stats

    def _parse(self, rows: Iterable[tuple[int, Row]], row_filter: RowFilter) -> Iterator[EventRecord]:
        """Yield the matching events of numbered rows; note the records that cannot be read."""
        file_column = self.adapter.column_index.get(FILE_COLUMN)
        for number, row in rows:
            file, _, place = row[file_column].partition(":") if file_column is not None else ("", "", "")
            try:
                event = self.adapter.parse_record(row)
            except RecordError as error:
                self.errors_by_record[number] = f"{place or f'record {number:,}'}, {error}"
                continue
            if file and not event.version_timestamp:
                event = event._replace(version_timestamp=int(file))
            if row_filter.matches_type(event):
                yield event

    def _deduplicate(self, events: list[EventRecord]) -> list[EventRecord]:
        """Return one event for each id: the latest record, or the first of the latest with what the others add."""
        by_key: dict[str, list[EventRecord]] = {}
        for event in events:
            by_key.setdefault(event.key, []).append(event)
        if len(by_key) == len(events):
            return events
        return [group[0] if len(group) == 1 else self._merge_duplicates(group) for group in by_key.values()]

    def _merge_duplicates(self, group: list[EventRecord]) -> EventRecord:
        latest = max(event.version_timestamp for event in group)
        merged, *others = [event for event in group if event.version_timestamp == latest]
        self.repeated += len(group) - 1
        for other in others:
            present = {*merged.side_a, *merged.side_b}
            names = [name for name in dict.fromkeys((*other.side_a, *other.side_b)) if name not in present]
            figures = _additional_figures(merged.figures, other.figures)
            kinds = list(dict.fromkeys((*split_list(merged.civilian_kind), *split_list(other.civilian_kind))))
            self.merged += bool(names or figures)
            merged = merged._replace(side_b=[*merged.side_b, *names], figures=[*merged.figures, *figures])
            merged = merged._replace(civilian_kind=";".join(kinds) or None)
        return merged

    def _finish(self, stats: ScanStats, read: int) -> None:
        self.records, self.read = stats.records, read
        counts = self.counts
        if counts.skipped > counts.read + counts.repeated:
            of = "records that may match" if counts.filtered_out else "records"
            examined = counts.records - counts.filtered_out
            raise DataError(
                f"{self.table_file.path}: {counts.skipped:,} of {examined:,} {of} cannot be read: {self._errors()}."
            )

    @property
    def counts(self) -> RecordCounts:
        skipped = len(self.errors_by_record)
        filtered_out = self.records - self.read - skipped - self.repeated
        return RecordCounts(self.records, self.read, skipped, self.repeated, self.merged, filtered_out)

    @property
    def notes(self) -> list[str]:
        """Return one line on what became of the records, and one each on event types and columns not read.

        `reading_notes` has the others.
        """
        adapter, records = self.adapter, self.records
        noun = "record" if records == 1 else "records"
        version = f"{adapter.name}, {adapter.version}"
        lines = [f"{self.table_file.path}: {version}: {records:,} {noun}: {', '.join(self._count_texts())}."]
        if adapter.unknown_event_types:
            types = ", ".join(sorted(adapter.unknown_event_types))
            lines.append(f"Event types that {adapter.name} does not have are left blank: {types}.")
        if adapter.unknown_columns:
            columns = ", ".join(adapter.unknown_columns)
            lines.append(f"Columns that {adapter.name} does not have are not read: {columns}.")
        return lines

    @property
    def reading_notes(self) -> list[str]:
        """Return what the adapter takes for granted, and whether the order of day and month is assumed."""
        notes = list(self.adapter.assumptions)
        if self.adapter.parse_day.order_is_assumed:
            notes.append("Dates such as 04/05/2019 are read with the day first; no date of the file shows the order.")
        return notes

    def _count_texts(self) -> Iterator[str]:
        """Yield texts such as "6 read" and "2 repeated, 1 of them merged"."""
        counts = self.counts
        yield f"{counts.read:,} read"
        if counts.skipped:
            yield f"{counts.skipped:,} skipped ({self._errors()})"
        if counts.repeated:
            merged = f", {counts.merged:,} of them merged" if counts.merged else ""
            yield f"{counts.repeated:,} repeated{merged}"
        if counts.filtered_out:
            yield f"{counts.filtered_out:,} filtered out"

    def _errors(self) -> str:
        """Return the first errors, and how many more there are."""
        first = sorted(self.errors_by_record.items())[:MAX_REPORTED_ERRORS]
        errors = "; ".join(error for _, error in first)
        unreported = len(self.errors_by_record) - len(first)
        return f"{errors}; and {unreported:,} more" if unreported else errors


def _additional_figures(
    figures: Iterable[CasualtyEstimate], others: Iterable[CasualtyEstimate]
) -> list[CasualtyEstimate]:
    """Return the other figures that differ from all of the first, numbered after them."""
    figures = list(figures)
    unnumbered = [figure._replace(number=0) for figure in figures]
    number = max((figure.number for figure in figures), default=0)
    additional = []
    for figure in others:
        if figure._replace(number=0) not in unnumbered:
            number += 1
            additional.append(figure._replace(number=number))
    return additional
