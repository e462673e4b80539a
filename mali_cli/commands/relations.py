"""mali relations"""

from typing import Any

from mali_cli.commands import answer
from mali_cli.options import takes


@takes("actor", "members", "relation", "since", "until", "on", "basis", "text", "source")
def relations(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Who stood with or against whom: alliances, fights, splits, mergers, memberships, support.

    \b
    mali relations --actor CMA --relation member-of
    mali relations --actor MNLA --on 2012-05
    mali relations --relation split-from --relation merged-into
    """
    answer("relations", criteria, looks)
