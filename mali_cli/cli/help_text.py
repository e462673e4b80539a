"""The docstrings of commands as the help that Typer prints with Rich: a summary, examples, and paragraphs."""

from __future__ import annotations

import inspect

EXAMPLES_MARK = "\b"  # the paragraph of examples begins with it


def paragraphs(docstring: str) -> list[str]:
    """Return the paragraphs of a docstring, each in one line; those of examples keep their lines and their mark."""
    texts = inspect.cleandoc(docstring).split("\n\n")
    return [text if text.startswith(EXAMPLES_MARK) else " ".join(text.split()) for text in texts]


def rich_help(docstring: str) -> str:
    """Return a docstring as Rich markup."""
    lines = []
    for text in paragraphs(docstring):
        text = text.replace("[", "\\[")
        is_example = text.startswith(EXAMPLES_MARK)
        lines.append(f"[cyan]{text.removeprefix(EXAMPLES_MARK).strip()}[/cyan]" if is_example else text)
    return "\n\n".join(lines)
