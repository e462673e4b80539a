"""mali convert"""

import signal
from pathlib import Path

from mali_cli.cli.options import FORM, FORMAT_IN, FROM, QUIET, REPLACE, TO
from mali_cli.model import schema
from mali_cli.output.streams import echo_err
from mali_cli.results import pluralize

OURS = "ours"
NOUNS = {"casualties": "figures", "people": "posts", "control": "changes of control"}


def convert(
    source: FROM,
    target: TO,
    to: FORM = None,
    format_in: FORMAT_IN = None,
    force: REPLACE = False,
    quiet: QUIET = False,
) -> None:
    """A dataset, or a file of ACLED, UCDP or the UN, as Parquet, SQLite or CSV tables.

    \b
    mali convert GEDEvent_v25_1.csv ged/ --to parquet
    mali convert ged/ ged.db
    mali convert ours tables/ --to csv

    What comes out is asked with --data. It is written beside the target and put in its place when it
    is whole: after a fault or an interruption what was there before is still there.
    """
    from mali_cli.output.progress import progress
    from mali_cli.storage import convert

    given, path = Path(source), Path(target)
    if source == OURS and not given.exists():
        given = schema.data_folder()
    form = convert.choose_target_format(path, to)
    convert.check_target(given, path, form, force)
    # Whoever ends the program politely leaves as little behind as one who presses ^C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    from mali_cli.dataset import load  # pandas comes with it

    with progress(quiet) as at:
        dataset = load(given, format_in)
        counts = convert.convert(dataset.backend, path, form, at)
    if not quiet:
        for note in dataset.backend.notes:
            echo_err(note)
        told = ", ".join(pluralize(number, NOUNS.get(name, name)) for name, number in counts.items() if number)
        echo_err(f"{path}{'/' if path.is_dir() else ''}: {told or 'no rows'}.")
