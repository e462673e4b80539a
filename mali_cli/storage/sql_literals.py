"""Words as they stand in a statement of SQL, where no parameter can take their place."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def literal_list(values: Iterable[str]) -> str:
    return ", ".join(map(literal, values))


def path_literal(file: Path) -> str:
    """A file for DuckDB to read: to it `a[1].csv` is a pattern, which finds a1.csv, and `~` may be a home."""
    return literal(glob.escape(str(file.absolute())))
