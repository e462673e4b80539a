"""The docstrings of commands as the help that Typer prints with Rich: a summary, examples, and paragraphs."""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import shutil
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand

from mali_cli.output.streams import write_stdout

EXAMPLES_MARK = "\b"  # the paragraph of examples begins with it
MAX_COLUMNS = 100


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


class Command(TyperCommand):
    """A command whose help is laid out for where it is printed."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        print_help(lambda: super(Command, self).format_help(ctx, formatter))


def print_help(print_with_rich: Callable[[], None]) -> NoReturn:
    """Print help as `print_with_rich` does, but plain in a pipe and with NO_COLOR, and not too wide to read; and exit.

    Typer would send escape codes into a pipe if GITHUB_ACTIONS is set. After the help it would print an empty line, and
    exit with 1 if the pipe is closed by then.
    """
    from typer import rich_utils

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    coloured = (is_terminal or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
    rich_utils.FORCE_TERMINAL = coloured
    rich_utils.MAX_WIDTH = min(shutil.get_terminal_size().columns, MAX_COLUMNS)
    rich_utils.STYLE_HELPTEXT = ""  # it is dim, which is hard to read on a light background
    encoding = sys.stdout.encoding if is_terminal else "utf-8"
    buffer = io.TextIOWrapper(io.BytesIO(), encoding, "replace", newline="\n")
    with contextlib.redirect_stdout(buffer):
        print_with_rich()
        buffer.flush()
    write_stdout(buffer.buffer.getvalue().decode(encoding))
    raise typer.Exit
