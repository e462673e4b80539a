"""Where the tables of a dataset lie: what a Dataset asks of a folder of CSV tables, and of every other place."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import tables
from mali_cli.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.checks import Violation
    from mali_cli.filters import Filters
    from mali_cli.queries.sums import SumTotals

    AggregateResult = tuple[
        pd.DataFrame, SumTotals, list[str], Filters
    ]  # the table, its totals, the keys, what was asked

Frames = dict[str, "pd.DataFrame"]
SQLITE_MAGIC = b"SQLite format 3\0"  # how its files begin


class Backend:
    """Typed frames by the names of the declared tables; here a folder of CSV tables, each read when first asked for.

    `origin` names the format whose records the tables hold, None if they were curated for themselves.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: list[str] = []  # what reading the tables had to leave out
        self.progress_fraction: float | None = None  # how much of the batches has been given, where that is known
        self._frames: Frames = {}

    @property
    def origin(self) -> str | None:
        origin = read_datapackage(self.path).get("mali:origin")
        return origin if isinstance(origin, str) else None

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands, typed; see tables.read_frame."""
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name]

    def _read(self, name: str) -> pd.DataFrame:
        rows = self.raw_table(name)
        if rows.ignored:
            self.notes.append(f"{rows.path}: not read, for nothing declares them: {', '.join(rows.ignored)}.")
        return tables.to_frame(rows)

    def raw_table(self, name: str) -> tables.RawTable:
        """One table as text, its cells not judged yet."""
        return tables.read_raw_table(self.path, name)

    def file(self, name: str) -> Path:
        """The file in which a table stands."""
        return self.path / tables.table(name).path

    def prefiltered(self, question: str, criteria: dict[str, Any]) -> Backend:
        """A store that answers this question alike and need not hold more; itself where all is at hand."""
        return self

    def try_aggregate(self, keys: list[str], criteria: dict[str, Any]) -> AggregateResult | None:
        """The sums by these keys where the store has a way of its own to them; None to have its tables summed."""
        return None

    def partitions(self, criteria: dict[str, Any]) -> Iterator[Backend] | None:
        """All of the data in parts that are summed each for itself, where it is too much to be held; else None."""
        return None

    def event_fatalities(self, events: pd.DataFrame) -> pd.DataFrame:
        """How many were killed in these events; see queries/sums.py."""
        from mali_cli.queries import sums

        return sums.event_fatalities(events, self.table("casualties"))

    def lookup_table(self, name: str) -> pd.DataFrame:
        """What is known of groups, places and relations, be it in these tables or not: names are looked up there.

        A foreign dataset names groups and tells nothing of them; what our own tables know of them holds there too.
        """
        found = self.table(name)
        return merge_bundled(name, found) if self.origin and name in ("groups", "places", "relations") else found

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        """Names of a kind, with their aliases, that stand in the data though not in these tables."""
        return {}

    def iter_batches(self) -> Iterator[Frames]:
        """All tables, part by part: what has millions of rows need never be in memory as a whole."""
        yield {name: self.table(name) for name in tables.table_names()}

    def validate(self) -> tuple[list[Violation], str]:
        """Every fault of the data, and what to say where there is none."""
        from mali_cli.checks import violations_in

        return violations_in(self), f"{self.path}: {len(tables.table_names())} tables, no fault."


class SqliteBackend(Backend):
    """Tables in a SQLite file, as `mali convert --to sqlite` writes them."""

    @property
    def origin(self) -> str | None:
        from mali_cli.conversion import sqlite

        origin = sqlite.read_sqlite_metadata(self.path).get("mali:origin")
        return origin if isinstance(origin, str) else None

    def raw_table(self, name: str) -> tables.RawTable:
        from mali_cli.conversion import sqlite

        return sqlite.read_rows(self.path, name)

    def file(self, name: str) -> Path:
        return self.path


class MemoryBackend(Backend):
    """Tables that were read for one question."""

    def __init__(self, path: Path, frames: Frames, origin: str | None, notes: Iterable[str] = ()) -> None:
        super().__init__(path)
        self._frames = frames
        self._origin = origin
        self.notes = list(notes)

    @property
    def origin(self) -> str | None:
        return self._origin


@cache
def bundled_backend() -> Backend:
    """The tables that come with the program."""
    return Backend(tables.data_folder())


def merge_bundled(name: str, found: pd.DataFrame) -> pd.DataFrame:
    """A foreign dataset's groups, places or relations with what our own tables know beside them."""
    import pandas as pd

    from mali_cli.names import normalize_name

    ours = bundled_backend().table(name)
    if name == "relations":
        return ours
    key = tables.table(name).key[0]

    def names(table: pd.DataFrame) -> list[set[str]]:
        cells = zip(table[key], table["aliases"], strict=True)
        return [{normalize_name(n) for n in (k, *(a.split(";") if isinstance(a, str) else ()))} for k, a in cells]

    # The file's own word goes first: of a place of ours that it knows by any name, its row stands.
    if name == "places":
        known = set[str]().union(*names(found))
        new = [known.isdisjoint(row) for row in names(ours)]
    else:
        known = set(map(normalize_name, found[key]))
        new = [normalize_name(k) not in known for k in ours[key]]
    return pd.concat([found, ours[new]], ignore_index=True) if len(found) else ours


def is_sqlite_file(path: Path) -> bool:
    """Whether a file is one of SQLite's, by how it begins."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    return False


def read_datapackage(path: Path) -> dict[str, Any]:
    """The datapackage.json of a folder, nothing where there is none; DataError if it cannot be read."""
    file = path / "datapackage.json"
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise DataError(f"{file} cannot be read: {error}.") from None
    return found if isinstance(found, dict) else {}
