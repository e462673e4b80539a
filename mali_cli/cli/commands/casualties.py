"""mali casualties"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options(
    *("since", "until", "on", "dates", "actor", "members", "against", "claimed_by", "place", "region", "where", "near"),
    *("type", "text", "basis", "source", "group", "country", "inflicted_by", "victims", "harm", "scope"),
    *("according_to", "independent", "disputed", "sum_keys"),
)
def casualties(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Who gave which figure of people killed, wounded, captured or displaced; and honest sums of them.

    \b
    mali casualties --by country
    mali casualties --country Chad --harm killed --from 2013-02 --to 2013-02
    mali casualties --place Konna
    mali casualties --disputed
    mali casualties --by group,year -o losses.xlsx
    """
    run_query("casualties", filter_args, output_args)
