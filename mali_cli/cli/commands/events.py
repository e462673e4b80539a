"""mali events"""

from typing import Any

from mali_cli.cli.options import EVENT_FILTERS, with_options
from mali_cli.cli.run import run_query


@with_options(*EVENT_FILTERS, "event_keys")
def events(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """What happened, when, where and between whom.

    \b
    mali events --from 2012 --actor MNLA
    mali events --place Gao --from 2012-03 --to 2013-01
    mali events --actor France --against Jihadists --min-killed 10
    mali events --by year,type
    mali events --region Kidal -o kidal.geojson
    """
    run_query("events", filter_args, output_args)
