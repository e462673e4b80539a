"""mali people"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options("actor", "members", "fate", "fate_basis", "since", "until", "on", "text", "source")
def people(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Leaders and other people of the war, their posts, and what became of them.

    \b
    mali people --fate killed
    mali people --actor "Ansar Dine"
    mali people --fate killed --basis denied --columns all
    """
    run_query("people", criteria, looks)
