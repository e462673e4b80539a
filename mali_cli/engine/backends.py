"""Open the backend of --data: a folder of tables, a SQLite file or foreign files."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from mali_cli.errors import DataError, MaliError
from mali_cli.storage import detect
from mali_cli.storage.base import Backend
from mali_cli.storage.bundled import bundled_backend
from mali_cli.storage.probe import path_mode
from mali_cli.storage.remote import RemotePath, is_address

Data = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None
DATA_TAKES = "--data takes a folder with tables such as events.csv, or files of ACLED, UCDP, the UN, GTD or GDELT"


def open_backend(data: Data = None, format_in: str | None = None) -> Backend:
    """Return the backend of a path; without one, of MALI_DATA, and without that, of the bundled tables.

    Several paths, a pattern such as "ged/*.csv" or a folder of such files are read as one foreign dataset.
    A converted folder may also be at an address such as s3://bucket/folder.
    `format_in` (acled, gdelt, gtd, ucdp, un) overrides the detection of a file's format.
    """
    given = [data] if isinstance(data, (str, os.PathLike)) else list(data or ())
    if not all(map(str, given)):
        raise MaliError(
            "--data is empty; it takes a folder with tables, or files of ACLED, UCDP, the UN, GTD or GDELT."
        )
    if not given and (from_environment := os.environ.get("MALI_DATA")):
        given = [from_environment]
    if not given:
        if format_in is not None:
            raise MaliError("--format-in needs --data: it names the format of that file.")
        return bundled_backend()
    if len(given) == 1 and is_address(str(given[0])):
        return _open_address(RemotePath(str(given[0])), format_in)
    paths = [path for typed in given for path in _matching_paths(typed)]
    if len(paths) == 1 and (backend := detect.open_backend(paths[0])):
        if format_in is not None:
            kind = "folder" if paths[0].is_dir() else "database"
            raise MaliError(f"--format-in names the format of a data file; {paths[0]} is a {kind}.")
        return backend
    from mali_cli.formats.backend import open_foreign_backend

    return open_foreign_backend([file for path in paths for file in _foreign_files(path)], format_in)


def _open_address(address: RemotePath, format_in: str | None) -> Backend:
    """Return the backend of a converted folder at an address; DataError for anything else."""
    from mali_cli.storage.parquet import ParquetBackend

    backend = detect.open_backend(address) if address.is_dir() else None
    if not isinstance(backend, ParquetBackend):
        raise DataError(f"{address} is no folder made by `mali convert --to parquet`; nothing else is read from there.")
    if format_in is not None:
        raise MaliError(f"--format-in names the format of a data file; {address} is a folder.")
    return backend


def _matching_paths(typed: str | os.PathLike[str]) -> list[Path]:
    """Return the path, or those that match it as a pattern; DataError if there is none or it cannot be read twice."""
    path = Path(typed)
    try:
        mode = path_mode(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    if mode is None:
        if matching := sorted(glob.glob(str(path))):
            return [Path(match) for match in matching]
        raise DataError(f"there is no {path}; {DATA_TAKES}.")
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise DataError(f"{path} is a pipe or a device; --data takes a file that can be read more than once.")
    return [path]


def _foreign_files(path: Path) -> list[Path]:
    """Return a file, or the foreign files in a folder; DataError for a folder of tables among several paths."""
    from mali_cli.formats.combined_file import foreign_files_in

    if not path.is_dir():
        return [path]
    if detect.open_backend(path) is not None:
        raise DataError(f"{path} is a folder of tables; it cannot be read together with other data.")
    if files := foreign_files_in(path):
        return files
    raise DataError(f"{path} holds no table such as events.csv.")
