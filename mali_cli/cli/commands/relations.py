"""mali relations"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, group_keys_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import RelationFilters


@with_options(RelationFilters, name=name_argument("relations"), by=group_keys_option("relations", "Count"))
def relations(arguments: CommandArguments) -> None:
    """Alliances, fights, splits and mergers of groups.

    \b
    mali relations --actor CMA --relation member-of
    mali relations --actor MNLA --on 2012-05
    mali relations --relation split-from --relation merged-into
    mali relations --by relation,year --from 2012
    mali relations --on 2012 -o relations.svg

    Also memberships, support, ceasefires and pledges of allegiance.
    """
    run_query("relations", arguments)
