"""mali casualties"""

from typing import Any

from mali_cli.commands import answer
from mali_cli.options import takes


@takes(
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
    answer("casualties", criteria, looks)
