"""What TAB offers: names from the tables and declared values, read without pandas."""

# No `from __future__ import annotations`: Typer evaluates the annotations for every option, slowly if they are text.

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import typer
from typer.completion import install_callback

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.filter_option import Choice, EnumOf, Interaction, Names, PlaceDistance
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.model.names import normalize_name, without_accents
from mali_cli.storage import raw_tables

# The columns with the names of each kind; a later column is used only if nothing in those before it matches.
NAME_COLUMNS = {
    "groups": ("groups", "group", "aliases"),
    "places": ("places", "place", "aliases"),
    "regions": ("places", "region"),
    "admin2": ("places", "admin2"),
    "countries": ("places", "country"),
    "sources": ("documents", "document"),
    "claimants": ("casualties", "according_to"),
}
# The columns with the names of what `mali show` shows, and those used only if nothing in the former matches.
ENTITY_NAMES = {
    "group": ("groups", "group"),
    "place": ("places", "place"),
    "person": ("people", "person"),
    "source": ("documents", "document"),
}
OTHER_ENTITY_NAMES = {
    "group": ("groups", "aliases"),
    "place": ("places", "aliases"),
    "person": ("people", "aliases"),
    "source": ("references", "reference"),
    "event": ("events", "event_id"),
}
# The columns that zsh and fish show beside a name.
DESCRIPTIONS = {
    ("groups", "group"): ("name", "kind"),
    ("groups", "aliases"): ("group",),
    ("places", "place"): ("kind", "region", "country"),
    ("places", "aliases"): ("place",),
    ("people", "person"): ("role", "group"),
    ("people", "aliases"): ("person",),
    ("documents", "document"): ("title",),
    ("references", "reference"): ("title",),
    ("casualties", "according_to"): ("according_to_kind",),
    ("events", "event_id"): ("summary",),
}

Completions = list[tuple[str, str]]  # values with descriptions, as Typer takes them

if "_MALI_COMPLETE" in os.environ:
    # Typer would import Rich only to remove its markup from descriptions, which have none; and would wrap them.
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]


def for_value(value: Any) -> Callable[..., Completions] | None:
    """Return the completion for the value of a declared filter; None for numbers, dates and free text."""
    match value:
        case Names(kind):
            return complete_column(*NAME_COLUMNS[kind])
        case PlaceDistance():
            return complete_column(*NAME_COLUMNS["places"])
        case EnumOf():
            return complete_enum(value)
        case Interaction():
            return complete_enum(EnumOf("events.interaction"))
        case Choice(choices):
            return complete_choices(*choices)
    return None


def complete_column(table: str, *columns: str) -> Callable[[typer.Context, str], Completions]:
    """Return a completion of the values in columns of a table; keys come before aliases."""

    def complete(ctx: typer.Context, incomplete: str) -> Completions:
        matches = (matching(_names(ctx, table, column), incomplete) for column in columns)
        return next(filter(None, matches), [])

    return complete


def complete_enum(enum: EnumOf) -> Callable[[str], Completions]:
    """Return a completion of the declared values of columns."""

    def complete(incomplete: str) -> Completions:
        return matching(dict.fromkeys(enum.values, ""), incomplete)

    return complete


def complete_choices(*choices: str) -> Callable[[str], Completions]:
    """Return a completion of a few words."""

    def complete(incomplete: str) -> Completions:
        return matching(dict.fromkeys(choices, ""), incomplete)

    return complete


def complete_suffixes(*suffixes: str) -> Callable[[str], Completions]:
    """Return a completion of the suffix of a file; the shell completes what has no dot yet."""

    def complete(incomplete: str) -> Completions:
        stem, _, typed = incomplete.rpartition(".")
        # Bash would insert a variable as its name in plain letters.
        if not stem.rpartition("/")[2].strip(".") or "/" in typed or "$" in stem:
            return []
        return matching({f"{stem}{suffix}": "" for suffix in suffixes}, incomplete)

    return complete


def comma_separated(
    candidates: Callable[[typer.Context], Mapping[str, str]],
) -> Callable[[typer.Context, str], Completions]:
    """Return a completion of the last word of a list with commas."""

    def complete(ctx: typer.Context, incomplete: str) -> Completions:
        before, comma, last = incomplete.rpartition(",")
        word = last.removeprefix("-")
        kept = before + comma + last[: len(last) - len(word)]
        return [(AcceptedCompletion(kept + name), help) for name, help in matching(candidates(ctx), word)]

    return complete


def complete_entity(*kinds: str) -> Callable[[typer.Context, str], Completions]:
    """Return a completion of the names of several kinds; aliases, references and events only if no name matches."""

    def complete(ctx: typer.Context, incomplete: str) -> Completions:
        names: dict[str, str] = {}
        for columns in (ENTITY_NAMES, OTHER_ENTITY_NAMES):
            for table, column in (columns[kind] for kind in kinds if kind in columns):
                names |= {name: help for name, help in _names(ctx, table, column).items() if name not in names}
            if found := matching(names, incomplete):
                return found
        return []

    return complete


def group_keys(ctx: typer.Context) -> dict[str, str]:
    """Return the keys of --by of the command."""
    return {key.replace("_", "-"): "" for key in GROUP_KEYS.get(ctx.info_name or "", ())}


def result_columns(ctx: typer.Context) -> dict[str, str]:
    """Return the columns of the command's result with their descriptions."""
    query = ctx.info_name or ""
    of_table = query in schema.table_names() and query not in schema.RESULT_BY_QUERY
    declared = schema.table(query).columns if of_table else ()
    return {column.name: column.description for column in (*declared, *schema.added_columns(query))}


def complete_condition(ctx: typer.Context, incomplete: str) -> Completions:
    """Complete the column of --where; nothing can be offered behind it."""
    return matching(result_columns(ctx), incomplete)


class AcceptedCompletion(str):
    """A completion that Typer does not compare with what was typed: it would see case and accents."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


def matching(candidates: Mapping[str, str], incomplete: str) -> Completions:
    """Return the candidates that begin with what was typed, in the same case or, if there are none, in any case."""
    found = _beginning_with(incomplete, candidates, normalize_name)
    found = _beginning_with(incomplete, found, without_accents) or found
    spellings = _spelled_for_shell(found, incomplete)
    return [(AcceptedCompletion(s), candidates[name]) for name, s in zip(found, spellings, strict=True)]


def _beginning_with(typed: str, names: Iterable[str], normalize: Callable[[str], str]) -> list[str]:
    prefix = normalize(typed) + (" " if typed.endswith(" ") else "")
    return [name for name in names if normalize(name).startswith(prefix)]


def _spelled_for_shell(names: list[str], typed: str) -> list[str]:
    """Return the names in spellings that the shell accepts behind what was typed.

    zsh and fish drop what does not begin with it, and Bash deletes what its candidates do not share.
    """
    shell = os.environ.get("_MALI_COMPLETE", "").rpartition("_")[2]
    match shell:
        case "bash":
            shared = len({_typed_part(name, typed) for name in names}) == 1
            return [_bash_escaped(name if shared else _continued(typed, name)) for name in names]
        case "zsh":  # Typer's script loses a straight apostrophe
            return [_continued(typed, name).replace("'", "’") for name in names]
        case "fish":  # which ignores case itself
            return [name if name.lower().startswith(typed.lower()) else _continued(typed, name) for name in names]
    return names


def _typed_part(name: str, typed: str) -> str:
    """Return the part of a name that was typed: Ména of Ménaka for mena."""
    prefix = normalize_name(typed)
    length = next((i for i in range(len(name)) if normalize_name(name[:i]) == prefix), len(name))
    return name[: length + typed.endswith(" ")]


def _continued(typed: str, name: str) -> str:
    """Return what was typed with the rest of the name, which is accepted for the name: menaka for Ménaka."""
    if name.startswith(typed):
        return name
    rest = name[len(_typed_part(name, typed)) :]
    return typed + (rest.lower() if typed.islower() else rest)


def _bash_escaped(name: str) -> str:
    """Return the name with a backslash before blanks and brackets, unless in quotes: Bash inserts it as it is."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    index = os.environ.get("COMP_CWORD", "")
    word = words[int(index)] if index.isdigit() and int(index) < len(words) else ""
    if word[:1] in ("'", '"'):
        return name
    return "".join(c if c.isalnum() or c in "-_./:,@+~" else f"\\{c}" for c in name)


def _names(ctx: typer.Context, table: str, column: str) -> dict[str, str]:
    """Return the values of a column with descriptions; none if the data cannot be read."""
    [folder, *_] = ctx.params.get("data") or [os.environ.get("MALI_DATA")]
    try:
        rows = raw_tables.read_raw_table(Path(folder) if folder else schema.data_folder(), table)
    except (MaliError, OSError):
        return {}
    names: dict[str, str] = {}
    beside = [rows.cells(name) for name in DESCRIPTIONS.get((table, column), ())]
    for values, *cells in zip(rows.cells(column), *beside, strict=True):
        for name in values.split(";"):
            names.setdefault(name, ", ".join(cell for cell in cells if cell and cell != name))
    names.pop("", None)
    return names


def install_completion(ctx: Any, param: Any, value: Any) -> Any:
    """Install completion as Typer does, and name the start-up file of the shell that this changed."""
    before = {path: _text(path) for path in (Path.home() / ".bashrc", Path.home() / ".zshrc")} if value else {}
    try:
        return install_callback(ctx, param, value)
    finally:  # Typer ends the program
        for path, text in before.items():
            if _text(path) != text:
                typer.echo(f"{path} was changed to load it.")


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
