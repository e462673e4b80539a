"""What a path holds: a SQLite file, a folder with a datapackage.json."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from mali_cli.errors import DataError

SQLITE_MAGIC = b"SQLite format 3\0"  # how its files begin


def is_sqlite_file(path: Path) -> bool:
    """Whether a file is one of SQLite's, by how it begins."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    return False


def read_datapackage(path: Path) -> dict[str, Any]:
    """The datapackage.json of a folder, nothing where there is none; DataError if it cannot be read."""
    file = path / "datapackage.json"
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise DataError(f"{file} cannot be read: {error}.") from None
    return found if isinstance(found, dict) else {}


def folder_origin(folder: Path) -> str | None:
    """The foreign format that a folder of tables was converted from; None for curated tables."""
    origin = read_datapackage(folder).get("mali:origin")
    return origin if isinstance(origin, str) else None
