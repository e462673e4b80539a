"""What TAB offers: names from the tables, read without pandas."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import typer

from mali_cli import tables
from mali_cli.errors import MaliError
from mali_cli.names import fold


class Offer(str):
    """A completion already matched by its folded spelling; Typer would compare it letter by letter."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


def offers(candidates: Iterable[str], incomplete: str) -> list[str]:
    wanted = fold(incomplete) + (" " if incomplete.endswith(" ") else "")
    return [Offer(_for_shell(name)) for name in dict.fromkeys(candidates) if fold(name).startswith(wanted)]


def _for_shell(name: str) -> str:
    """Bash puts a completion on the line as it is, so its blanks and brackets need a backslash, unless quoted."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    at = os.environ.get("COMP_CWORD", "")
    current = words[int(at)] if at.isdigit() and int(at) < len(words) else ""
    if not os.environ.get("_MALI_COMPLETE", "").endswith("bash") or current[:1] in ("'", '"'):
        return name
    return "".join(c if c.isalnum() or c in "-_./:,@+" else f"\\{c}" for c in name)


def _cells(ctx: typer.Context, table: str, *columns: str) -> list[str]:
    """The values of some columns, those of the first one first; nothing if the data cannot be read."""
    folder = ctx.params.get("data") or os.environ.get("MALI_DATA")
    try:
        rows = tables.read_rows(Path(folder) if folder else tables.data_folder(), table)
        return [value for column in columns for cell in rows.cells(column) for value in cell.split(";") if value]
    except (MaliError, OSError):
        return []


def column_of(table: str, *columns: str) -> Callable[[typer.Context, str], list[str]]:
    """Completes values that stand in columns of a table."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        # A list of keys only, unless what was typed begins an alias.
        for column in columns:
            found = offers(_cells(ctx, table, column), incomplete)
            if found:
                return found
        return []

    return complete


def enum_of(*where: tuple[str, str]) -> Callable[[str], list[str]]:
    """Completes the declared values of columns."""

    def complete(incomplete: str) -> list[str]:
        return offers(
            (value for table, column in where for value in tables.table(table).column(column).enum), incomplete
        )

    return complete


def anything(ctx: typer.Context, incomplete: str) -> list[str]:
    """Completes whatever `mali show` knows, the shortest lists first."""
    lists = [("groups", "group"), ("places", "place"), ("people", "person"), ("documents", "document")]
    found = [name for table, column in lists for name in offers(_cells(ctx, table, column), incomplete)]
    return found or offers(_cells(ctx, "events", "event_id"), incomplete)


def words(*allowed: str) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return offers(allowed, incomplete)

    return complete


def listed(allowed: Callable[[typer.Context], Iterable[str]]) -> Callable[[typer.Context, str], list[str]]:
    """Completes the last word of a list with commas."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        return [Offer(before + comma + name) for name in offers(allowed(ctx), last.removeprefix("-"))]

    return complete


def keys(_: typer.Context) -> list[str]:
    """The keys of --by."""
    return [column.name.replace("_", "-") for column in tables.answer_columns("keys")]


def columns_of(ctx: typer.Context) -> list[str]:
    """The columns of the command's answer."""
    question = ctx.info_name or ""
    declared = [c.name for c in tables.table(question).columns] if question in tables.names() else []
    answers = tables.package()["mali:answers"]
    added = [c.name for c in tables.answer_columns(question)] if question in answers else []
    return [*declared, *added]
