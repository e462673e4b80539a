"""mali serve"""

import gc
import signal
import tempfile
from pathlib import Path

from mali_cli.options import DATA, FORMAT_IN, OPEN, PORT, QUIET, TILES
from mali_cli.output.files import say, to_stdout


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
    # Whoever ends the program politely leaves as little behind as one who presses ^C.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)

    from mali_cli import conversion
    from mali_cli.dataset import load  # pandas comes with it
    from mali_cli.site import database
    from mali_cli.site.metadata import metadata

    dataset = load(data, format_in)
    with server.listening(wanted) as listener, tempfile.TemporaryDirectory(prefix="mali-") as folder:
        with progress(quiet) as at:
            path = database.made(dataset, Path(folder), at)
        told = metadata(path, conversion.about(dataset.store), curated=dataset.origin is None, tiles=tiles)
        taken = listener.getsockname()[1]
        address = f"http://{server.HOST}:{taken}/"
        if not quiet:
            for note in dataset.store.notes:
                say(note)
            if taken != wanted and wanted:
                say(f"Port {wanted} is taken; it is {taken} instead.")
        to_stdout(f"{address}\n")
        if not quiet:
            say("Ctrl-C ends it.")
        if open_:
            server.open_browser(address)
        gc.enable()  # off while the program starts; a server lives long
        server.run(path, told, listener)
