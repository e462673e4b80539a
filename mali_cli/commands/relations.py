"""mali relations"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options("actor", "members", "relation", "since", "until", "on", "basis", "text", "source")
def relations(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Who stood with or against whom: alliances, fights, splits, mergers, memberships, support.

    \b
    mali relations --actor CMA --relation member-of
    mali relations --actor MNLA --on 2012-05
    mali relations --relation split-from --relation merged-into
    """
    run_query("relations", criteria, looks)
