"""The declared tables: reads a CSV by its declaration, or says which line is wrong."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    pass


class Column(NamedTuple):
    """One declared column; the types are Table Schema's (string, list, date, integer, number, boolean)."""

    name: str
    type: str
    description: str
    required: bool = False
    required_if_curated: bool = False  # required of curated tables only: a foreign file may not say it
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None
    max_length: int | None = None
    references: tuple[str, ...] = ()
    allowed_by_parent: Mapping[str, list[str]] = {}
    default_visible: bool = False  # on a terminal, unless --columns says otherwise

    @classmethod
    def declared(cls, entry: dict[str, Any]) -> Column:
        constraints = entry.get("constraints", {})
        return cls(
            name=entry["name"],
            type=entry["type"],
            description=entry["description"],
            required=constraints.get("required", False),
            required_if_curated=entry.get("mali:curated", {}).get("required", False),
            unique=constraints.get("unique", False),
            enum=tuple(constraints.get("enum", ())),
            pattern=constraints.get("pattern", ""),
            minimum=constraints.get("minimum"),
            max_length=constraints.get("maxLength"),
            references=tuple(entry.get("mali:references", ())),
            allowed_by_parent=entry.get("mali:within", {}),
            default_visible=entry.get("mali:shown", False),
        )


class Table(NamedTuple):
    """One declared table."""

    name: str
    title: str
    description: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def data_folder() -> Path:
    """The folder of the bundled tables: inside the installed package, or beside it in a checkout."""
    package_folder = Path(__file__).parent.parent
    installed = package_folder / "data"
    return installed if installed.is_dir() else package_folder.parent / "data"


@functools.cache
def datapackage() -> dict[str, Any]:
    """datapackage.json, the one declaration of every column."""
    with open(data_folder() / "datapackage.json", encoding="utf-8") as file:
        return dict(json.load(file))


@functools.cache
def table(name: str) -> Table:
    resource = next(r for r in datapackage()["resources"] if r["name"] == name)
    return Table(
        name=name,
        title=resource["title"],
        description=resource["description"],
        path=resource["path"],
        columns=tuple(Column.declared(entry) for entry in resource["schema"]["fields"]),
        key=tuple(resource["mali:key"]),
        sorted_by=tuple(resource["mali:sorted"]),
    )


def table_names() -> list[str]:
    return [resource["name"] for resource in datapackage()["resources"]]


@functools.cache
def result_columns(name: str) -> tuple[Column, ...]:
    """Columns that answers add to those of the tables: 'events', 'event-counts', 'sums', 'keys'."""
    return tuple(Column.declared(entry) for entry in datapackage()["mali:answers"][name])
