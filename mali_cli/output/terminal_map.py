"""A map for a terminal: Mali and its neighbours in outline, and what happened at which place, or who held it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.model import schema
from mali_cli.output import fatality_text
from mali_cli.output.terminal import NARROWEST, Terminal, number, rows_of, width_of
from mali_cli.results import ChartRequest, pluralize

if TYPE_CHECKING:
    import pandas as pd

WEST, SOUTH, EAST, NORTH = -12.7, 9.8, 4.9, 25.3  # Mali with a margin
NARROWING = math.cos(math.radians((SOUTH + NORTH) / 2))  # of a degree of longitude against one of latitude
PANEL = 30  # columns that the key takes beside the map; where there are less it stands below
ACROSS, DOWN = 2, 4  # dots of a braille character
STEPS = (1, 5, 20, 100)  # from so many on a place is drawn as the next size
POSSIBLE = "~"  # the best sum is 0, but dead are not ruled out
BLOCKS, ASCII = ("▪", "■", "█", "██"), ("o", "O", "#", "##")
HOLDERS = "ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
COLOURS = ("31", "32", "33", "34", "35", "36")
OUTLINE, NAMES, SIZE = "1", "2", "33"


class Grid:
    """Characters in rows and columns, over dots that are finer; what is written first stays."""

    def __init__(self, columns: int, rows: int, screen: Terminal) -> None:
        self.columns, self.rows, self.screen = columns, rows, screen
        self.cells: dict[tuple[int, int], tuple[str, str]] = {}
        self.dots: dict[tuple[int, int], int] = {}
        self.ours: set[tuple[int, int]] = set()

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The dot of a point."""
        x = (longitude - WEST) / (EAST - WEST) * (self.columns * ACROSS - 1)
        return x, (NORTH - latitude) / (NORTH - SOUTH) * (self.rows * DOWN - 1)

    def cell(self, longitude: float, latitude: float) -> tuple[int, int] | None:
        """The character of a point; None beyond the edge."""
        x, y = self.at(longitude, latitude)
        column, row = int((x + 0.5) // ACROSS), int((y + 0.5) // DOWN)
        return (column, row) if 0 <= column < self.columns and 0 <= row < self.rows else None

    def line(self, points: list[list[float]], ours: bool) -> None:
        """A border; that of Mali is drawn through, those of others are dotted."""
        ends = [self.at(longitude, latitude) for longitude, latitude in points]
        seen: list[tuple[int, int]] = []
        for (x, y), (to_x, to_y) in pairwise(ends):
            steps = max(int(max(abs(to_x - x), abs(to_y - y))), 1)
            for step in range(steps + 1):
                dot = (round(x + (to_x - x) * step / steps), round(y + (to_y - y) * step / steps))
                if dot not in seen[-1:]:
                    seen.append(dot)
        for column, row in seen if ours else seen[::3]:
            here = (column // ACROSS, row // DOWN)
            if 0 <= here[0] < self.columns and 0 <= here[1] < self.rows:
                self.dots[here] = self.dots.get(here, 0) | _BRAILLE[column % ACROSS, row % DOWN]
                if ours:
                    self.ours.add(here)

    def free(self, column: int, row: int, width: int) -> bool:
        inside = column >= 0 and column + width <= self.columns and 0 <= row < self.rows
        return inside and not any((at, row) in self.cells for at in range(column, column + width))

    def write(self, column: int, row: int, text: str, colour: str) -> None:
        for letter in text:
            self.cells[column, row] = (letter, colour)
            if width_of(letter) == 2:
                self.cells[column + 1, row] = ("", colour)
            column += width_of(letter)

    def text(self) -> list[str]:
        rows = ([self._shown(column, row) for column in range(self.columns)] for row in range(self.rows))
        # One colour after the other, so that a name stays a word.
        return ["".join(self._painted(those) for those in groupby(row, lambda cell: cell[1])) for row in rows]

    def _painted(self, those: tuple[str, Iterable[tuple[str, str]]]) -> str:
        colour, cells = those
        return self.screen.paint("".join(letter for letter, _ in cells), colour)

    def _shown(self, column: int, row: int) -> tuple[str, str]:
        """A character and its colour."""
        here = (column, row)
        if here in self.cells:
            return self.cells[here]
        dots = self.dots.get(here, 0)
        if not dots:
            return " ", ""
        colour = OUTLINE if here in self.ours else NAMES
        if self.screen.blocks:
            return chr(0x2800 + dots), colour
        upper, lower = dots & _UPPER, dots & ~_UPPER
        return (":" if upper and lower else "'" if upper else ".") if here in self.ours else ".", colour


_BRAILLE = {(0, 0): 1, (0, 1): 2, (0, 2): 4, (1, 0): 8, (1, 1): 16, (1, 2): 32, (0, 3): 64, (1, 3): 128}
_UPPER = 1 | 2 | 8 | 16


class Mark(NamedTuple):
    """How a place is drawn."""

    text: str
    colour: str
    row: dict[str, Any]


class Spot(NamedTuple):
    """Where a mark stands."""

    mark: Mark
    column: int
    row: int


def drawn(frame: pd.DataFrame, drawing: ChartRequest, screen: Terminal) -> str:
    rows = [row for row in rows_of(frame) if row["latitude"] is not None and row["longitude"] is not None]
    key = _Holders(rows, drawing, screen) if drawing.as_of else _Sizes(rows, drawing, screen)
    grid = _fitting(screen)
    beyond = [mark for mark in key.marks if grid.cell(*_point(mark)) is None]
    spots = _marks(grid, key.marks)
    if not spots:
        return f"{key.nothing}; --format table shows the numbers.\n"
    _names(grid, spots)
    _outlines(grid)
    foot = []
    if hidden := len(key.marks) - len(beyond) - len(spots):
        foot.append(f"{pluralize(hidden, 'places')} under the mark of another.")
    if beyond:
        names = list(dict.fromkeys(screen.plain(mark.row["place"]) for mark in beyond))
        foot.append(f"Beyond the edge: {', '.join(names[:6])}{' and others' if len(names) > 6 else ''}.")
    return _page(key.title, grid, key.lines, " ".join(foot), screen)


def _point(mark: Mark) -> tuple[float, float]:
    return mark.row["longitude"], mark.row["latitude"]


def _marks(grid: Grid, marks: list[Mark]) -> list[Spot]:
    """The first come stand; who finds the place taken is left out."""
    spots = []
    for mark in marks:
        cell = grid.cell(*_point(mark))
        if cell is None or not grid.free(*cell, 1):
            continue
        width = len(mark.text)
        for column in (cell[0], cell[0] - width + 1):  # never cut: that would be the mark of less
            if grid.free(column, cell[1], width):
                grid.write(column, cell[1], mark.text, mark.colour)
                spots.append(Spot(mark, column, cell[1]))
                break
    return spots


def _names(grid: Grid, spots: list[Spot]) -> None:
    """Beside their marks, where there is room; a free character beyond keeps a name from the mark of another place."""
    for mark, column, row in spots:
        name = grid.screen.plain(mark.row["place"])
        right, taken = column + len(mark.text), width_of(name)
        if grid.free(right, row, taken + 1):
            grid.write(right, row, name, "")
        elif grid.free(column - taken - 1, row, taken + 1):
            grid.write(column - taken, row, name, "")


def _outlines(grid: Grid) -> None:
    """The borders and the names of the countries, under all that is there already."""
    outlines = json.loads((schema.data_folder() / "outlines.json").read_text(encoding="utf-8"))
    for line in outlines["lines"]:
        grid.line(line["line"], "Mali" in line["of"])
    for country, point in outlines["names"].items():
        name, cell = country.upper(), grid.cell(*point)
        rows = [cell[1] + aside for aside in (0, -1, 1, -2, 2)] if cell else []
        column = cell[0] - len(name) // 2 if cell else 0
        row = next((row for row in rows if grid.free(column, row, len(name))), None)
        if row is not None:
            grid.write(column, row, name, NAMES)


def _page(title: str, grid: Grid, key: Callable[[int, int], list[str]], foot: str, screen: Terminal) -> str:
    """The map with its key beside it, or below where there is no room."""
    left = screen.columns - grid.columns - 2
    drawing = grid.text()
    if left >= PANEL:
        beside = key(left, grid.rows)
        lines = [f"{line}  {beside[at] if at < len(beside) else ''}" for at, line in enumerate(drawing)]
        lines += [f"{'':{grid.columns}}  {line}" for line in beside[len(drawing) :]]
    else:
        lines = [*drawing, "", *key(screen.columns, 16)]
    lines = [*screen.wrapped(title), *lines, *screen.wrapped(foot, indent="  ")]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fitting(screen: Terminal) -> Grid:
    """The largest map that leaves room for its key, beside it where that can be, and for the lines above and below."""
    across = screen.columns - (PANEL + 2 if screen.columns >= NARROWEST + PANEL else 1)
    dot = min((screen.lines - 6) * DOWN / (NORTH - SOUTH), across * ACROSS / ((EAST - WEST) * NARROWING))
    return Grid(int((EAST - WEST) * NARROWING * dot / ACROSS), int((NORTH - SOUTH) * dot / DOWN), screen)


class _Sizes:
    """Places by how much happened there."""

    def __init__(self, rows: list[dict[str, Any]], drawing: ChartRequest, screen: Terminal) -> None:
        self.screen = screen
        self.sizes = BLOCKS if screen.blocks else ASCII
        self.dead = drawing.measure == "dead"
        self.title = "People killed by place" if self.dead else "Events by place"
        self.nothing = "Nothing of this lies on the map"
        self.marks = [Mark(self._mark(row), SIZE, row) for row in rows if not self.dead or self._told(row)]

    def _value(self, row: dict[str, Any]) -> int | None:
        value = row["killed_best" if self.dead else "events"]
        return None if value is None else int(value)

    def _unknown(self, row: dict[str, Any]) -> int:
        return fatality_text.unknown_count(row) if self.dead else 0

    def _told(self, row: dict[str, Any]) -> bool:
        return self._value(row) is not None or self._unknown(row) > 0

    def _mark(self, row: dict[str, Any]) -> str:
        value = self._value(row)
        if value is None:
            return "?"
        if self.dead and fatality_text.zero_but_uncertain(row):
            return POSSIBLE
        return next((size for size, least in zip(self.sizes[::-1], STEPS[::-1], strict=True) if value >= least), "0")

    def lines(self, width: int, height: int) -> list[str]:
        """What the sizes mean, and the places with their numbers, as many as there is room for."""
        names = [f"{least}{'+' if least == STEPS[-1] else f'-{STEPS[at + 1] - 1}'}" for at, least in enumerate(STEPS)]
        key = [f"{size} {name}" for size, name in zip(self.sizes, names, strict=True)]
        if self.dead:
            shown = {mark.text for mark in self.marks}
            key += ["0 none, as told"]
            key += [f"{POSSIBLE} best sum 0, more is possible"] if POSSIBLE in shown else []
            key += ["? not told", "?2 of 2 not told", "+ no upper bound"]
        lines = [*self.screen.wrapped("   ".join(key).replace(" ", "\xa0").replace("\xa0\xa0\xa0", "   "), width), ""]
        lines = [line.replace("\xa0", " ") for line in lines]
        room = max(height - len(lines), 3)
        rows = [(mark.text, self.screen.plain(mark.row["place"]), self._amount(mark.row)) for mark in self.marks]
        longest = max((len(amount) for _, _, amount in rows[:room]), default=0)
        for mark, name, amount in rows if len(rows) <= room else rows[: room - 1]:
            most = width - longest - 4
            name = name if width_of(name) <= most else f"{name[: most - 2]}.."
            lines.append(f"{mark:2} {amount:>{longest}} {name}")
        if len(rows) > room:
            lines.append(f"and {len(rows) - room + 1} places more")
        return lines

    def _amount(self, row: dict[str, Any]) -> str:
        value, unknown = self._value(row), self._unknown(row)
        dash = "–" if self.screen.blocks else "-"
        told = [fatality_text.format_fatalities(row, dash) if self.dead else number(value)] if value is not None else []
        return " ".join([*told, *([f"?{unknown}"] if unknown else [])])


class _Holders:
    """Places by who held them: a letter for each, ! where that is contested, ? where the documents are silent."""

    def __init__(self, rows: list[dict[str, Any]], drawing: ChartRequest, screen: Terminal) -> None:
        self.screen = screen
        self.title = f"Who held which place on {drawing.as_of}"
        self.nothing = f"Of no place on the map a holder on {drawing.as_of} is told"
        held = [row for row in rows if row["holder"]]
        clear = [row["holder"] for row in held if not row["contested"] and row["holder"] != "unknown"]
        names = sorted(set(clear), key=lambda name: (-clear.count(name), name))
        self.letters = {name: HOLDERS[at % len(HOLDERS)] for at, name in enumerate(names)}
        self.colours = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}
        # The contested first: where two places share a mark, what is disputed must not be hidden.
        order = sorted(held, key=lambda row: (not row["contested"], row["holder"] == "unknown"))
        self.marks = [Mark(self._mark(row), self.colours.get(row["holder"], "1"), row) for row in order]

    def _mark(self, row: dict[str, Any]) -> str:
        return "!" if row["contested"] else self.letters.get(row["holder"], "?")

    def lines(self, width: int, height: int) -> list[str]:
        at: dict[str, list[str]] = {}
        for mark in self.marks:
            name = self.screen.plain(mark.row["place"])
            if mark.text == "!":
                name += f" ({self.screen.plain(mark.row['holder']).replace(';', ', ')})"
            at.setdefault(mark.text, []).append(name)
        meaning = {letter: self.screen.plain(name).replace(";", ", ") for name, letter in self.letters.items()}
        meaning |= {"!": "claimed or contested", "?": "not told"}
        lines = []
        for letter, what in meaning.items():
            if letter in at:
                lines += self.screen.wrapped(f"{letter} {what}: {', '.join(at[letter])}", width, "  ")
        return lines
