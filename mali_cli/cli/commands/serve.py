"""mali serve"""

import contextlib
import gc
from pathlib import Path

from mali_cli.cli.options import DATA, FORMAT_IN, OPEN, PORT, QUIET, TILES
from mali_cli.output.streams import echo_err, write_stdout


def serve(
    data: DATA = None,
    format_in: FORMAT_IN = None,
    port: PORT = None,
    open_: OPEN = False,
    tiles: TILES = False,
    quiet: QUIET = False,
) -> None:
    """The tables as a site for your browser: facets, search, map and the questions of the README.

    \b
    mali serve
    mali serve --open
    mali serve --data GEDEvent_v25_1.csv --port 8080

    The site is read only and answers this machine alone; Ctrl-C ends it, and that is no fault: exit status 0.
    It is made of a copy in a temporary folder, which goes with it.
    """
    from mali_cli.output.progress import progress  # what only this command needs is not loaded by the others
    from mali_cli.site import server

    server.check_installed()
    wanted = server.port_number(port)
    server.exit_cleanly_on_signals()

    from mali_cli.dataset import load  # pandas comes with it
    from mali_cli.site import database
    from mali_cli.site.metadata import metadata
    from mali_cli.storage import convert

    dataset = load(data, format_in)
    with server.bind_socket(wanted) as listener, server.temporary_folder() as folder:
        with progress(quiet) as at:
            path = database.build_database(dataset, Path(folder), at)
        told = metadata(path, convert.dataset_metadata(dataset.backend), curated=dataset.origin is None, tiles=tiles)
        app = server.application(path, told)
        with contextlib.suppress(KeyboardInterrupt):  # from here on that is how it ends
            taken = listener.getsockname()[1]
            address = f"http://{server.HOST}:{taken}/"
            moved = [f"Port {wanted} is taken; it is {taken} instead."] if wanted not in (0, taken) else []
            for note in () if quiet else (*dataset.backend.notes, *moved, "Ctrl-C ends it."):
                echo_err(note)
            write_stdout(f"{address}\n")
            if open_:
                server.open_browser(address)
            gc.enable()  # off while the program starts; a server lives long
            server.run(app, listener)
