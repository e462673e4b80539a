"""The tables that come with the program, alone and beside those of a foreign dataset."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mali_cli.model import schema
from mali_cli.storage.base import Backend
from mali_cli.storage.csv_tables import CsvBackend

if TYPE_CHECKING:
    import pandas as pd


@cache
def bundled_backend() -> Backend:
    """The tables that come with the program."""
    return CsvBackend(schema.data_folder())


def merge_bundled(name: str, found: pd.DataFrame) -> pd.DataFrame:
    """A foreign dataset's groups, places or relations with what our own tables know beside them."""
    import pandas as pd

    from mali_cli.model.names import normalize_name

    ours = bundled_backend().table(name)
    if name == "relations":
        return ours
    key = schema.table(name).key[0]

    def names(table: pd.DataFrame) -> list[set[str]]:
        cells = zip(table[key], table["aliases"], strict=True)
        return [{normalize_name(n) for n in (k, *(a.split(";") if isinstance(a, str) else ()))} for k, a in cells]

    # The file's own word goes first: of a place of ours that it knows by any name, its row stands.
    if name == "places":
        known = set[str]().union(*names(found))
        new = [known.isdisjoint(row) for row in names(ours)]
    else:
        known = set(map(normalize_name, found[key]))
        new = [normalize_name(k) not in known for k in ours[key]]
    return pd.concat([found, ours[new]], ignore_index=True) if len(found) else ours


def lookup_table(backend: Backend, name: str) -> pd.DataFrame:
    """Return the table in which names are looked up: of a foreign dataset, our bundled rows are added to its own."""
    table = backend.table(name)
    return merge_bundled(name, table) if backend.origin and name in ("groups", "places", "relations") else table
