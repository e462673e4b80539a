"""mali control"""

from typing import Any

from mali_cli.cli.options import PLACE, with_options
from mali_cli.cli.run import run_query


@with_options(
    *("since", "until", "on", "actor", "members", "place", "region", "where", "near", "basis", "text", "source"),
    argument=PLACE,
)
def control(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
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
    named = filter_args.pop("name")
    places = [*([named] if named else []), *(filter_args["place"] or [])]
    run_query("control", {**filter_args, "place": places or None}, output_args)
