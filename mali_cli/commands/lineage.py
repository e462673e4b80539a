"""mali lineage"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import GROUP, with_options


@with_options(argument=GROUP)
def lineage(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """What a group came from and what came from it: predecessors, splits and mergers.

    \b
    mali lineage Al-Mourabitoun
    mali lineage MNLA --format mermaid
    mali lineage AQIM --format csv
    """
    run_query("lineage", criteria, looks)
