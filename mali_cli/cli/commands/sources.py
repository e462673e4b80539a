"""mali sources"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options("source", "text")
def sources(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """The source documents, and what they cite by its number.

    \b
    mali sources
    mali sources --source almanac
    mali sources --text Konna
    """
    run_query("sources", filter_args, output_args)
