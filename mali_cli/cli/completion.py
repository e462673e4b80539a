"""What TAB offers: names from the tables and declared values, read without pandas."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.filter_option import Choice, EnumOf, Names, PlaceDistance
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.model.names import normalize_name
from mali_cli.storage import raw_tables

# The columns with the names of each kind; a later column is used only if nothing in those before it matches.
NAME_COLUMNS = {
    "groups": ("groups", "group", "aliases"),
    "places": ("places", "place", "aliases"),
    "regions": ("places", "region"),
    "countries": ("places", "country"),
    "sources": ("documents", "document"),
    "claimants": ("casualties", "according_to"),
}


def for_value(value: Any) -> Callable[..., list[str]] | None:
    """Return the completion for the value of a declared filter; None for numbers, dates and free text."""
    match value:
        case Names(kind):
            return complete_column(*NAME_COLUMNS[kind])
        case PlaceDistance():
            return complete_column(*NAME_COLUMNS["places"])
        case EnumOf():
            return complete_enum(value)
        case Choice(choices):
            return complete_choices(*choices)
    return None


def complete_column(table: str, *columns: str) -> Callable[[typer.Context, str], list[str]]:
    """Return a completion of the values in columns of a table; keys come before aliases."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        matches = (matching(_cells(ctx, table, column), incomplete) for column in columns)
        return next(filter(None, matches), [])

    return complete


def complete_enum(enum: EnumOf) -> Callable[[str], list[str]]:
    """Return a completion of the declared values of columns."""

    def complete(incomplete: str) -> list[str]:
        values = (value for table, column in enum.columns for value in schema.table(table).column(column).enum)
        return matching(values, incomplete)

    return complete


def complete_choices(*choices: str) -> Callable[[str], list[str]]:
    """Return a completion of a few words."""

    def complete(incomplete: str) -> list[str]:
        return matching(choices, incomplete)

    return complete


def comma_separated(candidates: Callable[[typer.Context], Iterable[str]]) -> Callable[[typer.Context, str], list[str]]:
    """Return a completion of the last word of a list with commas."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        return [
            PrematchedCompletion(before + comma + name) for name in matching(candidates(ctx), last.removeprefix("-"))
        ]

    return complete


def complete_entity(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the names that `mali show` takes; events only if no group, place, person or source matches."""
    columns = [("groups", "group"), ("places", "place"), ("people", "person"), ("documents", "document")]
    matches = [name for table, column in columns for name in matching(_cells(ctx, table, column), incomplete)]
    return matches or matching(_cells(ctx, "events", "event_id"), incomplete)


def complete_tables(incomplete: str) -> list[str]:
    """Complete the names of tables."""
    return matching(schema.table_names(), incomplete)


def group_keys(ctx: typer.Context) -> list[str]:
    """Return the keys of --by of the command."""
    return [key.replace("_", "-") for key in GROUP_KEYS.get(ctx.info_name or "", ())]


def result_column_names(ctx: typer.Context) -> list[str]:
    """Return the columns of the command's result."""
    query = ctx.info_name or ""
    declared = [c.name for c in schema.table(query).columns] if query in schema.table_names() else []
    added = [c.name for c in schema.result_columns(query)] if query in schema.datapackage()["mali:results"] else []
    return [*declared, *added]


def complete_condition(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the column of --where; nothing can be offered behind it."""
    return matching(result_column_names(ctx), incomplete)


class PrematchedCompletion(str):
    """A completion that was matched by its normalized spelling; Typer would compare it letter by letter."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


def matching(candidates: Iterable[str], incomplete: str) -> list[str]:
    """Return the candidates that begin with what was typed, whatever its case or accents."""
    prefix = normalize_name(incomplete) + (" " if incomplete.endswith(" ") else "")
    return [
        PrematchedCompletion(_shell_escaped(name))
        for name in dict.fromkeys(candidates)
        if normalize_name(name).startswith(prefix)
    ]


def _shell_escaped(name: str) -> str:
    """Return the name with a backslash before blanks and brackets for Bash, which inserts completions unquoted."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    index = os.environ.get("COMP_CWORD", "")
    word = words[int(index)] if index.isdigit() and int(index) < len(words) else ""
    if not os.environ.get("_MALI_COMPLETE", "").endswith("bash") or word[:1] in ("'", '"'):
        return name
    return "".join(c if c.isalnum() or c in "-_./:,@+" else f"\\{c}" for c in name)


def _cells(ctx: typer.Context, table: str, column: str) -> list[str]:
    """Return the values of a column; none if the data cannot be read."""
    folder = ctx.params.get("data") or os.environ.get("MALI_DATA")
    try:
        rows = raw_tables.read_raw_table(Path(folder) if folder else schema.data_folder(), table)
        return [value for cell in rows.cells(column) for value in cell.split(";") if value]
    except (MaliError, OSError):
        return []
