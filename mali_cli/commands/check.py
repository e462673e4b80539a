"""mali check"""

from typing import Any

import typer

from mali_cli.commands import run_query
from mali_cli.options import PATH, with_options


@with_options(argument=PATH)
def check(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Is this data sound? Every fault with file, line, column, cell and rule; exit status 1 if there is any.

    \b
    mali check
    mali check my-tables/
    mali check my-tables/ --format json
    """
    named = criteria.pop("name")
    if not run_query("check", {**criteria, "data": criteria["data"] if named is None else named}, looks).frame.empty:
        raise typer.Exit(1)
