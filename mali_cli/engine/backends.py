"""Open the backend of a path: a folder of tables, a SQLite file or a foreign file."""

from __future__ import annotations

import os
from pathlib import Path

from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.storage.base import Backend
from mali_cli.storage.bundled import bundled_backend
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.storage.probe import is_sqlite_file, read_datapackage
from mali_cli.storage.sqlite import SqliteBackend

DATA_HINT = "--data takes a folder with tables such as events.csv, or a file of ACLED, UCDP or the UN"


def open_backend(data: str | os.PathLike[str] | None = None, format_in: str | None = None) -> Backend:
    """Return the backend of a path; without one, of MALI_DATA, and without that, of the bundled tables.

    `format_in` (acled, ucdp, un) overrides the detection of a file's format.
    """
    if data is not None and not str(data):
        raise MaliError("--data is empty; it takes a folder with tables, or a file of ACLED, UCDP or the UN.")
    given = data if data is not None else os.environ.get("MALI_DATA")
    if not given:
        if format_in is not None:
            raise MaliError("--format-in needs --data: it names the format of that file.")
        return bundled_backend()
    path = Path(given)
    if not path.exists():
        raise DataError(f"there is no {path}; {DATA_HINT}.")
    return _open_folder(path, format_in) if path.is_dir() else _open_file(path, format_in)


def _open_file(path: Path, format_in: str | None) -> Backend:
    if not path.is_file():
        raise DataError(f"{path} is a pipe or a device; --data takes a file that can be read more than once.")
    if is_sqlite_file(path):
        if format_in is not None:
            raise MaliError(f"--format-in names the format of a foreign file; {path} is a database.")
        return SqliteBackend(path)
    from mali_cli.formats.backend import ForeignFileBackend

    return ForeignFileBackend(path, format_in)


def _open_folder(path: Path, format_in: str | None) -> Backend:
    if format_in is not None:
        raise MaliError(f"--format-in names the format of a foreign file; {path} is a folder.")
    if read_datapackage(path).get("mali:format") == "parquet":
        from mali_cli.storage.parquet import ParquetBackend

        return ParquetBackend(path)
    if not any((path / schema.table(name).path).exists() for name in schema.table_names()):
        raise DataError(f"{path} holds no table such as events.csv.")
    return CsvBackend(path)
