"""mali events"""

from typing import Any

from mali_cli.commands import answer
from mali_cli.options import OF_EVENTS, takes


@takes(*OF_EVENTS, "event_keys")
def events(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """What happened, when, where and between whom.

    \b
    mali events --from 2012 --actor MNLA
    mali events --place Gao --from 2012-03 --to 2013-01
    mali events --actor France --against Jihadists --min-killed 10
    mali events --by year,type
    mali events --region Kidal -o kidal.geojson
    """
    answer("events", criteria, looks)
