"""One reading of a file for one question: records checked, those of one event put together, all accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from mali_cli.formats import duckdb_filter
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.frame_builder import FrameBuilder, Frames
from mali_cli.formats.records import CasualtyEstimate, EventRecord, RecordError, plain
from mali_cli.formats.row_filter import RowFilter, RowScanner, ScanStats, distinct_points
from mali_cli.formats.table_file import TableFile

BATCH_RECORDS = 100_000
MAX_REPORTED_ERRORS = 3  # so many faults are told in the closing line


class RecordCounts(NamedTuple):
    """How many records the file has; `records` is the sum of read, skipped, repeated and passed_over."""

    records: int
    read: int
    skipped: int
    repeated: int
    merged: int
    filtered_out: int


class ImportRun:
    """One reading of a file for one question; `counts` and `notes` tell what became of the records."""

    def __init__(
        self,
        source: TableFile,
        layout: FormatAdapter,
        wanted: RowFilter,
        ahead: duckdb_filter.BackgroundScan | None = None,
    ) -> None:
        self.table_file, self.layout, self.row_filter, self.prefetch = source, layout, wanted, ahead
        self.errors_by_record: dict[int, RecordError] = {}  # by the number of the record
        self.repeated = self.merged = self.read = self.records = 0
        self.progress_fraction = 0.0  # of the records, how many the batches have come by

    def frames(self) -> Frames:
        """All tables, with the events that may match."""
        entries, found = self._matching()
        return self._tables(entries, found)

    def batches(self, registers: bool = False) -> Iterator[Frames]:
        """All tables of a whole file bit by bit, so that no more than a part of it is in memory.

        The small tables come with the last, or, if `registers`, as far as they go with each. The file is gone through
        twice: which places share a name, and which ids stand more than once, is known only at its end.
        """
        first = RowScanner(self.table_file, self.layout, replace(self.row_filter, keys=frozenset()), exact=True)
        for _ in first:
            pass
        maker = FrameBuilder(self.layout, distinct_points(self.layout, first.stats))
        apart = set(map(plain, first.stats.repeated))
        held: list[EventRecord] = []
        batch: list[EventRecord] = []
        scan = RowScanner(self.table_file, self.layout, self.row_filter, exact=True)
        for entry in self._entries(scan):
            (held if entry.key in apart else batch).append(entry)
            if len(batch) >= BATCH_RECORDS:
                self.progress_fraction = (maker.events + len(batch)) / first.stats.records
                frames = maker.frames(batch)
                yield frames | maker.lookup_frames() if registers else frames
                batch = []
        batch += self._deduplicate(held)
        self._finish(scan.stats, maker.events + len(batch))
        yield maker.frames(batch) | maker.lookup_frames()

    def _matching(self) -> tuple[list[EventRecord], ScanStats]:
        if duckdb_filter.is_applicable(self.table_file, self.row_filter):
            scan = RowScanner(self.table_file, self.layout, self.row_filter)
            try:
                read = self.layout.parse_record
                entries = [read(record) for record in duckdb_filter.matching_records(scan, self.prefetch)]
                return [entry for entry in entries if self.row_filter.matches_type(entry)], scan.stats
            except (duckdb_filter.FastPathUnavailable, RecordError):
                pass
        scan = RowScanner(self.table_file, self.layout, self.row_filter)
        entries = list(self._entries(scan))
        if scan.stats.repeated and not self.row_filter.is_unfiltered:
            # What one record of an event tells, another may deny: all records of those that match are read.
            keys = frozenset(entry.key for entry in entries)
            scan = RowScanner(self.table_file, self.layout, RowFilter(keys=keys), exact=True)
            entries = list(self._entries(scan))
        return entries, scan.stats

    def _entries(self, scan: RowScanner) -> Iterator[EventRecord]:
        read = self.layout.parse_record
        for number, record in scan:
            try:
                entry = read(record)
            except RecordError as fault:
                self.errors_by_record[number] = fault
                continue
            if scan.wanted.matches_type(entry):
                yield entry

    def _tables(self, entries: list[EventRecord], found: ScanStats) -> Frames:
        placed = self.row_filter.needs_locations
        points = distinct_points(self.layout, found) if placed else {entry.point for entry in entries if entry.point}
        maker = FrameBuilder(self.layout, points)
        entries = self._deduplicate(entries)
        self._finish(found, len(entries))
        return maker.frames(entries) | maker.lookup_frames()

    def _deduplicate(self, entries: list[EventRecord]) -> list[EventRecord]:
        """One entry for each id. The latest record stands; of equally late ones the first, with what others add."""
        by_key: dict[str, list[EventRecord]] = {}
        for entry in entries:
            by_key.setdefault(entry.key, []).append(entry)
        if len(by_key) == len(entries):
            return entries
        return [group[0] if len(group) == 1 else self._merge_duplicates(group) for group in by_key.values()]

    def _merge_duplicates(self, group: list[EventRecord]) -> EventRecord:
        latest = max(entry.version_timestamp for entry in group)
        standing = [entry for entry in group if entry.version_timestamp == latest]
        event, *others = standing
        self.repeated += len(group) - 1
        for other in others:
            known = {*event.side_a, *event.side_b}
            names = [n for n in dict.fromkeys((*other.side_a, *other.side_b)) if n not in known]
            figures = _additional_figures(event.figures, other.figures)
            self.merged += bool(names or figures)
            event = event._replace(side_b=[*event.side_b, *names], figures=[*event.figures, *figures])
        return event

    def _finish(self, found: ScanStats, read: int) -> None:
        self.records, self.read = found.records, read

    @property
    def counts(self) -> RecordCounts:
        skipped = len(self.errors_by_record)
        passed = self.records - self.read - skipped - self.repeated
        return RecordCounts(self.records, self.read, skipped, self.repeated, self.merged, passed)

    @property
    def notes(self) -> list[str]:
        """What became of the records, in one line, and another on types that the codebook does not have."""
        count = self.counts
        parts = [f"{count.read:,} read"]
        if count.skipped:
            told = "; ".join(
                f"record {number:,}, {fault}"
                for number, fault in sorted(self.errors_by_record.items())[:MAX_REPORTED_ERRORS]
            )
            more = f"; and {count.skipped - MAX_REPORTED_ERRORS:,} more" if count.skipped > MAX_REPORTED_ERRORS else ""
            parts.append(f"{count.skipped:,} skipped ({told}{more})")
        if count.repeated:
            merged = f", {count.merged:,} of them merged" if count.merged else ""
            parts.append(f"{count.repeated:,} repeated{merged}")
        if count.filtered_out:
            parts.append(f"{count.filtered_out:,} not asked for")
        layout = self.layout
        noun = "record" if count.records == 1 else "records"
        lines = [
            f"{self.table_file.path}: {layout.name}, {layout.version}: {count.records:,} {noun}: {', '.join(parts)}."
        ]
        if layout.unknown_event_types:
            types = ", ".join(sorted(layout.unknown_event_types))
            lines.append(f"Event types that {layout.name} does not have are left blank: {types}.")
        if layout.unknown_columns:
            lines.append(f"Columns that {layout.name} does not have are not read: {', '.join(layout.unknown_columns)}.")
        return lines


def _additional_figures(told: Iterable[CasualtyEstimate], others: Iterable[CasualtyEstimate]) -> list[CasualtyEstimate]:
    """Figures of the same people that differ from those already told; they come after them."""
    told = list(told)
    said = [figure._replace(number=0) for figure in told]
    number = max((figure.number for figure in told), default=0)
    added = []
    for figure in others:
        if figure._replace(number=0) not in said:
            number += 1
            added.append(figure._replace(number=number))
    return added
