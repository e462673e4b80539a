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
LINK = re.compile(r"\[([^\]]+)\]\(([^)#]*)[^)]*\)")


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
TOPICS_LINE = f"Topics of mali help: {', '.join(TOPICS)}, columns, and every term of the glossary."


def glossary_terms() -> list[str]:
    """Return the terms that the glossary explains."""
    return re.findall(r"^## (.+)$", _page("glossary.md"), re.M)


def _complete_topic(context: typer.Context, incomplete: str) -> completion.Completions:
    commands = context.parent.command.list_commands(context.parent)  # type: ignore[union-attr]
    return completion.complete_choices(*dict.fromkeys([*TOPICS, "columns", *commands, *glossary_terms()]))(incomplete)


TOPIC = Annotated[
    str | None,
    typer.Argument(
        metavar="[TOPIC]",
        help=f"{', '.join(TOPICS)}, columns, a term of the glossary such as tally, or a command.",
        autocompletion=_complete_topic,
    ),
]


def help_command(context: typer.Context, topic: TOPIC = None) -> None:
    """Explain dates, figures, columns and more.

    \b
    mali help dates
    mali help figures
    mali help columns
    mali help tally
    mali help events

    Without a topic it lists the commands and the topics.
    """
    parent = context.parent
    assert parent is not None
    root = parent.command
    commands = root.list_commands(parent)  # type: ignore[attr-defined]
    if topic is None:
        parent.get_help()
        return
    terms = {term: [term.replace(" ", "_")] for term in glossary_terms()}
    known = terms | {name: [] for name in (*TOPICS, *commands)}
    key = names.NameIndex("topic, term or command", "`mali help` lists the topics.", known).resolve(topic)
    if key in TOPICS:
        print_markdown(_text(TOPICS[key]))
    elif key in commands:
        _, command, _ = root.resolve_command(parent, [key])  # type: ignore[attr-defined]
        if key == "columns":
            command.main([], prog_name="mali columns", standalone_mode=False)
        else:
            command.get_help(typer.Context(command, info_name=key, parent=parent))
    else:
        print_markdown(_text(Topic("glossary.md", key)))


def _text(topic: Topic) -> str:
    """Return the page, or the section from its heading to the next one of its level."""
    text = LINK.sub(_label, EXAMPLE.sub(_commands_only, _page(topic.page)))
    if not topic.section:
        return text
    _, heading, rest = text.partition(f"## {topic.section}\n")
    return heading + rest.partition("\n## ")[0]


def _page(name: str) -> str:
    return (docs_folder() / name).read_text(encoding="utf-8")


def _commands_only(example: re.Match[str]) -> str:
    """Return an example without its output, which would not fit the terminal."""
    commands = [line for line in example[1].splitlines() if line.startswith("$ ")]
    return "```sh\n" + "".join(f"{command}\n" for command in commands) + "```"


def _label(link: re.Match[str]) -> str:
    """Return the text of a link to another page, with the topic that prints the page if there is one."""
    topic = next((name for name, topic in TOPICS.items() if topic == Topic(link[2])), "")
    return f"{link[1]} (`mali help {topic}`)" if topic else link[1]


def docs_folder() -> Path:
    """Return the folder of the documentation: in the installed package, or beside it in a checkout."""
    installed = Path(schema.__file__).parent.parent / "docs"
    return installed if installed.is_dir() else installed.parent.parent / "docs"
