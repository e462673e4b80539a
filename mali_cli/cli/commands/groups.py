"""mali groups"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import GroupFilters


@with_options(GroupFilters, name=name_argument("groups"))
def groups(arguments: CommandArguments) -> None:
    """Armed groups, armies, states and missions.

    \b
    mali groups --camp jihadist
    mali groups --actor MOJWA --columns all
    mali groups --allied-with MNLA --on 2012-05
    mali groups --kind rebel --on 2012-06 --format csv
    """
    run_query("groups", arguments)
