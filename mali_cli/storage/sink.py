"""Sink: the interface of the writers that `mali convert` uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mali_cli.model import schema
from mali_cli.storage.probe import HOLDS

if TYPE_CHECKING:
    import pandas as pd

ProgressCallback = Callable[[str, float | None], None]  # what is being done, and the fraction done if known


class Sink(Protocol):
    """Writer of one storage form. It takes batches of rows in any order and writes them sorted.

    A sink writes to `path`, and may leave temporary files beside it: that folder is deleted afterwards.
    """

    metadata: dict[str, Any]  # written by `finish`

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        """Begin to write; `metadata` are the dataset's properties of datapackage.json (name, title, licences ...)."""

    @classmethod
    def error_type(cls) -> type[Exception]:
        """Return the exception of the library that writes; MaliError if the library is not installed."""
        ...

    def append(self, name: str, rows: pd.DataFrame) -> None:
        """Take some rows of a table."""

    def finish(self, report: ProgressCallback) -> None:
        """Write what `append` took, reporting progress."""

    def close(self) -> None:
        """Release the files; called after success and after failure."""


def tables_to_write(metadata: dict[str, Any]) -> list[str]:
    """Return the names of the tables of a dataset, by its metadata."""
    return [schema.AGGREGATES] if metadata.get(HOLDS) == schema.AGGREGATES else schema.table_names()


def datapackage_descriptor(metadata: dict[str, Any], target_format: str = "csv") -> dict[str, Any]:
    """Return the content of datapackage.json for a converted folder: its metadata and our declaration of each table."""
    resources = [schema.declaration(name) for name in tables_to_write(metadata)]
    if target_format == "parquet":
        for resource in resources:
            resource |= {"path": f"{resource['name']}.parquet", "format": target_format}
            resource |= {"mediatype": "application/vnd.apache.parquet"}
            del resource["encoding"]
        metadata = {**metadata, "mali:format": target_format}
    return {**metadata, "resources": resources}
