"""mali show"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import NAME, with_options


@with_options(argument=NAME)
def show(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """All about one event, group, place, person or source, on one page.

    \b
    mali show MNLA
    mali show 2012-11-19-menaka-captured
    mali show Konna
    mali show "Iyad Ag Ghaly"
    mali show almanac#52
    mali show group:Mali
    """
    run_query("show", criteria, looks)
