"""One file per command: options in, one question, one answer out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import output
from mali_cli.answers import QueryResult
from mali_cli.options import to_argv
from mali_cli.stores import is_sqlite_file

if TYPE_CHECKING:
    from mali_cli.readers import ForeignFileBackend

# Formats that only some questions have: pictures.
EXTRA_FORMATS = {"lineage": ("tree", "mermaid"), "timeline": ("picture",), "map": ("picture",)}


def run_query(question: str, criteria: dict[str, Any], looks: dict[str, Any]) -> QueryResult:
    """Loads the data, asks, and shows; what cannot be shown is refused before any work is done."""
    look = output.parse_output_options(**looks, texts=EXTRA_FORMATS.get(question, ()))
    data, format_in = criteria.pop("data"), criteria.pop("format_in")

    asked = {name: value for name, value in criteria.items() if value not in (None, False)}
    output.reject_row_options(look, asked)
    if question == "compare" and format_in:  # of the file that ours are compared with
        asked["format_in"], format_in = format_in, None
    file = _open_and_prefetch(question, asked, data, format_in)

    from mali_cli.dataset import Dataset, load  # pandas comes with it: not before a question is asked

    if file is None:
        found = load(data, format_in).answer(question, **asked)
    else:
        from mali_cli.output.progress import progress

        with progress(look.quiet, lambda: file.progress_fraction) as shown:
            shown(f"reading {file.path.name}")
            found = Dataset(file).answer(question, **asked)
    output.emit(found, look, [question, *(word for name, value in asked.items() for word in to_argv(name, value))])
    return found


def _open_and_prefetch(
    question: str, asked: dict[str, Any], data: str | None, format_in: str | None
) -> ForeignFileBackend | None:
    """The file that is asked, if it is one: reading it goes on while pandas is loaded."""
    path = data if data is not None else os.environ.get("MALI_DATA")
    if not path or not os.path.isfile(path) or question == "check" or is_sqlite_file(Path(path)):
        return None
    from mali_cli.readers import ForeignFileBackend

    file = ForeignFileBackend(Path(path), format_in)
    file.start_prefetch(question, asked)
    return file
