"""mali check"""

from typing import Any

import typer

from mali_cli.cli.options import PATH, with_options
from mali_cli.cli.run import run_query


@with_options(argument=PATH)
def check(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Is this data sound? Every fault with file, line, column, cell and rule; exit status 1 if there is any.

    \b
    mali check
    mali check my-tables/
    mali check my-tables/ --format json
    """
    named = filter_args.pop("name")
    if not run_query(
        "check", {**filter_args, "data": filter_args["data"] if named is None else named}, output_args
    ).frame.empty:
        raise typer.Exit(1)
