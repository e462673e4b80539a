"""Datasette on an address of this machine alone, until it is interrupted."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from mali_cli.errors import DataError, MaliError
from mali_cli.model import extras
from mali_cli.site import plugin
from mali_cli.site.metadata import STATIC

HOST = "127.0.0.1"
USUAL_PORT = 8001
TRIED = 100  # ports after the one that was wanted, before any that is free
PLUGINS = ("datasette-cluster-map", "datasette-leaflet")
SETTINGS = {
    "sql_time_limit_ms": 5000,  # one user, who may wait
    "facet_time_limit_ms": 1000,
    "default_facet_size": 12,
    "suggest_facets": False,
    "truncate_cells_html": 0,  # nothing is shortened in silence
}


def check_installed() -> None:
    """MaliError if Datasette or its map is missing."""
    extras.require_extra("site", "the site is made by Datasette", "datasette", "datasette_cluster_map", "uvicorn")


def port_number(typed: str | None) -> int:
    if typed is None:
        return USUAL_PORT
    if not typed.isascii() or not typed.isdigit() or int(typed) > 65535:
        raise MaliError(f"--port takes a number from 0 (any that is free) to 65535, not {typed!r}.")
    return int(typed)


def bind_socket(wanted: int) -> socket.socket:
    """A socket of this machine alone at the wanted port, or at the next one that is free."""
    for port in [*range(wanted, min(wanted + TRIED, 65536)), 0]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # a port whose last server has just ended is free
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


def exit_cleanly_on_signals() -> None:
    """A polite kill, or a terminal that is closed, ends the program as ^C does: with all that is temporary.

    A shell that starts it in the background has it ignore ^C, which a server, ended in no other way, must not.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes with its end; DataError where there is no room for one."""
    try:
        return tempfile.TemporaryDirectory(prefix="mali-")
    except OSError as error:
        raise DataError(f"no temporary folder can be made: {error.strerror}.") from None


def application(path: Path, metadata: dict[str, Any]) -> Any:
    """Datasette with this database, which nothing can write, as an ASGI application."""
    return _read_only(_datasette(path, metadata).app())


def run(app: Any, listener: socket.socket) -> None:
    """Serves until ^C or a polite kill, and raises KeyboardInterrupt then."""
    import uvicorn

    config = uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])


def _read_only(app: Any) -> Any:
    """The application without any way to send it something; by itself Datasette answers such a try with a traceback."""

    async def answered(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await app(scope, receive, send)
            return
        headers = [(b"allow", b"GET, HEAD"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 405, "headers": headers})
        await send({"type": "http.response.body", "body": b"This site is read only.\n"})

    return answered


def open_browser(address: str) -> None:
    """In a thread: where the browser is one for the terminal, it does not return before it is left."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _datasette(path: Path, metadata: dict[str, Any]) -> Any:
    from datasette import hookimpl  # type: ignore[import-untyped]
    from datasette.app import Datasette  # type: ignore[import-untyped]
    from datasette.plugins import pm  # type: ignore[import-untyped]

    # Rich, which Datasette finds beside us, would print every refused query with all that its variables hold.
    pm.get_plugin("datasette.handle_exception").rich = None
    # And Python, as Datasette has asked it, the traceback of every date in SQL that is none.
    sqlite3.enable_callback_tracebacks(False)
    # What else its user has installed for Datasette is for other sites.
    for other, package in pm.list_plugin_distinfo():
        if package.project_name not in PLUGINS:
            pm.unregister(other)
    for hook in (plugin.prepare_connection, plugin.asgi_wrapper, plugin.render_cell, plugin.register_routes):
        hookimpl(hook)
    pm.register(plugin)
    static = [(STATIC, str(Path(__file__).parent / "static"))]
    return Datasette(immutables=[str(path)], metadata=metadata, settings=SETTINGS, static_mounts=static)
