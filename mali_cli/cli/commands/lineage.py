"""mali lineage"""

from typing import Any

from mali_cli.cli.options import GROUP, with_options
from mali_cli.cli.run import run_query


@with_options(argument=GROUP)
def lineage(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """What a group came from and what came from it: predecessors, splits and mergers.

    \b
    mali lineage Al-Mourabitoun
    mali lineage MNLA --format mermaid
    mali lineage AQIM --format csv
    """
    run_query("lineage", filter_args, output_args)
