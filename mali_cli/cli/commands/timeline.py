"""mali timeline"""

from typing import Any

from mali_cli.cli.options import EVENT_FILTERS, with_options
from mali_cli.cli.run import run_query


@with_options(*EVENT_FILTERS, "period_key", drawn=True)
def timeline(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Events and dead over time: bars on a terminal, their numbers in a pipe.

    \b
    mali timeline --from 2012
    mali timeline --from 2012 --to 2013 --by month
    mali timeline --actor MNLA --by quarter
    mali timeline --from 2012 -o timeline.svg

    The dead are drawn from the lowest to the highest sum. A ? stands where a number of dead is not told.
    """
    run_query("timeline", filter_args, output_args)
