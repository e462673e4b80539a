"""mali groups"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options("group_kind", "camp", "country", "on", "allied_with", "at_war_with", "actor", "members", "text", "source")
def groups(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Who takes part: armed groups, armies, states, missions and organisations.

    \b
    mali groups --camp jihadist
    mali groups --actor MOJWA --columns all
    mali groups --allied-with MNLA --on 2012-05
    mali groups --kind rebel --on 2012-06 --format csv
    """
    run_query("groups", filter_args, output_args)
