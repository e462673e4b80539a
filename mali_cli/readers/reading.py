"""Records -> our tables: entries checked, those of one event put together, places told apart, frames made."""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli import tables
from mali_cli.readers import fast
from mali_cli.readers.concordance import Concordance
from mali_cli.readers.entries import Entry, Fault, Figure, Point, plain
from mali_cli.readers.formats import Format
from mali_cli.readers.scan import Pass, Scan, Wanted, located
from mali_cli.readers.sources import Source

if TYPE_CHECKING:
    import pandas as pd

Frames = dict[str, "pd.DataFrame"]
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

    def batches(self) -> Iterator[Frames]:
        """All tables of a whole file bit by bit, so that no more than a part of it is in memory.

        The file is gone through twice: which places share a name, and which ids stand more than once, is known
        only at its end.
        """
        first = Scan(self.source, self.layout, replace(self.wanted, keys=frozenset()), exact=True)
        for _ in first:
            pass
        maker = _Maker(self.layout, located(self.layout, first.found))
        apart = set(map(plain, first.found.repeated))
        held: list[Entry] = []
        batch: list[Entry] = []
        scan = Scan(self.source, self.layout, self.wanted, exact=True)
        for entry in self._entries(scan):
            (held if entry.key in apart else batch).append(entry)
            if len(batch) >= BATCH:
                self.share = (maker.events + len(batch)) / first.found.records
                yield maker.frames(batch)
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
        maker = _Maker(self.layout, located(self.layout, found))
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


class _Maker:
    """Makes the frames; the names of places are known before the first event is made."""

    def __init__(self, layout: Format, points: set[Point]) -> None:
        self.layout = layout
        self.names = place_names(points, layout.concordance)
        self.events = 0
        self._event = _row("events")
        self._figure = _row("casualties")
        self._used: set[Point] = set()
        self._groups: dict[str, None] = {}
        self._sources: dict[str, None] = {}

    def frames(self, entries: list[Entry]) -> Frames:
        """Events and casualties of some entries, sorted as declared."""
        entries = sorted(entries, key=lambda e: (e.date_start, e.date_end, e.key))
        self.events += len(entries)
        events = [self._event_row(entry) for entry in entries]
        figures = sorted((row for entry in entries for row in self._figure_rows(entry)), key=lambda row: row[0])
        return {"events": frame("events", events), "casualties": frame("casualties", figures)}

    def _event_row(self, entry: Entry) -> Any:
        if entry.point is not None:
            self._used.add(entry.point)
        if entry.sources is not None:
            self._sources[entry.sources] = None
        a, b = self._joined(entry.side_a), self._joined(entry.side_b)
        return self._event(
            event_id=entry.key,
            date_start=entry.date_start,
            date_end=entry.date_end,
            date_precision=entry.date_precision,
            event_type=entry.event_type,
            sub_event_type=entry.sub_event_type,
            place=None if entry.point is None else self.names[entry.point],
            place_precision=entry.place_precision,
            side_a=a,
            side_b=b,
            basis="reported",
            summary=entry.summary or None,
            note=entry.note,
            sources=entry.sources,
        )

    def _joined(self, names: Iterable[str]) -> str | None:
        names = dict.fromkeys(names)
        self._groups.update(names)
        return ";".join(names) or None

    def _figure_rows(self, entry: Entry) -> Iterator[Any]:
        ranks: dict[str, int] = {}
        for figure in entry.figures:
            ranks[figure.tally] = ranks.get(figure.tally, 0) + 1
            for names in (figure.group, figure.inflicted_by):
                if names:
                    self._groups.update(dict.fromkeys(names.split(";")))
            yield self._figure(
                casualty_id=f"{entry.key}/{figure.number}",
                tally=f"{entry.key}:{figure.tally}",
                part_of=figure.part_of and f"{entry.key}:{figure.part_of}",
                event_id=entry.key,
                date_start=entry.date_start,
                date_end=entry.date_end,
                scope="event",
                group=figure.group,
                country=figure.country,
                victims=figure.victims,
                who=figure.who,
                inflicted_by=figure.inflicted_by,
                harm="killed",
                cause=figure.cause,
                low=figure.low,
                best=figure.best,
                high=figure.high,
                open=False,
                wording=figure.wording,
                according_to=self.layout.giver,
                according_to_kind=self.layout.giver_kind,
                status="current",
                rank=ranks[figure.tally],
                sources=entry.sources,
            )

    def registers(self) -> Frames:
        """The small tables: what the events made so far name."""
        groups = group_rows(self._groups, self.layout.concordance)
        cited = {key for row in groups for key in (row.sources or "").split(";")}
        references = _ours("references", cited)
        documents = _ours("documents", cited | {row.document for row in references})
        return {
            "groups": frame("groups", groups),
            "places": frame("places", self._place_rows()),
            "documents": frame("documents", sorted([*self._document_rows(), *documents], key=lambda row: row[0])),
            "references": frame("references", references),
            **{name: frame(name, []) for name in ("people", "relations", "strengths", "control")},
        }

    def _place_rows(self) -> list[Any]:
        row = _row("places")
        concordance = self.layout.concordance
        rows = []
        for key, point in {self.names[point]: point for point in sorted(self._used, key=repr)}.items():
            known = [point.location, *concordance.place_names(point.location, point.country)]
            aliases = [name for name in dict.fromkeys(known) if name != key and ";" not in name]
            rows.append(
                row(
                    place=key,
                    aliases=";".join(aliases) or None,
                    region=concordance.region(point.region),
                    country=point.country,
                    latitude=point.latitude,
                    longitude=point.longitude,
                )
            )
        return sorted(rows, key=lambda row: row[0])

    def _document_rows(self) -> list[Any]:
        row = _row("documents")
        values = {value.strip() for cell in self._sources for value in cell.split(";") if value.strip()}
        return [row(document=value, title=value) for value in values]


def _ours(name: str, keys: set[str]) -> list[Any]:
    """Rows of one of our own tables, on which what we tell of known groups rests."""
    row = _row(name)
    read = {column.name: int if column.type == "integer" else str for column in tables.table(name).columns}
    rows = tables.read_rows(tables.data_folder(), name).dicts()
    [key] = tables.table(name).key
    return [row(**{c: read[c](cell) if cell else None for c, cell in r.items()}) for r in rows if r[key] in keys]


def group_rows(names: Iterable[str], concordance: Concordance) -> list[Any]:
    """The groups of these names, and what they are part of: our own rows, and for the others the spellings met."""
    row = _row("groups")
    ours = {r["group"]: r for r in tables.read_rows(tables.data_folder(), "groups").dicts()}
    todo, wanted = list(names), dict.fromkeys(names)
    while todo:
        above = ours.get(todo.pop(), {}).get("part_of")
        if above and above not in wanted:
            wanted[above] = None
            todo.append(above)
    rows = []
    for name in sorted(wanted):
        if name in concordance.unknown and name not in concordance.met:
            spellings = [s for s in sorted(concordance.unknown[name]) if s != name]
            rows.append(row(group=name, name=name, aliases=";".join(spellings) or None))
        elif name in ours:
            rows.append(row(**{column: cell or None for column, cell in ours[name].items()}))
        else:
            rows.append(row(group=name, name=name))
    return rows


def place_names(points: Iterable[Point], concordance: Concordance) -> dict[Point, str]:
    """A name for each point: its location, with as much more as is needed to tell it from others of that name.

    Points that differ only in how the file spells their region are one place.
    """
    of_place: dict[tuple[Any, ...], list[Point]] = {}
    for point in sorted(points, key=repr):
        of_place.setdefault(point._replace(region=concordance.region(point.region) or ""), []).append(point)
    of_name: dict[str, list[Point]] = {}
    for first, *_ in of_place.values():
        of_name.setdefault(first.location.replace(";", ","), []).append(first)
    named: dict[Point, str] = {}
    for name, alike in of_name.items():
        regions = {(point.country, concordance.region(point.region)) for point in alike}
        shared = Counter(region for _, region in regions)
        in_region = Counter((point.country, concordance.region(point.region)) for point in alike)
        for point in alike:
            region = concordance.region(point.region)
            written = point.region.replace(";", ",") or "region not stated"
            more = []
            if len(regions) > 1:
                more = [written]
                if shared[region] > 1:
                    more.append(point.country or "country not stated")
            if in_region[point.country, region] > 1:  # several points of one region: they tell themselves apart
                more = [*(more or [written]), f"{_degrees(point.latitude)} {_degrees(point.longitude)}"]
            named[point] = f"{name} ({', '.join(more)})" if more else name
    return {point: named[first] for first, *others in of_place.values() for point in (first, *others)}


def _degrees(value: float | None) -> str:
    return "?" if value is None else f"{value:g}"


def _row(name: str) -> Any:
    """Rows of a declared table, made by the names of its columns; what is not given is blank."""
    columns = [column.name for column in tables.table(name).columns]
    return namedtuple(name, columns, defaults=[None] * len(columns))


def frame(name: str, rows: list[Any]) -> pd.DataFrame:
    """A typed frame of rows in the declared order; see tables.read_frame."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(tables.table(name).columns)
    return tables.frame_of(name, list(columns))
