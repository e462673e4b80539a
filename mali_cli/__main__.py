"""python -m mali_cli, and the command `mali`."""

import gc
import io
import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        from mali_cli.cli import signals

        signals.exit_at_once_on_signals()
        # Imports create many objects and hardly any garbage: without collection a run takes a tenth less.
        gc.disable()
        # NumPy would start threads for linear algebra, which is not used here; they would spin while waiting.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # help may have characters that the encoding lacks
        from mali_cli.cli.app import main as run_app

        code = run_app(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
