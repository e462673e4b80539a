"""mali casualties"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options(
    *("since", "until", "on", "dates", "actor", "members", "against", "claimed_by", "place", "region", "where", "near"),
    *("type", "text", "basis", "source", "group", "country", "inflicted_by", "victims", "harm", "scope"),
    *("according_to", "independent", "disputed", "sum_keys"),
)
def casualties(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Who gave which figure of people killed, wounded, captured or displaced; and honest sums of them.

    \b
    mali casualties --by country
    mali casualties --country Chad --harm killed --from 2013-02 --to 2013-02
    mali casualties --place Konna
    mali casualties --disputed
    mali casualties --by group,year -o losses.xlsx
    """
    run_query("casualties", criteria, looks)
