"""mali version"""

import typer

from mali_cli._version import __version__


def version() -> None:
    """Print the version.

    \b
    mali version
    """
    typer.echo(f"mali {__version__}")
