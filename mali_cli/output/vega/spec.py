"""Vega-Lite specifications of charts: title, picture, legend and footnotes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model.schema import datapackage
from mali_cli.output.cell_values import format_number, row_dicts
from mali_cli.output.fatality_text import Row
from mali_cli.output.map_data import UNKNOWN_HOLDER, is_last_known, map_title
from mali_cli.output.streams import escape_control
from mali_cli.output.timeline_data import timeline_title
from mali_cli.output.vega import map, timeline
from mali_cli.output.vega.primitives import FONT, INK, PAPER, SOFT, Spec, paragraph, wrap_text
from mali_cli.output.xml import NOT_XML
from mali_cli.results import ChartRequest, QueryResult, pluralize

WIDTH = 720  # pixels of a picture without its margin
TITLE_FONT_SIZE, SUBTITLE_FONT_SIZE, FOOTNOTE_FONT_SIZE = 17, 12.5, 9.5
SPACING = 12  # pixels between the views
FRAMED_PADDING, BARE_PADDING = 14, 2

Describe = Callable[[int, Row], str]


def specification(
    result: QueryResult, width: float = WIDTH, framed: bool = True, describe: Describe | None = None
) -> Spec:
    """Return a Vega-Lite specification with all its data, `width` pixels wide; raise MaliError if it would be empty.

    A framed chart has its title and footnotes. `describe` returns the text that is read out for the marks of a row,
    from the number of the row in the result and the row itself; the default is its name and numbers.
    """
    chart = result.chart
    assert chart is not None
    views, left, side_notes = _chart_views(result, chart, width, describe)
    if framed:
        heading = wrap_text(title(chart), TITLE_FONT_SIZE, width, bold=True)
        filters = wrap_text(subtitle(chart), SUBTITLE_FONT_SIZE, width)
        notes = [
            line
            for text in _footnotes(result, chart, side_notes)
            for line in wrap_text(text, FOOTNOTE_FONT_SIZE, width)
        ]
        views = [
            paragraph(heading, width, -left, TITLE_FONT_SIZE, INK, bold=True),
            *([paragraph(filters, width, -left, SUBTITLE_FONT_SIZE, SOFT)] if filters else []),
            *views,
            paragraph(notes, width, -left, FOOTNOTE_FONT_SIZE, SOFT),
        ]
    return _without_invalid_characters(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "description": ": ".join(escape_control(text) for text in (title(chart), subtitle(chart)) if text),
            "background": PAPER,
            "padding": FRAMED_PADDING if framed else BARE_PADDING,
            "config": {"font": FONT, "aria": True, "view": {"stroke": None}, "axis": {"titleFontWeight": "bold"}},
            "spacing": SPACING,
            "bounds": "flush",
            "vconcat": views,
        }
    )


def _without_invalid_characters(chart: Spec) -> Spec:
    """Replace characters that SVG does not allow: vl-convert ends the whole program at one."""
    clean: Spec = json.loads(NOT_XML.sub("\ufffd", json.dumps(chart, ensure_ascii=False)))
    return clean


class _ChartViews(NamedTuple):
    """The picture and its legend, how many pixels its axes take on the left, and the notes that belong beside it."""

    views: list[Spec]
    left: float
    side_notes: list[str]


def _chart_views(result: QueryResult, chart: ChartRequest, width: float, describe: Describe | None) -> _ChartViews:
    rows = [{**row, "row": i} for i, row in enumerate(row_dicts(result.frame))]

    def description(row: Row) -> str:
        return describe(row["row"], row) if describe else row_description(row, chart)

    if chart.kind == "timeline":
        return _ChartViews(*timeline.timeline_views(rows, chart, width, description))
    if message := map.empty_message(rows, chart):
        raise MaliError(f"{message}.")
    views, side_notes = map.map_views(rows, chart, width, description)
    return _ChartViews(views, 0.0, side_notes)


def empty_message(result: QueryResult) -> str:
    """Return why nothing of the result can be drawn, or an empty string if something can."""
    if result.chart is None:
        return f"None of the results is {'on the map' if 'latitude' in result.frame else 'within a single period'}"
    return map.empty_message(row_dicts(result.frame), result.chart) if result.chart.kind == "map" else ""


def title(chart: ChartRequest) -> str:
    """Return what is drawn, without the filters."""
    return timeline_title(chart) if chart.kind == "timeline" else map_title(chart)


def subtitle(chart: ChartRequest) -> str:
    """Return the filters, without the day if the title has it."""
    return chart.filter_text.removesuffix(str(chart.as_of)).rstrip(", ") if chart.as_of else chart.filter_text


def row_description(row: Row, chart: ChartRequest) -> str:
    """Return the name and the numbers of a row in one line.

    Such as "Kidal: 12 events; 148 killed (100–148+); 3 tallies with no number given; 4 violent events without a
    figure".
    """
    return f"{row_name(row, chart)}: {'; '.join(row_facts(row))}"


def row_name(row: Row, chart: ChartRequest) -> str:
    """Return the period or the places of a row."""
    is_timeline = chart.kind == "timeline"
    name = row["period"] if is_timeline else row["place"]
    blank = f"no single {chart.measure}" if is_timeline else "place not stated"
    return escape_control(str(name or blank)).replace(";", ", ")


def row_facts(row: Row) -> list[str]:
    """Return the holder, events and fatalities of a row, each as a text."""
    facts = [pluralize(int(row["events"]), "events") if row["events"] else "no events recorded"]
    if row.get("holder"):
        is_unknown = row["holder"] == UNKNOWN_HOLDER
        holder = "holder unknown" if is_unknown else f"held by {row['holder'].replace(';', ', ')}"
        stated = "" if is_unknown else f", as of {row['holder_as_of']:%Y-%m-%d}"
        remarks = [*(["contested"] if row["contested"] else []), *(["last known"] if is_last_known(row) else [])]
        facts.insert(0, escape_control(holder) + "".join(f" ({remark})" for remark in remarks) + stated)
    if row["killed_best"] is not None:
        low, best, high = (format_number(row[f"killed_{bound}"]) for bound in ("low", "best", "high"))
        plus = "+" if row["open"] else ""
        facts.append(f"{best} killed ({low}–{high}{plus})" if low != high else f"{best}{plus} killed")
    if row["unknown"]:
        noun = "tally" if row["unknown"] == 1 else "tallies"
        facts.append(f"{format_number(int(row['unknown']))} {noun} with no number given")
    if row["not_stated"]:
        facts.append(f"{pluralize(int(row['not_stated']), 'violent events')} without a figure")
    return facts


def footnotes(result: QueryResult, width: float = WIDTH) -> list[str]:
    """Return the paragraphs that belong below a picture of this width, for a chart without a frame."""
    assert result.chart is not None
    return _footnotes(result, result.chart, _chart_views(result, result.chart, width, None).side_notes)


def _footnotes(result: QueryResult, chart: ChartRequest, side_notes: list[str]) -> list[str]:
    """Return a paragraph of notes and a paragraph of sources."""
    dataset = datapackage()
    outlines = " Outlines: Natural Earth." if chart.kind == "map" else ""
    program = f"mali {dataset['version']}"
    data = f"Read with {program}." if result.origin else f"Data: {program}, {dataset['licenses'][0]['name']}."
    noun = "Source" if len(chart.documents) == 1 else "Sources"
    sources = f"{noun}: {'; '.join(chart.documents)}. " if chart.documents else ""
    notes = " ".join([*(f"{note.rstrip('.')}." for note in chart.notes), *side_notes])
    return [notes, f"{sources}{data}{outlines}"]
