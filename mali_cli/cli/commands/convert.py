"""mali convert"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mali_cli.cli import completion
from mali_cli.cli.options import ENGINE, FORMAT_IN, QUIET
from mali_cli.cli.run import end_startup
from mali_cli.engine.executors import open_executor
from mali_cli.model import schema
from mali_cli.output.streams import echo_err
from mali_cli.results import pluralize

if TYPE_CHECKING:
    from mali_cli.engine.executor import Executor
    from mali_cli.storage.base import Backend

OURS = "ours"
ROW_NOUNS = {"casualties": "figures", "people": "posts", "control": "changes of control"}

SOURCES = Annotated[
    list[str],
    typer.Argument(metavar="FROM...", help="Files, a folder of files or of tables, or ours: the bundled tables."),
]
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
    sources: SOURCES,
    target: TARGET,
    to: FORMAT = None,
    parts: PARTS = None,
    format_in: FORMAT_IN = None,
    engine: ENGINE = None,
    force: FORCE = False,
    quiet: QUIET = False,
) -> None:
    """Write a file as Parquet, SQLite or CSV tables.

    \b
    mali convert GEDEvent_v25_1.csv ged/ --to parquet
    mali convert ged/ ged.db
    mali convert gdelt/*.zip parts/ --to parquet --parts auto
    mali convert ours tables/ --to csv

    FROM is a folder of tables, a converted dataset, or files of ACLED, UCDP, the UN, GTD or GDELT. Several
    files are read on the --engine, if they become Parquet.

    Query the result with --data. The target is replaced only when the new dataset is complete: after an
    error or an interruption, what was there before is still there.
    """
    from mali_cli.storage import convert, parquet_parts

    paths, target_path = [Path(source) for source in sources], Path(target)
    if sources == [OURS] and not paths[0].exists():
        paths = [schema.data_folder()]
    target_format = convert.choose_target_format(target_path, to)
    number_of_parts = None if parts is None else parquet_parts.parse_parts(parts)
    for path in paths:
        convert.check_target(path, target_path, target_format, force, number_of_parts)
    executor = open_executor(engine)
    backend, counts = _convert(paths, target_path, target_format, number_of_parts, format_in, executor, quiet)
    if not quiet:
        _print_counts(target_path, counts, [*backend.notes, *backend.reading_notes])


def _convert(
    paths: list[Path],
    target: Path,
    target_format: str,
    parts: str | int | None,
    format_in: str | None,
    executor: Executor | None,
    quiet: bool,
) -> tuple[Backend, dict[str, int]]:
    from mali_cli.dataset import load  # imports pandas, so not before the options are checked
    from mali_cli.engine.conversion import convert_on
    from mali_cli.output.progress import progress

    end_startup()
    with progress(quiet, lambda: executor.progress_fraction if executor else None) as report:
        backend = load(paths, format_in).backend
        return backend, convert_on(executor, backend, target, target_format, report, parts)


def _print_counts(target: Path, counts: dict[str, int], notes: list[str]) -> None:
    for note in notes:
        echo_err(note)
    rows = ", ".join(pluralize(number, ROW_NOUNS.get(name, name)) for name, number in counts.items() if number)
    echo_err(f"{target}{'/' if target.is_dir() else ''}: {rows or 'no rows'}.")
