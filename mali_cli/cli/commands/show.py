"""mali show"""

from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query

NAME = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of an event, group, place, person or source; group:Mali if it is ambiguous.",
        autocompletion=completion.complete_entity,
    ),
]


@with_options(name=NAME)
def show(arguments: CommandArguments) -> None:
    """Everything about one event, group, place, person or source on one page.

    \b
    mali show MNLA
    mali show 2012-11-19-menaka-captured
    mali show Konna
    mali show "Iyad Ag Ghaly"
    mali show almanac#52
    mali show group:Mali
    """
    run_query("show", arguments)
