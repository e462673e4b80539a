"""The optional NAME of a command, such as `mali events Gao`: the filter that it stands for."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mali_cli.cli import completion
from mali_cli.errors import MaliError
from mali_cli.model.filter_names import filter_options
from mali_cli.model.names import join_or

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset

NAME = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="A place, group or source, instead of its option.",
        autocompletion=completion.complete_entity,
    ),
]
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


def with_name_as_filter(dataset: Dataset, query: str, filter_args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters with the name as the value of the filter that it stands for.

    Raise MaliError, with the commands that work, for a name that has several meanings or none for this command.
    """
    filters = dict(filter_args)
    typed = filters.pop("name")
    allowed = FILTERS[query]
    entities = dataset.resolver.entities_called(typed)
    matches = [(allowed[kind], key) for kind, key in entities if kind in allowed]
    flags = {name: option.flag for name, option in filter_options(query).items()}
    if not matches:
        kind, key = entities[0]
        shown = shlex.quote(f"{kind}:{key}")
        raise MaliError(f"{key} is {_with_article(kind)}, which `mali {query}` does not take: `mali show {shown}`.")
    if len(matches) > 1:
        commands = [f"`mali {query} {flags[name]} {shlex.quote(key)}`" for name, key in matches]
        raise MaliError(f"{typed!r} has several meanings: {join_or(commands)}.")
    [(name, key)] = matches
    given = filters.get(name)
    value = f'"{key}"' if name == "text" else key
    filters[name] = [value, *([given] if isinstance(given, str) else given or ())]
    return filters


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind == "event" else f"a {kind}"
