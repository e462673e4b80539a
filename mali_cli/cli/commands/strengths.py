"""mali strengths"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, group_keys_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import StrengthFilters


@with_options(StrengthFilters, name=name_argument("strengths"), by=group_keys_option("strengths", "Count"))
def strengths(arguments: CommandArguments) -> None:
    """Numbers of troops, fighters and aircraft.

    \b
    mali strengths --actor MNLA
    mali strengths --status pledged --on 2013-01
    mali strengths --unit aircraft
    mali strengths --by status,unit
    """
    run_query("strengths", arguments)
