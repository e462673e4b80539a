"""Charts as a page: one self-contained HTML file with a map and a timeline and, beside them, a list of the events."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from mali_cli.model import schema
from mali_cli.output import html_svg
from mali_cli.output.citation import citation
from mali_cli.output.html_data import page_data
from mali_cli.output.html_labels import FOLDER, Labels
from mali_cli.output.image_export import check_installed
from mali_cli.output.streams import escape_control
from mali_cli.output.vega import spec
from mali_cli.results import ChartRequest, QueryResult

__all__ = ["check_installed", "json_for_script", "render"]
SCRIPTS = (
    *("base", "tables", "cards", "search", "state", "filters", "years", "chart", "zoom", "list", "export", "main"),
)
PLACEHOLDER = re.compile(r"\{\{(label:)?([^{}]+)\}\}")
HINTS = {
    "timeline": "Hover over a bar or tap it to see its numbers and list its events; tap again or press Escape for all.",
    "map": "Hover over a place or tap it to see its numbers and list its events; tap again or press Escape for all.",
    "map without a list": "Hover over an area or tap it to see its numbers; tap again or press Escape for all.",
}


def render(result: QueryResult, format: str = "html") -> bytes:
    """Return the HTML file. Nothing in it is loaded from elsewhere, and its policy forbids the browser to do so.

    Text of the data is escaped in the page, or is JSON that the script puts into the page as text.
    """
    chart = result.chart
    assert chart is not None
    labels = Labels(chart.language)
    results = [result, *_companion(result)]
    style, script = _read("page.css"), "\n".join(_read(f"{name}.js") for name in SCRIPTS)
    heading, filters = _heading(chart, labels), _filters(chart, labels)
    fields = {
        "language": chart.language,
        "title": _escape(": ".join(filter(None, (heading, filters)))),
        "heading": _escape(heading),
        "filters": f"<span>{_escape(filters)}</span>" if filters else "",
        "charts": "".join(_chart_section(each, labels, is_first=each is result) for each in results),
        "version": schema.datapackage()["version"],
        "citation": _escape(citation(result, list(chart.command), "text").strip()),
        "bibtex": _escape(citation(result, list(chart.command), "bibtex").strip()),
        "command": _escape(shlex.join(["mali", *chart.command])),
        "list_hidden": "" if chart.load_underlying else " hidden",
        "data": json_for_script({"language": chart.language, "labels": labels.catalogue, **page_data(results, labels)}),
        "style": style,
        "style_hash": _policy_hash(style),
        "script": script,
        "script_hash": _policy_hash(script),
    }
    return _fill(_read("page.html"), fields, labels).encode()


def _companion(result: QueryResult) -> list[QueryResult]:
    """Return the other chart of the same events, a map beside a timeline; none if it would be empty."""
    chart = result.chart
    assert chart is not None
    if chart.load_companion is None:
        return []
    other = chart.load_companion()
    if other.chart is None or spec.empty_message(other):
        return []
    return [other._replace(chart=other.chart._replace(language=chart.language))]


def _chart_section(result: QueryResult, labels: Labels, is_first: bool) -> str:
    """Return the section of a chart; the first one has the heading of the page and its sources."""
    chart = result.chart
    assert chart is not None
    heading = _heading(chart, labels)
    drawn = {width: html_svg.chart_svg(result, width, labels) for width in html_svg.WIDTHS}
    fields = {
        "kind": chart.kind,
        "heading": _escape(heading),
        "title": "" if is_first else f'<h2 class="chart-title">{_escape(heading)}</h2>',
        "hint": _escape(labels(HINTS[chart.kind if chart.load_underlying else f"{chart.kind} without a list"])),
        **{f"{width}_chart": svg for width, (svg, _) in drawn.items()},
        "footnotes": "".join(_footnotes(texts, width, labels, is_first) for width, (_, texts) in drawn.items()),
    }
    return _fill(_read("chart.html"), fields, labels)


def _heading(chart: ChartRequest, labels: Labels) -> str:
    """Return --title as it was typed, or what the chart shows in the language of the page."""
    return spec.title(chart) if chart.title is not None else labels(spec.title(chart))


def _filters(chart: ChartRequest, labels: Labels) -> str:
    return spec.subtitle(chart) if chart.subtitle is not None else labels(spec.subtitle(chart))


def _fill(template: str, fields: Mapping[str, str], labels: Labels) -> str:
    """Return a template with its fields; {{label:Text}} is a text of the page in its language."""
    return PLACEHOLDER.sub(lambda match: _escape(labels(match[2])) if match[1] else fields[match[2]], template)


def json_for_script(value: Any) -> str:
    """Return JSON in which no HTML parser finds the end of its script element or the start of a comment.

    Bidirectional marks are made visible, as on a terminal.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return escape_control(text).replace("<", "\\u003c")


def _escape(text: str) -> str:
    return html.escape(escape_control(text))


def _footnotes(paragraphs: list[str], width: str, labels: Labels, with_sources: bool) -> str:
    """Return the footnotes of a width: what the chart has no room for differs between widths."""
    *notes, sources = paragraphs
    texts = [*map(labels, notes), *([labels.words(sources)] if with_sources else [])]
    elements = "".join(f"<p>{_escape(text)}</p>" for text in texts if text)
    return f'<div class="footnotes {width}">{elements}</div>'


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _policy_hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
