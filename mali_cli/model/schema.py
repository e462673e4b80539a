"""The declared tables and columns, read from datapackage.json."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Column(NamedTuple):
    """A declared column; its type is one of Table Schema (string, list, date, integer, number, boolean)."""

    name: str
    type: str
    description: str
    required: bool = False
    required_if_curated: bool = False  # a foreign file may leave it blank
    unique: bool = False
    enum: tuple[str, ...] = ()  # all values; of a list all its items
    pattern: str = ""
    minimum: int | None = None
    max_length: int | None = None
    references: tuple[str, ...] = ()  # tables, or columns as "casualties.tally", that hold the values
    allowed_by_parent: Mapping[str, list[str]] = {}  # sub-event types by event type
    default_visible: bool = False  # in a terminal table, unless --columns is given
    may_be_missing: bool = False  # in a dataset written before the column was added; it is then blank
    title: str = ""  # the heading in a terminal table, unless --columns is given

    @classmethod
    def declared(cls, field: dict[str, Any]) -> Column:
        """Return the column that a field of datapackage.json declares."""
        constraints = field.get("constraints", {})
        return cls(
            name=field["name"],
            type=field["type"],
            description=field["description"],
            required=constraints.get("required", False),
            required_if_curated=field.get("mali:requiredIfCurated", False),
            unique=constraints.get("unique", False),
            enum=tuple(constraints.get("enum", field.get("mali:itemEnum", ()))),
            pattern=constraints.get("pattern", ""),
            minimum=constraints.get("minimum"),
            max_length=constraints.get("maxLength"),
            references=tuple(field.get("mali:references", ())),
            allowed_by_parent=field.get("mali:enumByEventType", {}),
            default_visible=field.get("mali:defaultVisible", False),
            may_be_missing=field.get("mali:mayBeMissing", False),
            title=field.get("title", ""),
        )


class Table(NamedTuple):
    """A declared table."""

    name: str
    title: str
    description: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Return one column."""
        return next(column for column in self.columns if column.name == name)


def data_folder() -> Path:
    """Return the folder of the bundled tables: in the installed package, or beside it in a checkout."""
    package_folder = Path(__file__).parent.parent
    installed = package_folder / "data"
    return installed if installed.is_dir() else package_folder.parent / "data"


@functools.cache
def datapackage() -> dict[str, Any]:
    """Return the content of datapackage.json, the only declaration of the columns."""
    with open(data_folder() / "datapackage.json", encoding="utf-8") as file:
        return dict(json.load(file))


# The only table of a dataset that counts events by week or month; other datasets do not have it.
AGGREGATES = "aggregates"


def declaration(name: str) -> dict[str, Any]:
    """Return the declaration of a table in datapackage.json."""
    if name == AGGREGATES:
        return dict(datapackage()["mali:aggregates"])
    return next(dict(resource) for resource in datapackage()["resources"] if resource["name"] == name)


@functools.cache
def table(name: str) -> Table:
    """Return one declared table."""
    resource = declaration(name)
    table_schema = resource["schema"]
    return Table(
        name=name,
        title=resource["title"],
        description=resource["description"],
        path=resource["path"],
        columns=tuple(Column.declared(field) for field in table_schema["fields"]),
        # A key with columns that may be blank is not a primary key in Table Schema.
        key=tuple(table_schema.get("primaryKey") or table_schema["uniqueKeys"][0]),
        sorted_by=tuple(resource["mali:sortedBy"]),
    )


def answer_columns(table_name: str, *more: Column) -> tuple[Column, ...]:
    """Return the columns of a table and more of an answer; those that tables may lack come last, as they were added."""
    return tuple(sorted((*table(table_name).columns, *more), key=lambda column: column.may_be_missing))


def table_names() -> list[str]:
    """Return the names of the tables that every dataset has."""
    return [resource["name"] for resource in datapackage()["resources"] if not resource.get("mali:bundledOnly")]


def bundled_table_names() -> list[str]:
    """Return the names of all tables that come with the program, with those that no other dataset has."""
    return [resource["name"] for resource in datapackage()["resources"]]


def result_names() -> list[str]:
    """Return the names of the results that have columns of their own."""
    return list(datapackage()["mali:results"])


# Queries whose rows are not those of the table of their name, with the result that has their columns
RESULT_BY_QUERY = {"control": "intervals", "show": "page", "check": "faults"}
QUERIES_WITHOUT_TABLE = ("sources", "timeline", "map", "show", "lineage", "compare", "check")


def tables_and_queries() -> list[str]:
    """Return what has declared columns: the tables, and the queries whose results are no rows of a table."""
    return [*table_names(), AGGREGATES, *QUERIES_WITHOUT_TABLE]


def added_columns(query: str) -> tuple[Column, ...]:
    """Return the columns of a query's result that are not those of the table of its name."""
    name = RESULT_BY_QUERY.get(query, query)
    return result_columns(name) if name in result_names() else ()


@functools.cache
def result_columns(name: str) -> tuple[Column, ...]:
    """Return the columns that results add to those of the tables: "events", "event-counts", "sums", "keys" ..."""
    return tuple(Column.declared(field) for field in datapackage()["mali:results"][name])
