"""Run `mali` in processes forked from one that has imported its libraries, which saves most of the time of a start."""

from __future__ import annotations

import atexit
import gc
import importlib.util
import json
import os
import pkgutil
import selectors
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

TIMEOUT_SECONDS = 60
LIBRARIES = ("pandas", "rich.markdown", "rich.progress", "rich.table", "typer.rich_utils")
LIBRARIES += tuple(filter(importlib.util.find_spec, ("duckdb",)))  # of an extra

# Python and the libraries read other variables while they start, which is over when the server forks.
READ_BY_COMMANDS = frozenset(
    [
        "COLORFGBG",
        "COLUMNS",
        "LINES",
        "MALI_DATA",
        "MALI_ENGINE",
        "MALI_PAGER",
        "NO_COLOR",
        "PAGER",
        "SOURCE_DATE_EPOCH",
        "TERM",
    ]
)


class ForkServer:
    """A process that waits for commands, forks itself for each and returns the exit status."""

    def __init__(self, program: str, environment: Mapping[str, str]) -> None:
        self._connection, theirs = socket.socketpair()
        self._connection.settimeout(TIMEOUT_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, program, str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def start(
        self,
        arguments: Sequence[str],
        folder: Path | None,
        environment: Mapping[str, str],
        streams: tuple[int, int, int],
    ) -> Callable[[], int]:
        """Start a command with its standard input, output and error.

        Return a function that waits for its exit status, which is negative for a signal. `pid` is that of the command.
        """
        request = json.dumps([arguments, str(folder or Path.cwd()), dict(environment)]).encode()
        socket.send_fds(self._connection, [len(request).to_bytes(4, "big")], streams)
        self._connection.sendall(request)
        self.pid = int.from_bytes(self._connection.recv(4, socket.MSG_WAITALL), "big")
        return lambda: int(self._connection.recv(16))

    def run(
        self, arguments: Sequence[str], folder: Path | None, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in pipes, without input."""
        done = self.run_for_bytes(arguments, folder, environment)
        texts = (data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n") for data in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)

    def run_for_bytes(
        self, arguments: Sequence[str], folder: Path | None, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command in pipes, without input, and return its output as it is."""
        (output, write_output), (errors, write_errors) = os.pipe(), os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        streams = (nothing, write_output, write_errors)
        wait = self.start(arguments, folder, environment, streams)
        for stream in streams:
            os.close(stream)
        written = read_all(output, errors)
        return subprocess.CompletedProcess(list(arguments), wait(), *written)

    def stop(self) -> None:
        self._connection.close()
        self._process.wait(TIMEOUT_SECONDS)


def read_all(*pipes: int) -> list[bytes]:
    """Read pipes to their ends, side by side, and close them."""
    content = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                if part := os.read(key.fd, 1 << 16):
                    content[key.fd] += part
                else:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return list(content.values())


def serve(program: str, connection: socket.socket) -> None:
    """Fork for each command; return in the child, where everything is as if `program` had just been started."""
    while True:
        size, streams, _, _ = socket.recv_fds(connection, 4, 3)
        if not size:
            os._exit(0)
        arguments, folder, environment = json.loads(connection.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
        child = os.fork()
        if not child:
            break
        connection.sendall(child.to_bytes(4, "big"))
        for stream in streams:
            os.close(stream)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(str(status).encode())
    connection.close()
    os.setsid()
    for descriptor, stream in enumerate(streams):
        os.dup2(stream, descriptor)
        os.close(stream)
    # Those of the server remember whether they could seek.
    sys.stdout = open(1, "w", encoding=sys.stdout.encoding, buffering=1 if os.isatty(1) else -1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [program, *arguments]


def import_program() -> None:
    """Import what commands import, but for the site, and read our tables: children find all of it in memory."""
    import pandas as pd

    import mali_cli
    from mali_cli.model import schema
    from mali_cli.storage.bundled import bundled_backend

    ours = (module.name for module in pkgutil.walk_packages(mali_cli.__path__, "mali_cli."))
    for name in (*LIBRARIES, *(name for name in ours if not name.startswith("mali_cli.site."))):
        importlib.import_module(name)
    pd.set_option("mode.string_storage", "python")  # as commands do before they read tables
    for name in schema.table_names():
        bundled_backend().table(name)


def run_and_exit(main: Callable[[], None]) -> NoReturn:
    """Run the program and end the process with its status, but leave the memory to the operating system.

    Python would take longer to free its objects than most commands take to run.
    """
    try:
        main()
    except SystemExit as error:
        if isinstance(error.code, int | None) and _is_flushed():
            os._exit(error.code or 0)
        raise
    sys.exit()


def _is_flushed() -> bool:
    """Do what Python does when it ends; return whether all output could be written."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return False  # Python has its own way to report it
    return True


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file, which the program does not search
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does: a fork would not have the threads
    import_program()
    from mali_cli.__main__ import main

    gc.collect()
    gc.freeze()
    serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
    run_and_exit(main)
