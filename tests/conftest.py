"""Real parts: the program in a process of its own, in a pipe or on a pseudo-terminal."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import gc
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import sysconfig
import termios
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest

from tests.support.browser import browser, chromium
from tests.support.fork_server import READ_BY_COMMANDS, ForkServer

__all__ = ["browser", "chromium"]

# A shell that starts the tests in the background has them ignore ^C, and so would the programs that they interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
pd.set_option("mode.string_storage", "python")  # as commands do
gc.set_threshold(50_000, 20, 100)  # pandas makes many objects, and hardly any garbage that only a search would find
os.environ["MALI_DEBUG"] = "1"
os.environ.pop("MALI_DATA", None)
# Programs that tests start keep what Python compiles: it would compile all of pandas again for each of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

WARNINGS = {"PYTHONWARNINGS": "error"}  # in the program that tests start, as in the tests themselves
ROOT = Path(__file__).parent.parent
MALI = shutil.which("mali", path=sysconfig.get_path("scripts")) or ""


class Terminal:
    """What a program wrote to a pseudo-terminal, and how it ended."""

    def __init__(self, output: str, status: int) -> None:
        self.output = output
        self.status = status


@contextlib.contextmanager
def started_with(env: Mapping[str, str]) -> Iterator[ForkServer]:
    """Start a server with these variables, which Python and the libraries read while they start."""
    assert MALI, f"mali is not installed beside {sys.executable}"
    server = ForkServer(MALI, {**os.environ, **WARNINGS, **env})
    yield server
    server.stop()


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    with started_with({}) as server:
        yield server


def run_in_pipe(server: ForkServer) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `mali` in a pipe."""

    def run(
        *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **WARNINGS, **(env or {})}
        if set(env or ()) <= READ_BY_COMMANDS:
            return server.run(arguments, cwd, environment)
        return subprocess.run(
            [MALI, *arguments], capture_output=True, encoding="utf-8", env=environment, cwd=cwd, timeout=60, check=False
        )

    return run


def run_on_terminal(server: ForkServer) -> Callable[..., Terminal]:
    """Return a function that runs `mali` or another program on a pseudo-terminal of a given size."""

    def run(
        *arguments: str, columns: int = 80, rows: int = 40, env: dict[str, str] | None = None, program: str = MALI
    ) -> Terminal:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        from_outside = ("COLUMNS", "LINES", "NO_COLOR")
        environment = {name: value for name, value in os.environ.items() if name not in from_outside}
        environment |= {"TERM": "xterm-256color", "MALI_PAGER": "", "COLORFGBG": "15;0", **WARNINGS, **(env or {})}
        if program == MALI and set(env or ()) <= READ_BY_COMMANDS:
            wait = server.start(arguments, None, environment, (slave, slave, slave))
        else:
            process = subprocess.Popen(
                [program, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
            )
            wait = functools.partial(process.wait, timeout=60)
        os.close(slave)
        output = b""
        while select.select([master], [], [], 60)[0]:
            try:
                part = os.read(master, 1 << 16)
            except OSError:  # how a pseudo-terminal ends on Linux
                break
            if not part:
                break
            output += part
        os.close(master)
        return Terminal(output.decode("utf-8", "replace").replace("\r\n", "\n"), wait())

    return run


@pytest.fixture(scope="session")
def mali(fork_server: ForkServer) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `mali` in a pipe."""
    return run_in_pipe(fork_server)


@pytest.fixture(scope="session")
def on_terminal(fork_server: ForkServer) -> Callable[..., Terminal]:
    """Run `mali` or another program on a pseudo-terminal of a given size."""
    return run_on_terminal(fork_server)
