"""Write text to the terminal, through a pager if it is longer than the screen."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

from mali_cli.output.streams import write_stdout

LESS_OPTIONS = "FRX"  # as for git: quit if it fits one screen, keep colours, leave the text on the screen


def write_paged(parts: Iterable[str], enabled: bool = True) -> None:
    """Write the parts to standard output, or to a pager from the moment on that they need more lines than there are.

    The pager is MALI_PAGER, else PAGER, else less; none if the variable is empty or "cat".
    """
    command = _pager_command() if enabled else None
    if command is None:
        for part in parts:
            write_stdout(part)
        return
    held, rest = "", iter(parts)
    for part in rest:
        held += part
        if held.count("\n") >= shutil.get_terminal_size().lines:
            _page(command, held, rest)
            return
    write_stdout(held)


def _pager_command() -> str | None:
    if sys.stdout is None or not (sys.stdout.isatty() and sys.stdin is not None and sys.stdin.isatty()):
        return None
    if os.environ.get("TERM") == "dumb":
        return None
    default = "less" if shutil.which("less") else "more"
    command = os.environ.get("MALI_PAGER", os.environ.get("PAGER", default)).strip()
    return command if command not in ("", "cat") else None


def _page(command: str, text: str, rest: Iterable[str]) -> None:
    environment = {"LESS": LESS_OPTIONS, **os.environ}
    sys.stdout.flush()
    with subprocess.Popen(
        command, shell=True, stdin=subprocess.PIPE, env=environment, encoding="utf-8", errors="replace"
    ) as pager:
        assert pager.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the reader has left the pager
            pager.stdin.write(text)
            for part in rest:
                pager.stdin.write(part)
        # ^C is for the pager, which stays open until the reader leaves it.
        while pager.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):
                pager.communicate()
