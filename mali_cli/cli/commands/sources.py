"""mali sources"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import SourceFilters


@with_options(SourceFilters, name=name_argument("sources"))
def sources(arguments: CommandArguments) -> None:
    """Documents and references behind the data.

    \b
    mali sources
    mali sources --source almanac
    mali sources --text Konna
    """
    run_query("sources", arguments)
