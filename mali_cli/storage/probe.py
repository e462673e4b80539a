"""Recognise what a path holds: a file or a folder, a SQLite file, a folder with a datapackage.json."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from mali_cli.errors import DataError

HOLDS = "mali:holds"  # the property of a dataset whose only table is `aggregates`, with that name
READING_NOTES = "mali:readingNotes"  # the property of datapackage.json with Backend.reading_notes
SQLITE_MAGIC = b"SQLite format 3\0"  # the first bytes of every SQLite file


def path_mode(path: Path) -> int | None:
    """Return the mode of what a path leads to, None if nothing is there.

    OSError for a path that cannot be followed: one that is too long, symbolic links that loop, a closed folder.
    `Path.exists` raises some of these errors and returns False for others, not the same in each version of Python.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError for a NUL character
        return None


def is_sqlite_file(path: Path) -> bool:
    """Return whether a file begins as SQLite files do."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    return False


def read_datapackage(folder: Path) -> dict[str, Any]:
    """Return the datapackage.json of a folder, {} if there is none; DataError if it cannot be read."""
    file = folder / "datapackage.json"
    if not file.is_file():
        return {}
    try:
        package = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise DataError(f"{file} cannot be read: {error}.") from None
    return package if isinstance(package, dict) else {}


def stored_reading_notes(package: dict[str, Any]) -> list[str]:
    """Return the reading notes of the file that a dataset was converted from; none if it has none."""
    notes = package.get(READING_NOTES)
    return [note for note in notes if isinstance(note, str)] if isinstance(notes, list) else []


def package_origin(package: dict[str, Any]) -> str | None:
    """Return the foreign format that the tables of a datapackage.json were converted from."""
    origin = package.get("mali:origin")
    return origin if isinstance(origin, str) else None
