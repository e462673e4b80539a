"""One pass over a foreign file: which records may answer the question, and what must be known of all of them.

A record is looked at before it is taken apart: where no quote stands before the columns a question turns on, the line
is split there and no further, which is several times faster than the csv module. A record that may match, and any
that is not so plain, goes through the csv module and is counted field by field.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import IO, Any

from mali_cli.errors import DataError
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import SAHEL, NameCrosswalk
from mali_cli.formats.dates import day
from mali_cli.formats.records import EventRecord, Point, RecordError, Remembered, plain
from mali_cli.formats.table_file import TableFile, decode_lenient
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import Period

DATE_SLACK = datetime.timedelta(days=31)  # an imprecise day may be so far from the one that is written
# Up to this size every id is remembered, so that the records of one event find each other wherever they stand.
# Beyond it only those of records that match, unless one of the first records already repeats another.
LARGE_FILE_BYTES = 256 << 20
ID_SAMPLE_RECORDS = 2_000

UNPARSEABLE = (
    3  # the verdict on a cell that is not what its column holds: it may be anything, so the record is taken apart
)

Numbered = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class RowFilter:
    """What a question asks, as far as a record can be judged by it before the names of the file are known.

    One of the sets of `actors` must be met by a group, by its key or by the folded spelling in the file: in a monadic
    export a record names one actor, and those against whom it stood are named by others of the same event.
    """

    period: Period | None = None
    actors: tuple[frozenset[str], ...] = ()
    location_test: Callable[[Point], bool] | None = None
    types: frozenset[str] = frozenset()
    keys: frozenset[str] | None = None  # only these events
    skipped_columns: frozenset[str] = (
        frozenset()
    )  # columns of events that the answer does without; see mali_cli/spared.py

    @property
    def needs_locations(self) -> bool:
        """Whether places are named: then two of one name must be told apart, be they in the answer or not."""
        return "place" not in self.skipped_columns

    @property
    def is_unfiltered(self) -> bool:
        return not (self.period or self.actors or self.location_test or self.types or self.keys is not None)

    def matches_type(self, entry: EventRecord) -> bool:
        """Whether an event is of the types asked for."""
        return not self.types or entry.event_type in self.types or entry.sub_event_type in self.types


@dataclass
class ScanStats:
    """What one pass found: how many records there are, the points of all of them, and ids that stand more than once."""

    records: int = 0
    points: dict[Any, bool] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)


class RowScanner:
    """The way through one file for one question."""

    def __init__(self, source: TableFile, layout: FormatAdapter, wanted: RowFilter, exact: bool = False) -> None:
        self.source, self.layout, self.wanted, self.exact = source, layout, wanted, exact
        self.stats = ScanStats()
        self._concordance = NameCrosswalk()  # of its own: names that are only looked at are not names of the answer
        self._days = Remembered(self._judge_day)
        self._names = Remembered(self._judge_names)
        self.stats.points = Remembered(self._judge_spot)

    def __iter__(self) -> Numbered:
        """The records that may match, with their numbers; `found` is complete when all have been taken."""
        if self.source.open_lines is not None and not self.wanted.is_unfiltered:
            with self.source.open_lines() as file:
                yield from self._by_line(file)
        else:
            yield from self._by_record(self.source.records())

    def _by_record(self, records: Iterator[list[str]]) -> Numbered:
        width = self.layout.width
        judge = self.make_predicate()
        number = 0
        try:
            for record in records:
                if not record:  # an empty line is no record
                    continue
                number += 1
                if len(record) != width:
                    self._check_width(record, number)
                if judge(record):
                    yield number, record
        except csv.Error as error:
            self._raise_record_error(number + 1, _csv_error_text(error))
        except (EOFError, OSError) as error:
            self._raise_record_error(number + 1, f"the file is damaged or cut short ({error})")
        self.stats.records = number

    def _by_line(self, file: IO[bytes]) -> Numbered:
        layout, delimiter = self.layout, self.source.delimiter.encode()
        judge, whole = self.make_predicate(), self.parse_line
        telling = (
            layout.key,
            *layout.date_columns,
            *layout.actor_columns,
            *layout.location_columns,
            *(column for column, _ in layout.flag_columns),
        )
        last = 1 + max(layout.column_index[column] for column in telling if column in layout.column_index)
        behind = layout.width - 1 - last  # so many delimiters stand behind them
        number = 0
        line = b""
        try:
            for line in file:
                fields = line.split(delimiter, last)
                if len(fields) > last:
                    tail = fields[last]
                    # No quote before the last column that matters, and none that is still open at the line's end.
                    if line.find(b'"', 0, len(line) - len(tail)) < 0:
                        parts = tail.split(b'"')
                        if len(parts) & 1:
                            number += 1
                            if b"".join(parts[::2]).count(delimiter) != behind:
                                whole(line, number)
                            if judge(fields):
                                yield number, whole(line, number)
                            continue
                if line.count(b'"') & 1:
                    line = self._until_closed(line, file, number + 1)
                if line.strip(b"\r\n"):
                    number += 1
                    record = whole(line, number)
                    if judge([cell.encode() for cell in record]):
                        yield number, record
        except (EOFError, OSError) as error:
            self._raise_record_error(number + 1, f"the file is damaged or cut short ({error})")
        if line.strip(b"\r\n"):
            whole(line, number)  # a file that was cut short shows it in its last record
        self.stats.records = number

    def _until_closed(self, line: bytes, file: IO[bytes], number: int) -> bytes:
        """The line with those that follow it, up to where the csv module finds the end of the record."""
        taken: list[bytes] = []

        def lines() -> Iterator[str]:
            for part in itertools.chain([line], file):
                taken.append(part)
                yield decode_lenient(part)

        try:
            next(csv.reader(lines(), delimiter=self.source.delimiter, strict=True), None)
        except csv.Error as error:
            self._raise_record_error(number, _csv_error_text(error))
        return b"".join(taken)

    def parse_line(self, line: bytes, number: int) -> list[str]:
        """One record from its bytes, which may be several lines; refused where it is not as it should be."""
        text = decode_lenient(line)
        try:
            [record] = csv.reader(_lines(text), delimiter=self.source.delimiter, strict=True)
        except csv.Error as error:
            self._raise_record_error(number, _csv_error_text(error))
        except ValueError:
            self._raise_record_error(number, "a quote is not closed or stands in the wrong place")
        if "\0" in text:
            self._raise_record_error(number, _csv_error_text(csv.Error("line contains NUL")))
        if len(record) != self.layout.width:
            self._check_width(record, number)
        return record

    def _check_width(self, record: list[str], number: int) -> None:
        """A comma too many at a record's end is no field; any other number of fields than the header's is refused."""
        if len(record) == self.layout.width + 1 and not record[-1]:
            del record[-1]
        else:
            self._raise_record_error(number, f"{len(record)} fields where the header has {self.layout.width}")

    def _raise_record_error(self, number: int, why: str) -> None:
        raise DataError(f"{self.source.path}, record {number:,}: {why}.", number)

    def make_predicate(self) -> Callable[[list[Any]], bool]:
        """A function that tells whether a record (as cells of text or of bytes) may match; it notes point and id."""
        at = self.layout.column_index
        points, seen, repeated = self.stats.points, set[Any](), self.stats.repeated
        key = at[self.layout.key]
        spot = [at.get(column, -1) for column in self.layout.location_columns]
        actors, keys = bool(self.wanted.actors), self.wanted.keys
        days, names = self._days, self._names
        dated = [at[column] for column in self.layout.date_columns]
        first, last = dated[0], dated[-1]
        roles = [at[column] for column in self.layout.actor_columns if column in at]
        counted = [
            at[c] for c, group in self.layout.flag_columns if any(group in wanted for wanted in self.wanted.actors)
        ]
        where = itemgetter(*spot) if spot and min(spot) >= 0 else None
        nowhere = not spot or not (self.wanted.needs_locations or self.wanted.location_test)
        left = ID_SAMPLE_RECORDS if self.source.size > LARGE_FILE_BYTES and not self.exact else -1  # -1: of all records

        def judge(cells: list[Any]) -> bool:
            nonlocal left
            if nowhere:
                here = True
            elif where is not None:
                here = points[where(cells)]
            else:
                here = points[tuple("" if i < 0 else cells[i] for i in spot)]
            if left:
                name = cells[key]
                if name in seen:
                    repeated.add(_text(name))
                seen.add(name)
                left -= 1
            if keys is not None:
                return _text(cells[key]) in keys
            begins = days[cells[first]]
            ends = begins if first == last else days[cells[last]]
            if not (here and ends & 1 and begins & 2):
                return False
            if actors:
                for role in roles:
                    if names[cells[role]]:
                        break
                else:
                    if not any(_text(cells[at]).strip() not in ("", "0") for at in counted):
                        return False
            if not left:
                name = cells[key]
                if name in seen:
                    repeated.add(_text(name))
                seen.add(name)
            return True

        return judge

    # Verdicts on cells.

    def _judge_day(self, cell: Any) -> int:
        """Bit 1 if what ends there may reach into the period, bit 2 if what begins there may begin before its end."""
        at = day(plain(_text(cell)))
        if at is None:
            return UNPARSEABLE
        if self.wanted.period is None:
            return 3
        first, last = self.wanted.period
        ahead = first is None or at + DATE_SLACK >= first
        behind = last is None or at - DATE_SLACK <= last
        return ahead | 2 * behind

    def _judge_names(self, cell: Any) -> bool:
        for name in _text(cell).split(self.layout.separator):
            if not plain(name):
                continue
            meant = {normalize_name(plain(name))}
            for country in (None, next(iter(SAHEL))):
                key = self._concordance.actor(name, country)
                meant |= {key, normalize_name(key)}
            if any(not wanted.isdisjoint(meant) for wanted in self.wanted.actors):
                return True
        return False

    def _judge_spot(self, cells: tuple[Any, ...]) -> int:
        try:
            point = self.layout.parse_location(tuple(map(_text, cells)))
        except RecordError:
            return UNPARSEABLE
        return self.wanted.location_test is None or (point is not None and self.wanted.location_test(point))


def distinct_points(layout: FormatAdapter, found: ScanStats) -> set[Point]:
    """The points of all records that were noted."""
    points = set()
    for cells in found.points:
        try:
            point = layout.parse_location(tuple(map(_text, cells)))
        except RecordError:
            continue
        if point is not None:
            points.add(point)
    return points


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else decode_lenient(cell).rstrip("\r\n")


def _lines(text: str) -> Iterable[str]:
    return io.StringIO(text, newline="") if "\n" in text[:-1] else (text,)


def _csv_error_text(error: csv.Error) -> str:
    if "NUL" in str(error):
        return "there is a NUL byte; the file is damaged"
    return f"a quote is not closed or stands in the wrong place ({error})"
