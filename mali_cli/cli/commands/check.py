"""mali check"""

from typing import Annotated

import typer

from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query

PATH = Annotated[
    str | None, typer.Argument(metavar="[PATH]", help="Folder of tables, or a file. Default: the bundled tables.")
]


@with_options(name=PATH)
def check(arguments: CommandArguments) -> None:
    """Validate tables or a file.

    \b
    mali check
    mali check my-tables/
    mali check my-tables/ --format json

    Each problem has its file, line, column, cell and rule.

    The exit status is 1 if there is any violation.
    """
    filter_args = dict(arguments.filter_args)
    path = filter_args.pop("name")
    if path is not None:
        filter_args["data"] = [path]
    result = run_query("check", arguments._replace(filter_args=filter_args))
    if not result.frame.empty:
        raise typer.Exit(1)
