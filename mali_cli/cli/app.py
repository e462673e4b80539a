"""The Typer app: it registers the commands, and turns every error into a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mali_cli._version import __version__
from mali_cli.cli.commands.casualties import casualties
from mali_cli.cli.commands.check import check
from mali_cli.cli.commands.compare import compare
from mali_cli.cli.commands.control import control
from mali_cli.cli.commands.convert import convert
from mali_cli.cli.commands.events import events
from mali_cli.cli.commands.groups import groups
from mali_cli.cli.commands.lineage import lineage
from mali_cli.cli.commands.map import map_command
from mali_cli.cli.commands.people import people
from mali_cli.cli.commands.places import places
from mali_cli.cli.commands.relations import relations
from mali_cli.cli.commands.serve import serve
from mali_cli.cli.commands.show import show
from mali_cli.cli.commands.sources import sources
from mali_cli.cli.commands.strengths import strengths
from mali_cli.cli.commands.timeline import timeline
from mali_cli.errors import EXIT_DATA, EXIT_USAGE, MaliError
from mali_cli.output.streams import echo_err


class ErrorHandlingGroup(TyperGroup):
    """The group of all commands; it handles their errors for the shell, `python -m mali_cli` and tests alike."""

    def main(self, *args: Any, **extra: Any) -> Any:
        standalone = extra.pop("standalone_mode", True)
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except MaliError as error:
            code = _report_error(str(error), error.exit_code)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO):
                code = _report_error(f"standard output cannot be written: {error.strerror}.", EXIT_DATA)
            # Typer's usage errors have no public class, but all have this method.
            elif hasattr(error, "format_message"):
                code = _report_error(_format_usage_error(error), EXIT_USAGE)
            elif os.environ.get("MALI_DEBUG"):
                raise
            else:
                message = f"internal error: {type(error).__name__}: {error}"
                code = _report_error(f"{message}. MALI_DEBUG=1 shows where; please report it.", EXIT_DATA)
        if standalone:
            sys.exit(code if isinstance(code, int) else 0)
        return code


def _report_error(message: str, code: int) -> int:
    echo_err(f"mali: {message}")
    return code


def _format_usage_error(error: Any) -> str:
    """Return Typer's own message in one line, with the command whose help to read."""
    message = " ".join(error.format_message().split())
    end = "" if message.endswith((".", "?")) else "."
    command = error.ctx.command_path if getattr(error, "ctx", None) else "mali"
    return f"{message[:1].lower()}{message[1:]}{end} See `{command} --help`."


app = typer.Typer(
    cls=ErrorHandlingGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"mali {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def mali(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Query data on the Mali War: events, groups and casualties, each figure with its claimant and source.

    \b
    mali events --from 2012 --actor MNLA
    mali casualties --by country
    mali events --place Gao --format csv | head -1

    Results are tables on a terminal, and CSV in a pipe or a file.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command in (
    *(events, groups, casualties, timeline, map_command, control, show, lineage),
    *(people, relations, strengths, places, sources, compare, convert, serve, check),
):
    app.command(command.__name__.removesuffix("_command"))(command)


def main(arguments: list[str]) -> Any:
    """Run the command line and return its exit code."""
    return app(arguments, prog_name="mali", standalone_mode=False)
