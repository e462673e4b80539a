"""Vega-Lite specifications of charts: title, picture, legend and footnotes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model.schema import datapackage
from mali_cli.model.vocabulary import UNKNOWN_HOLDER
from mali_cli.output.cell_values import format_number, row_dicts
from mali_cli.output.fatality_text import Row
from mali_cli.output.map_data import is_last_known, map_title
from mali_cli.output.streams import escape_control
from mali_cli.output.timeline_data import timeline_title
from mali_cli.output.vega import bars, control, lineage, map, relations, split_timeline, timeline
from mali_cli.output.vega.layout import PADDING, SIZES, SPACING, Frame, Picture, Room, framed_views
from mali_cli.output.vega.primitives import FONT, PAPER, Spec
from mali_cli.output.xml import NOT_XML
from mali_cli.results import ChartRequest, QueryResult, pluralize

WIDTH = 720  # pixels of a picture without its padding
BARE_PADDING = 2

Describe = Callable[[int, Row], str]


class ChartKind(NamedTuple):
    """How a kind of chart is titled and drawn, and what to say if none of its rows can be drawn."""

    title: Callable[[ChartRequest], str]
    draw: Callable[[list[Row], ChartRequest, Room, Callable[[Row], str]], Picture]
    empty_message: Callable[[list[Row], ChartRequest], str] = lambda rows, chart: ""


KINDS = {
    "timeline": ChartKind(timeline_title, timeline.draw_timeline),
    "split timeline": ChartKind(split_timeline.split_title, split_timeline.draw_split),
    "map": ChartKind(map_title, map.draw_map, map.empty_message),
    "control": ChartKind(control.control_title, control.draw_control, control.empty_message),
    "lineage": ChartKind(lineage.lineage_title, lineage.draw_lineage),
    "relations": ChartKind(relations.relations_title, relations.draw_relations, relations.empty_message),
    "casualties": ChartKind(bars.bars_title, bars.draw_bars, bars.empty_message),
}
# Why a result has no chart, by the noun of its rows
NO_CHART = {
    "places": "None of the results is on the map",
    "periods": "None of the results is within a single period",
    "figures": "A picture of casualties needs sums by one key, such as country",
    "rows": "This table has no picture: casualties are drawn by a single key, control over more than a day, relations "
    "without --by",
}


def specification(result: QueryResult, width: float = WIDTH) -> Spec:
    """Return the Vega-Lite specification of a picture, with its title, footnotes and all its data.

    It is `width` pixels wide, unless it has a size of given proportions. Raise MaliError if it would be empty.
    """
    chart = result.chart
    assert chart is not None
    frame = Frame(title(chart), subtitle(chart), lambda side_notes: _footnotes(result, chart, side_notes))
    size = SIZES[chart.size]
    size = size if size.height else size._replace(width=width + 2 * PADDING)
    return _vega_lite(chart, framed_views(lambda room: _picture(result, chart, room, None), frame, size), PADDING)


def bare_chart(result: QueryResult, width: float = WIDTH, describe: Describe | None = None) -> tuple[Spec, list[str]]:
    """Return the specification of a chart without title and footnotes, and the paragraphs of its footnotes.

    `describe` returns the text that is read out for the marks of a row, from the number of the row in the result and
    the row itself; the default is its name and numbers.
    """
    chart = result.chart
    assert chart is not None
    picture = _picture(result, chart, Room(width), describe)
    views = [*picture.panels, picture.legend]
    return _vega_lite(chart, views, BARE_PADDING), _footnotes(result, chart, picture.side_notes)


def _vega_lite(chart: ChartRequest, views: list[Spec], padding: int) -> Spec:
    return _without_invalid_characters(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "description": ": ".join(escape_control(text) for text in (title(chart), subtitle(chart)) if text),
            "background": PAPER,
            "padding": padding,
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


def _picture(result: QueryResult, chart: ChartRequest, room: Room, describe: Describe | None) -> Picture:
    rows = [{**row, "row": i} for i, row in enumerate(row_dicts(result.frame))]

    def description(row: Row) -> str:
        return describe(row["row"], row) if describe else row_description(row, chart)

    if message := KINDS[chart.kind].empty_message(rows, chart):
        raise MaliError(f"{message}.")
    return KINDS[chart.kind].draw(rows, chart, room, description)


def empty_message(result: QueryResult) -> str:
    """Return why nothing of the result can be drawn, or an empty string if something can."""
    if result.chart is None:
        return NO_CHART.get(result.row_noun, "This result has no picture")
    return KINDS[result.chart.kind].empty_message(row_dicts(result.frame), result.chart)


def title(chart: ChartRequest) -> str:
    """Return --title, or what is drawn, without the filters."""
    return chart.title if chart.title is not None else KINDS[chart.kind].title(chart)


def subtitle(chart: ChartRequest) -> str:
    """Return --subtitle, or the filters, without the day if the title has it."""
    if chart.subtitle is not None:
        return chart.subtitle
    filters = chart.filter_text.removesuffix(str(chart.as_of)).rstrip(", ") if chart.as_of else chart.filter_text
    return "; ".join(filter(None, (filters, chart.coverage)))


def row_description(row: Row, chart: ChartRequest) -> str:
    """Return the name and the numbers of a row in one line.

    Such as "Kidal: 12 events; 148 killed (100–148+); 3 tallies with no number given; 4 violent events without a
    figure".
    """
    return f"{row_name(row, chart)}: {'; '.join(row_facts(row, chart))}"


def row_name(row: Row, chart: ChartRequest) -> str:
    """Return the period or the places of a row."""
    column, blank = {
        "timeline": ("period", f"no single {chart.measure}"),
        "split timeline": ("period", f"no single {chart.measure}"),
        "map": ("place", "place not stated"),
    }.get(chart.kind, (chart.measure, "not stated"))
    return escape_control(str(row[column] or blank)).replace(";", ", ")


def row_facts(row: Row, chart: ChartRequest) -> list[str]:
    """Return the holder, events and fatalities of a row, each as a text, and how much of its period is covered.

    A foreign file has no tally without a number, but a 0, which means none or not stated.
    """
    facts = [pluralize(int(row["events"]), "events") if row["events"] else "no events recorded"]
    if row.get("holder"):
        is_unknown = row["holder"] == UNKNOWN_HOLDER
        holder = "holder unknown" if is_unknown else f"held by {row['holder'].replace(';', ', ')}"
        stated = "" if is_unknown else f", as of {row['holder_as_of']:%Y-%m-%d}"
        since = "" if is_unknown else f" since {row['holder_since']:%Y-%m-%d}"
        remarks = [*(["contested"] if row["contested"] else []), *(["last known"] if is_last_known(row) else [])]
        facts.insert(0, escape_control(holder) + "".join(f" ({remark})" for remark in remarks) + since + stated)
    if row["killed_best"] is not None:
        low, best, high = (format_number(row[f"killed_{bound}"]) for bound in ("low", "best", "high"))
        plus = "+" if row["open"] else ""
        facts.append(f"{best} killed ({low}–{high}{plus})" if low != high else f"{best}{plus} killed")
    if row["unknown"]:
        facts.append(_without_number(int(row["unknown"]), chart))
    if row["not_stated"]:
        facts.append(f"{pluralize(int(row['not_stated']), 'violent events')} without a figure")
    if covered := chart.partial_periods.get(row.get("period") or ""):
        facts.append(covered)
    return facts + _statement_facts(row)


def _without_number(number: int, chart: ChartRequest) -> str:
    """Return "3 tallies with no number given"; of counts, "3 records of 0 or blank: none or not stated"."""
    if chart.area:
        return f"{pluralize(number, 'records')} of 0 or blank: none or not stated"
    meaning = "of 0: none or not stated" if chart.is_foreign else "with no number given"
    return f"{format_number(number)} {'tally' if number == 1 else 'tallies'} {meaning}"


def _statement_facts(row: Row) -> list[str]:
    """Return basis, note and sources of the statements about the holder of a place."""
    texts = {noun: row.get(f"holder_{noun}") or "" for noun in ("basis", "note", "sources")}
    texts |= {noun: texts[noun].replace(";", ", ") for noun in ("basis", "sources")}
    return [f"{noun}: {escape_control(text)}" for noun, text in texts.items() if text]


def _footnotes(result: QueryResult, chart: ChartRequest, side_notes: list[str]) -> list[str]:
    """Return a paragraph of notes and a paragraph of sources."""
    dataset = datapackage()
    outlines = " Outlines: Natural Earth." if chart.kind == "map" else ""
    program = f"mali {dataset['version']}"
    data = f"Read with {program}." if result.origin else f"Data: {program}, {dataset['licenses'][0]['name']}."
    documents = chart.load_documents()
    noun = "Source" if len(documents) == 1 else "Sources"
    sources = f"{noun}: {'; '.join(documents)}. " if documents else ""
    notes = " ".join([*(f"{note.rstrip('.')}." for note in chart.notes), *side_notes])
    return [notes, f"{sources}{data}{outlines}"]
