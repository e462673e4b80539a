"""One file per command: options in, one question, one answer out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import output
from mali_cli.cli.options import to_argv
from mali_cli.results import QueryResult
from mali_cli.storage.probe import is_sqlite_file

if TYPE_CHECKING:
    from mali_cli.formats.backend import ForeignFileBackend

# Formats that only some questions have: pictures.
EXTRA_FORMATS = {"lineage": ("tree", "mermaid"), "timeline": ("picture",), "map": ("picture",)}


def run_query(query: str, filter_args: dict[str, Any], output_args: dict[str, Any]) -> QueryResult:
    """Loads the data, asks, and shows; what cannot be shown is refused before any work is done."""
    look = output.parse_output_options(**output_args, extra_formats=EXTRA_FORMATS.get(query, ()))
    data, format_in = filter_args.pop("data"), filter_args.pop("format_in")

    asked = {name: value for name, value in filter_args.items() if value not in (None, False)}
    output.reject_row_options(look, asked)
    if query == "compare" and format_in:  # of the file that ours are compared with
        asked["format_in"], format_in = format_in, None
    file = _open_and_prefetch(query, asked, data, format_in)

    from mali_cli.dataset import Dataset, load  # pandas comes with it: not before a question is asked

    if file is None:
        found = load(data, format_in).answer(query, **asked)
    else:
        from mali_cli.output.progress import progress

        with progress(look.quiet, lambda: file.progress_fraction) as shown:
            shown(f"reading {file.path.name}")
            found = Dataset(file).answer(query, **asked)
    output.emit(found, look, [query, *(word for name, value in asked.items() for word in to_argv(name, value))])
    return found


def _open_and_prefetch(
    query: str, asked: dict[str, Any], data: str | None, format_in: str | None
) -> ForeignFileBackend | None:
    """The file that is asked, if it is one: reading it goes on while pandas is loaded."""
    path = data if data is not None else os.environ.get("MALI_DATA")
    if not path or not os.path.isfile(path) or query == "check" or is_sqlite_file(Path(path)):
        return None
    from mali_cli.formats.backend import ForeignFileBackend

    file = ForeignFileBackend(Path(path), format_in)
    file.start_prefetch(query, asked)
    return file
