"""mali events"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import EVENT_FILTERS, with_options


@with_options(*EVENT_FILTERS, "event_keys")
def events(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """What happened, when, where and between whom.

    \b
    mali events --from 2012 --actor MNLA
    mali events --place Gao --from 2012-03 --to 2013-01
    mali events --actor France --against Jihadists --min-killed 10
    mali events --by year,type
    mali events --region Kidal -o kidal.geojson
    """
    run_query("events", criteria, looks)
