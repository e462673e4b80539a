"""The charts of an HTML report as SVG elements, one for wide screens and one for phones."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

from mali_cli.output.fatality_text import Row
from mali_cli.output.html_labels import Labels
from mali_cli.output.vega import spec
from mali_cli.output.vega.basemap import ABROAD, BORDERS, COUNTRY_NAMES, LAND, REGIONS
from mali_cli.output.vega.primitives import BLUE, FAINT, INK, LIGHT_VERMILION, PALE, PAPER, SOFT
from mali_cli.results import QueryResult

# Pixels on the screen, beside the list and on a phone of 360 without its margins; and how much larger a chart is shown
# than it is drawn, so that its smallest letters, of 9.5 pixels, are 14 pixels high.
WIDTHS = {"wide": (720, 1.52), "narrow": (328, 1.64)}
SVG = "{http://www.w3.org/2000/svg}"
ALLOWED_ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath"})
ALLOWED_ATTRIBUTES = re.compile(
    r"d|x|y|r|[xyr][12]|c[xy]|r[xy]|d[xy]|width|height|viewBox|version|transform|opacity|display|clip-path|text-anchor"
    r"|(fill|stroke|font)(-[a-z]+)*"
)
# Colours for which the page has others in dark mode; all others are visible on either background.
THEMED = {
    **{INK: "ink", SOFT: "soft", FAINT: "faint", PALE: "pale", PAPER: "paper", LIGHT_VERMILION: "light", BLUE: "blue"},
    **{LAND: "land", ABROAD: "abroad", REGIONS: "regions", BORDERS: "borders", COUNTRY_NAMES: "country-names"},
}
COLORS = {color.lower(): f"var(--chart-{name},{color})" for color, name in THEMED.items()}
ROW_LABEL = re.compile(r"row (\d+)")


def chart_svg(result: QueryResult, width: str, labels: Labels) -> tuple[str, list[str]]:
    """Return the chart as an SVG element, with its own words translated, and its footnotes, which are not.

    Its marks have the number of their row as `data-row`; one mark of each row has the description of that row.
    Only listed elements and attributes are kept: nothing in the chart runs or is loaded.
    """
    import vl_convert

    chart = result.chart
    descriptions: dict[str, str] = {}
    assert chart is not None

    def row_label(i: int, row: Row) -> str:
        facts = "; ".join(map(labels.phrase, spec.row_facts(row, chart)))
        descriptions[str(i)] = f"{spec.row_name(row, chart)}: {facts}"
        return f"row {i}"

    pixels, enlargement = WIDTHS[width]
    specification, footnotes = spec.bare_chart(result, pixels / enlargement, row_label)
    _label_all_marks(specification)
    drawn = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[])
    element = sanitize(drawn, descriptions, width)
    for text in element.iter():
        if text.text and text.text.strip():
            text.text = labels.phrase(text.text)
    del element.attrib["width"], element.attrib["height"]
    element.set("class", f"chart {width}")
    element.set("role", "group")
    element.set("aria-label", labels(str(specification["description"])))
    return ET.tostring(element, encoding="unicode"), footnotes


def _label_all_marks(view: dict[str, Any]) -> None:
    """Give a label also to marks that share their row with another mark: a reader can point at them, too."""
    for part in (*view.get("vconcat", ()), *view.get("layer", ())):
        _label_all_marks(part)
    if any("description" in value for value in view.get("data", {}).get("values", ())):
        view["mark"] = {**view["mark"], "aria": True}
        view["encoding"]["description"] = {"field": "description"}


def sanitize(svg: str, labels: dict[str, str], name: str) -> ET.Element:
    """Return what is allowed of an SVG file; `labels` are the descriptions by row, `name` keeps its ids unique."""
    element = _sanitize_element(ET.fromstring(svg), labels, name, set())
    assert element is not None
    return element


def _sanitize_element(
    element: ET.Element, labels: dict[str, str], name: str, labelled_rows: set[str]
) -> ET.Element | None:
    """Return what is allowed of an element, or None; the first mark of a row gets the label of that row."""
    tag = element.tag.removeprefix(SVG)
    if tag not in ALLOWED_ELEMENTS:
        return None
    clean = ET.Element(tag)
    for attribute, value in element.attrib.items():
        if attribute == "id":
            clean.set("id", f"{name}-{value}")
        elif ALLOWED_ATTRIBUTES.fullmatch(attribute):
            clean.set(attribute, COLORS.get(value.lower(), value.replace("url(#", f"url(#{name}-")))
    if row := ROW_LABEL.fullmatch(element.get("aria-label", "")):
        clean.set("data-row", row[1])
        if row[1] in labelled_rows:
            clean.set("aria-hidden", "true")
        else:
            clean.set("aria-label", labels[row[1]])
        labelled_rows.add(row[1])
    elif tag == "text":
        clean.set("aria-hidden", "true")  # the labels of the marks say the same
    clean.text, clean.tail = element.text, element.tail
    children = (_sanitize_element(child, labels, name, labelled_rows) for child in element)
    clean.extend(child for child in children if child is not None)
    return clean
