"""Tables as the rules see them: records of text with line numbers."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from mali_cli.model.violations import Violation
from mali_cli.model.vocabulary import VIOLENT_TYPES
from mali_cli.storage.base import Backend


class Record(dict[str, str]):
    """One row as text by column, with the line on which it starts."""

    def __init__(self, cells: dict[str, str], line: int) -> None:
        super().__init__(cells)
        self.line = line

    def values_of(self, column: str) -> list[str]:
        """Return the values of a list cell."""
        return self[column].split(";") if self[column] else []

    def number(self, column: str) -> int | None:
        """Return an integer cell; None if it is blank."""
        return int(self[column]) if self[column] else None

    def numbers(self, *columns: str) -> list[int]:
        """Return the integer cells that are not blank, in the order of the columns."""
        return [number for column in columns if (number := self.number(column)) is not None]

    def dates(self) -> tuple[datetime.date, datetime.date]:
        """Return date_start and date_end."""
        return datetime.date.fromisoformat(self["date_start"]), datetime.date.fromisoformat(self["date_end"])


class Tables:
    """The records of all tables of a backend."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.records: dict[str, list[Record]] = {}

    def violation(self, table: str, record: Record, column: str, message: str) -> Violation:
        """Return the violation of a rule by one cell."""
        return Violation(self.backend.file(table), record.line, column, record[column], message)

    @cached_property
    def events(self) -> dict[str, Record]:
        """The events by their keys."""
        return {record["event_id"]: record for record in self.records["events"]}

    @cached_property
    def deaths_by_date(self) -> dict[str, list[Record]]:
        """The events in which somebody may have been killed, by their first day and by its month."""
        deaths: dict[str, list[Record]] = defaultdict(list)
        for record in self.records["events"]:
            if record["event_type"] in VIOLENT_TYPES or record["sub_event_type"] == "Leader killed":
                for length in (len("2012-01"), len("2012-01-16")):
                    deaths[record["date_start"][:length]].append(record)
        return dict(deaths)

    @cached_property
    def states_precision_of_figures(self) -> bool:
        """Whether any figure has a date precision: none has in a dataset written before the column was added."""
        return any(record["date_precision"] for record in self.records["casualties"])

    @cached_property
    def tallies(self) -> dict[str, list[Record]]:
        """The figures of each tally."""
        tallies: dict[str, list[Record]] = defaultdict(list)
        for record in self.records["casualties"]:
            tallies[record["tally"]].append(record)
        return dict(tallies)


TableRule = Callable[[Tables], Iterator[Violation]]
# Yields the column and the message of each violation in one record.
RecordRule = Callable[[Record, Tables], Iterator[tuple[str, str]]]


def check_records(tables: Tables, name: str, rules: Iterable[RecordRule]) -> Iterator[Violation]:
    """Yield the violations of the rules in a table, record by record."""
    for record in tables.records[name]:
        for rule in rules:
            for column, message in rule(record, tables):
                yield tables.violation(name, record, column, message)
