"""Alliances and fights between groups as a matrix: a row and a column for each group, a mark for each relation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from mali_cli.model.date_text import relation_text
from mali_cli.model.vocabulary import RELATION_DATES
from mali_cli.output.fatality_text import Row
from mali_cli.output.streams import escape_control
from mali_cli.output.vega.camps import CAMP_COLORS, camp_color, camp_items
from mali_cli.output.vega.layout import Picture, Room
from mali_cli.output.vega.primitives import (
    BLUE,
    INK,
    PALE,
    PAPER,
    VERMILION,
    LegendItem,
    Spec,
    TextLabel,
    legend,
    segment_layer,
    shorten,
    symbol_layer,
    text_layers,
    text_width,
    view,
    with_descriptions,
)
from mali_cli.results import ChartRequest, pluralize

FONT_SIZE = 10
MAX_GROUPS = 32
MAX_CELL, MIN_CELL = 26.0, 11.0
NAME_WIDTH = 170  # pixels at most
GREEN = "#009E73"
# The signs of relations, from the one behind to the one in front.
SIGNS = {
    "ally-of": ("allies", "circle", BLUE, 0.66),
    "ceasefire-with": ("ceasefire or truce", "diamond", GREEN, 0.4),
    "fought": ("fought", "cross", VERMILION, 0.4),
}


def relations_title(chart: ChartRequest) -> str:
    """Return what the matrix shows, without the filters."""
    return f"{chart.subject}: who was allied with whom, and who fought whom"


def empty_message(rows: list[Row], chart: ChartRequest) -> str:
    """Return what to say if there is no mark to draw."""
    return "" if any(map(_is_drawn, rows)) else "No group is recorded as an ally or an enemy in this period"


def _is_drawn(row: Row) -> bool:
    return row["relation"] in SIGNS and row["basis"] != "denied"


def draw_relations(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return the matrix with its legend; of many groups, those with the most relations."""
    drawn = [row for row in rows if _is_drawn(row)]
    counts = Counter(group for row in drawn for group in (row["group"], row["other"]))
    most = MAX_GROUPS if room.max_height is None else int((room.max_height - NAME_WIDTH * 0.6) / MIN_CELL)
    shown = {group for group, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: max(most, 2)]}
    notes = [
        "A pair may have been allied at one time and have fought at another: --on 2012 draws the relations of a year."
    ]
    if left_out := len(counts) - len(shown):
        notes.append(f"{pluralize(left_out, 'groups')} with the fewest relations are not drawn.")
    if others := len(rows) - len(drawn):
        notes.append(f"{pluralize(others, 'relations')} of other kinds, such as support, are not drawn.")
    camps = list(CAMP_COLORS)
    order = sorted(shown, key=lambda group: (camps.index(chart.camps.get(group, "other")), group))
    matrix = _Matrix(order, [row for row in drawn if {row["group"], row["other"]} <= shown], chart, room)
    return Picture([matrix.view()], legend(list(matrix.legend_items()), room.width, 0), 0.0, notes)


class _Matrix:
    """The groups in their order with the geometry of the cells, in pixels."""

    def __init__(self, groups: list[str], rows: list[Row], chart: ChartRequest, room: Room) -> None:
        self.groups, self.rows, self.chart, self.width = groups, rows, chart, room.width
        longest = max(text_width(group, FONT_SIZE) for group in groups)
        self.left = min(longest, NAME_WIDTH, room.width * 0.35) + 18
        heading = self.left if room.max_height is None else min(self.left, room.max_height * 0.35)
        self.top = heading
        self.cell = min((room.width - self.left) / len(groups), MAX_CELL)
        if room.max_height is not None:
            self.cell = max(min(self.cell, (room.max_height - self.top) / len(groups)), MIN_CELL)
        self.position = {group: i for i, group in enumerate(groups)}

    def view(self) -> Spec:
        layers = [self._grid(), *self._camps(), *self._marks(), *text_layers(self._row_names()), self._column_names()]
        return view(self.width, self.top + len(self.groups) * self.cell, layers)

    def _middle(self, i: int) -> float:
        return (i + 0.5) * self.cell

    def _grid(self) -> Spec:
        end = len(self.groups) * self.cell
        places = [i * self.cell for i in range(len(self.groups) + 1)]
        across = [{"x": self.left, "x2": self.left + end, "y": self.top + p, "y2": self.top + p} for p in places]
        down = [{"x": self.left + p, "x2": self.left + p, "y": self.top, "y2": self.top + end} for p in places]
        return segment_layer([*across, *down], {"type": "rule", "color": PALE, "aria": False})

    def _camps(self) -> Iterator[Spec]:
        """Yield squares in the colours of the camps beside the names, and grey cells where a group meets itself."""
        squares, own = [], []
        for i, group in enumerate(self.groups):
            middle = self._middle(i)
            color = camp_color(group, self.chart.camps)
            look = {"shape": "square", "fill": color, "stroke": PAPER, "size": 64}
            squares += [
                {"x": self.left - 7, "y": self.top + middle, **look},
                {"x": self.left + middle, "y": self.top - 7, **look},
            ]
            start = i * self.cell
            across = {"x": self.left + start, "x2": self.left + start + self.cell}
            own.append({**across, "y": self.top + start, "y2": self.top + start + self.cell})
        yield segment_layer(own, {"type": "rect", "color": PALE, "aria": False})
        yield symbol_layer(squares)

    def _marks(self) -> Iterator[Spec]:
        """Yield a mark in both cells of a pair for each kind of relation, hollow if all reports of it are in doubt."""
        for relation, (_, shape, color, share) in SIGNS.items():
            by_pair: dict[tuple[str, str], list[Row]] = {}
            for row in self.rows:
                if row["relation"] == relation:
                    one, two = sorted((row["group"], row["other"]))
                    by_pair.setdefault((one, two), []).append(row)
            marks = []
            for pair, rows in by_pair.items():
                is_sure = any(row["basis"] == "reported" for row in rows)
                look = {
                    "shape": shape,
                    "fill": color if is_sure else PAPER,
                    "stroke": color,
                    "size": self.cell**2 * share,
                }
                described = {"description": "; ".join(map(_description, rows))}
                for group, other in (pair, pair[::-1]):
                    x, y = self._middle(self.position[other]), self._middle(self.position[group])
                    marks.append({"x": self.left + x, "y": self.top + y, **look, **described})
            if marks:
                yield with_descriptions(symbol_layer(marks, aria=True))

    def _row_names(self) -> Iterator[TextLabel]:
        for i, group in enumerate(self.groups):
            name = shorten(escape_control(group), FONT_SIZE, self.left - 18)
            yield TextLabel(self.left - 14, self.top + self._middle(i), name, FONT_SIZE, INK, "right")

    def _column_names(self) -> Spec:
        """Return the names above the columns, which read upwards."""
        texts = [shorten(escape_control(group), FONT_SIZE, self.top - 18) for group in self.groups]
        names = [TextLabel(self.left + self._middle(i), self.top - 14, text, FONT_SIZE) for i, text in enumerate(texts)]
        layer = text_layers(names)[0]
        return {**layer, "mark": {**layer["mark"], "angle": 270}}

    def legend_items(self) -> Iterator[LegendItem]:
        kinds = {row["relation"] for row in self.rows}
        for relation, (text, shape, color, _) in SIGNS.items():
            if relation in kinds:
                yield LegendItem(text, shape, color, color)
        if any(row["basis"] != "reported" for row in self.rows):
            yield LegendItem("hollow: disputed or claimed only", "circle", PAPER, INK)
        yield from camp_items(self.chart.camps.get(group, "other") for group in self.groups)


def _description(row: Row) -> str:
    """Return "AQIM fought MNLA (from 2012-11-19): summary"."""
    when = relation_text(*(row[column] or "" for column in RELATION_DATES)) or "date not stated"
    doubt = "" if row["basis"] == "reported" else f", {row['basis']}"
    verb = row["relation"].replace("-", " ")
    return escape_control(f"{row['group']} {verb} {row['other']} ({when}{doubt}): {row['summary']}")
