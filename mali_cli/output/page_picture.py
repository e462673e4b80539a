"""The picture of a page: drawn once for wide screens and once for phones, its marks told apart by their rows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, NamedTuple

from mali_cli.answers import Answer, Drawing, counted
from mali_cli.output.screen import number, rows_of

WIDTHS = {"wide": 720, "narrow": 328}  # pixels: beside the list, and on a phone of 360 without its margins
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset({"svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs", "clipPath"})
FORBIDDEN = ("on", "href", "style", "{")  # how attributes begin that a picture has no use for


class Mark(NamedTuple):
    """A row of the answer as the page tells it: its name, and its numbers line by line."""

    name: str
    lines: list[str]


def title(drawing: Drawing) -> str:
    if drawing.picture == "timeline":
        return f"Events and people killed by {drawing.by}"
    if drawing.on is not None:
        return f"Who held which place on {drawing.on}"
    return "People killed by place" if drawing.by == "dead" else "Events by place"


def marks(answer: Answer, drawing: Drawing) -> list[Mark]:
    """One of each row, in their order."""
    key = "period" if drawing.picture == "timeline" else "place"
    blank = f"no single {drawing.by}" if key == "period" else "no place told"
    return [Mark((row[key] or blank).replace(";", "; "), _lines(row)) for row in rows_of(answer.frame)]


def _lines(row: dict[str, Any]) -> list[str]:
    lines = [counted(int(row["events"]), "events") if row["events"] else "no event told"]
    more = "+" if row["open"] else ""
    if row["killed_best"] is not None:
        low, best, high = (row[f"killed_{bound}"] for bound in ("low", "best", "high"))
        bounds = f" ({number(low)}–{number(high)}{more})" if low != high else ""
        lines.append(f"{number(best)}{'' if bounds else more} killed{bounds}")
    if row["unknown"]:
        lines.append(f"{counted(int(row['unknown']), 'tolls')} told in words only")
    if row["not_stated"]:
        lines.append(f"{counted(int(row['not_stated']), 'violent events')} without a figure")
    if holder := row.get("holder"):
        silent = holder == "unknown"
        how = "holder not told" if silent else f"held by {holder.replace(';', ', ')}"
        lines.insert(0, f"{how} (contested)" if row["contested"] and not silent else how)
    return lines


def svg(answer: Answer, drawing: Drawing, marks: list[Mark], width: str) -> str:
    """The picture as an SVG element; each of its marks has the number of its row as `data-row`.

    What it may hold is listed: there is nothing in it that runs, or that is loaded.
    """
    import vl_convert

    drawn = ET.fromstring(vl_convert.vegalite_to_svg(_spec(answer, drawing, WIDTHS[width])))
    element = _kept(drawn, {str(at): mark for at, mark in enumerate(marks)})
    assert element is not None
    element.set("class", f"picture {width}")
    element.set("role", "group")
    element.set("aria-label", title(drawing))
    return ET.tostring(element, encoding="unicode").replace("ns0:", "").replace(":ns0", "")


def _kept(element: ET.Element, marks: dict[str, Mark]) -> ET.Element | None:
    name = element.tag.removeprefix(SVG)
    if name not in ELEMENTS:
        return None
    kept = ET.Element(name)
    for attribute, value in element.attrib.items():
        if not attribute.startswith((*FORBIDDEN, "aria", "role", "class")):
            kept.set(attribute, value)
    row, _, _ = element.get("aria-label", "").partition("|")
    if row in marks:
        kept.set("data-row", row)
        kept.set("aria-label", "; ".join((marks[row].name, *marks[row].lines)))
    kept.text, kept.tail = element.text, element.tail
    for child in element:
        if (inner := _kept(child, marks)) is not None:
            kept.append(inner)
    return kept


def _spec(answer: Answer, drawing: Drawing, width: int) -> dict[str, Any]:
    rows = [{**row, "row": f"{at}|"} for at, row in enumerate(rows_of(answer.frame))]
    if drawing.picture == "timeline":
        rows = [row for row in rows if row["period"]]
        enc = {"x": {"field": "period", "type": "ordinal"}, "description": {"field": "row"}}
        def panel(f: str) -> Any:
            return {"width": width - 60, "height": 150, "mark": "bar", "encoding": {**enc, "y": {"field": f, "type": "quantitative"}}}
        return {"data": {"values": rows}, "background": None, "vconcat": [panel("events"), panel("killed_best")]}
    rows = [row for row in rows if row["latitude"] is not None]
    enc = {"longitude": {"field": "longitude"}, "latitude": {"field": "latitude"}, "size": {"field": "events", "type": "quantitative"}, "description": {"field": "row"}}
    return {"data": {"values": rows}, "background": None, "width": width - 60, "height": width - 60, "projection": {"type": "mercator"}, "mark": "circle", "encoding": enc}
