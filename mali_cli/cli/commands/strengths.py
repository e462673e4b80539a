"""mali strengths"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options("actor", "members", "country", "status", "unit", "since", "until", "on", "text", "source")
def strengths(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Numbers of troops, fighters, trainers and aircraft, and who gave them.

    \b
    mali strengths --actor MNLA
    mali strengths --status pledged --on 2013-01
    mali strengths --unit aircraft
    """
    run_query("strengths", filter_args, output_args)
