"""What is told of the dead of a row of a picture: whether it is none, between which sums it lies, what is not known.

The row has the columns killed_low, killed_best, killed_high, open, unknown and not_stated, None for blank.
"""

from __future__ import annotations

from typing import Any

from mali_cli.output.terminal import number

Row = dict[str, Any]


def unknown_count(row: Row) -> int:
    """How many tolls are not known: told in words only, or violent events of which nobody gave a figure."""
    return int((row["unknown"] or 0) + (row["not_stated"] or 0))


def has_range(row: Row) -> bool:
    return row["killed_best"] is not None and row["killed_low"] < row["killed_high"]


def is_zero(row: Row) -> bool:
    """Whether nobody was killed, as told: all sums are 0, and none is open."""
    return not row["open"] and all(row[f"killed_{bound}"] == 0 for bound in ("low", "best", "high"))


def zero_but_uncertain(row: Row) -> bool:
    """Whether the best sum is 0, but dead are not ruled out."""
    return row["killed_best"] == 0 and not is_zero(row)


def format_best(row: Row) -> str:
    """ "12", "12+" where there is no upper bound."""
    return number(row["killed_best"]) + ("+" if row["open"] else "")


def format_range(row: Row, dash: str = "–") -> str:
    """ "9–21", "9–21+" where there is no upper bound."""
    return f"{number(row['killed_low'])}{dash}{number(row['killed_high'])}{'+' if row['open'] else ''}"


def format_fatalities(row: Row, dash: str = "–") -> str:
    """The best sum; where that is 0 and dead are not ruled out, the range, for 0 alone would read as none."""
    return format_range(row, dash) if zero_but_uncertain(row) and has_range(row) else format_best(row)
