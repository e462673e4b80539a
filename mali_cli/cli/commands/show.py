"""mali show"""

from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, flag_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import ShowFilters

NAME = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of an event, group, place, person or source; group:Mali if it is ambiguous.",
        autocompletion=completion.complete_entity("group", "place", "person", "source", "event"),
    ),
]


@with_options(ShowFilters, name=NAME, all=flag_option("--all", "Print long sections in full, not only ten lines."))
def show(arguments: CommandArguments) -> None:
    """All about one event, group, place or person.

    \b
    mali show MNLA
    mali show MNLA --section relations --all
    mali show 2012-11-19-menaka-captured
    mali show Konna
    mali show "Iyad Ag Ghaly"
    mali show almanac#52
    mali show group:Mali
    """
    all_lines = arguments.filter_args.pop("all")
    run_query("show", arguments._replace(output_args={**arguments.output_args, "all_lines": all_lines}))
