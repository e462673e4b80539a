"""mali serve"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from mali_cli.cli.options import DATA, FORMAT_IN, QUIET
from mali_cli.cli.run import end_startup
from mali_cli.output.streams import echo_err, write_stdout

PORT = Annotated[str | None, typer.Option("--port", help="Default: 8001; if in use, the next free port.", metavar="N")]
OPEN = Annotated[bool, typer.Option("--open", help="Open the site in your browser.")]
TILES = Annotated[
    bool,
    typer.Option(
        "--tiles", help="Show openstreetmap.org under the maps. Without it, nothing is loaded from elsewhere."
    ),
]


def serve(
    data: DATA = None,
    format_in: FORMAT_IN = None,
    port: PORT = None,
    open_: OPEN = False,
    tiles: TILES = False,
    quiet: QUIET = False,
) -> None:
    """Browse the tables as a local website.

    \b
    mali serve
    mali serve --open
    mali serve --data GEDEvent_v25_1.csv --port 8080

    The site has the map, the timeline, a search, questions with forms, and all tables. It is read-only and
    serves this computer only, from a temporary copy. Ctrl-C stops it.
    """
    from mali_cli.site import server

    server.check_installed()
    wanted_port = server.port_number(port)
    server.restore_interrupt()

    from mali_cli.dataset import load  # imports pandas, so not before the options are checked

    dataset = load(data, format_in)
    end_startup()
    with (
        server.bind_socket(wanted_port) as listener,
        _application(dataset, tiles, quiet) as app,
        contextlib.suppress(KeyboardInterrupt),  # the normal way to stop the server
    ):
        address = f"http://{server.HOST}:{(port_in_use := listener.getsockname()[1])}/"
        if not quiet:
            _print_notes([*dataset.backend.notes, *dataset.backend.reading_notes], wanted_port, port_in_use)
        write_stdout(f"{address}\n")
        if open_:
            server.open_browser(address)
        server.run(app, listener)


@contextlib.contextmanager
def _application(dataset: Any, tiles: bool, quiet: bool) -> Iterator[Any]:
    """Build the site's database in a temporary folder and give the application that serves it."""
    from mali_cli.output.progress import progress
    from mali_cli.site import database, server
    from mali_cli.site.metadata import metadata
    from mali_cli.storage.convert import dataset_metadata

    with server.temporary_folder() as folder:
        with progress(quiet) as report:
            path = database.build_database(dataset, Path(folder), report)
        curated = dataset.origin is None
        described = metadata(path, dataset_metadata(dataset.backend), curated=curated, tiles=tiles)
        yield server.application(path, described, curated=curated)


def _print_notes(notes: list[str], wanted_port: int, port_in_use: int) -> None:
    for note in notes:
        echo_err(note)
    if wanted_port not in (0, port_in_use):
        echo_err(f"Port {wanted_port} is in use; using {port_in_use} instead.")
    echo_err("Press Ctrl-C to stop.")
