"""mali map"""

from mali_cli.cli import completion
from mali_cli.cli.named import name_argument
from mali_cli.cli.options import CommandArguments, text_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import MapFilters

MEASURE = text_option(
    *("--by",),
    help="Measure that sizes the places: events or dead. Default: events.",
    metavar="MEASURE",
    complete=completion.complete_choices("events", "dead"),
)


@with_options(MapFilters, name=name_argument("map"), by=MEASURE)
def map_command(arguments: CommandArguments) -> None:
    """Events and people killed by place, as a map.

    \b
    mali map --from 2012 --to 2013
    mali map --actor MNLA --by dead
    mali map --on 2012-07-01
    mali map --by dead --size slide -o dead.png
    mali map --region Kidal -o kidal.geojson

    A map on a terminal or in a file, numbers in a pipe.

    With --on the map shows the events in that period, and who held each place at its end.
    """
    run_query("map", arguments)
