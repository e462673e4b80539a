"""mali show"""

from typing import Any

from mali_cli.commands import answer
from mali_cli.options import NAME, takes


@takes(argument=NAME)
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
    answer("show", criteria, looks)
