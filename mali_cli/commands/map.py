"""mali map"""

from typing import Any

from mali_cli.commands import answer
from mali_cli.options import OF_EVENTS, takes


@takes(*("held_on" if name == "on" else name for name in OF_EVENTS), "size_key", drawn=True)
def map(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Events, dead and holders by place: a map on a terminal, its numbers in a pipe.

    \b
    mali map --from 2012 --to 2013
    mali map --actor MNLA --by dead
    mali map --on 2012-07-01
    mali map --by dead -o dead.png
    mali map --region Kidal -o kidal.geojson
    """
    answer("map", criteria, looks)
