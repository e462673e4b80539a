"""The picture of a page: the chart drawn for wide screens and for phones, its marks with the rows they stand for."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

from mali_cli.output.vega import spec
from mali_cli.output.vega.map import ABROAD, BORDERS, LAND, QUIET, REGIONS
from mali_cli.output.vega.primitives import BLUE, FAINT, INK, LIGHT_VERMILION, PALE, PAPER, SOFT
from mali_cli.results import QueryResult

# Pixels beside the list, and on a phone of 360 without its margins; and how much larger than on paper all is drawn, so
# that its smallest letters, of 9 and a half, are 14 pixels high.
WIDTHS = {"wide": (720, 1.52), "narrow": (328, 1.6)}
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath"})
ATTRIBUTES = re.compile(
    r"d|x|y|r|[xyr][12]|c[xy]|r[xy]|d[xy]|width|height|viewBox|version|transform|opacity|display|clip-path|text-anchor"
    r"|(fill|stroke|font)(-[a-z]+)*"
)
# The colours that the page has its own of in the dark; the others stand out on either.
THEMED = {
    **{INK: "ink", SOFT: "soft", FAINT: "faint", PALE: "pale", PAPER: "paper", LIGHT_VERMILION: "light", BLUE: "blue"},
    **{LAND: "land", ABROAD: "abroad", REGIONS: "regions", BORDERS: "borders", QUIET: "quiet"},
}
COLOURS = {colour.lower(): f"var(--chart-{name},{colour})" for colour, name in THEMED.items()}
ROW = re.compile(r"row (\d+)")


def drawn_width(width: str) -> float:
    """How wide the chart is drawn, before it is shown larger."""
    pixels, larger = WIDTHS[width]
    return pixels / larger


def svg(answer: QueryResult, width: str) -> str:
    """The chart as an SVG element; its marks have the number of their row as `data-row`, one of each its words.

    What it may hold is listed: there is nothing in it that runs, or that is loaded.
    """
    import vl_convert

    drawing = answer.chart
    labels: dict[str, str] = {}
    assert drawing is not None

    def described(at: int, row: dict[str, Any]) -> str:
        labels[str(at)] = spec.in_words(row, drawing)
        return f"row {at}"

    chart = spec.specification(answer, drawn_width(width), framed=False, described=described)
    _describe_all(chart)
    element = kept(vl_convert.vegalite_to_svg(chart, allowed_base_urls=[]), labels, width)
    del element.attrib["width"], element.attrib["height"]
    element.set("class", f"picture {width}")
    element.set("role", "group")
    element.set("aria-label", str(chart["description"]))
    return ET.tostring(element, encoding="unicode")


def _describe_all(chart: dict[str, Any]) -> None:
    """Also those marks that are read out by another one of the same row: they are pointed at, too."""
    for part in (*chart.get("vconcat", ()), *chart.get("layer", ())):
        _describe_all(part)
    if any("described" in value for value in chart.get("data", {}).get("values", ())):
        chart["mark"] = {**chart["mark"], "aria": True}
        chart["encoding"]["description"] = {"field": "described"}


def kept(drawn: str, labels: dict[str, str], name: str) -> ET.Element:
    """Of an SVG file what may stand in the page, where others stand beside it; `labels` are the words of each row."""
    element = _kept(ET.fromstring(drawn), labels, name, set())
    assert element is not None
    return element


def _kept(element: ET.Element, labels: dict[str, str], name: str, told: set[str]) -> ET.Element | None:
    """The element as it may stand in the page, None if it may not; `told` are the rows whose label stands already."""
    tag = element.tag.removeprefix(SVG)
    if tag not in ELEMENTS:
        return None
    ours = ET.Element(tag)
    for attribute, value in element.attrib.items():
        if attribute == "id":
            ours.set("id", f"{name}-{value}")
        elif ATTRIBUTES.fullmatch(attribute):
            ours.set(attribute, COLOURS.get(value.lower(), value.replace("url(#", f"url(#{name}-")))
    if row := ROW.fullmatch(element.get("aria-label", "")):
        ours.set("data-row", row[1])
        if row[1] in told:
            ours.set("aria-hidden", "true")
        else:
            ours.set("aria-label", labels[row[1]])
        told.add(row[1])
    elif tag == "text":
        ours.set("aria-hidden", "true")  # the labels of the marks say it
    ours.text, ours.tail = element.text, element.tail
    ours.extend(inner for child in element if (inner := _kept(child, labels, name, told)) is not None)
    return ours
