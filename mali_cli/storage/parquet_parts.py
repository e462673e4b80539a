"""Folders of parts, each a Parquet dataset of some days: how they are read and written."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model import names
from mali_cli.model.vocabulary import STOCK_HARMS
from mali_cli.storage import sql_literals
from mali_cli.storage.base import Backend
from mali_cli.storage.duckdb_backend import LARGE_TABLES
from mali_cli.storage.duckdb_connection import execute
from mali_cli.storage.parquet import HAS_EVENT_FATALITIES, ParquetBackend, ParquetSink
from mali_cli.storage.probe import read_datapackage
from mali_cli.storage.sink import ProgressCallback, datapackage_descriptor

if TYPE_CHECKING:
    from mali_cli.model.filters import Filters
    from mali_cli.model.periods import Period
    from mali_cli.queries.events import EventCounts
    from mali_cli.queries.fatalities import PartialSums

PARTS = "mali:parts"  # the property of datapackage.json that lists the parts
AUTO = "auto"  # --parts for parts of about PART_ROWS events
PART_ROWS = 1_000_000

# What is never added up cannot be split: figures of no event, and numbers of displaced people and refugees.
INDIVISIBLE_SQL = f"""
    SELECT count(*) FROM casualties WHERE event_id IS NULL OR scope <> 'event'
        OR harm IN ({sql_literals.literal_list(STOCK_HARMS)})"""
# The events that share a tally, or of which one has a tally that is part of one of the other.
LINKED_EVENTS_SQL = """
    SELECT DISTINCT a.event_id, b.event_id FROM casualties AS a JOIN casualties AS b USING (tally)
    WHERE a.event_id < b.event_id
    UNION SELECT DISTINCT a.event_id, b.event_id FROM casualties AS a JOIN casualties AS b ON a.part_of = b.tally
    WHERE a.event_id <> b.event_id"""


class Part(NamedTuple):
    """One part of a dataset: its folder, the first and the last day of its events and figures, and its events.

    `last_start` is the latest first day of its events.
    """

    name: str
    first_day: datetime.date
    last_day: datetime.date
    events: int
    last_start: datetime.date

    def overlaps(self, period: Period | None) -> bool:
        """Return whether an event of the part may fall into a period."""
        first, last = period or (None, None)
        return (first is None or self.last_day >= first) and (last is None or self.first_day <= last)

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.name,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "events": self.events,
            "last_start": self.last_start.isoformat(),
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Part:
        days = (datetime.date.fromisoformat(entry[name]) for name in ("first_day", "last_day", "last_start"))
        first, last, last_start = days
        return cls(entry["path"], first, last, entry["events"], last_start)


def parse_parts(typed: str) -> str | int:
    """Return the number of parts given with --parts, or AUTO."""
    if names.normalize_name(typed) == AUTO:
        return AUTO
    if not (typed.isascii() and typed.isdigit() and int(typed)):
        raise MaliError(f"--parts takes a number of parts, or {AUTO} for parts of a million events; not {typed!r}.")
    return int(typed)


# Reading


class PartitionedParquetBackend(ParquetBackend):
    """A folder of parts. Each has all lookup tables; they are read from the first one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.parts = tuple(map(Part.from_json, self.package[PARTS]))
        self._whole: PartitionedParquetBackend = self  # with all parts, for the names in the data

    def files(self, name: str) -> list[Path]:
        parts = self.parts if name in LARGE_TABLES else self.parts[:1]
        return [self.path / part.name / f"{name}.parquet" for part in parts]

    def file(self, name: str) -> Path:
        return self.path / f"{name}.parquet" if name in LARGE_TABLES else self.files(name)[0]

    def prefiltered(self, query: str, filter_args: dict[str, Any], filters: Filters | None) -> Backend:
        of_days = self._of_days(filters)
        found = ParquetBackend.prefiltered(of_days, query, filter_args, filters)
        return self if found is of_days else found

    def partial_sums(self, keys: list[str], filters: Filters) -> PartialSums | None:
        return ParquetBackend.partial_sums(self._of_days(filters), keys, filters)

    def partial_counts(self, keys: list[str], filters: Filters) -> EventCounts | None:
        return ParquetBackend.partial_counts(self._of_days(filters), keys, filters)

    def partitions(self, filters: Filters) -> Iterator[Backend] | None:
        return ParquetBackend.partitions(self._of_days(filters), filters)

    def row_batches(self, query: str, filter_args: dict[str, Any], filters: Filters) -> Iterator[Backend] | None:
        return ParquetBackend.row_batches(self._of_days(filters), query, filter_args, filters)

    @property
    def _can_be_split(self) -> bool:
        return self._is_large  # `PartsSink` refuses other figures

    def part_folders(self, filters: Filters, in_order: bool = False) -> list[Path] | None:
        parts = self._parts_of(filters)
        if in_order and any(one.last_start >= other.first_day for one, other in pairwise(parts)):
            return None
        return [self.path / part.name for part in parts]

    def distinct(self, table: str, column: str) -> Iterable[str]:
        return ParquetBackend.distinct(self._whole, table, column)

    def last_day(self) -> datetime.date | None:
        return max((part.last_start for part in self._whole.parts), default=None)

    def _parts_of(self, filters: Filters | None) -> tuple[Part, ...]:
        """Return the parts that may have events of the period of the filters, at least one."""
        period = filters.period if filters is not None else None
        return tuple(part for part in self.parts if part.overlaps(period)) or self.parts[:1]

    def _of_days(self, filters: Filters | None) -> PartitionedParquetBackend:
        """Return a backend of the parts that may have events of the period of the filters."""
        parts = self._parts_of(filters)
        if len(parts) == len(self.parts):
            return self
        of_days = copy.copy(self)
        of_days.parts, of_days._frames = parts, dict(self._frames)
        return of_days


# Writing


class PartsSink(ParquetSink):
    """Writer of a folder of parts, by the day on which an event begins.

    An event is in one part with all its figures, and so are events whose figures belong to one tally, or of which one
    has a tally that is part of one of the other.
    """

    def __init__(self, path: Path, metadata: dict[str, Any], parts: str | int) -> None:
        super().__init__(path, metadata)
        self.number_of_parts = parts

    def finish(self, report: ProgressCallback) -> None:
        if "events" not in self.tables:
            raise MaliError("--parts divides events, and these are counts of events. Leave --parts out.")
        if execute(self.connection, INDIVISIBLE_SQL).fetchone()[0]:
            raise MaliError(
                "--parts needs figures that add up; these tables have stated totals or numbers of displaced people "
                "or refugees. Leave --parts out."
            )
        report("dividing into parts", None)
        properties = self.properties()
        days = execute(self.connection, "SELECT date_start, count(*) FROM events GROUP BY 1 ORDER BY 1").fetchall()
        part_of_day = _divide(days, self.number_of_parts)
        # Where each event has one figure, no two share a tally.
        has_links = not properties[HAS_EVENT_FATALITIES[0]]
        links = execute(self.connection, LINKED_EVENTS_SQL).fetchall() if has_links else []
        part_of_event = self._parts_of_linked(links, part_of_day)
        parts = self.write_parts(part_of_day, part_of_event, properties, report)
        self.write_package(self.folder, self._package(parts) | properties)

    def write_parts(
        self,
        part_of_day: dict[Any, int],
        part_of_event: dict[str, int],
        properties: dict[str, Any],
        report: ProgressCallback,
    ) -> list[Part]:
        """Write the folders of the parts, whose numbers are given by day, and of some events by id."""
        self._create_parted_tables(part_of_day, part_of_event)
        numbers = execute(self.connection, "SELECT DISTINCT part FROM parted.events ORDER BY part").fetchall()
        parts = []
        for index, (number,) in enumerate(numbers):
            self._show_part(number)
            parts.append(describe_part(self.connection, part_name(index)))
            folder = self.folder / parts[-1].name
            folder.mkdir()
            report(f"writing part {index + 1} of {len(numbers)}", index / len(numbers))
            self.write_tables(folder, properties, lambda *_: None)
        return parts

    def _create_parted_tables(self, part_of_day: dict[Any, int], part_of_event: dict[str, int]) -> None:
        """Create the tables parted.events and parted.casualties, which have the number of the part in `part`."""
        self._create_map("part_of_day", "day DATE", part_of_day)
        self._create_map("part_of_event", "event_id VARCHAR", part_of_event)
        for statement in (
            "CREATE SCHEMA parted",
            "CREATE SCHEMA shown",
            """CREATE TABLE parted.events AS SELECT e.*, coalesce(linked.part, by_day.part) AS part
                FROM events AS e LEFT JOIN part_of_event AS linked USING (event_id)
                LEFT JOIN part_of_day AS by_day ON by_day.day IS NOT DISTINCT FROM e.date_start""",
            """CREATE TABLE parted.casualties AS SELECT c.*, e.part
                FROM casualties AS c JOIN parted.events AS e USING (event_id)""",
        ):
            execute(self.connection, statement)
        for name in LARGE_TABLES:  # views of a file, see Backend.create_tables_in, would hide those of the parts
            execute(self.connection, f"DROP VIEW IF EXISTS temp.{name}")

    def _create_map(self, name: str, key: str, part_by_key: dict[Any, int]) -> None:
        execute(self.connection, f"CREATE TABLE {name} ({key}, part INTEGER)")
        rows = [list(part_by_key), list(part_by_key.values())]
        self.connection.execute(f"INSERT INTO {name} SELECT unnest(?), unnest(?)", rows)

    def _parts_of_linked(self, links: list[tuple[str, str]], part_of_day: dict[Any, int]) -> dict[str, int]:
        """Return the part of each event that is linked to another one: the first of the parts of all of these."""
        if not links:
            return {}
        events = sorted({event for link in links for event in link})
        self.connection.execute("CREATE TEMP TABLE linked AS SELECT unnest(?) AS event_id", [events])
        days = execute(self.connection, "SELECT event_id, date_start FROM events JOIN linked USING (event_id)")
        part = {event: part_of_day[day] for event, day in days.fetchall()}
        changed = True
        while changed:
            changed = False
            for one, other in links:
                if part[one] != part[other]:
                    part[one] = part[other] = min(part[one], part[other])
                    changed = True
        return part

    def _show_part(self, number: int) -> None:
        """Make the names of the large tables mean the rows of one part."""
        for name in LARGE_TABLES:
            rows = f"SELECT * EXCLUDE (part) FROM parted.{name} WHERE part = {number}"
            execute(self.connection, f"CREATE OR REPLACE VIEW shown.{name} AS {rows}")
        execute(self.connection, "SET search_path = 'shown,main'")

    def _package(self, parts: list[Part]) -> dict[str, Any]:
        package = datapackage_descriptor(self.metadata, "parquet")
        for resource in package["resources"]:
            folders = parts if resource["name"] in LARGE_TABLES else parts[:1]
            paths = [f"{part.name}/{resource['path']}" for part in folders]
            resource["path"] = paths if resource["name"] in LARGE_TABLES else paths[0]
        return package | {PARTS: [part.to_json() for part in parts]}


def part_name(index: int) -> str:
    return f"part-{index + 1:04}"


def describe_part(connection: Any, name: str) -> Part:
    """Return the part whose events and figures are the tables of a connection."""
    cells = execute(
        connection,
        """SELECT min(date_start), max(date_end), count(*) FILTER (is_event), max(date_start) FILTER (is_event) FROM (
            SELECT date_start, date_end, true AS is_event FROM events
            UNION ALL SELECT date_start, date_end, false FROM casualties)""",
    ).fetchone()
    return Part(name, *cells)


def _divide(days: list[tuple[Any, int]], parts: str | int) -> dict[Any, int]:
    """Return the number of the part of each day: consecutive days, about as many events in each part."""
    total = sum(events for _, events in days)
    number = max(-(-total // PART_ROWS), 1) if parts == AUTO else int(parts)
    part_of_day: dict[Any, int] = {}
    before, last_slot, part = 0, 0, 0
    for day, events in days:
        slot = number * before // total
        part += slot > last_slot  # a day may fill several slots
        last_slot = slot
        part_of_day[day] = part
        before += events
    return part_of_day


def part_names(folder: Path) -> set[str]:
    """Return the names of the folders of parts that a dataset has."""
    return {str(entry.get("path")) for entry in read_datapackage(folder).get(PARTS, ())}
