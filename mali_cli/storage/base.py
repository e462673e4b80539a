"""Backend: the interface through which a Dataset reads its tables."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.model import schema
from mali_cli.storage.raw_tables import RawTable, to_frame

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.model.filters import Filters
    from mali_cli.model.violations import Violation
    from mali_cli.queries.events import EventCounts
    from mali_cli.queries.fatalities import PartialSums

Frames = dict[str, "pd.DataFrame"]


class Backend(ABC):
    """The declared tables of one dataset as typed DataFrames, each read when first used.

    A backend may do part of a query itself (`prefiltered`, `partial_sums`, `partial_counts`, `partitions`,
    `event_fatalities`). The result of a query does not depend on it: by default a backend does nothing of the kind, and
    the queries do it all.
    """

    resolves_names = False  # whether names in filters are resolved without reading the large tables

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []  # what was ignored or skipped while reading
        self.progress_fraction: float | None = None  # how much of `iter_batches` is done, None if unknown
        self._frames: Frames = {}

    @property
    @abstractmethod
    def origin(self) -> str | None:
        """The foreign format of the records (ACLED, UCDP, UN); None for curated tables."""

    @property
    def table_names(self) -> list[str]:
        """The names of the tables; of a dataset that counts events by week or month, `aggregates` alone."""
        return schema.table_names()

    @property
    def holds_aggregates(self) -> bool:
        """Whether the data are counts by week or month instead of events."""
        return self.table_names == [schema.AGGREGATES]

    @property
    def reading_notes(self) -> Sequence[str]:
        """How a foreign file is read where it leaves something open; kept in what it is converted to."""
        return ()

    def table(self, name: str) -> pd.DataFrame:
        """Return one whole table with typed columns; see `raw_tables.read_frame` for the types."""
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def _read(self, name: str) -> pd.DataFrame:
        raw = self.raw_table(name)
        if raw.ignored:
            self.notes.append(f"{raw.path}: undeclared columns ignored: {', '.join(raw.ignored)}.")
        return to_frame(raw)

    def raw_table(self, name: str) -> RawTable:
        """Return one table as text, its cells not yet validated."""
        raise NotImplementedError(f"{type(self).__name__} has no tables as text.")

    def file(self, name: str) -> Path:
        """Return the path of the file that holds a table."""
        return self.path

    def prefiltered(self, query: str, filter_args: dict[str, Any], filters: Filters | None) -> Backend:
        """Return a backend that holds at least every row the query needs, and gives the same result.

        `filter_args` are as typed, with the keys and columns of the result; `filters` are None if their names cannot be
        resolved before the rows are read.
        Returns itself if it cannot reduce the rows, as here.
        """
        return self

    def in_database(self, query: str, filter_args: dict[str, Any]) -> Backend:
        """Return a backend that has the rows of a query with group keys in a database; itself if it cannot."""
        return self

    def create_tables_in(self, connection: Any) -> bool:
        """Create views of all our tables in the connection of a DuckDB file; return whether this backend can."""
        return False

    def partial_sums(self, keys: list[str], filters: Filters) -> PartialSums | None:
        """Return casualties summed by the keys, to the same sums as `fatalities.partial_sums` of the tables.

        Returns None if the backend cannot sum by these keys and filters exactly.
        """
        return None

    def partial_counts(self, keys: list[str], filters: Filters) -> EventCounts | None:
        """Return the number of events by the keys, None if the backend cannot count them exactly."""
        return None

    def partitions(self, filters: Filters) -> Iterator[Backend] | None:
        """Yield backends that together hold all rows that may match, each event and each tally in one of them.

        Returns None if the tables fit in memory, or cannot be split: the caller then uses this backend alone.
        """
        return None

    def part_folders(self, filters: Filters, in_order: bool = False) -> list[Path] | None:
        """Return folders that other processes can read as datasets, which together hold all rows that may match.

        Each event and each tally is in one of them. Returns None if the data are not in such parts; with
        `in_order` also if an event of one of them may be listed after one of the next.
        """
        return None

    def row_batches(self, query: str, filter_args: dict[str, Any], filters: Filters) -> Iterator[Backend] | None:
        """Yield backends that together hold all rows that a list may need, in the order of the list.

        Returns None if they fit in memory, or cannot be had in that order. For the parameters see `prefiltered`.
        """
        return None

    def distinct(self, table: str, column: str) -> Iterable[str]:
        """Return the distinct cells of a column of text, without blank ones."""
        cells: Iterable[str] = self.table(table)[column].dropna().unique()
        return cells

    def figures_of(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return figures, among them all of these events."""
        return self.table("casualties")

    def states(self, column: str) -> bool:
        """Return whether the events of the dataset, whatever the filters, have a value in a column of text."""
        return any(self.distinct("events", column))

    def event_fatalities(self, events: pd.DataFrame) -> pd.DataFrame:
        """Return killed_low, killed_best and killed_high of these events, indexed by event_id."""
        from mali_cli.queries import fatalities

        return fatalities.event_fatalities(events, self.table("casualties"))

    def last_day(self) -> datetime.date | None:
        """Return the day of the last event of a file, whatever the filters; None for curated tables.

        Of an event that is known to lie in a week, month or year it is the first day of that.
        """
        days = self.table("events")["date_start"] if self.origin else None
        return None if days is None or days.empty else days.max().date()

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        """Return names of a kind ("groups", "claimants" ...) that occur in the data but in no lookup table.

        Maps each name to its aliases; empty if the lookup tables have all names.
        """
        return {}

    def row_counts(self) -> dict[str, int] | None:
        """Return the number of rows of each table; None if that takes reading a large file."""
        return {name: len(self.table(name)) for name in self.table_names}

    def iter_batches(self) -> Iterator[Frames]:
        """Yield every row of every table once, in batches of whole events if the data may not fit in memory."""
        yield {name: self.table(name) for name in self.table_names}

    def validate(self) -> tuple[list[Violation], str] | None:
        """Return the violations of a format's own rules, and the message if there are none.

        Returns None if the rules of our own tables apply; `validation.validate` checks those.
        """
        return None
