"""One file per command: options in, one question, one answer out."""

from __future__ import annotations

from typing import Any

from mali_cli import output


def answer(question: str, criteria: dict[str, Any], looks: dict[str, Any]) -> None:
    """Loads the data, asks, and shows; what cannot be shown is refused before any work is done."""
    look = output.look(**looks)

    from mali_cli.dataset import load  # pandas comes with it: not before a question is asked

    output.show(load(criteria.pop("data")).answer(question, **criteria), look)
