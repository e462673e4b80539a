"""What TAB offers: names from the tables, read without pandas."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from mali_cli.storage import raw_tables


class PrematchedCompletion(str):
    """A completion already matched by its folded spelling; Typer would compare it letter by letter."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


def matching(candidates: Iterable[str], incomplete: str) -> list[str]:
    wanted = normalize_name(incomplete) + (" " if incomplete.endswith(" ") else "")
    return [
        PrematchedCompletion(_shell_escaped(name))
        for name in dict.fromkeys(candidates)
        if normalize_name(name).startswith(wanted)
    ]


def _shell_escaped(name: str) -> str:
    """Bash puts a completion on the line as it is, so its blanks and brackets need a backslash, unless quoted."""
    complete_choices = os.environ.get("COMP_WORDS", "").split("\n")
    at = os.environ.get("COMP_CWORD", "")
    current = complete_choices[int(at)] if at.isdigit() and int(at) < len(complete_choices) else ""
    if not os.environ.get("_MALI_COMPLETE", "").endswith("bash") or current[:1] in ("'", '"'):
        return name
    return "".join(c if c.isalnum() or c in "-_./:,@+" else f"\\{c}" for c in name)


def _cells(ctx: typer.Context, table: str, *columns: str) -> list[str]:
    """The values of some columns, those of the first one first; nothing if the data cannot be read."""
    folder = ctx.params.get("data") or os.environ.get("MALI_DATA")
    try:
        rows = raw_tables.read_raw_table(Path(folder) if folder else schema.data_folder(), table)
        return [value for column in columns for cell in rows.cells(column) for value in cell.split(";") if value]
    except (MaliError, OSError):
        return []


def complete_column(table: str, *columns: str) -> Callable[[typer.Context, str], list[str]]:
    """Completes values that stand in columns of a table."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        # A list of keys only, unless what was typed begins an alias.
        for column in columns:
            found = matching(_cells(ctx, table, column), incomplete)
            if found:
                return found
        return []

    return complete


def complete_enum(*where: tuple[str, str]) -> Callable[[str], list[str]]:
    """Completes the declared values of columns."""

    def complete(incomplete: str) -> list[str]:
        return matching(
            (value for table, column in where for value in schema.table(table).column(column).enum), incomplete
        )

    return complete


def complete_entity(ctx: typer.Context, incomplete: str) -> list[str]:
    """Completes whatever `mali show` knows, the shortest lists first."""
    lists = [("groups", "group"), ("places", "place"), ("people", "person"), ("documents", "document")]
    found = [name for table, column in lists for name in matching(_cells(ctx, table, column), incomplete)]
    return found or matching(_cells(ctx, "events", "event_id"), incomplete)


def words(*allowed: str) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return matching(allowed, incomplete)

    return complete


def comma_separated(allowed: Callable[[typer.Context], Iterable[str]]) -> Callable[[typer.Context, str], list[str]]:
    """Completes the last word of a list with commas."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        return [PrematchedCompletion(before + comma + name) for name in matching(allowed(ctx), last.removeprefix("-"))]

    return complete


def group_keys(_: typer.Context) -> list[str]:
    """The keys of --by."""
    return [column.name.replace("_", "-") for column in schema.result_columns("keys")]


def result_column_names(ctx: typer.Context) -> list[str]:
    """The columns of the command's answer."""
    query = ctx.info_name or ""
    declared = [c.name for c in schema.table(query).columns] if query in schema.table_names() else []
    answers = schema.datapackage()["mali:results"]
    added = [c.name for c in schema.result_columns(query)] if query in answers else []
    return [*declared, *added]
