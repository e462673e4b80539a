"""mali timeline"""

from mali_cli.cli import completion
from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, text_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import TimelineFilters

PERIOD = text_option(
    *("--by",),
    help="Length of a period: year, quarter or month. Default: year.",
    metavar="PERIOD",
    complete=completion.complete_choices("year", "quarter", "month"),
)


@with_options(TimelineFilters, name=name_argument("timeline"), by=PERIOD)
def timeline(arguments: CommandArguments) -> None:
    """Events and people killed over time, as a chart.

    \b
    mali timeline --from 2012
    mali timeline --from 2012 --to 2013 --by month
    mali timeline --actor MNLA --by quarter
    mali timeline --from 2012 -o timeline.svg
    mali timeline --split camp -o camps.svg

    A chart on a terminal or in a file, numbers in a pipe.

    Bars of people killed reach from the low to the high estimate. A ? marks tolls without a number.
    """
    run_query("timeline", arguments)
