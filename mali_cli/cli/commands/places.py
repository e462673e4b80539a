"""mali places"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import PlaceFilters


@with_options(PlaceFilters, name=name_argument("places"))
def places(arguments: CommandArguments) -> None:
    """Towns, bases and regions, and where they are.

    \b
    mali places --region Kidal
    mali places --near Gao:120
    mali places --kind airport --format json
    """
    run_query("places", arguments)
