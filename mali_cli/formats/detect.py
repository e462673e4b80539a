"""The detection of a file's format by its columns."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from mali_cli.errors import DataError
from mali_cli.formats.aggregates import AGGREGATE_FORMATS
from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.record_ids import with_record_ids
from mali_cli.formats.registry import FORMAT_CLASSES
from mali_cli.formats.table_file import TableFile, open_table_file
from mali_cli.model import names, schema

FORMATS: dict[str, type[FormatAdapter]] = {
    name: getattr(import_module(f"mali_cli.formats.{name}"), class_name) for name, class_name in FORMAT_CLASSES.items()
}
MIN_KNOWN_COLUMNS = 3  # of a file that looks like one of a format


def open_foreign_file(path: Path, format_in: str | None = None) -> tuple[TableFile, type[FormatAdapter]]:
    """Return a file and its format, which is `format_in` if given; DataError if its columns do not fit."""
    formats: list[type[FormatAdapter]] = [*FORMATS.values(), *AGGREGATE_FORMATS]
    if format_in:
        formats = [FORMATS[names.match_choice(format_in, FORMATS, "format")]]
    headerless = [header for format in formats for header in format.headerless]
    table_file = open_table_file(path, lambda cells: any(f.matches_header(cells) for f in formats), headerless)
    format = _detect_format(table_file, formats)
    if format.key not in format.canonical_columns(table_file.header):
        table_file = with_record_ids(table_file, format)
    return table_file, format


def _detect_format(table_file: TableFile, formats: list[type[FormatAdapter]]) -> type[FormatAdapter]:
    """Return the format whose required columns the file has; DataError if there is none."""
    for candidate in formats:
        if candidate.matches_header(table_file.header):
            if duplicates := candidate(table_file.header).duplicate_columns:
                raise DataError(f"{table_file.path}: duplicate column {', '.join(duplicates)}.")
            return candidate
    raise DataError(f"{table_file.path} {_why_unsupported(table_file.header, formats)}.")


def _why_unsupported(header: list[str], formats: list[type[FormatAdapter]]) -> str:
    """Say why a file is in none of the formats: one of another format, one of our tables, a missing column."""
    if len(formats) == 1:
        for other in (*FORMATS.values(), *AGGREGATE_FORMATS):
            if other.matches_header(header):
                return f"is not a file of {formats[0].name}; its columns are those of {other.name}"
    for name in (*schema.table_names(), schema.AGGREGATES):
        if {column.name for column in schema.table(name).columns if not column.may_be_missing} <= set(header):
            return "is one table of a dataset; --data takes the folder that holds it"
    if {"events", "fatalities"} <= {cell.strip().lower() for cell in header}:
        return "counts events, but has no column for the country and the week or the month and year"
    known = {format: len(format.all_columns.intersection(format.canonical_columns(header))) for format in formats}
    nearest = max(formats, key=lambda format: (known[format], -len(format.missing_columns(header))))
    missing = nearest.missing_columns(header)
    requirements = len(nearest.required) + len(nearest.required_one_of)
    if known[nearest] >= MIN_KNOWN_COLUMNS and len(missing) <= requirements / 2:
        return f"looks like a file of {nearest.name}, but the column {', '.join(missing)} is missing"
    *others, last = (format.name for format in FORMATS.values())
    recognised = f"files of {', '.join(others)} and {last} are recognised by their columns"
    return f"is not a recognised table: {recognised}, not {', '.join(header[:5])[:80]!r}"
