"""mali relations"""

from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import RelationFilters


@with_options(RelationFilters)
def relations(arguments: CommandArguments) -> None:
    """Relations between groups: alliances, fights, splits, mergers, memberships, support.

    \b
    mali relations --actor CMA --relation member-of
    mali relations --actor MNLA --on 2012-05
    mali relations --relation split-from --relation merged-into
    """
    run_query("relations", arguments)
