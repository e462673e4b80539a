"""One reading of a file for one question: records checked, those of one event put together, all accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from mali_cli.readers import fast
from mali_cli.readers.entries import Entry, Fault, Figure, plain
from mali_cli.readers.formats import Format
from mali_cli.readers.making import Frames, Maker
from mali_cli.readers.scan import Pass, Scan, Wanted, located
from mali_cli.readers.sources import Source

BATCH = 100_000
TOLD = 3  # so many faults are told in the closing line


class Counts(NamedTuple):
    """How many records the file has; `records` is the sum of read, skipped, repeated and passed_over."""

    records: int
    read: int
    skipped: int
    repeated: int
    merged: int
    passed_over: int


class Reading:
    """One reading of a file for one question; `counts` and `notes` tell what became of the records."""

    def __init__(self, source: Source, layout: Format, wanted: Wanted, ahead: fast.Ahead | None = None) -> None:
        self.source, self.layout, self.wanted, self.ahead = source, layout, wanted, ahead
        self.bad: dict[int, Fault] = {}  # by the number of the record
        self.repeated = self.merged = self.read = self.records = 0
        self.share = 0.0  # of the records, how many the batches have come by

    def frames(self) -> Frames:
        """All tables, with the events that may match."""
        entries, found = self._matching()
        return self._tables(entries, found)

    def batches(self, registers: bool = False) -> Iterator[Frames]:
        """All tables of a whole file bit by bit, so that no more than a part of it is in memory.

        The small tables come with the last, or, if `registers`, as far as they go with each. The file is gone through
        twice: which places share a name, and which ids stand more than once, is known only at its end.
        """
        first = Scan(self.source, self.layout, replace(self.wanted, keys=frozenset()), exact=True)
        for _ in first:
            pass
        maker = Maker(self.layout, located(self.layout, first.found))
        apart = set(map(plain, first.found.repeated))
        held: list[Entry] = []
        batch: list[Entry] = []
        scan = Scan(self.source, self.layout, self.wanted, exact=True)
        for entry in self._entries(scan):
            (held if entry.key in apart else batch).append(entry)
            if len(batch) >= BATCH:
                self.share = (maker.events + len(batch)) / first.found.records
                frames = maker.frames(batch)
                yield frames | maker.registers() if registers else frames
                batch = []
        batch += self._together(held)
        self._close(scan.found, maker.events + len(batch))
        yield maker.frames(batch) | maker.registers()

    def _matching(self) -> tuple[list[Entry], Pass]:
        if fast.applies(self.source, self.wanted):
            scan = Scan(self.source, self.layout, self.wanted)
            try:
                read = self.layout.entry
                entries = [read(record) for record in fast.matching(scan, self.ahead)]
                return [entry for entry in entries if self.wanted.takes(entry)], scan.found
            except (fast.NotSo, Fault):
                pass
        scan = Scan(self.source, self.layout, self.wanted)
        entries = list(self._entries(scan))
        if scan.found.repeated and not self.wanted.everything:
            # What one record of an event tells, another may deny: all records of those that match are read.
            keys = frozenset(entry.key for entry in entries)
            scan = Scan(self.source, self.layout, Wanted(keys=keys), exact=True)
            entries = list(self._entries(scan))
        return entries, scan.found

    def _entries(self, scan: Scan) -> Iterator[Entry]:
        read = self.layout.entry
        for number, record in scan:
            try:
                entry = read(record)
            except Fault as fault:
                self.bad[number] = fault
                continue
            if scan.wanted.takes(entry):
                yield entry

    def _tables(self, entries: list[Entry], found: Pass) -> Frames:
        placed = self.wanted.placed
        points = located(self.layout, found) if placed else {entry.point for entry in entries if entry.point}
        maker = Maker(self.layout, points)
        entries = self._together(entries)
        self._close(found, len(entries))
        return maker.frames(entries) | maker.registers()

    def _together(self, entries: list[Entry]) -> list[Entry]:
        """One entry for each id. The latest record stands; of equally late ones the first, with what others add."""
        by_key: dict[str, list[Entry]] = {}
        for entry in entries:
            by_key.setdefault(entry.key, []).append(entry)
        if len(by_key) == len(entries):
            return entries
        return [group[0] if len(group) == 1 else self._merged(group) for group in by_key.values()]

    def _merged(self, group: list[Entry]) -> Entry:
        latest = max(entry.stamp for entry in group)
        standing = [entry for entry in group if entry.stamp == latest]
        event, *others = standing
        self.repeated += len(group) - 1
        for other in others:
            known = {*event.side_a, *event.side_b}
            names = [n for n in dict.fromkeys((*other.side_a, *other.side_b)) if n not in known]
            figures = _other_figures(event.figures, other.figures)
            self.merged += bool(names or figures)
            event = event._replace(side_b=[*event.side_b, *names], figures=[*event.figures, *figures])
        return event

    def _close(self, found: Pass, read: int) -> None:
        self.records, self.read = found.records, read

    @property
    def counts(self) -> Counts:
        skipped = len(self.bad)
        passed = self.records - self.read - skipped - self.repeated
        return Counts(self.records, self.read, skipped, self.repeated, self.merged, passed)

    @property
    def notes(self) -> list[str]:
        """What became of the records, in one line, and another on types that the codebook does not have."""
        count = self.counts
        parts = [f"{count.read:,} read"]
        if count.skipped:
            told = "; ".join(f"record {number:,}, {fault}" for number, fault in sorted(self.bad.items())[:TOLD])
            more = f"; and {count.skipped - TOLD:,} more" if count.skipped > TOLD else ""
            parts.append(f"{count.skipped:,} skipped ({told}{more})")
        if count.repeated:
            merged = f", {count.merged:,} of them merged" if count.merged else ""
            parts.append(f"{count.repeated:,} repeated{merged}")
        if count.passed_over:
            parts.append(f"{count.passed_over:,} not asked for")
        layout = self.layout
        noun = "record" if count.records == 1 else "records"
        lines = [f"{self.source.path}: {layout.name}, {layout.version}: {count.records:,} {noun}: {', '.join(parts)}."]
        if layout.strange:
            lines.append(
                f"Event types that {layout.name} does not have are left blank: {', '.join(sorted(layout.strange))}."
            )
        if layout.unknown:
            lines.append(f"Columns that {layout.name} does not have are not read: {', '.join(layout.unknown)}.")
        return lines


def _other_figures(told: Iterable[Figure], others: Iterable[Figure]) -> list[Figure]:
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
