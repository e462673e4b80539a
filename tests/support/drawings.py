"""What stands in picture files: the pixels of a PNG, and the texts and marks of an SVG with their places."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from mali_cli.output.vega.primitives import width_of

SVG = "{http://www.w3.org/2000/svg}"


class Text(NamedTuple):
    """A text with the box that its letters take, by the widths that the charts reckon with."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Text) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the rows of a PNG of eight bits, four channels and no interlacing."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data = 8, b""
    width = height = 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, colour, interlaced) == (8, 6, 0)
        data += body if kind == b"IDAT" else b""
        at += length + 12
    raw, rows, above = zlib.decompress(data), [], bytearray(width * 4)
    for y in range(height):
        start = y * (width * 4 + 1)
        row = bytearray(raw[start + 1 : start + 1 + width * 4])
        _unfiltered(raw[start], row, above)
        rows.append(bytes(row))
        above = row
    return width, height, rows


def _unfiltered(kind: int, row: bytearray, above: bytearray) -> None:
    """Undoes a filter of PNG in place (section 9 of its specification)."""
    for at in range(len(row)):
        left = row[at - 4] if at >= 4 else 0
        corner = above[at - 4] if at >= 4 else 0
        if kind == 1:
            row[at] = (row[at] + left) & 255
        elif kind == 2:
            row[at] = (row[at] + above[at]) & 255
        elif kind == 3:
            row[at] = (row[at] + (left + above[at]) // 2) & 255
        elif kind == 4:
            guess = left + above[at] - corner
            near = min((left, above[at], corner), key=lambda value: abs(guess - value))
            row[at] = (row[at] + near) & 255


def pixels_per_metre(png: bytes) -> int:
    at = png.index(b"pHYs") + 4
    across: int = struct.unpack(">I", png[at : at + 4])[0]
    return across


def measured(text: str, size: float, bold: bool) -> float:
    """How many pixels the ink of a text takes where it is drawn."""
    import vl_convert

    scale = 2
    element = ET.Element(f"{SVG}svg", {"width": str(round(len(text) * size + 20)), "height": str(round(size * 2))})
    style = {"font-family": "Liberation Sans, Arial, Helvetica, sans-serif", "font-size": f"{size}px"}
    ET.SubElement(element, f"{SVG}text", {"x": "8", "y": str(size * 1.4), **style, "font-weight": "bold" if bold else "normal"}).text = text  # fmt: skip
    width, _, rows = pixels(vl_convert.svg_to_png(ET.tostring(element, encoding="unicode"), scale=scale))
    inked = [x for x in range(width) if any(row[x * 4 + 3] for row in rows)]
    return (inked[-1] - inked[0] + 1) / scale if inked else 0.0


def texts(svg: bytes) -> list[Text]:
    """Each text where it stands."""
    found = []
    for element, x, y, turned in _placed(ET.fromstring(svg), 0.0, 0.0, False):
        if element.tag != f"{SVG}text" or not element.text:
            continue
        size = float(element.get("font-size", "").removesuffix("px"))
        wide, tall = width_of(element.text, size, element.get("font-weight") == "bold"), size * 0.7
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")] * wide
        box = (x - before, y - tall, x - before + wide, y)
        if turned:  # an axis' title, that reads upwards
            box = (x - tall, y - wide / 2, x, y + wide / 2)
        found.append(Text(element.text, *box))
    return found


def labels(svg: bytes) -> list[str]:
    """What is read out for the marks."""
    elements = ET.fromstring(svg).iter(f"{SVG}path")
    return [label for e in elements if (label := e.get("aria-label")) and e.get("role") == "graphics-symbol"]


def circles(svg: bytes) -> dict[str, float]:
    """The areas of the circles that are read out, by what is read out."""
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
