"""What a foreign record says, in our terms: one Entry a record, whichever the format."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

WHOLE_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?", re.ASCII)  # tables saved from R or pandas write 5.0


class RecordError(Exception):
    """A record that cannot be taken: which cell, and why."""

    def __init__(self, column: str, cell: str, why: str) -> None:
        super().__init__(f"{column}: {cell!r} {why}")
        self.column, self.cell, self.why = column, cell, why


class Remembered(dict[Any, Any]):
    """What a function says of a cell, or of a few, asked once for each text; a Fault is raised anew each time."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __missing__(self, cell: Any) -> Any:
        found = self[cell] = self.function(cell)
        return found


class Point(NamedTuple):
    """Where a file says that something happened; two points of one name are two places.

    The region is as the file writes it; two spellings of one region do not make two places.
    """

    country: str | None
    region: str
    location: str
    latitude: float | None
    longitude: float | None


class CasualtyEstimate(NamedTuple):
    """One figure of an event; `tally` tells it from the event's others, `number` is its place in the key."""

    number: int
    tally: str
    low: int | None
    best: int | None
    high: int | None
    wording: str | None = None
    part_of: str | None = None
    group: str | None = None
    country: str | None = None
    victims: str | None = None
    who: str | None = None
    inflicted_by: str | None = None
    cause: str | None = None


class EventRecord(NamedTuple):
    """One record: an event and its figures."""

    key: str
    date_start: str
    date_end: str
    date_precision: str
    event_type: str | None
    sub_event_type: str | None
    point: Point | None
    place_precision: str | None
    side_a: Sequence[str]
    side_b: Sequence[str]
    summary: str
    note: str | None
    sources: str | None
    figures: Sequence[CasualtyEstimate]
    version_timestamp: int = 0  # of records with one key the latest stand


def plain(cell: str) -> str:
    """A category or a name as it is meant: without blanks at its ends, no-break spaces included."""
    return cell.strip()


def strip_float_suffix(cell: str) -> str:
    """A number that stands for a word; tables saved from R or pandas write 1.0."""
    return cell.strip().removesuffix(".0")


def parse_count(column: str, cell: str) -> int | None:
    """A number of people; None where the cell is blank."""
    text = cell.strip()
    if not text:
        return None
    if len(text) < 10 and text.isascii() and text.isdigit():
        return int(text)
    match = WHOLE_NUMBER.fullmatch(text)
    if not match:
        raise RecordError(column, cell, "is no whole number from 0 up")
    return int(match[1])


def parse_coordinate(column: str, cell: str, most: int) -> float | None:
    text = plain(cell)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise RecordError(column, cell, f"is no {column} on Earth")
    return value


def join_notes(*parts: str) -> str | None:
    return "; ".join(part for part in parts if part) or None
