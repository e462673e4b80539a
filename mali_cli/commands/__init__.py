"""One file per command: options in, one question, one answer out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import output
from mali_cli.answers import Answer
from mali_cli.options import spelt
from mali_cli.stores import is_database

if TYPE_CHECKING:
    from mali_cli.readers import File

# Formats that only some questions have: pictures.
DRAWN = {"lineage": ("tree", "mermaid"), "timeline": ("picture",), "map": ("picture",)}


def answer(question: str, criteria: dict[str, Any], looks: dict[str, Any]) -> Answer:
    """Loads the data, asks, and shows; what cannot be shown is refused before any work is done."""
    look = output.look(**looks, texts=DRAWN.get(question, ()))
    data, format_in = criteria.pop("data"), criteria.pop("format_in")

    asked = {name: value for name, value in criteria.items() if value not in (None, False)}
    output.refuse_parts(look, asked)
    if question == "compare" and format_in:  # of the file that ours are compared with
        asked["format_in"], format_in = format_in, None
    file = _begun(question, asked, data, format_in)

    from mali_cli.dataset import Dataset, load  # pandas comes with it: not before a question is asked

    if file is None:
        found = load(data, format_in).answer(question, **asked)
    else:
        from mali_cli.output.progress import progress

        with progress(look.quiet, lambda: file.share) as shown:
            shown(f"reading {file.path.name}")
            found = Dataset(file).answer(question, **asked)
    output.show(found, look, [question, *(word for name, value in asked.items() for word in spelt(name, value))])
    return found


def _begun(question: str, asked: dict[str, Any], data: str | None, format_in: str | None) -> File | None:
    """The file that is asked, if it is one: reading it goes on while pandas is loaded."""
    path = data if data is not None else os.environ.get("MALI_DATA")
    if not path or not os.path.isfile(path) or question == "check" or is_database(Path(path)):
        return None
    from mali_cli.readers import File

    file = File(Path(path), format_in)
    file.begin(question, asked)
    return file
