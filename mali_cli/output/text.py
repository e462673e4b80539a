"""The machine formats: CSV, TSV, JSON, JSON lines, Markdown and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import TextIO

from mali_cli.answers import Answer
from mali_cli.output.geojson import to_geojson
from mali_cli.output.values import plain, texts

# What would break a line or a cell of Markdown, or be read as HTML.
_MARKDOWN = str.maketrans(
    {"|": r"\|", "\\": r"\\", "`": r"\`", "*": r"\*", "_": r"\_", "[": r"\[", "]": r"\]", "<": "&lt;", "&": "&amp;"}
    | {"\n": "<br>", "\r": ""}
)


def to_csv(answer: Answer, out: TextIO) -> None:
    _delimited(answer, out, ",")


def to_tsv(answer: Answer, out: TextIO) -> None:
    _delimited(answer, out, "\t")


class LineFeeds:
    """Records that end in LF. The csv module quotes a cell with a lone CR only if its own records end in CRLF."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def write(self, record: str) -> None:
        self.out.write(f"{record[:-2]}\n")


def _delimited(answer: Answer, out: TextIO, delimiter: str) -> None:
    writer = csv.writer(LineFeeds(out), delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.name for column in answer.columns])
    writer.writerows(texts(answer))


def to_json(answer: Answer, out: TextIO) -> None:
    """An array with one object a line."""
    lines = ",\n".join(_objects(answer))
    out.write(f"[\n{lines}\n]\n" if lines else "[]\n")


def to_jsonl(answer: Answer, out: TextIO) -> None:
    out.writelines(f"{line}\n" for line in _objects(answer))


def _objects(answer: Answer) -> list[str]:
    names = [column.name for column in answer.columns]
    return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in plain(answer)]


def to_markdown(answer: Answer, out: TextIO) -> None:
    numbers = ("integer", "number")
    lines = [
        [column.name.translate(_MARKDOWN) for column in answer.columns],
        ["---:" if column.type in numbers else "---" for column in answer.columns],
        *([cell.translate(_MARKDOWN) for cell in row] for row in texts(answer)),
    ]
    out.writelines(f"| {' | '.join(line)} |\n" for line in lines)


WRITERS: dict[str, Callable[[Answer, TextIO], None]] = {
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "jsonl": to_jsonl,
    "markdown": to_markdown,
    "geojson": to_geojson,
}


def rendered(answer: Answer, format: str) -> str:
    out = io.StringIO(newline="")
    WRITERS[format](answer, out)
    return out.getvalue()
