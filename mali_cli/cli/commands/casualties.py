"""mali casualties"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, group_keys_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import CasualtyFilters


@with_options(CasualtyFilters, name=name_argument("casualties"), by=group_keys_option("casualties", "Sum"))
def casualties(arguments: CommandArguments) -> None:
    """Who was killed, and who says so; sums.

    \b
    mali casualties --by country
    mali casualties --country Chad --harm killed --from 2013-02 --to 2013-02
    mali casualties --place Konna
    mali casualties --disputed
    mali casualties --by group,year -o losses.xlsx
    mali casualties --by country -o losses.svg

    Figures of people killed, wounded, captured or displaced, with who gave them; with --by their sums.
    """
    run_query("casualties", arguments)
