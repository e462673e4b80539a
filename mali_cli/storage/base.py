"""Where the tables of a dataset lie: what a Dataset asks of a folder of CSV tables, and of every other place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.model import schema
from mali_cli.storage.raw_tables import RawTable, to_frame

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.model.filters import Filters
    from mali_cli.model.violations import Violation
    from mali_cli.queries.fatalities import SumTotals

    AggregateResult = tuple[
        pd.DataFrame, SumTotals, list[str], Filters
    ]  # the table, its totals, the keys, what was asked

Frames = dict[str, "pd.DataFrame"]


class Backend(ABC):
    """Typed frames by the names of the declared tables; here a folder of CSV tables, each read when first asked for.

    `origin` names the format whose records the tables hold, None if they were curated for themselves.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []  # what reading the tables had to leave out
        self.progress_fraction: float | None = None  # how much of the batches has been given, where that is known
        self._frames: Frames = {}

    @property
    @abstractmethod
    def origin(self) -> str | None:
        """The format whose records the tables hold (ACLED, UCDP, UN); None for curated tables."""

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands, typed; see tables.read_frame."""
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def _read(self, name: str) -> pd.DataFrame:
        rows = self.raw_table(name)
        if rows.ignored:
            self.notes.append(f"{rows.path}: not read, for nothing declares them: {', '.join(rows.ignored)}.")
        return to_frame(rows)

    def raw_table(self, name: str) -> RawTable:
        """One table as text, its cells not yet validated."""
        raise NotImplementedError(f"{type(self).__name__} has no tables as text.")

    def file(self, name: str) -> Path:
        """The file that holds a table."""
        return self.path

    def prefiltered(self, query: str, filter_args: dict[str, Any]) -> Backend:
        """A store that answers this question alike and need not hold more; itself where all is at hand."""
        return self

    def try_aggregate(self, keys: list[str], filter_args: dict[str, Any]) -> AggregateResult | None:
        """The sums by these keys where the store has a way of its own to them; None to have its tables summed."""
        return None

    def partitions(self, filter_args: dict[str, Any]) -> Iterator[Backend] | None:
        """All of the data in parts that are summed each for itself, where it is too much to be held; else None."""
        return None

    def event_fatalities(self, events: pd.DataFrame) -> pd.DataFrame:
        """How many were killed in these events; see queries/sums.py."""
        from mali_cli.queries import fatalities

        return fatalities.event_fatalities(events, self.table("casualties"))

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        """Names of a kind, with their aliases, that stand in the data though not in these tables."""
        return {}

    def row_counts(self) -> dict[str, int] | None:
        """Return the number of rows of each table; None if that takes reading a large file."""
        return {name: len(self.table(name)) for name in schema.table_names()}

    def iter_batches(self) -> Iterator[Frames]:
        """All tables, part by part: what has millions of rows need never be in memory as a whole."""
        yield {name: self.table(name) for name in schema.table_names()}

    def validate(self) -> tuple[list[Violation], str] | None:
        """Return every violation and the text for when there is none; None if the rules of our own tables apply."""
        return None
