"""Fatalities of a row of a chart as text: zero, a range, or unknown.

A row has the columns killed_low, killed_best, killed_high, open, unknown and not_stated, None for missing values.
"""

from __future__ import annotations

from typing import Any

from mali_cli.output.cell_values import format_number

Row = dict[str, Any]


def unknown_count(row: Row) -> int:
    """Return the number of unknown fatalities: tallies with no number given and violent events without a figure."""
    return int((row["unknown"] or 0) + (row["not_stated"] or 0))


def has_range(row: Row) -> bool:
    """Return whether the low and high estimates differ."""
    return row["killed_best"] is not None and row["killed_low"] < row["killed_high"]


def is_zero(row: Row) -> bool:
    """Return whether it is stated that nobody was killed: all estimates are 0, and none is open."""
    return not row["open"] and all(row[f"killed_{bound}"] == 0 for bound in ("low", "best", "high"))


def zero_but_uncertain(row: Row) -> bool:
    """Return whether the best estimate is 0, but fatalities are not ruled out."""
    return row["killed_best"] == 0 and not is_zero(row)


def format_best(row: Row) -> str:
    """Return the best estimate: "12", or "12+" if it has no upper bound."""
    return format_number(row["killed_best"]) + ("+" if row["open"] else "")


def format_range(row: Row, dash: str = "–") -> str:
    """Return the low and high estimates: "9–21", or "9–21+" if there is no upper bound."""
    low, high = format_number(row["killed_low"]), format_number(row["killed_high"])
    return f"{low}{dash}{high}{'+' if row['open'] else ''}"


def format_fatalities(row: Row, dash: str = "–") -> str:
    """Return the best estimate, or the range if that is 0 and uncertain: a 0 would read as nobody killed."""
    return format_range(row, dash) if zero_but_uncertain(row) and has_range(row) else format_best(row)
