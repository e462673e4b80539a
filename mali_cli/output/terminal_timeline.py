"""The timeline for a terminal: one line per period, with a bar of its events and a range of its fatalities."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.output.cell_values import format_number, row_dicts
from mali_cli.output.fatality_text import Row, format_best, format_range, has_range, unknown_count
from mali_cli.output.terminal import Terminal
from mali_cli.output.timeline_data import PARTIAL_MARK, marked_period, split_at_start, timeline_title, total_row
from mali_cli.results import ChartRequest, pluralize

if TYPE_CHECKING:
    import pandas as pd

COLUMNS_WITH_RANGES = 80  # from this width on the low and high estimates are printed beside the best
MIN_COLLAPSED = 6  # a run of this many empty periods is drawn as one line
MIN_BAR_COLUMNS = 4
MEAN_HEADING = "mean"
EVENTS_STYLE, FATALITIES_STYLE, LEGEND_STYLE = "36", "31", "2"


class Symbols(NamedTuple):
    """The characters of which the chart is made."""

    low: str
    high: str
    best: str
    open: str
    empty: str
    ellipsis: str
    dash: str


UNICODE = Symbols("█", "▒", "┃", ">", "·", "…", "–")
ASCII = Symbols("#", "-", "|", ">", ".", "..", "-")


def draw_timeline(frame: pd.DataFrame, chart: ChartRequest, terminal: Terminal) -> str:
    """Return the timeline as text: its title, a line per period from the first to the last, and the legend.

    Events that fall within no single period are in no bar, and those before the first period are one line. Where the
    lines do not fit the screen, they are those of longer periods; if even decades do not fit, the timeline is longer
    than the screen.
    """
    early, rows = split_at_start(row_dicts(frame), chart)
    rows = [{**row, "period": marked_period(row["period"], chart.partial_periods)} for row in rows]
    lines = _timeline_lines(early, rows, chart, terminal)
    if terminal.is_screen and len(lines) > terminal.lines:
        for unit in LONGER_PERIODS[chart.measure]:
            title = f"by {unit}: {len(rows):,} {chart.measure}s do not fit (-f csv)"
            shorter = _timeline_lines(early, _group(rows, PERIOD_LABELS[unit]), chart, terminal, title)
            if len(shorter) <= terminal.lines:
                lines = shorter
                break
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _timeline_lines(
    early: list[Row], rows: list[Row], chart: ChartRequest, terminal: Terminal, periods: str = ""
) -> list[str]:
    """Return the lines of the timeline; the title names the periods."""
    layout = _Layout.fit(rows, terminal)
    lines = [*terminal.wrap(timeline_title(chart, periods)), layout.header()]
    if early:
        lines += terminal.wrap(layout.early_text(early, chart), indent=" " * (layout.label_width + 1))
    for is_empty, run in groupby(rows, _is_empty):
        periods_of_run = list(run)
        if is_empty and len(periods_of_run) >= MIN_COLLAPSED:
            lines.append(layout.collapsed_line(periods_of_run))
        else:
            lines += [layout.line(row) for row in periods_of_run]
    legend = "; ".join(_legend([*early, *rows], layout))
    return [*lines, *(terminal.style(line, LEGEND_STYLE) for line in terminal.wrap(legend))]


def _group(rows: list[Row], label: Callable[[str], str]) -> list[Row]:
    """Return a row for each label of a period, with the sums of the rows that have it, marked if one of them is."""
    groups = [(period, list(group)) for period, group in groupby(rows, lambda row: label(row["period"]))]
    return [
        total_row(f"{period}{PARTIAL_MARK}" if any(map(_is_partial, group)) else period, group)
        for period, group in groups
    ]


def _five_years(period: str) -> str:
    first = int(period[:4]) // 5 * 5
    return f"{first:04}-{(first + 4) % 100:02}"


# From a shorter period to the label of a longer one, from the shortest to the longest
PERIOD_LABELS: dict[str, Callable[[str], str]] = {
    "quarter": lambda month: f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}",
    "year": lambda period: period[:4],
    "five years": _five_years,
    "decade": lambda period: f"{period[:3]}0s",
}
_units = list(PERIOD_LABELS)
LONGER_PERIODS = {"month": _units, "quarter": _units[1:], "year": _units[2:]}


class _Layout(NamedTuple):
    """The widths of the parts of a line, and the largest numbers, which take the whole width of their bars."""

    terminal: Terminal
    symbols: Symbols
    max_events: int
    max_killed: int
    label_width: int
    events_width: int
    killed_width: int
    mean_widths: tuple[int, int]  # of the rolling means of events and of people killed; 0 without them
    events_bar_width: int
    killed_bar_width: int

    @classmethod
    def fit(cls, rows: list[Row], terminal: Terminal) -> _Layout:
        symbols = UNICODE if terminal.supports_unicode else ASCII
        max_events = max((row["events"] for row in rows), default=0)
        label_width = max(len(row["period"]) for row in rows)
        events_width = max(len(format_number(max_events)), len("events"))
        killed_width = max(*(len(_best_text(row)) for row in rows), len("killed"))
        details_width = max(len(_details(row, terminal.columns, symbols)) for row in rows)
        mean_widths = _mean_width(rows, "rolling_mean_events"), _mean_width(rows, "rolling_mean_killed")
        numbers_width = events_width + killed_width + sum(width + 1 for width in mean_widths if width)
        both_bars = terminal.columns - (label_width + numbers_width + details_width + 6)
        events_bar_width = max(both_bars * 2 // 5, MIN_BAR_COLUMNS)
        return cls(
            terminal=terminal,
            symbols=symbols,
            max_events=max_events,
            max_killed=max((row["killed_high"] or 0 for row in rows), default=0),
            label_width=label_width,
            events_width=events_width,
            killed_width=killed_width,
            mean_widths=mean_widths,
            events_bar_width=events_bar_width,
            killed_bar_width=max(both_bars - events_bar_width, MIN_BAR_COLUMNS),
        )

    def header(self) -> str:
        blank_label, blank_bar = " " * self.label_width, " " * self.events_bar_width
        means = [f" {MEAN_HEADING:>{width}}" if width else "" for width in self.mean_widths]
        return (
            f"{blank_label} {'events':>{self.events_width}}{means[0]} {blank_bar}"
            f"  {'killed':>{self.killed_width}}{means[1]}"
        )

    def line(self, row: Row) -> str:
        events = format_number(row["events"]) if row["events"] else self.symbols.empty
        events_bar = self.symbols.low * _bar_cells(row["events"], self.max_events, self.events_bar_width)
        killed_bar = _range_bar(row, self.max_killed, self.killed_bar_width, self.symbols)
        events_padding = " " * (self.events_bar_width - len(events_bar))
        killed_padding = " " * (self.killed_bar_width - len(killed_bar))
        return (
            f"{row['period']:{self.label_width}} {events:>{self.events_width}}{self._mean(row, 0)} "
            f"{self.terminal.style(events_bar, EVENTS_STYLE)}{events_padding}  "
            f"{_best_text(row):>{self.killed_width}}{self._mean(row, 1)} "
            f"{self.terminal.style(killed_bar, FATALITIES_STYLE)}{killed_padding} "
            f"{_details(row, self.terminal.columns, self.symbols)}"
        )

    def _mean(self, row: Row, i: int) -> str:
        """Return the rolling mean of events or of people killed with the space before it, if there are means."""
        field, width = ("rolling_mean_events", "rolling_mean_killed")[i], self.mean_widths[i]
        return f" {_mean_text(row, field):>{width}}" if width else ""

    def collapsed_line(self, rows: list[Row]) -> str:
        first, last = rows[0]["period"], rows[-1]["period"]
        return f"{self.symbols.ellipsis:>{self.label_width}} {first} to {last}: no events"

    def early_text(self, rows: list[Row], chart: ChartRequest) -> str:
        """Return what the periods before the first one drawn have together, and how to see each of them."""
        first = chart.first_drawn
        total = total_row(first, rows)
        parts = [pluralize(total["events"], "events")]
        if total["killed_best"] is not None:
            in_range = f" ({format_range(total, self.symbols.dash)})" if has_range(total) else ""
            parts.append(f"{format_best(total)} killed{in_range}")
        if unknown_count(total):
            parts.append(f"?{format_number(unknown_count(total))}")
        together = f"{self.symbols.ellipsis:>{self.label_width}} before {first}: {', '.join(parts)}"
        return f"{together} (--from {rows[0]['period'][:4]} draws them)"


def _legend(rows: list[Row], layout: _Layout) -> list[str]:
    symbols = layout.symbols
    with_range = [row for row in rows if has_range(row)]
    items = ["killed: best estimate"]
    if with_range:
        items.append(f"bar: {symbols.low} at least, {symbols.high} at most, {symbols.best} best estimate")
    if any(row["open"] for row in rows):
        items.append(f"{symbols.open} or + no upper bound")
    if any(map(unknown_count, rows)):
        items.append("?3: 3 tolls without a number (not zero)")
    if any(map(_is_partial, rows)):
        items.append(f"{PARTIAL_MARK} covered only in part")
    if any(layout.mean_widths):
        items.append(f"{MEAN_HEADING}: rolling mean")
    if any(map(_is_empty, rows)):
        items.append(f"{symbols.empty} no events")
    return items


def _is_partial(row: Row) -> bool:
    return bool(row["period"].endswith(PARTIAL_MARK))


def _mean_text(row: Row, field: str) -> str:
    mean = row.get(field)
    return "" if mean is None else f"{mean:,.1f}"


def _mean_width(rows: list[Row], field: str) -> int:
    """Return the width of the column of rolling means; 0 if there are none, as for sums of several periods."""
    longest = max((len(_mean_text(row, field)) for row in rows), default=0)
    return max(longest, len(MEAN_HEADING)) if longest else 0


def _is_empty(row: Row) -> bool:
    return not row["events"] and row["killed_best"] is None and not unknown_count(row)


def _best_text(row: Row) -> str:
    """Return the best estimate, with a space where others have a +, so that the digits line up."""
    if row["killed_best"] is None:
        return "? " if unknown_count(row) else ""
    return format_best(row) + ("" if row["open"] else " ")


def _details(row: Row, columns: int, symbols: Symbols) -> str:
    """Return what stands at the end of a line: the low and high estimates and the number of unknown fatalities."""
    parts = [f"?{format_number(unknown_count(row))}"] if unknown_count(row) else []
    if columns >= COLUMNS_WITH_RANGES and has_range(row):
        parts.insert(0, format_range(row, symbols.dash))
    return " ".join(parts)


def _bar_cells(value: int, largest: int, width: int) -> int:
    """Return the length of a bar, at least 1 for any value over 0."""
    return max(round(value * width / largest), 1) if value and largest else 0


def _range_bar(row: Row, largest: int, width: int, symbols: Symbols) -> str:
    """Return a bar that is solid up to the low estimate and lighter up to the high one, with the best marked."""
    if row["killed_best"] is None:
        return "?" if unknown_count(row) else ""
    width -= 1  # for the symbol of an open range
    low, best, high = (_bar_cells(row[f"killed_{bound}"], largest, width) for bound in ("low", "best", "high"))
    bar = list(symbols.low * low + symbols.high * (high - low))
    if has_range(row) and high > low and best:
        bar[best - 1] = symbols.best
    return "".join(bar) + (symbols.open if row["open"] else "")
