"""mali lineage"""

from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query

GROUP = Annotated[
    str,
    typer.Argument(
        metavar="GROUP",
        help="A group, by any of its names.",
        autocompletion=completion.complete_column("groups", "group", "aliases"),
    ),
]


@with_options(name=GROUP)
def lineage(arguments: CommandArguments) -> None:
    """What a group split from or merged into.

    \b
    mali lineage Al-Mourabitoun
    mali lineage MNLA --format mermaid
    mali lineage AQIM --format csv
    mali lineage AQIM -o aqim.svg

    Predecessors, splits, mergers and successors, as a tree on a terminal.
    """
    run_query("lineage", arguments)
