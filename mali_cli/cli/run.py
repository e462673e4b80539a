"""run_query: load the data, run one query, and print or write its result."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import output
from mali_cli.cli import named, signals
from mali_cli.cli.options import EXTRA_FORMATS, CommandArguments
from mali_cli.engine.executors import open_executor
from mali_cli.results import QueryResult
from mali_cli.storage.probe import is_sqlite_file

if TYPE_CHECKING:
    from mali_cli.storage.base import Backend


def run_query(query: str, arguments: CommandArguments) -> QueryResult:
    """Run a query with the arguments of its command; errors in the output options come before any work is done."""
    output_options = output.parse_output_options(**arguments.output_args, extra_formats=EXTRA_FORMATS.get(query, ()))
    filter_args = {name: value for name, value in arguments.filter_args.items() if value not in (None, False)}
    output.reject_row_options(output_options, filter_args)
    data = filter_args.pop("data", None)
    executor = open_executor(filter_args.pop("engine", None))
    # In `compare`, --format-in is about the file to compare with.
    format_in = filter_args.pop("format_in", None) if query != "compare" else None
    has_name = "name" in filter_args and query in named.FILTERS
    file = None if has_name else _open_and_prefetch(query, filter_args, data, format_in)

    from mali_cli.dataset import Dataset  # imports pandas, so not before the options are checked
    from mali_cli.engine.backends import open_backend
    from mali_cli.output.progress import progress

    end_startup()
    slow = file or executor
    with progress(output_options.quiet or not slow, lambda: slow.progress_fraction if slow else None) as report:
        report(f"reading {file.path.name}" if file else "reading")
        dataset = Dataset(file or open_backend(data, format_in), executor)
        filters = named.with_name_as_filter(dataset, query, filter_args) if has_name else filter_args
        result = dataset.answer(query, in_batches=output.takes_batches(output_options), **filters)
    output.emit(result, output_options, arguments.command_line(query, filter_args))
    return result


def _open_and_prefetch(
    query: str, filter_args: dict[str, Any], data: list[str] | None, format_in: str | None
) -> Backend | None:
    """Open the data if it is one foreign file, and start to read it while pandas is imported."""
    paths = data or [os.environ.get("MALI_DATA", "")]
    path = paths[0] if len(paths) == 1 else ""
    if not path or not os.path.isfile(path) or query == "check" or is_sqlite_file(Path(path)):
        return None
    from mali_cli.formats.backend import ForeignFileBackend, open_foreign_backend

    file = open_foreign_backend([Path(path)], format_in)
    if isinstance(file, ForeignFileBackend):
        file.start_prefetch(query, filter_args)
    return file


def end_startup() -> None:
    """Undo what __main__ sets for the time of the imports: collect garbage again, and clean up after a signal.

    Imported objects are exempt from the collection.
    """
    import pandas as pd

    # With those of PyArrow, which pandas takes where it is installed, sums take a third longer.
    pd.set_option("mode.string_storage", "python")
    signals.clean_up_on_signals()
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
