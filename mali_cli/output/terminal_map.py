"""The map for a terminal: Mali and its neighbours in outline, and places by what happened there or who held them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from itertools import groupby, pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.model.periods import STALE_YEARS
from mali_cli.model.vocabulary import UNKNOWN_HOLDER
from mali_cli.output.cell_values import format_number, row_dicts
from mali_cli.output.fatality_text import Row, format_fatalities, zero_but_uncertain
from mali_cli.output.map_data import (
    EAST,
    NORTH,
    SOUTH,
    WEST,
    Age,
    age_of_statement,
    contested_first,
    empty_map_message,
    holders_by_frequency,
    label_with_year,
    load_outlines,
    map_title,
    mark_noun,
    measure_words,
    rivals_text,
    rows_with_point,
    size_value,
    split_holders,
    unknown_fatalities,
)
from mali_cli.output.terminal import MIN_COLUMNS, Terminal, text_width
from mali_cli.results import ChartRequest, pluralize

if TYPE_CHECKING:
    import pandas as pd

LONGITUDE_SCALE = math.cos(math.radians((SOUTH + NORTH) / 2))  # length of a degree of longitude, in degrees of latitude
PANEL_COLUMNS = 30  # the least that the legend needs beside the map; in less room it goes below
LEGEND_SHARE = 0.4  # of the lines, for a legend that goes below
MIN_ROWS = 6
DOTS_ACROSS, DOTS_DOWN = 2, 4  # of a braille character
SIZE_MINIMA = (1, 5, 20, 100)  # the least number for each size of marker
SIZES_UNICODE, SIZES_ASCII = ("▪", "■", "█", "██"), ("o", "O", "#", "##")
ZERO_BUT_UNCERTAIN = "~"
HOLDER_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWXYZ"
NAMES_PER_HOLDER = (12, 8, 6, 4, 3, 2, 1)  # tried one after the other until the legend fits
CAMP_STYLES = {"government": "34", "separatist": "32", "jihadist": "31", "international": "35", "other": "36"}
BORDER_STYLE, BACKGROUND_STYLE, SIZE_STYLE = "1", "2", "33"
BRAILLE_BITS = {(0, 0): 1, (0, 1): 2, (0, 2): 4, (1, 0): 8, (1, 1): 16, (1, 2): 32, (0, 3): 64, (1, 3): 128}
UPPER_BITS = 1 | 2 | 8 | 16


class CharacterGrid:
    """Characters in columns and rows, over a finer grid of dots; a character that is written stays."""

    def __init__(self, columns: int, rows: int, terminal: Terminal) -> None:
        self.columns, self.rows, self.terminal = columns, rows, terminal
        self.characters: dict[tuple[int, int], tuple[str, str]] = {}
        self.dots: dict[tuple[int, int], int] = {}
        self.malian_cells: set[tuple[int, int]] = set()

    def dot_of(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (longitude - WEST) / (EAST - WEST) * (self.columns * DOTS_ACROSS - 1)
        return x, (NORTH - latitude) / (NORTH - SOUTH) * (self.rows * DOTS_DOWN - 1)

    def cell_of(self, longitude: float, latitude: float) -> tuple[int, int] | None:
        """Return the column and row of a point, or None if it is outside the map."""
        x, y = self.dot_of(longitude, latitude)
        column, row = int((x + 0.5) // DOTS_ACROSS), int((y + 0.5) // DOTS_DOWN)
        return (column, row) if 0 <= column < self.columns and 0 <= row < self.rows else None

    def draw_border(self, points: list[list[float]], is_malian: bool) -> None:
        """Draw a line of dots: solid for the border of Mali, dotted for others."""
        corners = [self.dot_of(longitude, latitude) for longitude, latitude in points]
        line: list[tuple[int, int]] = []
        for (x, y), (to_x, to_y) in pairwise(corners):
            steps = max(int(max(abs(to_x - x), abs(to_y - y))), 1)
            for step in range(steps + 1):
                dot = (round(x + (to_x - x) * step / steps), round(y + (to_y - y) * step / steps))
                if dot not in line[-1:]:
                    line.append(dot)
        for x_dot, y_dot in line if is_malian else line[::3]:
            cell = (x_dot // DOTS_ACROSS, y_dot // DOTS_DOWN)
            if 0 <= cell[0] < self.columns and 0 <= cell[1] < self.rows:
                self.dots[cell] = self.dots.get(cell, 0) | BRAILLE_BITS[x_dot % DOTS_ACROSS, y_dot % DOTS_DOWN]
                if is_malian:
                    self.malian_cells.add(cell)

    def is_free(self, column: int, row: int, width: int) -> bool:
        is_inside = column >= 0 and column + width <= self.columns and 0 <= row < self.rows
        return is_inside and not any((x, row) in self.characters for x in range(column, column + width))

    def write(self, column: int, row: int, text: str, style: str) -> None:
        for letter in text:
            self.characters[column, row] = (letter, style)
            if text_width(letter) == 2:
                self.characters[column + 1, row] = ("", style)
            column += text_width(letter)

    def lines(self) -> list[str]:
        rows = ([self._styled_character(column, row) for column in range(self.columns)] for row in range(self.rows))
        # Neighbours of one style are styled together, so that a name can be found as a word.
        return ["".join(self._style_run(run) for run in groupby(row, lambda cell: cell[1])) for row in rows]

    def _style_run(self, run: tuple[str, Iterable[tuple[str, str]]]) -> str:
        style, cells = run
        return self.terminal.style("".join(letter for letter, _ in cells), style)

    def _styled_character(self, column: int, row: int) -> tuple[str, str]:
        cell = (column, row)
        if cell in self.characters:
            return self.characters[cell]
        dots = self.dots.get(cell, 0)
        if not dots:
            return " ", ""
        is_malian = cell in self.malian_cells
        style = BORDER_STYLE if is_malian else BACKGROUND_STYLE
        if self.terminal.supports_unicode:
            return chr(0x2800 + dots), style
        upper, lower = dots & UPPER_BITS, dots & ~UPPER_BITS
        return (":" if upper and lower else "'" if upper else ".") if is_malian else ".", style


class Marker(NamedTuple):
    """The symbol of a place, with the row of the result that it shows."""

    symbol: str
    style: str
    row: Row

    @property
    def point(self) -> tuple[float, float]:
        return self.row["longitude"], self.row["latitude"]


class PlacedMarker(NamedTuple):
    """A marker at its column and row on the grid."""

    marker: Marker
    column: int
    row: int


def draw_map(frame: pd.DataFrame, chart: ChartRequest, terminal: Terminal) -> str:
    """Return the map as text: its title, the map with its legend, and notes on what is not shown."""
    rows = rows_with_point(row_dicts(frame))
    layer = HolderLayer(rows, chart, terminal) if chart.as_of else SizeLayer(rows, chart, terminal)
    title = [*terminal.wrap(map_title(chart)), *terminal.wrap(chart.coverage)]
    has_panel = terminal.columns >= MIN_COLUMNS + PANEL_COLUMNS
    legend_lines = 0 if has_panel else int(terminal.lines * LEGEND_SHARE)
    max_rows = terminal.lines - len(title) - legend_lines
    while True:
        grid = _fit_grid(terminal, max_rows, has_panel)
        placed = _place_markers(grid, layer.markers)
        if not placed:
            return f"{empty_map_message(chart)}; --format table shows the numbers.\n"
        _write_place_names(grid, placed)
        _draw_outlines(grid)
        notes = terminal.wrap(_note_on_hidden_places(grid, layer.markers, placed, mark_noun(chart)), indent="  ")
        map_lines = [*title, *_with_legend(grid, layer, terminal, legend_lines)]
        lines = [*map_lines, *notes]
        surplus = len(lines) - terminal.lines
        if terminal.is_screen and surplus > 0 and max_rows <= MIN_ROWS:
            lines = map_lines[: terminal.lines]
        if surplus <= 0 or max_rows <= MIN_ROWS:
            return "\n".join(line.rstrip() for line in lines) + "\n"
        max_rows = max(max_rows - surplus, MIN_ROWS)


def _note_on_hidden_places(grid: CharacterGrid, markers: list[Marker], placed: list[PlacedMarker], noun: str) -> str:
    outside = [marker for marker in markers if grid.cell_of(*marker.point) is None]
    notes = []
    if hidden := len(markers) - len(outside) - len(placed):
        notes.append(f"{pluralize(hidden, noun)} too close to another to be shown.")
    if outside:
        names = list(dict.fromkeys(grid.terminal.to_displayable(marker.row["place"]) for marker in outside))
        notes.append(f"Outside the map: {', '.join(names[:6])}{' and others' if len(names) > 6 else ''}.")
    return " ".join(notes)


def _place_markers(grid: CharacterGrid, markers: list[Marker]) -> list[PlacedMarker]:
    """Write the markers, those that come first first; leave out those whose place is taken."""
    placed = []
    for marker in markers:
        cell = grid.cell_of(*marker.point)
        if cell is None or not grid.is_free(*cell, 1):
            continue
        width = len(marker.symbol)
        for column in (cell[0], cell[0] - width + 1):  # never cut: "█" of "██" would stand for a smaller number
            if grid.is_free(column, cell[1], width):
                grid.write(column, cell[1], marker.symbol, marker.style)
                placed.append(PlacedMarker(marker, column, cell[1]))
                break
    return placed


def _write_place_names(grid: CharacterGrid, placed: list[PlacedMarker]) -> None:
    """Write names beside their markers where there is room, and a free character between a name and the next marker."""
    for marker, column, row in placed:
        name = grid.terminal.to_displayable(label_with_year(marker.row))
        right, width = column + len(marker.symbol), text_width(name)
        if grid.is_free(right, row, width + 1):
            grid.write(right, row, name, "")
        elif grid.is_free(column - width - 1, row, width + 1):
            grid.write(column - width, row, name, "")


def _draw_outlines(grid: CharacterGrid) -> None:
    """Draw the borders and the names of the countries wherever nothing was written."""
    outlines = load_outlines()
    for border in outlines["lines"]:
        grid.draw_border(border["line"], "Mali" in border["of"])
    for country, point in outlines["names"].items():
        name, cell = country.upper(), grid.cell_of(*point)
        rows = [cell[1] + offset for offset in (0, -1, 1, -2, 2)] if cell else []
        column = cell[0] - len(name) // 2 if cell else 0
        row = next((row for row in rows if grid.is_free(column, row, len(name))), None)
        if row is not None:
            grid.write(column, row, name, BACKGROUND_STYLE)


def _with_legend(
    grid: CharacterGrid, layer: SizeLayer | HolderLayer, terminal: Terminal, lines_below: int
) -> list[str]:
    """Return the map with its legend below it in so many lines, or beside it if there are none."""
    lines = grid.lines()
    if lines_below:
        return [*lines, *layer.legend(terminal.columns, lines_below)]
    legend = layer.legend(terminal.columns - grid.columns - 2, grid.rows)
    beside = zip_longest(lines, legend, fillvalue="")
    return [f"{line or ' ' * grid.columns}  {text}" for line, text in beside]


def _fit_grid(terminal: Terminal, rows: int, has_panel: bool) -> CharacterGrid:
    """Return the largest map of at most so many rows that leaves room for a legend beside it."""
    available = terminal.columns - (PANEL_COLUMNS + 2 if has_panel else 1)
    longitudes, latitudes = (EAST - WEST) * LONGITUDE_SCALE, NORTH - SOUTH
    dots_per_degree = min(rows * DOTS_DOWN / latitudes, available * DOTS_ACROSS / longitudes)
    columns = int(longitudes * dots_per_degree / DOTS_ACROSS)
    return CharacterGrid(columns, int(latitudes * dots_per_degree / DOTS_DOWN), terminal)


class SizeLayer:
    """Places by their number of events or of people killed."""

    def __init__(self, rows: list[Row], chart: ChartRequest, terminal: Terminal) -> None:
        self.chart, self.terminal, self.measure = chart, terminal, chart.measure
        self.is_of_killed = chart.measure == "dead"
        self.sizes = SIZES_UNICODE if terminal.supports_unicode else SIZES_ASCII
        self.markers = [
            Marker(self._symbol(row), SIZE_STYLE, row)
            for row in rows
            if not self.is_of_killed or self._has_figures(row)
        ]

    def _has_figures(self, row: Row) -> bool:
        return size_value(row, self.measure) is not None or unknown_fatalities(row, self.measure) > 0

    def _symbol(self, row: Row) -> str:
        value = size_value(row, self.measure)
        if value is None:
            return "?"
        if self.is_of_killed and zero_but_uncertain(row):
            return ZERO_BUT_UNCERTAIN
        largest_first = zip(self.sizes[::-1], SIZE_MINIMA[::-1], strict=True)
        return next((size for size, minimum in largest_first if value >= minimum), "0")

    def legend(self, width: int, height: int) -> list[str]:
        """Return what the symbols mean, and as many places with their numbers as there is room for."""
        items = "   ".join(self._symbol_meanings()).replace(" ", "\xa0").replace("\xa0\xa0\xa0", "   ")
        lines = [*self.terminal.wrap(items, width), ""]  # broken between items only
        lines = [line.replace("\xa0", " ") for line in lines]
        room = max(height - len(lines), 3)
        rows = [(m.symbol, self.terminal.to_displayable(m.row["place"]), self._numbers(m.row)) for m in self.markers]
        numbers_width = max((len(numbers) for _, _, numbers in rows[:room]), default=0)
        for symbol, name, numbers in rows if len(rows) <= room else rows[: room - 1]:
            name_width = width - numbers_width - 4
            name = name if text_width(name) <= name_width else f"{name[: name_width - 2]}.."
            lines.append(f"{symbol:2} {numbers:>{numbers_width}} {name}")
        if len(rows) > room:
            lines.append(f"and {len(rows) - room + 1} more {mark_noun(self.chart)}")
        return lines

    def _symbol_meanings(self) -> list[str]:
        ranges = [f"{low}-{above - 1}" for low, above in pairwise(SIZE_MINIMA)] + [f"{SIZE_MINIMA[-1]}+"]
        items = [f"{size} {numbers}" for size, numbers in zip(self.sizes, ranges, strict=True)]
        if not self.is_of_killed:
            return [measure_words(self.chart), *items]
        symbols = {marker.symbol for marker in self.markers}
        if "0" in symbols:
            items.append("0 nobody killed")
        if ZERO_BUT_UNCERTAIN in symbols:
            items.append(f"{ZERO_BUT_UNCERTAIN} best estimate 0, may be more")
        if any(unknown_fatalities(marker.row, self.measure) for marker in self.markers):
            items += (
                ["? 0 or blank", "?2: 2 records of 0 or blank"]
                if self.chart.area
                else ["? dead, no number given", "?2: 2 tolls without a number"]
            )
        if any(marker.row["open"] for marker in self.markers):
            items.append("+ no upper bound")
        return [measure_words(self.chart), *items]

    def _numbers(self, row: Row) -> str:
        """Return the number of a place and how many fatalities are unknown there, such as "41+ ?5"."""
        value, unknown = size_value(row, self.measure), unknown_fatalities(row, self.measure)
        dash = "–" if self.terminal.supports_unicode else "-"
        parts = [f"?{unknown}"] if unknown else []
        if value is not None:
            parts.insert(0, format_fatalities(row, dash) if self.is_of_killed else format_number(value))
        return " ".join(parts)


class HolderLayer:
    """Places by who held them: a letter for each holder, ! if contested, ? if the holder is unknown.

    The colour is that of the holder's camp. The letter is small and dim if the statement is old.
    """

    def __init__(self, rows: list[Row], chart: ChartRequest, terminal: Terminal) -> None:
        self.chart, self.terminal = chart, terminal
        held = [row for row in rows if row["holder"]]
        self.letters = dict(zip(holders_by_frequency(held), itertools.cycle(HOLDER_LETTERS), strict=False))
        self.markers = [Marker(self._symbol(row), self._style(row), row) for row in contested_first(held)]

    def _is_stale(self, row: Row) -> bool:
        return row["holder"] != UNKNOWN_HOLDER and age_of_statement(row, self.chart) is Age.STALE

    def _symbol(self, row: Row) -> str:
        letter = "!" if row["contested"] else self.letters.get(row["holder"], "?")
        return letter.lower() if self._is_stale(row) else letter

    def _style(self, row: Row) -> str:
        if self._is_stale(row):
            return BACKGROUND_STYLE
        if row["contested"] or row["holder"] == UNKNOWN_HOLDER:
            return BORDER_STYLE
        return CAMP_STYLES[self.chart.camps.get(split_holders(row)[0], "other")]

    def legend(self, width: int, height: int) -> list[str]:
        """Return what the symbols mean, each with as many of its places as there is room for."""
        for limit in (len(self.markers), *NAMES_PER_HOLDER):
            lines = self._legend_lines(width, limit)
            if len(lines) <= height:
                return lines
        return [*lines[: height - 1], "and more holders (--format table)"]

    def _legend_lines(self, width: int, limit: int) -> list[str]:
        """Return the legend with at most `limit` places of each holder."""
        places: dict[str, list[str]] = {}
        for marker in self.markers:
            places.setdefault(marker.symbol, []).append(self._place_text(marker.row))
        holders = {
            letter: self.terminal.to_displayable(name).replace(";", ", ") for name, letter in self.letters.items()
        }
        holders |= {letter.lower(): f"{text}, more than {STALE_YEARS} years ago" for letter, text in holders.items()}
        holders |= {"!": "claimed or contested", "?": "unknown"}
        lines = []
        for symbol, meaning in holders.items():
            if names := places.get(symbol):
                more = f" and {len(names) - limit} more" if len(names) > limit else ""
                lines += self.terminal.wrap(f"{symbol} {meaning}: {', '.join(names[:limit])}{more}", width, "  ")
        return lines

    def _place_text(self, row: Row) -> str:
        """Return the name of a place with the year of the statement, and with rival holders."""
        name = label_with_year(row)
        return self.terminal.to_displayable(f"{name} ({rivals_text(row)})" if row["contested"] else name)
