"""mali columns"""

from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query
from mali_cli.model import schema

NAME = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help=f"{', '.join(schema.tables_and_queries())}, or a column. Default: all.",
        autocompletion=completion.complete_choices(*schema.tables_and_queries()),
    ),
]


@with_options(name=NAME)
def columns(arguments: CommandArguments) -> None:
    """What the columns of tables and answers mean.

    \b
    mali columns
    mali columns events
    mali columns basis
    mali columns casualties --columns column,values
    mali columns control --where "column = since_by"

    Columns that only answers have, such as sums, follow those of the table, under the command.
    """
    run_query("columns", arguments)
