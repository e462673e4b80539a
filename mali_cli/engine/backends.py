"""Open the backend of --data: a folder of tables, a SQLite file or a foreign file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mali_cli.errors import DataError, MaliError
from mali_cli.storage import detect
from mali_cli.storage.base import Backend
from mali_cli.storage.bundled import bundled_backend
from mali_cli.storage.probe import path_mode


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
    try:
        mode = path_mode(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    if mode is None:
        takes = "--data takes a folder with tables such as events.csv, or a file of ACLED, UCDP or the UN"
        raise DataError(f"there is no {path}; {takes}.")
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise DataError(f"{path} is a pipe or a device; --data takes a file that can be read more than once.")
    backend = detect.open_backend(path)
    if backend is None:
        from mali_cli.formats.backend import ForeignFileBackend

        return ForeignFileBackend(path, format_in)
    if format_in is not None:
        kind = "folder" if stat.S_ISDIR(mode) else "database"
        raise MaliError(f"--format-in names the format of a data file; {path} is a {kind}.")
    return backend
