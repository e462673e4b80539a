"""mali strengths"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options("actor", "members", "country", "status", "unit", "since", "until", "on", "text", "source")
def strengths(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Numbers of troops, fighters, trainers and aircraft, and who gave them.

    \b
    mali strengths --actor MNLA
    mali strengths --status pledged --on 2013-01
    mali strengths --unit aircraft
    """
    run_query("strengths", criteria, looks)
