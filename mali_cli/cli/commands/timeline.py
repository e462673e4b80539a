"""mali timeline"""

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, text_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import EventFilters

PERIOD = text_option(
    *("--by",),
    help="Length of a period: year, quarter or month. Default: year.",
    metavar="PERIOD",
    complete=completion.complete_choices("year", "quarter", "month"),
)


@with_options(EventFilters, by=PERIOD)
def timeline(arguments: CommandArguments) -> None:
    """Events and people killed over time: a chart on a terminal, numbers in a pipe.

    \b
    mali timeline --from 2012
    mali timeline --from 2012 --to 2013 --by month
    mali timeline --actor MNLA --by quarter
    mali timeline --from 2012 -o timeline.svg

    Bars of people killed reach from the low to the high estimate. A ? marks events without a number.
    """
    run_query("timeline", arguments)
