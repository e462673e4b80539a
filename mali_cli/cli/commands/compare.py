"""mali compare"""

from typing import Annotated

import typer

from mali_cli.cli.options import CommandArguments, text_option, with_options
from mali_cli.cli.run import run_query
from mali_cli.model.filters import CompareFilters

FILE = Annotated[str, typer.Argument(metavar="FILE", help="The events to compare with: a file, or a folder of tables.")]
WINDOW = text_option("--window", help="Maximum difference in days. Default: 3d.", metavar="DAYS")
WITHIN = text_option("--within", help="Maximum distance in kilometres. Default: 25km.", metavar="KM")


@with_options(CompareFilters, name=FILE, window=WINDOW, within=WITHIN)
def compare(arguments: CommandArguments) -> None:
    """Match our events with those of ACLED or UCDP.

    \b
    mali compare GEDEvent_v25_1.csv --from 2012 --to 2013
    mali compare acled.csv --place Gao --window 5d --within 10km
    mali compare my-tables/ --actor MNLA --columns ours,theirs,killed_best,killed_theirs_best

    The other events may also be a folder of tables like ours.

    Rows are events in both, only in ours, or only in theirs. Two events match if they are close in time
    and place, share a group on one side, and have similar event types; never by the date alone, nor by
    the figures. Further records of theirs for the same event of ours have rows `more`.
    """
    run_query("compare", arguments)
