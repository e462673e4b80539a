"""What a foreign format is to a reader: which columns it has, and which of them the questions turn on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import ClassVar

from mali_cli.readers.concordance import Concordance
from mali_cli.readers.entries import Entry, Point, Remembered


class Format:
    """A file's layout. `at` tells where each column stands, by the format's own name for it."""

    name: ClassVar[str]
    giver: ClassVar[str]  # who gives the figures, and what kind of giver that is
    giver_kind: ClassVar[str]
    required: ClassVar[frozenset[str]]
    key: ClassVar[str]
    days: ClassVar[tuple[str, ...]]
    roles: ClassVar[tuple[str, ...]]  # the columns that name actors
    spot: ClassVar[tuple[str, ...]]  # the columns that tell where
    separator: ClassVar[str]  # between the names in one cell
    also_names: ClassVar[tuple[tuple[str, str], ...]] = ()  # columns of numbers that, if not 0, name a group
    reads: ClassVar[frozenset[str]]  # the columns that `entry` looks at
    known: ClassVar[frozenset[str]]  # all that the format has
    only_repeats: ClassVar[frozenset[str]] = frozenset()  # what `entry` needs only to choose among repeated records
    only_for: ClassVar[Mapping[str, frozenset[str]]] = {}  # by a column of events what is read for nothing else
    monadic: ClassVar[bool] = False  # whether the records of one event may be several by the format's own rules
    told_by: ClassVar[tuple[str, ...]] = ()  # where the record says where it is from, the first that is not blank

    def __init__(self, header: list[str]) -> None:
        self.at: dict[str, int] = {}
        for position, column in enumerate(self.columns(header)):
            self.at.setdefault(column, position)
        self.width = len(header)
        names = self.columns(header)
        self.twice = sorted({name for name in names if names.count(name) > 1 and name in self.reads})
        self.unknown = [name for name in names if name and name not in self.known]
        self.concordance = Concordance()
        self.strange: dict[str, None] = {}  # types that the codebook does not have
        self._points = Remembered(self.locate)
        self._spot = self.taking(self.spot)
        self.prepare()

    @property
    def version(self) -> str:
        """Which of the format's layouts the file has, in words."""
        raise NotImplementedError

    def prepare(self) -> None:
        """What a format keeps for all its records."""

    @classmethod
    def columns(cls, header: list[str]) -> list[str]:
        return [cls.spelt(" ".join(cell.replace("\xa0", " ").split()).lower()) for cell in header]

    @classmethod
    def spelt(cls, column: str) -> str:
        """The format's own name of a column that some files write otherwise."""
        return column

    @classmethod
    def fits(cls, header: list[str]) -> bool:
        return cls.required <= set(cls.columns(header))

    def cells(self, record: list[str]) -> Callable[[str], str]:
        """The record's cells by the names of their columns; a column that the file lacks is blank."""
        at = self.at

        def cell(column: str) -> str:
            position = at.get(column)
            return "" if position is None else record[position]

        return cell

    def entry(self, record: list[str]) -> Entry:
        """What the record says; Fault where it cannot be taken."""
        raise NotImplementedError

    def locate(self, cells: tuple[str, ...]) -> Point | None:
        """The point in the cells of `spot`, None where there is none; Fault where it lies nowhere."""
        return None

    def point(self, record: list[str]) -> Point | None:
        found: Point | None = self._points[self._spot(record)]
        return found

    def taking(self, columns: Sequence[str]) -> Callable[[list[str]], tuple[str, ...]]:
        """A function that takes these cells out of a record; a column that the file lacks is blank."""
        places = [self.at.get(column, -1) for column in columns]
        if len(places) < 2:
            return lambda record: tuple(record[at] if at >= 0 else "" for at in places)
        take = itemgetter(*places)
        if min(places) >= 0:
            return take
        return lambda record: take((*record, ""))

    def against_rules(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        """What in a record that can be taken goes against the format's own rules: column, cell, rule."""
        yield from ()
