"""mali events"""

from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, group_keys_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import EventCountFilters


@with_options(EventCountFilters, name=name_argument("events"), by=group_keys_option("events", "Count"))
def events(arguments: CommandArguments) -> None:
    """What happened, when, where and between whom.

    \b
    mali events --from 2012 --actor MNLA
    mali events --place Gao --from 2012-03 --to 2013-01
    mali events --actor France --against Jihadists --min-killed 10
    mali events --by year,type
    mali events --region Kidal -o kidal.geojson
    """
    run_query("events", arguments)
