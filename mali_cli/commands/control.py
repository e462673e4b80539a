"""mali control"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import PLACE, with_options


@with_options(
    *("since", "until", "on", "actor", "members", "place", "region", "where", "near", "basis", "text", "source"),
    argument=PLACE,
)
def control(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Who held a place, from when to when; --on DAY tells the holder of every place on that day.

    \b
    mali control Gao
    mali control --on 2012-07-01
    mali control Konna --from 2013-01 --to 2013-01
    mali control --place Gao --place Kidal --on 2012-10-15
    mali control --basis disputed

    A holder stands until the next statement that another holds the place, and the answer shows the day of
    the statement it rests on. Before the first statement the holder is unknown.
    """
    named = criteria.pop("name")
    places = [*([named] if named else []), *(criteria["place"] or [])]
    run_query("control", {**criteria, "place": places or None}, looks)
