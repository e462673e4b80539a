"""What charts are made of: colours, how wide words are, lines of text and keys, as parts of Vega-Lite."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from mali_cli.output.streams import escape_control

Spec = dict[str, Any]

# Okabe and Ito's colours, which the colour-blind tell apart.
BLUE, VERMILION = "#0072B2", "#D55E00"
HUES = (BLUE, "#E69F00", "#009E73", "#CC79A7", "#56B4E9", VERMILION, "#F0E442")
INK, SOFT, FAINT, PALE = "#1a1a1a", "#595959", "#bdbdbd", "#e6e6e6"
LIGHT_VERMILION = "#f6c8a8"
PAPER = "#ffffff"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # of one width, so that what fits here fits there
LINE = 1.3  # height of a line of text in sizes of its letters

# Advance widths of these fonts in thousandths of the size; an accent adds nothing, a letter not here takes the most.
_WIDTHS = {
    letter: width
    for width, letters in {
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
    for letter in letters
}


def width_of(text: str, size: float, bold: bool = False) -> float:
    """How many pixels a text takes, rather more than less."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return sum(_WIDTHS.get(c, 1000) for c in letters) / 1000 * size * (1.12 if bold else 1.01)


def wrapped(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines of at most this width; a word that is longer than a line is broken."""
    lines = [""]
    for word in escape_control(text).split():
        while width_of(word, size, bold) > width:
            fits = next(n for n in range(len(word), 0, -1) if n == 1 or width_of(word[:n], size, bold) <= width)
            lines += [word[:fits]] if lines[-1] else []
            lines[-1] = word[:fits]
            word = word[fits:]
            lines.append("")
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line for line in lines if line]


class TextLabel(NamedTuple):
    """A text whose anchor, by `align` its left, centre or right and always its middle in height, stands at a pixel."""

    x: float
    y: float
    text: str
    size: float = 11
    colour: str = INK
    align: str = "left"
    bold: bool = False
    italic: bool = False


def texts(words: Iterable[TextLabel]) -> list[Spec]:
    """Layers of texts, those of one style together."""

    def look(those: TextLabel) -> tuple[str, bool, bool]:
        return those.align, those.bold, those.italic

    layers = []
    for (align, bold, italic), those in groupby(sorted(words, key=look), look):
        values = [
            {"x": round(w.x, 2), "y": round(w.y, 2), "text": w.text, "size": w.size, "colour": w.colour} for w in those
        ]
        style = {"fontWeight": "bold" if bold else "normal", "fontStyle": "italic" if italic else "normal"}
        mark = {"type": "text", "align": align, "baseline": "middle", "aria": False, **style}
        encoding = pixels(text="text", size="size", color="colour")
        layers.append({"data": {"values": values}, "mark": mark, "encoding": encoding})
    return layers


def pixels(**channels: str) -> Spec:
    """An encoding by x and y in pixels and further channels, each by the field that holds its very value."""
    kinds = {"x": "quantitative", "y": "quantitative", "size": "quantitative"}
    fields = {"x": "x", "y": "y", **channels}
    encoding: Spec = {
        channel: {"field": field, "type": kinds.get(channel, "nominal"), "scale": None}
        for channel, field in fields.items()
    }
    for channel in ("text", "description"):
        if channel in encoding:
            encoding[channel] = {"field": fields[channel]}
    encoding["x"]["axis"] = encoding["y"]["axis"] = None
    return encoding


def view(width: float, height: float, layers: list[Spec], **more: Any) -> Spec:
    return {"width": width, "height": height, "view": {"stroke": None}, "layer": layers, **more}


def paragraph(
    lines: Iterable[str], width: float, left: float, size: float, colour: str = INK, bold: bool = False
) -> Spec:
    """A view of lines of text in this width, of which all that is left of 0 belongs to the axes of other views."""
    words = [TextLabel(left, (at + 0.5) * size * LINE, line, size, colour, bold=bold) for at, line in enumerate(lines)]
    return view(width + left, len(words) * size * LINE, texts(words))


class Sign(NamedTuple):
    """An entry of a key: a symbol of Vega, or none, with its area in square pixels, and what it stands for."""

    text: str
    shape: str = "square"
    fill: str = "transparent"
    stroke: str = "transparent"
    area: float = 100
    letter: str = ""  # written into the symbol, or in its stead where the shape is none


def key(signs: Iterable[Sign], width: float, left: float, under: float = 0, size: float = 10.5) -> Spec:
    """A view of the signs side by side, in as many rows as they need, from `under` pixels of its top."""
    rows: list[list[_Entry]] = [[]]
    for sign in signs:
        entry = _Entry.of(sign, width, size)
        if rows[-1] and sum(other.width + GAP for other in rows[-1]) + entry.width > width:
            rows.append([])
        rows[-1].append(entry)
    points: list[Spec] = []
    words: list[TextLabel] = []
    top = under
    for row in rows:
        tallest = max((entry.height for entry in row), default=0)
        middle, x = top + tallest / 2, left
        for sign, lines, across, taken, _ in row:
            if across:
                look = {"shape": sign.shape, "fill": sign.fill, "stroke": sign.stroke, "size": sign.area}
                points.append({"x": x + across / 2, "y": middle, **look})
            if sign.letter:
                words.append(TextLabel(x + across / 2, middle, sign.letter, size, INK, "center", bold=True))
            for at, line in enumerate(lines):
                down = (at - (len(lines) - 1) / 2) * size * LINE
                words.append(TextLabel(x + across + (BESIDE if across else 0), middle + down, line, size, SOFT))
            x += taken + GAP
        top += tallest + 4
    return view(width + left, top, [signs_layer(points), *texts(words)])


GAP, BESIDE = 14, 5  # pixels between entries of a key, and between a symbol and its text


class _Entry(NamedTuple):
    """A sign with its text in lines, the width of its symbol, and the width and height of both."""

    sign: Sign
    lines: list[str]
    across: float
    width: float
    height: float

    @classmethod
    def of(cls, sign: Sign, width: float, size: float) -> _Entry:
        across = 0.0 if sign.shape == "none" and not sign.letter else max(sign.area**0.5 * 1.15, 11)
        beside = across + BESIDE if across else 0.0
        lines = wrapped(sign.text, size, width - beside)
        taken = beside + max(width_of(line, size) for line in lines)
        return cls(sign, lines, across, taken, max(across, size * LINE * len(lines)))


def signs_layer(points: list[Spec], **more: Any) -> Spec:
    """A layer of symbols, each with its own shape, colours and area."""
    mark = {"type": "point", "strokeWidth": 1, "opacity": 1, "aria": False, **more}
    encoding = pixels(shape="shape", fill="fill", stroke="stroke", size="size")
    return {"data": {"values": points}, "mark": mark, "encoding": encoding}
