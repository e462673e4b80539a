"""A timeline for a terminal: a line for each period, a bar of its events and a range of its dead."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.output import fatality_text
from mali_cli.output.terminal import Terminal, number, rows_of
from mali_cli.results import ChartRequest

if TYPE_CHECKING:
    import pandas as pd

ROOMY = 80  # from so many columns on the lowest and highest sums are printed beside the best
LONG = 6  # so many empty periods in a row are drawn as one line that counts them
EVENTS, DEAD = "36", "31"


class Marks(NamedTuple):
    """What bars are made of."""

    low: str
    high: str
    best: str
    more: str
    empty: str
    to: str
    dash: str


BLOCKS = Marks("█", "▒", "┃", ">", "·", "…", "–")
ASCII = Marks("#", "-", "|", ">", ".", "..", "-")


def drawn(frame: pd.DataFrame, drawing: ChartRequest, screen: Terminal) -> str:
    """The periods from the first to the last; what lies in no single period is in no bar."""
    marks = BLOCKS if screen.blocks else ASCII
    rows = [row for row in rows_of(frame) if row["period"] is not None]
    most_events = max((row["events"] for row in rows), default=0)
    most_dead = max((row["killed_high"] or 0 for row in rows), default=0)
    tails = [_tail(row, screen.columns, marks) for row in rows]
    label = max(len(row["period"]) for row in rows)
    of_events = max(len(number(most_events)), len("events"))
    of_dead = max(*(len(_best(row)) for row in rows), len("dead"))
    tail = max(map(len, tails))
    bars = screen.columns - (label + of_events + of_dead + tail + 6)
    wide = max(bars * 2 // 5, 4)
    high = max(bars - wide, 4)
    lines = [f"Events and people killed by {drawing.measure}", ""]
    lines.append(f"{'':{label}} {'events':>{of_events}} {'':{wide}}  {'dead':>{of_dead}}")
    stretches = (
        (empty, list(those)) for empty, those in groupby(zip(rows, tails, strict=True), lambda r: _empty(r[0]))
    )
    for empty, those in stretches:
        if empty and len(those) >= LONG:
            first, last = those[0][0]["period"], those[-1][0]["period"]
            lines.append(f"{marks.to:>{label}} {first} to {last}: none told")
            continue
        for row, text in those:
            events = row["events"] or marks.empty
            bar = marks.low * _cells(row["events"], most_events, wide)
            dead = _range(row, most_dead, high, marks)
            lines.append(
                f"{row['period']:{label}} {events if isinstance(events, str) else number(events):>{of_events}} "
                f"{screen.paint(bar, EVENTS)}{'':{wide - len(bar)}}  {_best(row):>{of_dead}} "
                f"{screen.paint(dead, DEAD)}{'':{high - len(dead)}} {text}"
            )
    key = [f"{marks.low} {'to the lowest sum' if most_dead else 'events'}"]
    wide_ones = [row for row in rows if fatality_text.has_range(row)]
    key += [f"{marks.high} to the highest"] if wide_ones else []
    key += [f"{marks.best} best"] if any(row["killed_best"] for row in wide_ones) else []
    if any(row["open"] for row in rows):
        key.append(f"{marks.more} or + no upper bound")
    if any(map(fatality_text.unknown_count, rows)):
        key.append("?3 of 3 no number is told, which is not none")
    if any(map(_empty, rows)):
        key.append(f"{marks.empty} no event told")
    return "\n".join([*(line.rstrip() for line in lines), "", *screen.wrapped("; ".join(key) + ".")]) + "\n"


def _empty(row: dict[str, Any]) -> bool:
    return not row["events"] and row["killed_best"] is None and not fatality_text.unknown_count(row)


def _best(row: dict[str, Any]) -> str:
    if row["killed_best"] is None:
        return "? " if fatality_text.unknown_count(row) else ""
    return fatality_text.format_best(row) + ("" if row["open"] else " ")


def _tail(row: dict[str, Any], columns: int, marks: Marks) -> str:
    parts = [f"?{number(fatality_text.unknown_count(row))}"] if fatality_text.unknown_count(row) else []
    if columns >= ROOMY and fatality_text.has_range(row):
        parts.insert(0, fatality_text.format_range(row, marks.dash))
    return " ".join(parts)


def _cells(value: int, most: int, width: int) -> int:
    """How long a bar is: something is never drawn as nothing."""
    return max(round(value * width / most), 1) if value and most else 0


def _range(row: dict[str, Any], most: int, width: int, marks: Marks) -> str:
    """Solid up to the lowest sum, lighter to the highest, the best marked where they differ; one of 0 is no cell."""
    if row["killed_best"] is None:
        return "?" if fatality_text.unknown_count(row) else ""
    width -= 1  # room for what has no end
    low, best, high = (_cells(row[f"killed_{bound}"], most, width) for bound in ("low", "best", "high"))
    bar = list(marks.low * low + marks.high * (high - low))
    if fatality_text.has_range(row) and high > low and best:
        bar[best - 1] = marks.best
    return "".join(bar) + (marks.more if row["open"] else "")
