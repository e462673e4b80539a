"""Charts as an HTML report: one self-contained file with the chart and, beside it, a searchable list of its events."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from itertools import compress
from pathlib import Path
from typing import Any

from mali_cli.model import schema
from mali_cli.output import html_svg
from mali_cli.output.cell_values import json_rows, row_dicts, text_rows
from mali_cli.output.image_export import check_installed
from mali_cli.output.streams import escape_control
from mali_cli.output.vega import spec
from mali_cli.results import ChartRequest, QueryResult

__all__ = ["check_installed", "json_for_script", "render"]
FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
HINTS = {
    "timeline": "Hover over a bar or tap it to see its numbers and list its events; tap again or press Escape for all.",
    "map": "Hover over a place or tap it to see its numbers and list its events; tap again or press Escape for all.",
}
UNPLOTTED_TEXTS = {"timeline": "in no bar", "map": "not on the map"}


def render(result: QueryResult, format: str = "html") -> bytes:
    """Return the HTML file. Nothing in it is loaded from elsewhere, and its policy forbids the browser to do so.

    Text of the data is escaped in the page, or is JSON that the script puts into the page as text.
    """
    chart = result.chart
    assert chart is not None
    style, script = (_read(f"page.{suffix}") for suffix in ("css", "js"))
    heading, filters = spec.title(chart), spec.subtitle(chart)
    fields = {
        "kind": chart.kind,
        "hint": HINTS[chart.kind],
        "title": _escape(": ".join(filter(None, (heading, filters)))),
        "heading": _escape(heading),
        "filters": f"<span>{_escape(filters)}</span>" if filters else "",
        **{f"{width}_chart": html_svg.chart_svg(result, width) for width in html_svg.WIDTHS},
        "footnotes": "".join(_footnotes(result, width) for width in html_svg.WIDTHS),
        "version": schema.datapackage()["version"],
        "data": json_for_script(_page_data(result, chart)),
        "style": style,
        "style_hash": _policy_hash(style),
        "script": script,
        "script_hash": _policy_hash(script),
    }
    return PLACEHOLDER.sub(lambda match: fields[match[1]], _read("page.html")).encode()


def json_for_script(value: Any) -> str:
    """Return JSON in which no HTML parser finds the end of its script element or the start of a comment.

    Bidirectional marks are made visible, as on a terminal.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return escape_control(text).replace("<", "\\u003c")


def _escape(text: str) -> str:
    return html.escape(escape_control(text))


def _footnotes(result: QueryResult, width: str) -> str:
    """Return the footnotes of a width: what the chart has no room for differs between widths."""
    paragraphs = "".join(f"<p>{_escape(text)}</p>" for text in spec.footnotes(result, html_svg.drawn_width(width)))
    return f'<div class="footnotes {width}">{paragraphs}</div>'


def _page_data(result: QueryResult, chart: ChartRequest) -> dict[str, Any]:
    """Return the data for the script: the rows of the chart, and the events, figures and sources that they rest on."""
    from mali_cli.queries import fatalities

    assert chart.load_underlying is not None
    underlying = chart.load_underlying()
    events = _table(underlying.events)
    status = fatalities.event_fatality_status(underlying.events.frame, underlying.figures.frame)
    events["columns"] += list(status)
    flags = status.to_numpy(dtype=bool).tolist()
    events["records"] = [[*record, *values] for record, values in zip(events["records"], flags, strict=True)]
    return {
        "kind": chart.kind,
        "unplottedText": UNPLOTTED_TEXTS[chart.kind],
        "rows": [
            {"name": spec.row_name(row, chart), "facts": spec.row_facts(row, chart.is_foreign)}
            for row in row_dicts(result.frame)
        ],
        "rowByEvent": list(underlying.row_index_by_event),
        "events": events,
        "figures": _table(underlying.figures),
        "sources": _table(underlying.references),
        "table": {
            "columns": [column.name for column in result.columns],
            "numeric": [column.type in ("integer", "number") for column in result.columns],
            "records": _display_rows(result),
        },
    }


def _table(result: QueryResult) -> dict[str, Any]:
    """Return the names of the columns and the records; columns without any value are left out."""
    records = json_rows(result)
    has_values = [any(cell is not None and cell != [] for cell in cells) for cells in zip(*records, strict=True)]
    return {
        "columns": [column.name for column, kept in zip(result.columns, has_values, strict=False) if kept],
        "records": [list(compress(record, has_values)) for record in records],
    }


def _display_rows(result: QueryResult) -> list[list[str]]:
    """Return the rows as text, with a space after each `;` of a list as on a terminal."""
    lists = [column.type == "list" for column in result.columns]
    return [
        [cell.replace(";", "; ") if is_list else cell for cell, is_list in zip(row, lists, strict=True)]
        for row in text_rows(result)
    ]


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _policy_hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
