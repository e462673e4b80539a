"""mali places"""

from typing import Any

from mali_cli.commands import run_query
from mali_cli.options import with_options


@with_options("place", "region", "where", "country", "near", "place_kind")
def places(criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Towns, bases, regions and countries, and where they are.

    \b
    mali places --region Kidal
    mali places --near Gao:120
    mali places --kind airport --format json
    """
    run_query("places", criteria, looks)
