"""mali control"""

from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import CommandArguments, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import ControlFilters

PLACE = Annotated[
    str | None,
    typer.Argument(
        metavar="[PLACE]",
        help="A place and all places within it.",
        autocompletion=completion.complete_column("places", "place", "aliases"),
    ),
]


@with_options(ControlFilters, name=PLACE)
def control(arguments: CommandArguments) -> None:
    """Who held a place, and since when.

    \b
    mali control Gao
    mali control --on 2012-07-01
    mali control Konna --from 2013-01 --to 2013-01
    mali control --place Gao --place Kidal --on 2012-10-15
    mali control --basis disputed
    mali control --from 2012 --to 2013 -o holders.svg

    With --on DAY the answer is the holder of every place on that day.

    An interval of control lasts until the next statement that another group holds the place, or until
    its holder is dissolved or leaves the country. With --on DAY, a holder whose statement is older
    than --max-age is only last known.
    """
    filter_args = dict(arguments.filter_args)
    name = filter_args.pop("name")
    places = [*([name] if name else []), *(filter_args["place"] or [])]
    run_query("control", arguments._replace(filter_args={**filter_args, "place": places or None}))
