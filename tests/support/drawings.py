"""The contents of picture files: pixels of a PNG, texts and marks of an SVG with their positions."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mali_cli.output.vega.primitives import text_width

Pixels = npt.NDArray[np.uint8]
SVG = "{http://www.w3.org/2000/svg}"


class Text(NamedTuple):
    """A text with its box, by the widths that the charts estimate."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other_row: Text) -> bool:
        return (
            self.left < other_row.right
            and other_row.left < self.right
            and self.top < other_row.bottom
            and other_row.top < self.bottom
        )


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Return width, height and rows of a PNG with eight bits, four channels and no interlacing."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    i, data = 8, b""
    width = height = 0
    while i < len(png):
        length, kind = struct.unpack(">I4s", png[i : i + 8])
        body = png[i + 8 : i + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, colour, interlaced) == (8, 6, 0)
        data += body if kind == b"IDAT" else b""
        i += length + 12
    raw, rows, above = zlib.decompress(data), [], np.zeros((width, 4), np.uint8)
    for y in range(height):
        start = y * (width * 4 + 1)
        row = np.frombuffer(raw, np.uint8, width * 4, start + 1).reshape(width, 4)
        above = _without_filter(raw[start], row, above)
        rows.append(above.tobytes())
    return width, height, rows


def _without_filter(kind: int, row: Pixels, above: Pixels) -> Pixels:
    """Undo a filter of PNG (section 9 of its specification): none, Sub or Up, which are those that vl-convert uses."""
    assert kind in (0, 1, 2)
    return row if kind == 0 else np.cumsum(row, axis=0, dtype=np.uint8) if kind == 1 else row + above


def pixels_per_metre(png: bytes) -> int:
    i = png.index(b"pHYs") + 4
    across: int = struct.unpack(">I", png[i : i + 4])[0]
    return across


def ink_width(text: str, size: float, bold: bool) -> float:
    """Return the width in pixels of the ink of a text when drawn."""
    import vl_convert

    scale = 2
    element = ET.Element(f"{SVG}svg", {"width": str(round(len(text) * size + 20)), "height": str(round(size * 2))})
    style = {"font-family": "Liberation Sans, Arial, Helvetica, sans-serif", "font-size": f"{size}px"}
    ET.SubElement(element, f"{SVG}text", {"x": "8", "y": str(size * 1.4), **style, "font-weight": "bold" if bold else "normal"}).text = text  # fmt: skip
    width, _, rows = pixels(vl_convert.svg_to_png(ET.tostring(element, encoding="unicode"), scale=scale))
    inked = [x for x in range(width) if any(row[x * 4 + 3] for row in rows)]
    return (inked[-1] - inked[0] + 1) / scale if inked else 0.0


def texts(svg: bytes) -> list[Text]:
    """Return the texts with their positions."""
    shown = []
    for element, x, y, turned in _placed(ET.fromstring(svg), 0.0, 0.0, False):
        if element.tag != f"{SVG}text" or not element.text:
            continue
        size = float(element.get("font-size", "").removesuffix("px"))
        width, height = text_width(element.text, size, element.get("font-weight") == "bold"), size * 0.7
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")] * width
        box = (x - before, y - height, x - before + width, y)
        if turned:  # an axis' title, that reads upwards
            box = (x - height, y - width / 2, x, y + width / 2)
        shown.append(Text(element.text, *box))
    return shown


def labels(svg: bytes) -> list[str]:
    """Return the labels that are read out for the marks."""
    elements = ET.fromstring(svg).iter(f"{SVG}path")
    return [label for e in elements if (label := e.get("aria-label")) and e.get("role") == "graphics-symbol"]


def circles(svg: bytes) -> dict[str, float]:
    """Return the areas of labelled circles, by label."""
    radius = re.compile(r"M([\d.]+),0A")
    return {
        label: 3.141593 * float(match[1]) ** 2
        for e in ET.fromstring(svg).iter(f"{SVG}path")
        if (label := e.get("aria-label")) and (match := radius.match(e.get("d", "")))
    }


def _placed(element: ET.Element, x: float, y: float, turned: bool) -> Iterator[tuple[ET.Element, float, float, bool]]:
    move = re.match(r"translate\(([-\d.e]+),\s*([-\d.e]+)\)(?:\s*rotate\(([-\d.]+))?", element.get("transform", ""))
    if move:
        x, y, turned = x + float(move[1]), y + float(move[2]), turned or bool(move[3] and float(move[3]))
    yield element, x, y, turned
    for child in element:
        yield from _placed(child, x, y, turned)
