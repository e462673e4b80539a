"""mali show"""

from typing import Any

from mali_cli.cli.options import NAME, with_options
from mali_cli.cli.run import run_query


@with_options(argument=NAME)
def show(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """All about one event, group, place, person or source, on one page.

    \b
    mali show MNLA
    mali show 2012-11-19-menaka-captured
    mali show Konna
    mali show "Iyad Ag Ghaly"
    mali show almanac#52
    mali show group:Mali
    """
    run_query("show", filter_args, output_args)
