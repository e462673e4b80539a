"""Turn docs/notebook.ipynb, with its outputs, into a Markdown page of the documentation.

Read here rather than by a plugin: the page needs text, tables and SVG only, and plugins bring nbconvert and Jupytext.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

# Of these the first that an output has is shown.
FORMATS = ("image/svg+xml", "text/html", "text/plain")


def markdown(notebook: Path) -> str:
    """Return the cells of a notebook as Markdown: code as fenced blocks, each followed by its outputs."""
    parts: list[str] = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        else:
            parts += [f"```python\n{source}\n```", *map(_output, cell["outputs"])]
    return "\n\n".join(parts) + "\n"


def _output(output: dict[str, Any]) -> str:
    data = output.get("data", {"text/plain": output.get("text", "")})
    kind = next(kind for kind in FORMATS if kind in data)
    text = "".join(data[kind]).strip("\n")
    if kind == "text/plain":
        return f"```text\n{text}\n```"
    # A blank line would end the block of HTML, and Markdown would read the rest; pandas' style sheet is not needed.
    return re.sub(r"\n\s*\n", "\n", re.sub(r"<style.*?</style>", "", text, flags=re.S)).strip()
