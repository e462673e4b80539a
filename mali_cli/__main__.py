"""python -m mali_cli, and the command `mali`."""

import gc
import os
import sys


def main() -> None:
    """Runs the command line and ends the process."""
    # Importing makes many objects and hardly any garbage: collecting while it lasts costs a tenth of a run.
    gc.disable()
    # NumPy's threads for algebra, of which there is none here, would spin while they wait for work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from mali_cli.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    except SystemExit as end:
        code = end.code
    _end(code if isinstance(code, int) else 0)


def _end(code: int) -> None:
    """Ends without taking apart what the packages have built up, which takes as long as an answer."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    main()
