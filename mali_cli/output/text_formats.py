"""The machine formats: CSV, TSV, JSON, JSON lines, Markdown and GeoJSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TextIO

from mali_cli.model.csv_text import csv_records
from mali_cli.output.cell_values import json_rows, text_rows
from mali_cli.output.geojson import to_geojson
from mali_cli.results import QueryResult

# What would break a line or a cell of Markdown, or be read as HTML.
_MARKDOWN = str.maketrans(
    {"|": r"\|", "\\": r"\\", "`": r"\`", "*": r"\*", "_": r"\_", "[": r"\[", "]": r"\]", "<": "&lt;", "&": "&amp;"}
    | {"\n": "<br>", "\r": ""}
)


def to_csv(answer: QueryResult, out: TextIO) -> None:
    _delimited(answer, out, ",")


def to_tsv(answer: QueryResult, out: TextIO) -> None:
    _delimited(answer, out, "\t")


def _delimited(answer: QueryResult, out: TextIO, delimiter: str) -> None:
    out.writelines(csv_records([[column.name for column in answer.columns], *text_rows(answer)], delimiter))


def to_json(answer: QueryResult, out: TextIO) -> None:
    """An array with one object a line."""
    lines = ",\n".join(_json_objects(answer))
    out.write(f"[\n{lines}\n]\n" if lines else "[]\n")


def to_jsonl(answer: QueryResult, out: TextIO) -> None:
    out.writelines(f"{line}\n" for line in _json_objects(answer))


def _json_objects(answer: QueryResult) -> list[str]:
    names = [column.name for column in answer.columns]
    return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in json_rows(answer)]


def to_markdown(answer: QueryResult, out: TextIO) -> None:
    numbers = ("integer", "number")
    lines = [
        [column.name.translate(_MARKDOWN) for column in answer.columns],
        ["---:" if column.type in numbers else "---" for column in answer.columns],
        *([cell.translate(_MARKDOWN) for cell in row] for row in text_rows(answer)),
    ]
    out.writelines(f"| {' | '.join(line)} |\n" for line in lines)


WRITERS: dict[str, Callable[[QueryResult, TextIO], None]] = {
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "jsonl": to_jsonl,
    "markdown": to_markdown,
    "geojson": to_geojson,
}


def render_text(answer: QueryResult, format: str) -> str:
    out = io.StringIO(newline="")
    WRITERS[format](answer, out)
    return out.getvalue()
