"""One file per command: options in, one question, one answer out."""

from __future__ import annotations

from typing import Any

from mali_cli import output
from mali_cli.answers import Answer
from mali_cli.options import spelt


def answer(question: str, criteria: dict[str, Any], looks: dict[str, Any]) -> Answer:
    """Loads the data, asks, and shows; what cannot be shown is refused before any work is done."""
    look = output.look(**looks, texts=("tree", "mermaid") if question == "lineage" else ())
    data, format_in = criteria.pop("data"), criteria.pop("format_in")

    from mali_cli.dataset import load  # pandas comes with it: not before a question is asked

    asked = {name: value for name, value in criteria.items() if value not in (None, False)}
    found = load(data, format_in).answer(question, **asked)
    output.show(found, look, [question, *(word for name, value in asked.items() for word in spelt(name, value))])
    return found
