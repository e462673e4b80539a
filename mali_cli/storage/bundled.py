"""The tables that come with the program, alone and merged with those of a foreign dataset."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from mali_cli.storage.base import Backend
from mali_cli.storage.csv_tables import CsvBackend

if TYPE_CHECKING:
    import pandas as pd


@cache
def bundled_backend() -> Backend:
    """Return the backend of the tables that come with the program."""
    return CsvBackend(schema.data_folder())


def lookup_table(backend: Backend, name: str) -> pd.DataFrame:
    """Return the table in which names are looked up, with our bundled rows added for a foreign dataset."""
    table = backend.table(name)
    return merge_bundled(name, table) if backend.origin and name in ("groups", "places", "relations") else table


def merge_bundled(name: str, foreign: pd.DataFrame) -> pd.DataFrame:
    """Return a foreign dataset's groups, places or relations with our bundled rows added.

    A bundled place is left out if the foreign table has it under any of its names, a bundled group only if the
    foreign table has its key. Foreign datasets have no relations, so those are ours alone.
    """
    import pandas as pd

    bundled = bundled_backend().table(name)
    if name == "relations" or foreign.empty:
        return bundled
    key = schema.table(name).key[0]
    if name == "places":
        foreign_names = set[str]().union(*_names_by_row(foreign, key))
        is_new = [foreign_names.isdisjoint(names) for names in _bundled_place_names()]
    else:
        foreign_keys = set(map(normalize_name, foreign[key]))
        is_new = [normalize_name(group) not in foreign_keys for group in bundled[key]]
    return pd.concat([foreign, bundled[is_new]], ignore_index=True)


@cache
def _bundled_place_names() -> list[set[str]]:
    return _names_by_row(bundled_backend().table("places"), "place")


def _names_by_row(table: pd.DataFrame, key: str) -> list[set[str]]:
    """Return the normalised key and aliases of each row."""
    return [
        {normalize_name(name) for name in (own, *(aliases.split(";") if isinstance(aliases, str) else ()))}
        for own, aliases in zip(table[key], table["aliases"], strict=True)
    ]
