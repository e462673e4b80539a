"""Records of foreign files as events with casualty estimates, and parsers for their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# Patterns of cells that are taken as they are
ANYTHING = "(?s).*"
VISIBLE_ASCII = "[!-~]+"  # it needs no stripping
WHOLE_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?", re.ASCII)  # tables saved from R or pandas have 5.0


class RecordError(Exception):
    """A record that cannot be read: the column, its cell and the reason."""

    def __init__(self, column: str, cell: str, reason: str) -> None:
        super().__init__(f"{column}: {cell!r} {reason}")
        self.column, self.cell, self.reason = column, cell, reason


class Point(NamedTuple):
    """A location as a file names it.

    Two points with the same name are two places. The region keeps the spelling of the file; two spellings of one
    region do not make two places. `admin2` is the name of the second-level area as our tables spell it.
    """

    country: str | None
    region: str
    location: str
    latitude: float | None
    longitude: float | None
    admin2: str | None = None


class CasualtyEstimate(NamedTuple):
    """One figure of an event: `number` makes its key, `tally` the people that it counts."""

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
    harm: str = "killed"


class EventRecord(NamedTuple):
    """One record of a foreign file: an event and its figures."""

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
    basis: str = "reported"
    responsibility: Sequence[str] = ()
    civilian_kind: str | None = None
    civilian_targeting: str | None = None
    disorder_type: str | None = None
    interaction: str | None = None
    version_timestamp: int = 0  # of several records with one key the latest counts


def strip_float_suffix(cell: str) -> str:
    """Return a numeric code without blanks and without the `.0` that R and pandas append."""
    return cell.strip().removesuffix(".0")


def strip_key(column: str, cell: str) -> str:
    """Return the id of an event."""
    key = cell.strip()
    if not key:
        raise RecordError(column, "", "is blank; an event needs its id")
    return key


def split_list(cell: str | None, separator: str = ";") -> list[str]:
    """Return the values of a cell that joins several, without blank ones."""
    if not cell:
        return []
    return [text for value in cell.split(separator) if (text := value.strip())]


def parse_count(column: str, cell: str) -> int | None:
    """Return a number of people; None if the cell is blank."""
    text = cell.strip()
    if not text:
        return None
    if len(text) < 10 and text.isascii() and text.isdigit():
        return int(text)
    match = WHOLE_NUMBER.fullmatch(text)
    if not match:
        raise RecordError(column, cell, "is not a whole number of 0 or more")
    return int(match[1])


def parse_coordinate(column: str, cell: str, limit: int) -> float | None:
    """Return degrees between -limit and limit; None if the cell is blank. The decimals may follow a comma."""
    text = cell.strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -limit <= value <= limit:
        raise RecordError(column, cell, f"is not a {column} between -{limit} and {limit}")
    return value


def parse_coordinates(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    """Return latitude and longitude in degrees."""
    return parse_coordinate("latitude", latitude, 90), parse_coordinate("longitude", longitude, 180)


def precision_without_location(point: Point | None) -> str | None:
    """Return the place precision of a file that names no places below the region; None if the point is exact."""
    if point is None or point.latitude is not None:
        return None
    return "region" if point.region else "country"


def join_notes(*parts: str) -> str | None:
    """Return the non-blank parts as one note; None if there are none."""
    return "; ".join(part for part in parts if part) or None
