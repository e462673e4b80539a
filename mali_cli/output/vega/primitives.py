"""The parts of Vega-Lite charts: colours, text widths, text labels, paragraphs and legends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from mali_cli.output.streams import escape_control

Spec = dict[str, Any]

# The colours of Okabe and Ito, which colour-blind people can tell apart.
BLUE, VERMILION = "#0072B2", "#D55E00"
MEAN_COLOR = "#009E73"
INK, SOFT, FAINT, PALE = "#1a1a1a", "#595959", "#bdbdbd", "#e6e6e6"
LIGHT_VERMILION = "#f6c8a8"
PAPER = "#ffffff"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # fonts with the same advance widths
LINE_HEIGHT = 1.3  # in font sizes
LEGEND_FONT_SIZE = 10.5
LEGEND_GAP, LEGEND_SYMBOL_GAP = 14, 5  # pixels between entries, and between a symbol and its text
LEGEND_ROW_GAP = 4

# Advance widths of these fonts in thousandths of the font size, from their hmtx tables. Accents add nothing; a
# character that is not here is taken for the widest.
_ADVANCE_WIDTHS = {
    character: width
    for width, characters in {
        191: "'",
        222: "ijl|‘’",
        278: "!,./:;I[\\]ft  ",
        333: "()-r`“”",
        355: '"',
        389: "*",
        500: "ckvsxyzJ",
        556: "0123456789abdeghnopqu_L?$#–…",
        584: "+<=>~",
        611: "FTZ",
        667: "ABEKPSVXY&",
        722: "CDHNRUw",
        778: "GOQ",
        833: "mM",
        889: "%",
        944: "W",
    }.items()
    for character in characters
}


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in pixels, rather too much than too little."""
    characters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return sum(_ADVANCE_WIDTHS.get(c, 1000) for c in characters) / 1000 * size * (1.12 if bold else 1.01)


def wrap_text(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Return the text in lines of at most `width` pixels; a word longer than a line is broken."""
    lines = [""]
    for word in escape_control(text).split():
        while text_width(word, size, bold) > width:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or text_width(word[:n], size, bold) <= width)
            lines += [word[:fits]] if lines[-1] else []
            lines[-1] = word[:fits]
            word = word[fits:]
            lines.append("")
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


def shorten(text: str, size: float, width: float) -> str:
    """Return the text with an ellipsis in place of what is wider than `width` pixels."""
    if text_width(text, size) <= width:
        return text
    fits = next(n for n in range(len(text), -1, -1) if n == 0 or text_width(f"{text[:n]}…", size) <= width)
    return f"{text[:fits].rstrip()}…"


def round_ticks(largest: float) -> list[int]:
    """Return about five whole numbers from 0 up to at most the largest, at a round distance."""
    step = next(m * 10**n for n in range(16) for m in (1, 2, 5) if m * 10**n * 5.5 >= largest)
    return list(range(0, int(largest) + 1, step))


class TextLabel(NamedTuple):
    """A text at a point in pixels: by `align` the left, centre or right of it, and the middle of its height."""

    x: float
    y: float
    text: str
    size: float = 11
    color: str = INK
    align: str = "left"
    bold: bool = False
    italic: bool = False

    @property
    def style(self) -> tuple[str, bool, bool]:
        return self.align, self.bold, self.italic


def text_layers(labels: Iterable[TextLabel]) -> list[Spec]:
    """Return layers of texts, one for all labels of a style."""
    layers = []
    for (align, bold, italic), group in groupby(
        sorted(labels, key=lambda label: label.style), lambda label: label.style
    ):
        values = [
            {"x": round(t.x, 2), "y": round(t.y, 2), "text": t.text, "size": t.size, "color": t.color} for t in group
        ]
        font = {"fontWeight": "bold" if bold else "normal", "fontStyle": "italic" if italic else "normal"}
        mark = {"type": "text", "align": align, "baseline": "middle", "aria": False, **font}
        encoding = pixel_encoding(text="text", size="size", color="color")
        layers.append({"data": {"values": values}, "mark": mark, "encoding": encoding})
    return layers


def pixel_encoding(**channels: str) -> Spec:
    """Return an encoding by x and y in pixels and further channels, each with the field that holds its value."""
    types = {"x": "quantitative", "y": "quantitative", "size": "quantitative"}
    fields = {"x": "x", "y": "y", **channels}
    encoding: Spec = {
        channel: {"field": field, "type": types.get(channel, "nominal"), "scale": None}
        for channel, field in fields.items()
    }
    for channel in ("text", "description"):
        if channel in encoding:
            encoding[channel] = {"field": fields[channel]}
    encoding["x"]["axis"] = encoding["y"]["axis"] = None
    return encoding


def segment_layer(values: list[Spec], mark: Spec) -> Spec:
    """Return a layer of lines or rectangles from x, y to x2, y2 in pixels."""
    encoding = pixel_encoding() | {end: {"field": end} for end in ("x2", "y2")}
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def colored_rect_layer(rects: list[Spec]) -> Spec:
    """Return a layer of rectangles, each with its own fill, stroke and description."""
    layer = with_descriptions(segment_layer(rects, {"type": "rect", "strokeWidth": 0.6}))
    layer["encoding"] |= {name: {"field": name, "type": "nominal", "scale": None} for name in ("fill", "stroke")}
    return layer


def single_segment_layer(ends: Spec, mark: Spec) -> Spec:
    """Return a layer of one line or rectangle, with its ends as constants."""
    encoding = {channel: {"value": value} for channel, value in ends.items()}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": encoding}


def view(width: float, height: float, layers: list[Spec]) -> Spec:
    """Return a view without a frame."""
    return {"width": width, "height": height, "view": {"stroke": None}, "layer": layers}


def paragraph(
    lines: Iterable[str], width: float, left: float, size: float, color: str = INK, bold: bool = False
) -> Spec:
    """Return a view of lines of text that starts at `left`, below 0 beside the axes of other views."""
    labels = [
        TextLabel(left, (i + 0.5) * size * LINE_HEIGHT, line, size, color, bold=bold) for i, line in enumerate(lines)
    ]
    return view(width + left, len(labels) * size * LINE_HEIGHT, text_layers(labels))


class LegendItem(NamedTuple):
    """An entry of a legend: a symbol of Vega (or "none") with its area in square pixels, and what it means."""

    text: str
    shape: str = "square"
    fill: str = "transparent"
    stroke: str = "transparent"
    area: float = 100
    letter: str = ""  # drawn on the symbol, or instead of it if the shape is "none"


def legend(items: Iterable[LegendItem], width: float, left: float, top: float = 0) -> Spec:
    """Return a view of the items side by side in as many rows as they need, the first of them `top` pixels down."""
    rows: list[list[_LegendEntry]] = [[]]
    for item in items:
        entry = _LegendEntry.of(item, width)
        if rows[-1] and sum(other.width + LEGEND_GAP for other in rows[-1]) + entry.width > width:
            headings = rows[-1][-1:] if len(rows[-1]) > 1 and rows[-1][-1].is_heading else []
            rows[-1] = rows[-1][: len(rows[-1]) - len(headings)]
            rows.append(headings)
        rows[-1].append(entry)
    symbols: list[Spec] = []
    labels: list[TextLabel] = []
    y = top
    for row in rows:
        height = max((entry.height for entry in row), default=0)
        x = left
        for entry in row:
            symbols += entry.symbols(x, y + height / 2)
            labels += entry.labels(x, y + height / 2)
            x += entry.width + LEGEND_GAP
        y += height + LEGEND_ROW_GAP
    return view(width + left, y, [symbol_layer(symbols), *text_layers(labels)])


class _LegendEntry(NamedTuple):
    """A legend item with its text in lines, the width of its symbol, and the width and height of both."""

    item: LegendItem
    lines: list[str]
    symbol_width: float
    width: float
    height: float

    @property
    def is_heading(self) -> bool:
        """Whether the item names those that follow it, and so is never the last of a row."""
        return self.item.text.endswith(":")

    @classmethod
    def of(cls, item: LegendItem, max_width: float) -> _LegendEntry:
        is_text_only = item.shape == "none" and not item.letter
        symbol_width = 0.0 if is_text_only else max(item.area**0.5 * 1.15, 11)
        text_left = symbol_width + LEGEND_SYMBOL_GAP if symbol_width else 0.0
        lines = wrap_text(item.text, LEGEND_FONT_SIZE, max_width - text_left)
        width = text_left + max(text_width(line, LEGEND_FONT_SIZE) for line in lines)
        height = max(symbol_width, LEGEND_FONT_SIZE * LINE_HEIGHT * len(lines))
        return cls(item, lines, symbol_width, width, height)

    def symbols(self, x: float, middle: float) -> list[Spec]:
        if not self.symbol_width:
            return []
        item = self.item
        look = {"shape": item.shape, "fill": item.fill, "stroke": item.stroke, "size": item.area}
        return [{"x": x + self.symbol_width / 2, "y": middle, **look}]

    def labels(self, x: float, middle: float) -> list[TextLabel]:
        labels = []
        if self.item.letter:
            center = x + self.symbol_width / 2
            labels.append(TextLabel(center, middle, self.item.letter, LEGEND_FONT_SIZE, INK, "center", bold=True))
        text_x = x + self.symbol_width + (LEGEND_SYMBOL_GAP if self.symbol_width else 0)
        for i, line in enumerate(self.lines):
            offset = (i - (len(self.lines) - 1) / 2) * LEGEND_FONT_SIZE * LINE_HEIGHT
            labels.append(TextLabel(text_x, middle + offset, line, LEGEND_FONT_SIZE, SOFT))
        return labels


def symbol_layer(symbols: list[Spec], **mark_properties: Any) -> Spec:
    """Return a layer of symbols, each with its own shape, colours and area."""
    mark = {"type": "point", "strokeWidth": 1, "opacity": 1, "aria": False, **mark_properties}
    encoding = pixel_encoding(shape="shape", fill="fill", stroke="stroke", size="size")
    return {"data": {"values": symbols}, "mark": mark, "encoding": encoding}


def with_descriptions(layer: Spec) -> Spec:
    """Return the layer with the descriptions of its values, which are read out and shown under a pointer."""
    return {**layer, "encoding": {**layer["encoding"], "description": {"field": "description"}}}
