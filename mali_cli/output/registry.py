"""The output formats. A new format is a module that writes it and a line in FORMATS."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any, Literal, NamedTuple

from mali_cli.results import QueryResult


class OutputFormat(NamedTuple):
    """A format with the suffix of its files and the function that writes it; the module is imported on use.

    The signature of the function depends on the kind:

    - text: `(result, out)` writes to a text stream, which may be standard output
    - binary: `(result, path, progress)` writes a file; the module has `check_installed()`
    - chart: `(result, format)` returns the bytes of a drawing; the module has `check_installed(format)`
    """

    suffix: str
    kind: Literal["text", "binary", "chart"]
    module: str
    function: str
    noun: str = "a text file"

    def load(self) -> Any:
        """Return the function that writes the format."""
        return getattr(import_module(self.module), self.function)

    def check_installed(self, *arguments: str) -> None:
        """Raise MaliError if a library that the format needs is not installed."""
        import_module(self.module).check_installed(*arguments)


FORMATS: dict[str, OutputFormat] = {
    "csv": OutputFormat(".csv", "text", "mali_cli.output.text_formats", "to_csv"),
    "tsv": OutputFormat(".tsv", "text", "mali_cli.output.text_formats", "to_tsv"),
    "json": OutputFormat(".json", "text", "mali_cli.output.text_formats", "to_json"),
    "jsonl": OutputFormat(".jsonl", "text", "mali_cli.output.text_formats", "to_jsonl"),
    "markdown": OutputFormat(".md", "text", "mali_cli.output.text_formats", "to_markdown"),
    "xlsx": OutputFormat(".xlsx", "binary", "mali_cli.output.xlsx", "write", "a workbook"),
    "parquet": OutputFormat(".parquet", "binary", "mali_cli.output.parquet", "write", "a Parquet file"),
    "geojson": OutputFormat(".geojson", "text", "mali_cli.output.geojson", "to_geojson"),
    "png": OutputFormat(".png", "chart", "mali_cli.output.image_export", "render", "a picture"),
    "svg": OutputFormat(".svg", "chart", "mali_cli.output.image_export", "render", "a picture"),
    "pdf": OutputFormat(".pdf", "chart", "mali_cli.output.image_export", "render", "a picture"),
    "html": OutputFormat(".html", "chart", "mali_cli.output.html_report", "render", "a picture"),
}
TEXT_FORMATS = tuple(name for name, format in FORMATS.items() if format.kind == "text")
ROW_SUFFIXES = {format.suffix: name for name, format in FORMATS.items() if format.kind != "chart"}
CHART_SUFFIXES = {format.suffix: name for name, format in FORMATS.items() if format.kind == "chart"}


# Formats that are written batch by batch, so that the rows need not fit in memory
BATCH_FORMATS = ("csv", "tsv", "json", "jsonl", "markdown", "parquet")


def is_chart(format: str | None) -> bool:
    """Return whether the format is a drawing of the result."""
    return format in FORMATS and FORMATS[format].kind == "chart"


def render_text(result: QueryResult, format: str) -> str:
    """Return the result in one of TEXT_FORMATS."""
    out = io.StringIO(newline="")
    FORMATS[format].load()(result, out)
    return out.getvalue()
