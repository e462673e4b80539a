"""mali convert"""

from pathlib import Path
from typing import Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import FORMAT_IN, QUIET
from mali_cli.cli.run import end_startup
from mali_cli.model import schema
from mali_cli.output.streams import echo_err
from mali_cli.results import pluralize

OURS = "ours"
ROW_NOUNS = {"casualties": "figures", "people": "posts", "control": "changes of control"}

SOURCE = Annotated[str, typer.Argument(metavar="FROM", help="A file, a folder of tables, or ours: the bundled tables.")]
TARGET = Annotated[str, typer.Argument(metavar="TO", help="The folder to create; for SQLite, the file.")]
FORMAT = Annotated[
    str | None,
    typer.Option(
        "--to",
        help="parquet, sqlite or csv. Default: sqlite if TO ends in .db or .sqlite.",
        metavar="FORMAT",
        autocompletion=completion.complete_choices("parquet", "sqlite", "csv"),
    ),
]
PARTS = Annotated[
    str | None,
    typer.Option(
        "--parts",
        help="Divide a Parquet folder by days into N parts; auto: parts of a million events.",
        metavar="N|auto",
        autocompletion=completion.complete_choices("auto"),
    ),
]
FORCE = Annotated[bool, typer.Option("--force", help="Replace TO if it is a dataset.")]


def convert(
    source: SOURCE,
    target: TARGET,
    to: FORMAT = None,
    parts: PARTS = None,
    format_in: FORMAT_IN = None,
    force: FORCE = False,
    quiet: QUIET = False,
) -> None:
    """Write a file as Parquet, SQLite or CSV tables.

    \b
    mali convert GEDEvent_v25_1.csv ged/ --to parquet
    mali convert ged/ ged.db
    mali convert gdelt/ parts/ --to parquet --parts auto
    mali convert ours tables/ --to csv

    FROM is a folder of tables, a converted dataset, or a file of ACLED, UCDP, the UN, GTD or GDELT.

    Query the result with --data. The target is replaced only when the new dataset is complete: after an
    error or an interruption, what was there before is still there.
    """
    from mali_cli.output.progress import progress
    from mali_cli.storage import convert, parquet_parts

    source_path, target_path = Path(source), Path(target)
    if source == OURS and not source_path.exists():
        source_path = schema.data_folder()
    target_format = convert.choose_target_format(target_path, to)
    number_of_parts = None if parts is None else parquet_parts.parse_parts(parts)
    convert.check_target(source_path, target_path, target_format, force, number_of_parts)

    from mali_cli.dataset import load  # imports pandas, so not before the options are checked

    end_startup()
    with progress(quiet) as report:
        dataset = load(source_path, format_in)
        counts = convert.convert(dataset.backend, target_path, target_format, report, number_of_parts)
    if not quiet:
        _print_counts(target_path, counts, dataset.backend.notes)


def _print_counts(target: Path, counts: dict[str, int], notes: list[str]) -> None:
    for note in notes:
        echo_err(note)
    rows = ", ".join(pluralize(number, ROW_NOUNS.get(name, name)) for name, number in counts.items() if number)
    echo_err(f"{target}{'/' if target.is_dir() else ''}: {rows or 'no rows'}.")
