"""mali lineage"""

from typing import Any

from mali_cli.commands import answer
from mali_cli.options import GROUP, takes


@takes(argument=GROUP)
def lineage(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """What a group came from and what came from it: predecessors, splits and mergers.

    \b
    mali lineage Al-Mourabitoun
    mali lineage MNLA --format mermaid
    mali lineage AQIM --format csv
    """
    answer("lineage", criteria, looks)
