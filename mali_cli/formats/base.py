"""FormatAdapter: the base class of every foreign format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import ClassVar

from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.dates import DayParser
from mali_cli.formats.record_parts import RecordParser, RecordPart
from mali_cli.formats.records import EventRecord, Point

# The column that a table of several files has: the number of the file, and where the record is in it.
FILE_COLUMN = "mali_file"
# The column that a file without ids gets.
RECORD_ID_COLUMN = "mali_record_id"
SEPARATORS = re.compile(r"[\s.]+")


class FormatAdapter:
    """The records of one file in one format. Columns go by the format's own names, in lower case."""

    name: ClassVar[str]
    # Who gives the figures of the file.
    claimant: ClassVar[str]
    claimant_kind: ClassVar[str]
    # Columns without which a file is not in this format, and sets of columns of which it has at least one each.
    required: ClassVar[frozenset[str]]
    required_one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # By a column that a file may lack: what is taken instead.
    taken_without: ClassVar[Mapping[str, str]] = {}
    # Columns that parse_record reads; those of its parts, if the format has them.
    used_columns: frozenset[str]
    # Every column of the format; others are reported as not read.
    all_columns: ClassVar[frozenset[str]]
    key: ClassVar[str]
    date_columns: tuple[str, ...]
    actor_columns: ClassVar[tuple[str, ...]]
    # Columns that parse_location takes, in its order.
    location_columns: ClassVar[tuple[str, ...]]
    # Between the names in one cell.
    separator: ClassVar[str]
    # Columns of numbers that name a group where they are not 0.
    flag_columns: ClassVar[tuple[tuple[str, str], ...]] = ()
    # Columns with the source of a record; the first one that is not blank counts.
    source_columns: ClassVar[tuple[str, ...]] = ()
    # Columns that matter only for choosing among duplicate records.
    dedup_only_columns: ClassVar[frozenset[str]] = frozenset()
    # The columns of files that have no header.
    headerless: ClassVar[tuple[list[str], ...]] = ()
    # Whether sides name groups that no cell of actor_columns names.
    derives_actors: ClassVar[bool] = False
    # Whether the format itself has several records for one event.
    monadic: ClassVar[bool] = False

    def __init__(self, header: list[str], parse_day: DayParser | None = None) -> None:
        self.parse_day = parse_day or DayParser()
        columns = self.canonical_columns(header)
        self.width = len(header)
        self.column_index: dict[str, int] = {}
        for position, column in enumerate(columns):
            self.column_index.setdefault(column, position)
        known_columns = {*self.all_columns, FILE_COLUMN, RECORD_ID_COLUMN, ""}
        self.unknown_columns = [name for name in columns if name not in known_columns]
        # Sentences on what the file lacks and what is taken instead, and on what its figures mean
        self.assumptions = [
            f"The file has no {column}: {taken}."
            for column, taken in self.taken_without.items()
            if column not in self.column_index
        ]
        if RECORD_ID_COLUMN in self.column_index:
            self.column_index[self.key] = self.column_index[RECORD_ID_COLUMN]
            self.assumptions.append(f"The file has no {self.key}: records that agree in every cell are one event.")
        self.date_columns = tuple(column for column in self.date_columns if column in self.column_index)
        self.unknown_event_types: dict[str, None] = {}  # types that the codebook does not have, in order
        self.crosswalk = NameCrosswalk(self.name)
        self._location_cells = self.column_getter(self.location_columns)
        self._point = cache(self.parse_location)
        self.setup()
        self.parts = self.record_parts()
        if self.parts:
            self._parse_record = RecordParser(self.parts, self.column_index, self.width)
            self.used_columns = frozenset(column for part in self.parts for column in part.columns)
        self.duplicate_columns = sorted({name for name in columns if columns.count(name) > 1} & self.used_columns)

    def columns_needed_without(self, skipped: frozenset[str]) -> frozenset[str]:
        """Return the columns that are read for an event without some of its columns."""
        if not self.parts:
            return self.used_columns
        parts = (part for part in self.parts if not (part.optional and skipped.issuperset(part.fields)))
        return frozenset(column for part in parts for column in part.columns)

    def lacks_columns(self, columns: frozenset[str]) -> bool:
        """Return whether the file itself lacks one of the columns."""
        return RECORD_ID_COLUMN in self.column_index or not columns <= self.column_index.keys()

    @property
    def version(self) -> str:
        """Describe the layout of the file, such as "GED up to 19.1"."""
        raise NotImplementedError

    def setup(self) -> None:
        """Prepare what the format needs for all records."""

    @classmethod
    def canonical_columns(cls, header: list[str]) -> list[str]:
        """Return the columns of a header by the format's own names; R writes event.date, some workbooks Event Date."""
        return [cls.canonical_column("_".join(SEPARATORS.sub(" ", cell).split()).lower()) for cell in header]

    @classmethod
    def canonical_column(cls, column: str) -> str:
        """Return the format's own name of a column that some files call otherwise."""
        return column

    @classmethod
    def missing_columns(cls, header: list[str]) -> list[str]:
        """Return the required columns that a header lacks, such as "event_date" and "country or location"."""
        columns = set(cls.canonical_columns(header))
        alternatives = [" or ".join(names) for names in cls.required_one_of if columns.isdisjoint(names)]
        return [*sorted(cls.required - columns), *alternatives]

    @classmethod
    def matches_header(cls, header: list[str]) -> bool:
        """Return whether a header has all required columns."""
        return not cls.missing_columns(header)

    def country_cell(self, record: list[str]) -> str:
        """Return the name of the country of a record; it may be blank."""
        return self.cell_getter(record)("country")

    def states(self, column: str) -> bool:
        """Return whether the file has the cells of a column of events that only some formats have."""
        parts = (part for part in self.parts if column in part.fields)
        return any(name in self.column_index for part in parts for name in part.columns)

    def era(self, record: list[str]) -> str:
        """Return the era of names of a record."""
        date = self.cell_getter(record)(self.date_columns[0])
        return self.crosswalk.era(str(self.parse_day(date.strip()) or ""))

    def cell_getter(self, record: list[str]) -> Callable[[str], str]:
        """Return a function from a column to the record's cell; a column that the file lacks is blank."""
        positions = self.column_index

        def cell(column: str) -> str:
            position = positions.get(column)
            return "" if position is None else record[position]

        return cell

    def column_getter(self, columns: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
        """Return a function from a record to its cells in these columns; a column that the file lacks is blank."""
        positions = [self.column_index.get(column, -1) for column in columns]
        if len(positions) < 2:
            return lambda record: tuple(record[i] if i >= 0 else "" for i in positions)
        getter = itemgetter(*positions)
        if min(positions) >= 0:
            return getter
        return lambda record: getter((*record, ""))

    def record_parts(self) -> tuple[RecordPart, ...]:
        """Return the parts by which records are parsed; none if the format overrides `parse_record`."""
        return ()

    def parse_record(self, record: list[str]) -> EventRecord:
        """Return the event of a record; RecordError if it cannot be read."""
        return self._parse_record(record)

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        """Return the point that the cells of `location_columns` name, None if they are blank; RecordError if wrong."""
        return None

    def point(self, record: list[str]) -> Point | None:
        """Return the point of a record."""
        return self._point(self._location_cells(record))

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        """Yield column, cell and rule for whatever breaks the format's own rules in a readable record."""
        yield from ()
