"""mali people"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options("actor", "members", "fate", "fate_basis", "since", "until", "on", "text", "source")
def people(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Leaders and other people of the war, their posts, and what became of them.

    \b
    mali people --fate killed
    mali people --actor "Ansar Dine"
    mali people --fate killed --basis denied --columns all
    """
    run_query("people", filter_args, output_args)
