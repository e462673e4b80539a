"""mali map"""

from typing import Any

from mali_cli.cli.options import EVENT_FILTERS, with_options
from mali_cli.cli.run import run_query


@with_options(*("held_on" if name == "on" else name for name in EVENT_FILTERS), "size_key", drawn=True)
def map(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Events, dead and holders by place: a map on a terminal, its numbers in a pipe.

    \b
    mali map --from 2012 --to 2013
    mali map --actor MNLA --by dead
    mali map --on 2012-07-01
    mali map --by dead -o dead.png
    mali map --region Kidal -o kidal.geojson
    """
    run_query("map", filter_args, output_args)
