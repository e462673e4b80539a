"""What the maps for terminals and for files have in common: the area, the outlines, and what a place counts."""

from __future__ import annotations

import json
from typing import Any

from mali_cli.model import schema
from mali_cli.output.fatality_text import Row, unknown_count
from mali_cli.results import ChartRequest

WEST, SOUTH, EAST, NORTH = -12.7, 9.8, 4.9, 25.3  # Mali with a margin
UNKNOWN_HOLDER = "unknown"  # in the column `holder`
LAST_KNOWN = "last known"  # in the column `holder_status`


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
    return f"{chart.subject}: {'people killed' if chart.measure == 'dead' else 'events'} by place"


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
