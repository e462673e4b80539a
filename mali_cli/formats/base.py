"""What a foreign format is to a reader: which columns it has, and which of them the questions turn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import ClassVar

from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.records import EventRecord, Point, Remembered


class FormatAdapter:
    """A file's layout. `at` tells where each column stands, by the format's own name for it."""

    name: ClassVar[str]
    claimant: ClassVar[str]  # who gives the figures, and what kind of giver that is
    claimant_kind: ClassVar[str]
    required: ClassVar[frozenset[str]]
    key: ClassVar[str]
    date_columns: ClassVar[tuple[str, ...]]
    actor_columns: ClassVar[tuple[str, ...]]  # the columns that name actors
    location_columns: ClassVar[tuple[str, ...]]  # the columns that tell where
    separator: ClassVar[str]  # between the names in one cell
    flag_columns: ClassVar[tuple[tuple[str, str], ...]] = ()  # columns of numbers that, if not 0, name a group
    used_columns: ClassVar[frozenset[str]]  # the columns that `entry` looks at
    known_columns: ClassVar[frozenset[str]]  # all that the format has
    dedup_only_columns: ClassVar[frozenset[str]] = (
        frozenset()
    )  # what `entry` needs only to choose among repeated records
    columns_used_only_for: ClassVar[
        Mapping[str, frozenset[str]]
    ] = {}  # by a column of events what is read for nothing else
    monadic: ClassVar[bool] = False  # whether the records of one event may be several by the format's own rules
    source_columns: ClassVar[
        tuple[str, ...]
    ] = ()  # where the record says where it is from, the first that is not blank

    def __init__(self, header: list[str]) -> None:
        self.column_index: dict[str, int] = {}
        for position, column in enumerate(self.columns(header)):
            self.column_index.setdefault(column, position)
        self.width = len(header)
        names = self.columns(header)
        self.duplicate_columns = sorted({name for name in names if names.count(name) > 1 and name in self.used_columns})
        self.unknown_columns = [name for name in names if name and name not in self.known_columns]
        self.concordance = NameCrosswalk()
        self.unknown_event_types: dict[str, None] = {}  # types that the codebook does not have
        self._points = Remembered(self.parse_location)
        self._spot = self.column_getter(self.location_columns)
        self.setup()

    @property
    def version(self) -> str:
        """Which of the format's layouts the file has, in words."""
        raise NotImplementedError

    def setup(self) -> None:
        """What a format keeps for all its records."""

    @classmethod
    def columns(cls, header: list[str]) -> list[str]:
        return [cls.canonical_column(" ".join(cell.replace("\xa0", " ").split()).lower()) for cell in header]

    @classmethod
    def canonical_column(cls, column: str) -> str:
        """The format's own name of a column that some files write otherwise."""
        return column

    @classmethod
    def matches_header(cls, header: list[str]) -> bool:
        return cls.required <= set(cls.columns(header))

    def cells(self, record: list[str]) -> Callable[[str], str]:
        """The record's cells by the names of their columns; a column that the file lacks is blank."""
        at = self.column_index

        def cell(column: str) -> str:
            position = at.get(column)
            return "" if position is None else record[position]

        return cell

    def parse_record(self, record: list[str]) -> EventRecord:
        """What the record says; Fault where it cannot be taken."""
        raise NotImplementedError

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        """The point in the cells of `spot`, None where there is none; Fault where it lies nowhere."""
        return None

    def point(self, record: list[str]) -> Point | None:
        found: Point | None = self._points[self._spot(record)]
        return found

    def column_getter(self, columns: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
        """A function that takes these cells out of a record; a column that the file lacks is blank."""
        places = [self.column_index.get(column, -1) for column in columns]
        if len(places) < 2:
            return lambda record: tuple(record[at] if at >= 0 else "" for at in places)
        take = itemgetter(*places)
        if min(places) >= 0:
            return take
        return lambda record: take((*record, ""))

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        """What in a record that can be taken goes against the format's own rules: column, cell, rule."""
        yield from ()
