"""Serve the site with Datasette and uvicorn, reachable only from this machine, until interrupted."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import socket
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import Any

from mali_cli.errors import DataError, MaliError
from mali_cli.model import extras
from mali_cli.site import guards, pages, plugin

HOST = "127.0.0.1"
DEFAULT_PORT = 8001
MAX_PORT = 65535
FOLDER_PREFIX = "mali-serve-"  # of a temporary folder; the number of its process follows
PORTS_TO_TRY = 100  # from the requested port upwards, before any free one
FOLDER = Path(__file__).parent
STATIC_PATH = "-/site"  # address of our style sheet and script; no database can have this name
HOOKS = ("prepare_connection", "asgi_wrapper", "extra_template_vars", "render_cell", "register_routes")
PLUGINS = ("datasette-cluster-map", "datasette-leaflet")
SETTINGS = {
    "sql_time_limit_ms": 5000,  # there is one user, who can wait
    "facet_time_limit_ms": 1000,
    "default_facet_size": 12,
    "suggest_facets": False,
    "truncate_cells_html": 0,  # no truncation
}


def check_installed() -> None:
    """Raise MaliError if Datasette or its map plugin is missing."""
    extras.require_extra("site", "the site needs Datasette", "datasette", "datasette_cluster_map", "uvicorn")


def port_number(port: str | None) -> int:
    """Parse --port, or return the default port."""
    if port is None:
        return DEFAULT_PORT
    if not port.isascii() or not port.isdigit() or int(port) > MAX_PORT:
        raise MaliError(f"--port takes a number from 0 (any free port) to {MAX_PORT}, not {port!r}.")
    return int(port)


def bind_socket(requested_port: int) -> socket.socket:
    """Return a listening socket on the requested port of this machine, or on the next free one."""
    for port in [*range(requested_port, min(requested_port + PORTS_TO_TRY, MAX_PORT + 1)), 0]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # lets a server start on a port that another one has just left
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
            return listener
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise DataError(f"port {port} cannot be used: {error.strerror}.") from None
    raise DataError("no port is free.")


def restore_interrupt() -> None:
    """Let Ctrl-C stop the server even if it was started by a shell in the background, which makes it ignore SIGINT."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is removed at the end of its `with` block; raise DataError if none can be created."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER_PREFIX}{os.getpid()}-")
    except OSError as error:
        raise DataError(f"no temporary folder can be created: {error.strerror}.") from None
    if os.name == "posix":
        _remove_abandoned_folders(Path(folder.name).parent)
    return folder


def _remove_abandoned_folders(parent: Path) -> None:
    """Remove the folders of servers of the same user that were killed before they could do it."""
    for path in parent.glob(f"{FOLDER_PREFIX}*"):
        process = path.name.removeprefix(FOLDER_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            status = path.lstat()
            is_own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
            if is_own and process.isdecimal() and not _is_running(int(process)):
                shutil.rmtree(path, ignore_errors=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user has a process of this number
        return True
    return True


def application(path: Path, metadata: dict[str, Any], *, curated: bool) -> Any:
    """Return Datasette with this database, read only and for this machine only, as an ASGI application."""
    return guards.local_names_only(guards.read_only(_datasette(path, metadata, curated).app()))


def run(app: Any, listener: socket.socket) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP."""
    import uvicorn

    config = uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    # uvicorn handles SIGINT and SIGTERM only when its loop runs: Ctrl-C before that would leave the loop half made.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), server.handle_exit)
    server.run(sockets=[listener])


def open_browser(address: str) -> None:
    """Open the browser in a thread: one that runs in the terminal returns only when it is closed."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _datasette(path: Path, metadata: dict[str, Any], curated: bool) -> Any:
    from datasette import hookimpl  # type: ignore[import-untyped]
    from datasette.app import Datasette  # type: ignore[import-untyped]
    from datasette.plugins import pm  # type: ignore[import-untyped]

    from mali_cli.dataset import load

    # Datasette would print a traceback with all local variables for each refused query, because Rich is installed.
    pm.get_plugin("datasette.handle_exception").rich = None
    # Datasette also switches on sqlite3's tracebacks, which would report every invalid date in a query.
    sqlite3.enable_callback_tracebacks(False)
    # Other Datasette plugins that the user has installed are meant for other sites.
    for other_plugin, package in pm.list_plugin_distinfo():
        if package.project_name not in PLUGINS:
            pm.unregister(other_plugin)
    for name in HOOKS:
        hookimpl(getattr(plugin, name))
    pm.register(plugin)
    datasette = Datasette(
        immutables=[str(path)],
        metadata=metadata,
        settings=SETTINGS,
        static_mounts=[(STATIC_PATH, str(FOLDER / "static"))],
        template_dir=str(FOLDER / "templates"),
    )
    pages.attach(datasette, pages.Site(load(path), path.stem, curated))
    return datasette
