"""The lineage of a group as a tree: what it came from and what it became, a line for each step with its date."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mali_cli.output.fatality_text import Row
from mali_cli.output.lineage_text import ORIGIN_TEXT, SUCCESSOR_TEXT, has_sibling, step_text
from mali_cli.output.streams import escape_control
from mali_cli.output.vega.camps import camp_color, camp_items
from mali_cli.output.vega.layout import Picture, Room
from mali_cli.output.vega.primitives import (
    INK,
    PAPER,
    SOFT,
    Spec,
    TextLabel,
    legend,
    segment_layer,
    shorten,
    symbol_layer,
    text_layers,
    view,
    with_descriptions,
)
from mali_cli.results import ChartRequest

FONT_SIZE = 11.5
LINE_HEIGHT, INDENT = 24, 22


def lineage_title(chart: ChartRequest) -> str:
    """Return what the tree shows."""
    return f"{chart.subject}: what {chart.measure} came from and what it became"


class _Line(NamedTuple):
    """A line of the tree: how far it is indented, its text, and the group that it is about; headings have none."""

    depth: int
    text: str
    group: str = ""
    description: str = ""
    has_next: tuple[bool, ...] = ()  # for each depth up to its own, whether a later line hangs on the same branch


def draw_lineage(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return the tree with a legend of the camps."""
    lines = [_Line(0, chart.measure, chart.measure)]
    for heading, words, side in (
        ("came from", ORIGIN_TEXT, [row for row in rows if row["level"] < 0]),
        ("became", SUCCESSOR_TEXT, [row for row in rows if row["level"] > 0]),
    ):
        lines += [_Line(0, heading), *_branches(side, words)] if side else []
    camps = [chart.camps.get(line.group, "other") for line in lines if line.group]
    picture = view(room.width, len(lines) * LINE_HEIGHT, _layers(lines, chart, room.width))
    return Picture([picture], legend(camp_items(camps), room.width, 0), 0.0, [])


def _branches(rows: list[Row], words: dict[str, str]) -> list[_Line]:
    depths = [abs(row["level"]) for row in rows]
    lines = []
    for i, row in enumerate(rows):
        has_next = tuple(has_sibling(depths[i + 1 :], depth) for depth in range(1, depths[i] + 1))
        text = escape_control(step_text(row, words))
        description = escape_control(f"{text}: {row['summary']}")
        lines.append(_Line(depths[i], text, _group_of(row), description, has_next))
    return lines


def _group_of(row: Row) -> str:
    """Return the earlier group of a step to predecessors, the later one of a step to successors."""
    earlier, later = (row["group"], row["other"]) if row["relation"] == "merged-into" else (row["other"], row["group"])
    return str(earlier if row["level"] < 0 else later)


def _layers(lines: list[_Line], chart: ChartRequest, width: float) -> list[Spec]:
    connectors: list[Spec] = []
    symbols: list[Spec] = []
    labels: list[TextLabel] = []
    for i, line in enumerate(lines):
        y, x = (i + 0.5) * LINE_HEIGHT, line.depth * INDENT
        for depth, goes_on in enumerate(line.has_next, 1):
            left, is_own = (depth - 0.5) * INDENT, depth == line.depth
            if goes_on or is_own:
                end = y + LINE_HEIGHT / 2 if goes_on else y
                connectors.append({"x": left, "x2": left, "y": y - LINE_HEIGHT / 2, "y2": end})
            if is_own:
                connectors.append({"x": left, "x2": x + 2, "y": y, "y2": y})
        if line.group:
            color = camp_color(line.group, chart.camps)
            look = {"shape": "square", "fill": color, "stroke": PAPER, "size": 110}
            symbols.append({"x": x + 9, "y": y, **look, "description": line.description or line.text})
        left = x + (20 if line.group else 0)
        text = shorten(line.text, FONT_SIZE, width - left)
        is_root = not line.has_next and bool(line.group)
        color = INK if line.group else SOFT
        labels.append(TextLabel(left, y, text, FONT_SIZE, color, bold=is_root, italic=not line.group))
    rules = segment_layer(connectors, {"type": "rule", "color": SOFT, "aria": False})
    return [rules, with_descriptions(symbol_layer(symbols, aria=True)), *text_layers(labels)]
