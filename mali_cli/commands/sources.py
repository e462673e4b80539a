"""mali sources"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options("source", "text")
def sources(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """The source documents, and what they cite by its number.

    \b
    mali sources
    mali sources --source almanac
    mali sources --text Konna
    """
    run_query("sources", criteria, looks)
