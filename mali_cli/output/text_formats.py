"""CSV, TSV, JSON, JSON lines and Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from mali_cli.model.csv_text import csv_records
from mali_cli.output.cell_values import json_rows, text_rows
from mali_cli.results import QueryResult

# Characters that would end a line or a cell of Markdown, or be read as markup.
_MARKDOWN_ESCAPES = str.maketrans(
    {"|": r"\|", "\\": r"\\", "`": r"\`", "*": r"\*", "_": r"\_", "[": r"\[", "]": r"\]", "<": "&lt;", "&": "&amp;"}
    | {"\n": "<br>", "\r": ""}
)


def to_csv(result: QueryResult, out: TextIO) -> None:
    """Write comma-separated values with a header."""
    _write_delimited(result, out, ",")


def to_tsv(result: QueryResult, out: TextIO) -> None:
    """Write tab-separated values with a header."""
    _write_delimited(result, out, "\t")


def _write_delimited(result: QueryResult, out: TextIO, delimiter: str) -> None:
    out.writelines(csv_records([[column.name for column in result.columns]], delimiter))
    for batch in result.in_batches():
        out.writelines(csv_records(text_rows(batch), delimiter))


def to_json(result: QueryResult, out: TextIO) -> None:
    """Write an array with one object per line."""
    before = "[\n"
    for line in _json_objects(result):
        out.write(f"{before}{line}")
        before = ",\n"
    out.write("[]\n" if before.startswith("[") else "\n]\n")


def to_jsonl(result: QueryResult, out: TextIO) -> None:
    """Write one object per line."""
    out.writelines(f"{line}\n" for line in _json_objects(result))


def _json_objects(result: QueryResult) -> Iterator[str]:
    names = [column.name for column in result.columns]
    for batch in result.in_batches():
        for row in json_rows(batch):
            yield json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)


def to_markdown(result: QueryResult, out: TextIO) -> None:
    """Write a Markdown table, numbers aligned to the right."""
    lines = [
        [column.name.translate(_MARKDOWN_ESCAPES) for column in result.columns],
        ["---:" if column.type in ("integer", "number") else "---" for column in result.columns],
    ]
    out.writelines(f"| {' | '.join(line)} |\n" for line in lines)
    for batch in result.in_batches():
        rows = ([cell.translate(_MARKDOWN_ESCAPES) for cell in row] for row in text_rows(batch))
        out.writelines(f"| {' | '.join(row)} |\n" for row in rows)
