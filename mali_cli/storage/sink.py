"""Sink: what every storage form that `mali convert` writes has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from mali_cli.model import schema

if TYPE_CHECKING:
    import pandas as pd

ProgressCallback = Callable[[str, float | None], None]  # what is being done, and how much of it is


class Sink(Protocol):
    """What takes tables in, part by part in any order, and makes one form of them.

    `at` says what it is doing. Made with the path to write (in a folder that is its own to litter) and what is
    to be told of the whole; `close` is called however it ends.
    """

    def append(self, name: str, rows: pd.DataFrame) -> None: ...

    def finish(self, at: ProgressCallback) -> None: ...

    def close(self) -> None: ...


def datapackage_descriptor(told: dict[str, Any], form: str = "csv") -> dict[str, Any]:
    """datapackage.json of a folder of tables in a form: what is told of the whole, and our own declaration of each."""
    resources = [dict(resource) for resource in schema.datapackage()["resources"]]
    if form == "parquet":
        for resource in resources:
            resource |= {"path": f"{resource['name']}.parquet", "format": form}
            resource |= {"mediatype": "application/vnd.apache.parquet"}
            del resource["encoding"]
        told = {**told, "mali:format": form}
    return {**told, "resources": resources}
