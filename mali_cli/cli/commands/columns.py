"""mali columns"""

from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query

TABLE = Annotated[
    str | None,
    typer.Argument(
        metavar="[TABLE]",
        help="A table, such as events. Default: all.",
        autocompletion=completion.complete_tables,
    ),
]


@with_options(name=TABLE)
def columns(arguments: CommandArguments) -> None:
    """The columns of each table and what they mean.

    \b
    mali columns
    mali columns events
    mali columns casualties --columns column,values
    """
    run_query("columns", arguments)
