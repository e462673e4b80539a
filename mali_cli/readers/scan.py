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
from mali_cli.names import fold
from mali_cli.periods import Period
from mali_cli.readers.concordance import SAHEL, Concordance
from mali_cli.readers.dates import day
from mali_cli.readers.entries import Entry, Fault, Point, Remembered, plain
from mali_cli.readers.formats import Format
from mali_cli.readers.sources import Source, decoded

MARGIN = datetime.timedelta(days=31)  # an imprecise day may be so far from the one that is written
# Up to this size every id is remembered, so that the records of one event find each other wherever they stand.
# Beyond it only those of records that match, unless one of the first records already repeats another.
LARGE = 256 << 20
FIRST = 2_000

ODD = 3  # the verdict on a cell that is not what its column holds: it may be anything, so the record is taken apart

Numbered = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class Wanted:
    """What a question asks, as far as a record can be judged by it before the names of the file are known.

    One of the sets of `actors` must be met by a group, by its key or by the folded spelling in the file: in a monadic
    export a record names one actor, and those against whom it stood are named by others of the same event.
    """

    period: Period | None = None
    actors: tuple[frozenset[str], ...] = ()
    point: Callable[[Point], bool] | None = None
    types: frozenset[str] = frozenset()
    keys: frozenset[str] | None = None  # only these events
    spared: frozenset[str] = frozenset()  # columns of events that the answer does without; see mali_cli/spared.py

    @property
    def placed(self) -> bool:
        """Whether places are named: then two of one name must be told apart, be they in the answer or not."""
        return "place" not in self.spared

    @property
    def everything(self) -> bool:
        return not (self.period or self.actors or self.point or self.types or self.keys is not None)

    def takes(self, entry: Entry) -> bool:
        """Whether an event is of the types asked for."""
        return not self.types or entry.event_type in self.types or entry.sub_event_type in self.types


@dataclass
class Pass:
    """What one pass found: how many records there are, the points of all of them, and ids that stand more than once."""

    records: int = 0
    points: dict[Any, bool] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)


class Scan:
    """The way through one file for one question."""

    def __init__(self, source: Source, layout: Format, wanted: Wanted, exact: bool = False) -> None:
        self.source, self.layout, self.wanted, self.exact = source, layout, wanted, exact
        self.found = Pass()
        self._concordance = Concordance()  # of its own: names that are only looked at are not names of the answer
        self._days = Remembered(self._judge_day)
        self._names = Remembered(self._judge_names)
        self.found.points = Remembered(self._judge_spot)

    def __iter__(self) -> Numbered:
        """The records that may match, with their numbers; `found` is complete when all have been taken."""
        if self.source.lines is not None and not self.wanted.everything:
            with self.source.lines() as file:
                yield from self._by_line(file)
        else:
            yield from self._by_record(self.source.records())

    def _by_record(self, records: Iterator[list[str]]) -> Numbered:
        width = self.layout.width
        judge = self.judge()
        number = 0
        try:
            for record in records:
                if not record:  # an empty line is no record
                    continue
                number += 1
                if len(record) != width:
                    self._fit(record, number)
                if judge(record):
                    yield number, record
        except csv.Error as error:
            self._refuse(number + 1, _worded(error))
        except (EOFError, OSError) as error:
            self._refuse(number + 1, f"the file is damaged or cut short ({error})")
        self.found.records = number

    def _by_line(self, file: IO[bytes]) -> Numbered:
        layout, delimiter = self.layout, self.source.delimiter.encode()
        judge, whole = self.judge(), self.whole
        telling = (layout.key, *layout.days, *layout.roles, *layout.spot, *(column for column, _ in layout.also_names))
        last = 1 + max(layout.at[column] for column in telling if column in layout.at)
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
            self._refuse(number + 1, f"the file is damaged or cut short ({error})")
        if line.strip(b"\r\n"):
            whole(line, number)  # a file that was cut short shows it in its last record
        self.found.records = number

    def _until_closed(self, line: bytes, file: IO[bytes], number: int) -> bytes:
        """The line with those that follow it, up to where the csv module finds the end of the record."""
        taken: list[bytes] = []

        def lines() -> Iterator[str]:
            for part in itertools.chain([line], file):
                taken.append(part)
                yield decoded(part)

        try:
            next(csv.reader(lines(), delimiter=self.source.delimiter, strict=True), None)
        except csv.Error as error:
            self._refuse(number, _worded(error))
        return b"".join(taken)

    def whole(self, line: bytes, number: int) -> list[str]:
        """One record from its bytes, which may be several lines; refused where it is not as it should be."""
        text = decoded(line)
        try:
            [record] = csv.reader(_lines(text), delimiter=self.source.delimiter, strict=True)
        except csv.Error as error:
            self._refuse(number, _worded(error))
        except ValueError:
            self._refuse(number, "a quote is not closed or stands in the wrong place")
        if "\0" in text:
            self._refuse(number, _worded(csv.Error("line contains NUL")))
        if len(record) != self.layout.width:
            self._fit(record, number)
        return record

    def _fit(self, record: list[str], number: int) -> None:
        """A comma too many at a record's end is no field; any other number of fields than the header's is refused."""
        if len(record) == self.layout.width + 1 and not record[-1]:
            del record[-1]
        else:
            self._refuse(number, f"{len(record)} fields where the header has {self.layout.width}")

    def _refuse(self, number: int, why: str) -> None:
        raise DataError(f"{self.source.path}, record {number:,}: {why}.", number)

    def judge(self) -> Callable[[list[Any]], bool]:
        """A function that tells whether a record (as cells of text or of bytes) may match; it notes point and id."""
        at = self.layout.at
        points, seen, repeated = self.found.points, set[Any](), self.found.repeated
        key = at[self.layout.key]
        spot = [at.get(column, -1) for column in self.layout.spot]
        actors, keys = bool(self.wanted.actors), self.wanted.keys
        days, names = self._days, self._names
        dated = [at[column] for column in self.layout.days]
        first, last = dated[0], dated[-1]
        roles = [at[column] for column in self.layout.roles if column in at]
        counted = [
            at[c] for c, group in self.layout.also_names if any(group in wanted for wanted in self.wanted.actors)
        ]
        where = itemgetter(*spot) if spot and min(spot) >= 0 else None
        nowhere = not spot or not (self.wanted.placed or self.wanted.point)
        left = FIRST if self.source.size > LARGE and not self.exact else -1  # -1: of all records

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
            return ODD
        if self.wanted.period is None:
            return 3
        first, last = self.wanted.period
        ahead = first is None or at + MARGIN >= first
        behind = last is None or at - MARGIN <= last
        return ahead | 2 * behind

    def _judge_names(self, cell: Any) -> bool:
        for name in _text(cell).split(self.layout.separator):
            if not plain(name):
                continue
            meant = {fold(plain(name))}
            for country in (None, next(iter(SAHEL))):
                key = self._concordance.actor(name, country)
                meant |= {key, fold(key)}
            if any(not wanted.isdisjoint(meant) for wanted in self.wanted.actors):
                return True
        return False

    def _judge_spot(self, cells: tuple[Any, ...]) -> int:
        try:
            point = self.layout.locate(tuple(map(_text, cells)))
        except Fault:
            return ODD
        return self.wanted.point is None or (point is not None and self.wanted.point(point))


def located(layout: Format, found: Pass) -> set[Point]:
    """The points of all records that were noted."""
    points = set()
    for cells in found.points:
        try:
            point = layout.locate(tuple(map(_text, cells)))
        except Fault:
            continue
        if point is not None:
            points.add(point)
    return points


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else decoded(cell).rstrip("\r\n")


def _lines(text: str) -> Iterable[str]:
    return io.StringIO(text, newline="") if "\n" in text[:-1] else (text,)


def _worded(error: csv.Error) -> str:
    if "NUL" in str(error):
        return "there is a NUL byte; the file is damaged"
    return f"a quote is not closed or stands in the wrong place ({error})"
