"""mali places"""

from typing import Any

from mali_cli.cli.options import with_options
from mali_cli.cli.run import run_query


@with_options("place", "region", "where", "country", "near", "place_kind")
def places(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Towns, bases, regions and countries, and where they are.

    \b
    mali places --region Kidal
    mali places --near Gao:120
    mali places --kind airport --format json
    """
    run_query("places", filter_args, output_args)
