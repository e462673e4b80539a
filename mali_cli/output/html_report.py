"""A picture as a page: one self-contained HTML file with the picture, and beside it the events behind it."""

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
from mali_cli.output.cell_values import json_rows, text_rows
from mali_cli.output.streams import escape_control
from mali_cli.output.terminal import rows_of
from mali_cli.output.vega import spec
from mali_cli.results import ChartRequest, QueryResult

HERE = Path(__file__).parent
FIELD = re.compile(r"\{\{(\w+)\}\}")
HINTS = {
    "timeline": "Point at a bar or tap it for its numbers and, in the list, its events; again or Escape for all.",
    "map": "Point at a place or tap it for its numbers and, in the list, its events; again or Escape for all.",
}
OFF = {"timeline": "in no single {}", "map": "not on the map"}


def html_page(answer: QueryResult) -> str:
    """The whole file. Nothing in it is loaded from elsewhere, and its policy forbids the browser to.

    Text of the data is escaped where it stands in the page, and is otherwise JSON that the script of the page puts
    there as text.
    """
    drawing = answer.chart
    assert drawing is not None
    marks = [{"name": spec.name_of(row, drawing), "lines": spec.numbers_of(row)} for row in rows_of(answer.frame)]
    style, script = (_read(f"page.{kind}") for kind in ("css", "js"))
    heading, asked = spec.title(drawing), spec.asked_of(drawing)
    fields = {
        "picture": drawing.kind,
        "hint": HINTS[drawing.kind],
        "title": _text(": ".join(filter(None, (heading, asked)))),
        "heading": _text(heading),
        "asked": f"<span>{_text(asked)}</span>" if asked else "",
        **{width: html_svg.svg(answer, width) for width in html_svg.WIDTHS},
        "notes": "".join(_notes(answer, width) for width in html_svg.WIDTHS),
        "version": schema.datapackage()["version"],
        "data": in_script(_data(answer, drawing, marks)),
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
    }
    return FIELD.sub(lambda field: fields[field[1]], _read("page.html"))


def in_script(value: Any) -> str:
    """JSON that no parser of HTML takes for the end of its script element, or for the start of a comment.

    Marks that turn the direction of what follows are made visible, as on a terminal.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return escape_control(text).replace("<", "\\u003c")


def _text(text: str) -> str:
    return html.escape(escape_control(text))


def _notes(answer: QueryResult, width: str) -> str:
    """The foot lines; each width has its own, for what has room on the picture differs."""
    told = spec.foot(answer, html_svg.drawn_width(width))
    return f'<div class="foot {width}">{"".join(f"<p>{_text(text)}</p>" for text in told)}</div>'


def _data(answer: QueryResult, drawing: ChartRequest, marks: list[dict[str, Any]]) -> dict[str, Any]:
    from mali_cli.queries import fatalities

    assert drawing.load_underlying is not None
    behind = drawing.load_underlying()
    events = _table(behind.events)
    told = fatalities.event_fatality_status(behind.events.frame, behind.figures.frame)
    events["columns"] += list(told)
    flags = told.to_numpy(dtype=bool).tolist()
    events["records"] = [[*record, *more] for record, more in zip(events["records"], flags, strict=True)]
    return {
        "picture": drawing.kind,
        "off": OFF[drawing.kind].format(drawing.measure),
        "rows": marks,
        "rowOf": list(behind.row_index_by_event),
        "events": events,
        "figures": _table(behind.figures),
        "sources": _table(behind.references),
        "table": {
            "columns": [column.name for column in answer.columns],
            "numeric": [column.type in ("integer", "number") for column in answer.columns],
            "records": _numbers(answer),
        },
    }


def _table(answer: QueryResult) -> dict[str, Any]:
    """Columns by name and the records in their order; a column in which nothing is told takes no room."""
    records = json_rows(answer)
    told = [any(cell is not None and cell != [] for cell in cells) for cells in zip(*records, strict=True)]
    return {
        "columns": [column.name for column, kept in zip(answer.columns, told, strict=False) if kept],
        "records": [list(compress(record, told)) for record in records],
    }


def _numbers(answer: QueryResult) -> list[list[str]]:
    """The rows as text for the table of the numbers: lists with room after each ; as on a terminal."""
    lists = [column.type == "list" for column in answer.columns]
    return [
        [cell.replace(";", "; ") if is_list else cell for cell, is_list in zip(row, lists, strict=True)]
        for row in text_rows(answer)
    ]


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
