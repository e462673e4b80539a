"""Literals in SQL text, for what cannot be a parameter: file names, and constants of our own."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path


def literal(value: str) -> str:
    """Return a text as a quoted SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def literal_list(values: Iterable[str]) -> str:
    """Return quoted literals separated by commas."""
    return ", ".join(map(literal, values))


def path_literal(file: Path) -> str:
    """Return a file name for DuckDB to read, with `*?[` escaped and absolute: DuckDB expands patterns and `~`."""
    return literal(glob.escape(str(file.absolute())))
