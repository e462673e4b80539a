"""mali relations"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options("actor", "members", "relation", "since", "until", "on", "basis", "text", "source")
def relations(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Who stood with or against whom: alliances, fights, splits, mergers, memberships, support.

    \b
    mali relations --actor CMA --relation member-of
    mali relations --actor MNLA --on 2012-05
    mali relations --relation split-from --relation merged-into
    """
    run_query("relations", filter_args, output_args)
