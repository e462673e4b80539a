"""python -m mali_cli, and the command `mali`."""

import gc
import sys


def main() -> None:
    # Importing makes many objects and no garbage: collecting while it lasts costs a tenth of start-up.
    gc.set_threshold(100_000, 50, 50)
    try:
        from mali_cli.cli import app

        app(prog_name="mali")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
