"""Filter the rows of a foreign file before they are parsed, and collect what must be known of all of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from operator import itemgetter
from typing import Any, NamedTuple

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import REGIME, NameCrosswalk
from mali_cli.formats.record_parts import date_part
from mali_cli.formats.records import EventRecord, Point, RecordError, split_list
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import TableFile
from mali_cli.model.civilian_kinds import civilian_kind
from mali_cli.model.names import normalize_name
from mali_cli.model.periods import Period

DATE_SLACK = datetime.timedelta(days=31)  # an imprecise date may be this far from the one in the file
# Up to this size every id is kept, so that all records of one event are found. In a larger file the ids of matching
# records are kept, and those of the first records, which show whether ids repeat at all.
LARGE_FILE_BYTES = 256 << 20
ID_SAMPLE_RECORDS = 2_000

Row = list[str]
RowTest = Callable[[Row], bool]


@dataclass(frozen=True)
class RowFilter:
    """The filters of a query as far as a row can be judged by them; it may let through rows that do not match.

    Each set of `actors` holds the keys and normalised spellings of one filter, or civilian kinds. A row matches if it
    names one of any set: in a monadic export a record names one actor, and its opponent is in another record of the
    same event.
    """

    period: Period | None = None
    actors: tuple[frozenset[str], ...] = ()
    location_test: Callable[[Point], bool] | None = None
    types: frozenset[str] = frozenset()
    keys: frozenset[str] | None = None  # only these events
    skipped_columns: frozenset[str] = frozenset()  # columns of events that the result does not need

    @property
    def needs_locations(self) -> bool:
        """Return whether the result names places: a name may depend on the places of all records."""
        return "place" not in self.skipped_columns

    @property
    def is_unfiltered(self) -> bool:
        return not (self.period or self.actors or self.location_test or self.types or self.keys is not None)

    def in_points(self, points: frozenset[Point]) -> RowFilter:
        """Return a filter that lets through only rows at one of the points."""
        test = self.location_test
        return replace(self, location_test=lambda point: point in points and (test is None or test(point)))

    def matches_type(self, event: EventRecord) -> bool:
        """Return whether an event has one of the types."""
        return not self.types or event.event_type in self.types or event.sub_event_type in self.types


@dataclass
class ScanStats:
    """What one pass over all records collects."""

    records: int = 0
    locations: set[tuple[str, ...]] = field(default_factory=set)  # the distinct cells of the location columns
    dates: set[tuple[str, ...]] = field(default_factory=set)  # those of the part of days; none of a format without it
    repeated_ids: set[str] = field(default_factory=set)


class IdTracker:
    """Find ids that occur more than once among the first `sample` records and all matching ones; None: among all."""

    def __init__(self, sample: int | None) -> None:
        self.repeated: set[str] = set()
        self._seen: set[str] = set()
        self._left = sample

    def see(self, id_: str, matches: bool) -> None:
        """Take note of the id of the next record."""
        if self._left is not None:
            if self._left:
                self._left -= 1
            elif not matches:
                return
        if id_ in self._seen:
            self.repeated.add(id_)
        else:
            self._seen.add(id_)


class RowScanner:
    """One pass over a table file for one filter.

    Iterating yields the number and the row of each record that may match; `stats` is complete afterwards. With `exact`
    repeated ids are found whatever the size of the file.
    """

    def __init__(
        self, table_file: TableFile, adapter: FormatAdapter, row_filter: RowFilter, exact: bool = False
    ) -> None:
        self.table_file, self.adapter, self.row_filter = table_file, adapter, row_filter
        self.stats = ScanStats()
        sampled = table_file.size > LARGE_FILE_BYTES and not exact
        self._ids = IdTracker(ID_SAMPLE_RECORDS if sampled else None)
        self.stats.repeated_ids = self._ids.repeated

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        reader = RowReader(self.table_file)
        may_match = self.make_predicate()
        dates, date_cells = self.stats.dates, self.adapter.column_getter(self._date_columns())
        if self.table_file.open_lines is None or self.row_filter.is_unfiltered:
            for row in reader:
                dates.add(date_cells(row))
                if may_match(row):
                    yield reader.records, row
        else:
            for cells, text in reader.iter_split(1 + max(self._filter_positions())):
                dates.add(date_cells(cells))
                if may_match(cells):
                    yield reader.records, reader.parse(text)
        self.stats.records = reader.records

    def make_predicate(self) -> RowTest:
        """Return a function that says whether a row may match and adds it to `stats`.

        A row may be cut off after the last column that the filters and the stats look at.
        """
        tests = self._tests()
        key = self.adapter.column_index[self.adapter.key]
        needs_location = self.row_filter.needs_locations or self.row_filter.location_test
        columns = self.adapter.location_columns
        location_cells = self.adapter.column_getter(columns) if columns and needs_location else None
        ids, locations = self._ids, self.stats.locations

        def may_match(row: Row) -> bool:
            if location_cells:
                locations.add(location_cells(row))
            matches = all(test(row) for test in tests)
            ids.see(row[key], matches)
            return matches

        return may_match

    def _date_columns(self) -> tuple[str, ...]:
        part = date_part(self.adapter.parts)
        return part.columns if part else ()

    def _filter_positions(self) -> list[int]:
        """Return the positions of all columns that the filters and the stats look at."""
        adapter = self.adapter
        flags = (column for column, _ in adapter.flag_columns)
        dates = (*adapter.date_columns, *self._date_columns())
        return self._positions((adapter.key, *dates, *adapter.actor_columns, *adapter.location_columns, *flags))

    def _positions(self, columns: tuple[str, ...]) -> list[int]:
        index = self.adapter.column_index
        return [index[column] for column in columns if column in index]

    def _tests(self) -> list[RowTest]:
        """Return the tests that a matching row passes, the cheapest first."""
        tests = [self._row_test(alternatives) for alternatives in cell_tests(self.adapter, self.row_filter)]
        if (keys := self.row_filter.keys) is not None:
            key = self.adapter.column_index[self.adapter.key]
            tests.insert(0, lambda row: row[key].strip() in keys)
        return tests

    def _row_test(self, alternatives: Sequence[CellTest]) -> RowTest:
        """Return whether one of some tests passes; each combination of cells is tested once."""
        getters: list[tuple[Callable[[Row], Any], Callable[[Any], bool]]] = []
        for columns, passes in alternatives:
            if len(columns) == 1:
                getters.append((itemgetter(self.adapter.column_index[columns[0]]), cache(passes)))
            else:
                getters.append((self.adapter.column_getter(columns), _cached_on_tuple(passes)))
        if len(getters) == 1:
            [(cells, passes)] = getters
            return lambda row: passes(cells(row))
        return lambda row: any(passes(cells(row)) for cells, passes in getters)


def _cached_on_tuple(passes: Callable[..., bool]) -> Callable[[tuple[str, ...]], bool]:
    return cache(lambda cells: passes(*cells))


# Tests of cells


class CellTest(NamedTuple):
    """A test of the cells of some columns of a record."""

    columns: tuple[str, ...]
    passes: Callable[..., bool]


def cell_tests(adapter: FormatAdapter, row_filter: RowFilter) -> list[list[CellTest]]:
    """Return the tests of a filter, the cheapest first: of each list at least one must pass."""
    tests = []
    if row_filter.period:
        first_and_last = (adapter.date_columns[0], adapter.date_columns[-1])
        tests.append([CellTest(first_and_last, partial(_may_overlap, adapter, row_filter.period))])
    if row_filter.location_test and adapter.location_columns:
        tests.append([CellTest(adapter.location_columns, partial(_passes_location, adapter, row_filter.location_test))])
    if row_filter.actors and not adapter.derives_actors:
        tests.append(_actor_tests(adapter, row_filter.actors))
    return tests


def _may_overlap(adapter: FormatAdapter, period: Period, start_cell: str, end_cell: str) -> bool:
    """Return whether the dates of a record may overlap the period; a cell that is not a date may be any."""
    first, last = period
    start_day, end_day = adapter.parse_day(start_cell.strip()), adapter.parse_day(end_cell.strip())
    ends_before = first and end_day and end_day + DATE_SLACK < first
    begins_after = last and start_day and start_day - DATE_SLACK > last
    return not (ends_before or begins_after)


def _passes_location(adapter: FormatAdapter, point_test: Callable[[Point], bool], *cells: str) -> bool:
    """Return whether the location of a record passes; one that cannot be parsed may be any."""
    try:
        point = adapter.parse_location(cells)
    except RecordError:
        return True
    return point is not None and point_test(point)


def _actor_tests(adapter: FormatAdapter, actors: tuple[frozenset[str], ...]) -> list[CellTest]:
    """Return the tests whether a record names one of the actors, by name or by a number in a flag column."""
    # Apart from the adapter's: names of rows that do not match are not results.
    crosswalk = NameCrosswalk(adapter.name)

    def names_actor(cell: str) -> bool:
        for name in split_list(cell, adapter.separator):
            bare = REGIME.sub("", name)
            kind = civilian_kind(name)
            names = [*crosswalk.groups_called(name), *([kind] if kind else [])]
            spellings = {normalize_name(name), normalize_name(bare), *names}
            if any(not keys.isdisjoint(spellings) for keys in actors):
                return True
        return False

    tests = [CellTest((column,), names_actor) for column in adapter.actor_columns]
    for column, group in adapter.flag_columns:
        if any(group in keys for keys in actors):
            tests.append(CellTest((column,), _is_flagged))
    return [test for test in tests if test.columns[0] in adapter.column_index]


def _is_flagged(cell: str) -> bool:
    return cell.strip() not in ("", "0")


def distinct_points(adapter: FormatAdapter, stats: ScanStats) -> set[Point]:
    """Return the points of all records of a pass."""
    points = set()
    for cells in stats.locations:
        try:
            point = adapter.parse_location(cells)
        except RecordError:
            continue
        if point is not None:
            points.add(point)
    return points
