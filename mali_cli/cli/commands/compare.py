"""mali compare"""

from typing import Any

from mali_cli.cli.options import FILE, with_options
from mali_cli.cli.run import run_query


@with_options(
    *("window", "within", "since", "until", "on", "actor", "place", "region", "where", "near", "type", "min_killed"),
    argument=FILE,
)
def compare(filter_args: dict[str, Any], output_args: dict[str, Any]) -> None:
    """Our events beside those of ACLED, UCDP or another folder: in both, only ours, only theirs.

    \b
    mali compare GEDEvent_v25_1.csv --from 2012 --to 2013
    mali compare acled.csv --place Gao --window 5d --within 10km
    mali compare my-tables/ --actor MNLA --columns ours,theirs,killed_best,killed_theirs_best

    Two events are one if their days, their places and a group on one of their sides meet and their
    kinds agree; never by the date alone, nor by the figures. Each is in one pair at most.
    """
    run_query("compare", filter_args, output_args)
