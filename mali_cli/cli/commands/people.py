"""mali people"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, group_keys_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import PeopleFilters


@with_options(PeopleFilters, name=name_argument("people"), by=group_keys_option("people", "Count"))
def people(arguments: CommandArguments) -> None:
    """Leaders, their posts and their fate.

    \b
    mali people --fate killed
    mali people --actor "Ansar Dine"
    mali people --fate killed --basis denied --columns all
    mali people --by fate,group
    """
    run_query("people", arguments)
