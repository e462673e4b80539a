"""A drawn answer as a chart: its title, the picture, what its signs mean, and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mali_cli.errors import MaliError
from mali_cli.model.schema import datapackage
from mali_cli.output.streams import escape_control
from mali_cli.output.terminal import number, rows_of
from mali_cli.output.vega import map, timeline
from mali_cli.output.vega.primitives import FONT, INK, PAPER, SOFT, Spec, paragraph, wrapped
from mali_cli.output.xml import NOT_XML
from mali_cli.results import ChartRequest, QueryResult, pluralize

WIDTH = 720  # pixels of a picture without its margin
TITLE, ASKED, FOOT = 17, 12.5, 9.5  # sizes of letters
SPACING = 12  # pixels between the parts


def specification(
    answer: QueryResult,
    width: float = WIDTH,
    framed: bool = True,
    described: Callable[[int, dict[str, Any]], str] | None = None,
) -> Spec:
    """A specification of Vega-Lite with all its data inside, for this width in pixels; MaliError if nothing is drawn.

    Framed, it has its title and foot lines. `described` gives what is read out (aria-label) for the marks of a row,
    by the number of the row in the answer and the row itself; by itself its name and numbers.
    """
    drawing = answer.chart
    assert drawing is not None
    views, left, beside = _views(answer, drawing, width, described)
    if framed:
        head = paragraph(wrapped(title(drawing), TITLE, width, bold=True), width, -left, TITLE, INK, bold=True)
        asked = wrapped(asked_of(drawing), ASKED, width)
        foot = [line for text in _foot(answer, drawing, beside) for line in wrapped(text, FOOT, width)]
        views = [
            head,
            *([paragraph(asked, width, -left, ASKED, SOFT)] if asked else []),
            *views,
            paragraph(foot, width, -left, FOOT, SOFT),
        ]
    return _clean(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "description": ": ".join(escape_control(text) for text in (title(drawing), asked_of(drawing)) if text),
            "background": PAPER,
            "padding": 14 if framed else 2,
            "config": {"font": FONT, "aria": True, "view": {"stroke": None}, "axis": {"titleFontWeight": "bold"}},
            "spacing": SPACING,
            "bounds": "flush",
            "vconcat": views,
        }
    )


def _clean(chart: Spec) -> Spec:
    """Without the characters that no SVG may hold: what draws would end the whole program at one."""
    clean: Spec = json.loads(NOT_XML.sub("\ufffd", json.dumps(chart, ensure_ascii=False)))
    return clean


def _views(
    answer: QueryResult, drawing: ChartRequest, width: float, described: Callable[[int, dict[str, Any]], str] | None
) -> tuple[list[Spec], float, list[str]]:
    """The picture and its key, how many pixels its axes take at the left, and what must be said beside it."""
    rows = [{**row, "row": at} for at, row in enumerate(rows_of(answer.frame))]

    def told(row: dict[str, Any]) -> str:
        return described(row["row"], row) if described else in_words(row, drawing)

    if drawing.kind == "timeline":
        of_periods = [row for row in rows if row["period"] is not None]
        views, left = timeline.views(of_periods, drawing.measure, width, told)
        return views, left, []
    if nothing := map.nothing(rows, drawing):
        raise MaliError(f"{nothing}.")
    views, beside = map.views(rows, drawing, width, told)
    return views, 0.0, beside


def nothing(answer: QueryResult) -> str:
    """Why nothing of this answer can be drawn, empty if something can; its rows are numbers all the same."""
    if answer.chart is None:
        return f"Nothing of this lies {'on the map' if 'latitude' in answer.frame else 'in a single period'}"
    return map.nothing(rows_of(answer.frame), answer.chart) if answer.chart.kind == "map" else ""


def title(drawing: ChartRequest) -> str:
    """What is drawn, without the filters."""
    if drawing.kind == "timeline":
        return f"Events and people killed by {drawing.measure}"
    if drawing.as_of is not None:
        return f"Who held which place on {drawing.as_of}"
    return "People killed by place" if drawing.measure == "dead" else "Events by place"


def asked_of(drawing: ChartRequest) -> str:
    """The filters, without the day where the title has it."""
    return drawing.filter_text.removesuffix(str(drawing.as_of)).rstrip(", ") if drawing.as_of else drawing.filter_text


def in_words(row: dict[str, Any], drawing: ChartRequest) -> str:
    """ "Kidal: 12 events; 148 killed (100–148+); 3 tolls told in words only; 4 violent events without a figure"."""
    return f"{name_of(row, drawing)}: {'; '.join(numbers_of(row))}"


def name_of(row: dict[str, Any], drawing: ChartRequest) -> str:
    """The period or the places of a row."""
    key, blank = (
        ("period", f"no single {drawing.measure}") if drawing.kind == "timeline" else ("place", "no place told")
    )
    return escape_control(str(row[key] or blank)).replace(";", ", ")


def numbers_of(row: dict[str, Any]) -> list[str]:
    """What is told of a row, part by part."""
    parts = [pluralize(int(row["events"]), "events") if row["events"] else "no event told"]
    if row.get("holder"):
        held = "holder not told" if row["holder"] == "unknown" else f"held by {row['holder'].replace(';', ', ')}"
        parts.insert(0, escape_control(held) + (" (contested)" if row["contested"] else ""))
    if row["killed_best"] is not None:
        low, best, high = (number(row[f"killed_{bound}"]) for bound in ("low", "best", "high"))
        more = "+" if row["open"] else ""
        parts.append(f"{best} killed ({low}–{high}{more})" if low != high else f"{best}{more} killed")
    if row["unknown"]:
        parts.append(f"{pluralize(int(row['unknown']), 'tolls')} told in words only")
    if row["not_stated"]:
        parts.append(f"{pluralize(int(row['not_stated']), 'violent events')} without a figure")
    return parts


def foot(answer: QueryResult, width: float = WIDTH) -> list[str]:
    """The paragraphs below the picture of this width, for where they are not drawn with it."""
    assert answer.chart is not None
    return _foot(answer, answer.chart, _views(answer, answer.chart, width, None)[2])


def _foot(answer: QueryResult, drawing: ChartRequest, beside: list[str]) -> list[str]:
    """What must be known to read the picture rightly, then on what it rests; each a paragraph of its own."""
    dataset = datapackage()
    outlines = " Outlines: Natural Earth." if drawing.kind == "map" else ""
    made = f"mali {dataset['version']}"
    whose = f"Read by {made}." if answer.origin else f"Data: {made}, {dataset['licenses'][0]['name']}."
    noun = "Source" if len(drawing.documents) == 1 else "Sources"
    sources = f"{noun}: {'; '.join(drawing.documents)}. " if drawing.documents else ""
    told = " ".join([*(f"{note.rstrip('.')}." for note in drawing.notes), *beside])
    return [told, f"{sources}{whose}{outlines}"]
