"""mali help"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from mali_cli.cli import completion
from mali_cli.model import names, schema
from mali_cli.output import print_markdown

EXAMPLE = re.compile(r"```console\n(.*?)```", re.S)


class Topic(NamedTuple):
    """A page of the documentation, or one section of it."""

    page: str
    section: str = ""


TOPICS = {
    "dates": Topic("figures.md", "Dates"),
    "figures": Topic("figures.md"),
    "basis": Topic("figures.md", "Basis: how well founded"),
    "control": Topic("figures.md", "Who held a place"),
    "filters": Topic("filters.md"),
    "formats": Topic("output.md", "Formats"),
    "glossary": Topic("glossary.md"),
}
TOPIC = Annotated[
    str | None,
    typer.Argument(
        metavar="[TOPIC]",
        help=f"{', '.join(TOPICS)}, columns, or a command.",
        autocompletion=completion.complete_choices(*TOPICS, "columns"),
    ),
]


def help_command(context: typer.Context, topic: TOPIC = None) -> None:
    """Explain dates, figures, columns and more.

    \b
    mali help dates
    mali help figures
    mali help columns
    mali help events

    Without a topic it lists the commands and the topics.
    """
    parent = context.parent
    assert parent is not None
    root = parent.command
    commands = root.list_commands(parent)  # type: ignore[attr-defined]
    if topic is None:
        typer.echo(parent.get_help())
        typer.echo(f"Topics of `mali help`: {', '.join(TOPICS)}, columns.")
    elif names.normalize_name(topic) == "columns":
        root.get_command(parent, "columns").main([], prog_name="mali columns", standalone_mode=False)  # type: ignore[attr-defined]
    elif topic in commands and topic not in TOPICS:
        command = root.get_command(parent, topic)  # type: ignore[attr-defined]
        typer.echo(command.get_help(typer.Context(command, info_name=topic, parent=parent)))
    else:
        key = names.match_choice(topic, (*TOPICS, *commands), "topic or command")
        print_markdown(_text(TOPICS[key]))


def _text(topic: Topic) -> str:
    """Return the page, or the section from its heading to the next one of its level."""
    text = EXAMPLE.sub(_commands_only, (docs_folder() / topic.page).read_text(encoding="utf-8"))
    if not topic.section:
        return text
    _, heading, rest = text.partition(f"## {topic.section}\n")
    return heading + rest.partition("\n## ")[0]


def _commands_only(example: re.Match[str]) -> str:
    """Return an example without its output, which would not fit the terminal."""
    commands = [line for line in example[1].splitlines() if line.startswith("$ ")]
    return "```sh\n" + "".join(f"{command}\n" for command in commands) + "```"


def docs_folder() -> Path:
    """Return the folder of the documentation: in the installed package, or beside it in a checkout."""
    installed = Path(schema.__file__).parent.parent / "docs"
    return installed if installed.is_dir() else installed.parent.parent / "docs"
