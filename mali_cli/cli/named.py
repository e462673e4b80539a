"""The optional NAME of a command, such as `mali events Gao`: the filter that it stands for."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mali_cli.cli import completion
from mali_cli.errors import MaliError
from mali_cli.model.filter_names import filter_options
from mali_cli.model.filter_option import Date, EnumOf
from mali_cli.model.names import join_or, normalize_name
from mali_cli.model.periods import parse_date

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset

# For each command that takes a name, the filters that a name may stand for, by kind of what has the name.
FILTERS: Mapping[str, Mapping[str, str]] = {
    "events": {"place": "place", "group": "actor", "source": "source", "person": "text"},
    "casualties": {"place": "place", "group": "actor", "source": "source"},
    "timeline": {"place": "place", "group": "actor", "source": "source"},
    "map": {"place": "place", "group": "actor", "source": "source"},
    "groups": {"group": "actor", "source": "source"},
    "people": {"person": "text", "group": "actor", "source": "source"},
    "relations": {"group": "actor", "source": "source"},
    "strengths": {"group": "actor", "source": "source"},
    "places": {"place": "place"},
    "sources": {"source": "source"},
}


def name_argument(query: str) -> Any:
    """Return the type of the optional NAME of a command."""
    kinds = list(FILTERS[query])
    declared = typer.Argument(
        metavar="[NAME]",
        help=f"{_with_article(join_or(kinds))}, instead of its option.".capitalize(),
        autocompletion=completion.complete_entity(*kinds),
    )
    return Annotated[str | None, declared]


def with_name_as_filter(dataset: Dataset, query: str, filter_args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters with the name as the value of the filter that it stands for.

    Raise MaliError, with the commands that work, for a name that has several meanings or none for this command.
    """
    filters = dict(filter_args)
    typed = filters.pop("name")
    allowed = FILTERS[query]
    entities = dataset.resolver.entities_called(typed)
    matches = [(allowed[kind], key) for kind, key in entities if kind in allowed]
    if not entities:
        close = [(allowed[kind], key) for kind, key in dataset.resolver.entities_close_to(typed) if kind in allowed]
        commands = _commands(query, _filters_with_value(query, typed) or close)
        hint = f" Did you mean {commands}?" if commands else f" `mali {query} --help` lists the options."
        raise MaliError(f"nothing is called {typed!r}.{hint}")
    if not matches:
        kind, key = entities[0]
        shown = shlex.quote(f"{kind}:{key}")
        raise MaliError(f"{key} is {_with_article(kind)}, which `mali {query}` does not take: `mali show {shown}`.")
    if len(matches) > 1:
        raise MaliError(f"{typed!r} has several meanings: {_commands(query, matches)}.")
    [(name, key)] = matches
    given = filters.get(name)
    value = f'"{key}"' if name == "text" else key
    filters[name] = [value, *([given] if isinstance(given, str) else given or ())]
    return filters


def _filters_with_value(query: str, typed: str) -> list[tuple[str, str]]:
    """Return the filters that have what was typed among their values, such as --type for Coup and --on for 2012."""
    found = []
    for name, option in filter_options(query).items():
        match option.value:
            case EnumOf():
                values = {normalize_name(value): value for value in option.value.values}
                found += [(name, values[text]) for text in [normalize_name(typed)] if text in values]
            case Date() if name == "on":
                with contextlib.suppress(MaliError):
                    parse_date(typed, option.flag)
                    found.append((name, typed))
    return found


def _commands(query: str, filters: list[tuple[str, str]]) -> str:
    """Return the commands with each of these filters: `mali events --place Gao` or `mali events --actor Mali`."""
    flags = {name: option.flag for name, option in filter_options(query).items()}
    # A person has no option of their own.
    words = [f"{flags[name]} {shlex.quote(key)}" if name != "text" else shlex.quote(key) for name, key in filters]
    return join_or([f"`mali {query} {text}`" for text in words]) if words else ""


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind == "event" else f"a {kind}"
