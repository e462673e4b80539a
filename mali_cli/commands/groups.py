"""mali groups"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options("group_kind", "camp", "country", "on", "allied_with", "at_war_with", "actor", "members", "text", "source")
def groups(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Who takes part: armed groups, armies, states, missions and organisations.

    \b
    mali groups --camp jihadist
    mali groups --actor MOJWA --columns all
    mali groups --allied-with MNLA --on 2012-05
    mali groups --kind rebel --on 2012-06 --format csv
    """
    run_query("groups", criteria, looks)
