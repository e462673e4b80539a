"""The machine formats: CSV, TSV, JSON, JSON lines, Markdown and GeoJSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
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


def _delimited(answer: Answer, out: TextIO, delimiter: str) -> None:
    out.writelines(records([[column.name for column in answer.columns], *texts(answer)], delimiter))


def records(rows: Iterable[Iterable[str]], delimiter: str = ",") -> Iterator[str]:
    """Lines of CSV by RFC 4180, but ending in LF.

    Few cells need quotes: to look for a reason is several times as fast as the csv module, which goes by the letter.
    """

    def cell(text: str) -> str:
        if '"' in text:
            return '"' + text.replace('"', '""') + '"'
        return f'"{text}"' if delimiter in text or "\n" in text or "\r" in text else text

    for row in rows:
        line = delimiter.join(map(cell, row))
        yield f"{line}\n" if line else '""\n'  # one blank cell: an empty line would be no record


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
