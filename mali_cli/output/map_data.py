"""What the maps for terminals and for files have in common: the area, the outlines, and what a place counts."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from typing import Any

from mali_cli.model import schema
from mali_cli.model.periods import DAYS_PER_YEAR, FRESH_YEARS, STALE_YEARS
from mali_cli.model.vocabulary import LAST_KNOWN, UNKNOWN_HOLDER
from mali_cli.output.fatality_text import Row, unknown_count
from mali_cli.output.streams import escape_control
from mali_cli.results import ChartRequest, pluralize

WEST, SOUTH, EAST, NORTH = -12.7, 9.8, 4.9, 25.3  # Mali with a margin
CAMPS = {
    "government": "Government and allies",
    "separatist": "Separatists",
    "jihadist": "Jihadists",
    "international": "International",
    "other": "Others",
}
MAX_LISTED_NAMES = 12


class Age(enum.Enum):
    """The age of the statement on which a holder rests."""

    FRESH, PALE, STALE = range(3)


AGE_TEXTS = {
    Age.FRESH: f"up to {pluralize(FRESH_YEARS, 'years')} old",
    Age.PALE: f"up to {STALE_YEARS} years old",
    Age.STALE: f"more than {STALE_YEARS} years old",
}


def load_outlines() -> dict[str, Any]:
    """Return the borders and region lines as coordinates, and where the names of countries go."""
    outlines: dict[str, Any] = json.loads((schema.data_folder() / "outlines.json").read_text(encoding="utf-8"))
    return outlines


def rows_with_point(rows: list[Row]) -> list[Row]:
    """Return the rows that have coordinates."""
    return [row for row in rows if row["latitude"] is not None and row["longitude"] is not None]


def map_title(chart: ChartRequest) -> str:
    """Return --title, or what the map shows, without the filters."""
    if chart.title is not None:
        return chart.title
    if chart.as_of is not None:
        return f"{chart.subject}: who held which place on {chart.as_of}"
    return f"{chart.subject}: {'people killed' if chart.measure == 'dead' else 'events'} by {chart.area or 'place'}"


def mark_noun(chart: ChartRequest) -> str:
    """Return what the marks of a map are, as a plural."""
    return "areas" if chart.area else "places"


def measure_words(chart: ChartRequest) -> str:
    """Return what the sizes of the marks mean, as the beginning of a legend."""
    if chart.area:
        return f"{'killed' if chart.measure == 'dead' else 'events'} in a whole {chart.area}:"
    return "killed, best estimate:" if chart.measure == "dead" else "events:"


def empty_map_message(chart: ChartRequest) -> str:
    """Return what to say if there is no place to draw."""
    if chart.as_of is not None:
        return f"No place on the map has a recorded holder on {chart.as_of}"
    return "None of the results is on the map"


def size_value(row: Row, measure: str) -> int | None:
    """Return the number of events of a place, or of people killed if the measure is `dead`; None if unknown."""
    value = row["killed_best" if measure == "dead" else "events"]
    return None if value is None else int(value)


def unknown_fatalities(row: Row, measure: str) -> int:
    """Return the number of unknown fatalities of a place; 0 on a map of events."""
    return unknown_count(row) if measure == "dead" else 0


def split_holders(row: Row) -> list[str]:
    """Return the groups that hold a place, together or as rivals."""
    return str(row["holder"]).split(";")


def age_of_statement(row: Row, chart: ChartRequest) -> Age:
    """Return the age of the latest statement about the holder of a place on the day of the map."""
    assert chart.as_of is not None
    years = (chart.as_of - row["holder_as_of"].date()).days / DAYS_PER_YEAR
    return Age.FRESH if years <= FRESH_YEARS else Age.PALE if years <= STALE_YEARS else Age.STALE


def label_with_year(row: Row) -> str:
    """Return the name of a place with the year of the statement about its holder."""
    day = row["holder_as_of"]
    return escape_control(f"{row['place']} {day.year}" if day is not None and row["holder"] else row["place"])


def rivals_text(row: Row) -> str:
    """Return the holders of a place in words: "CSP or Malian Armed Forces", "claimed by CMA"."""
    if not row["contested"]:
        return escape_control(", ".join(split_holders(row)))
    rivals = str(row["holder_rivals"]).split(";")
    return escape_control(" or ".join(rivals) if len(rivals) > 1 else f"claimed by {rivals[0]}")


def list_names(names: Iterable[str]) -> str:
    """Return "A, B, C and 3 others", each name once."""
    unique = list(dict.fromkeys(escape_control(name) for name in names))
    others = len(unique) - MAX_LISTED_NAMES
    return ", ".join(unique[:MAX_LISTED_NAMES]) + (f" and {pluralize(others, 'others')}" if others > 0 else "")


def holders_by_frequency(rows: list[Row]) -> list[str]:
    """Return the holders of places that are not contested, those of the most places first."""
    holders = [row["holder"] for row in rows if not row["contested"] and row["holder"] != UNKNOWN_HOLDER]
    return sorted(set(holders), key=lambda name: (-holders.count(name), name))


def is_last_known(row: Row) -> bool:
    """Return whether the statement about the holder of a place is older than --max-age."""
    return bool(row["holder_status"] == LAST_KNOWN)


def contested_first(rows: list[Row]) -> list[Row]:
    """Return the rows in order of control: contested places first, then recent holders; unknown ones last.

    Where two places share a point, the first is on top: a contested place must not be hidden.
    """
    return sorted(rows, key=lambda row: (not row["contested"], row["holder"] == UNKNOWN_HOLDER, is_last_known(row)))
