"""The Typer app: it registers the commands, and turns every error into a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mali_cli.cli import named
from mali_cli.cli.commands.casualties import casualties
from mali_cli.cli.commands.check import check
from mali_cli.cli.commands.columns import columns
from mali_cli.cli.commands.compare import compare
from mali_cli.cli.commands.control import control
from mali_cli.cli.commands.convert import convert
from mali_cli.cli.commands.events import events
from mali_cli.cli.commands.groups import groups
from mali_cli.cli.commands.help import TOPICS_LINE, help_command
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
from mali_cli.cli.commands.version import version
from mali_cli.cli.completion import install_completion
from mali_cli.cli.help_text import Command, print_help, rich_help
from mali_cli.errors import EXIT_DATA, EXIT_USAGE, MaliError
from mali_cli.model.names import NameIndex, join_or
from mali_cli.output.streams import echo_err


class ErrorHandlingGroup(TyperGroup):
    """The group of all commands; it handles their errors for the shell, `python -m mali_cli` and tests alike."""

    def main(self, *args: Any, **extra: Any) -> Any:
        for param in self.params:
            if param.name == "install_completion":  # Typer adds it when the group is complete
                param.callback = install_completion
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
                code = _report_error(_format_usage_error(error, self._command_of(args)), EXIT_USAGE)
            elif os.environ.get("MALI_DEBUG"):
                raise
            else:
                message = f"internal error: {type(error).__name__}: {error}"
                code = _report_error(f"{message}. MALI_DEBUG=1 shows where; please report it.", EXIT_DATA)
        if standalone:
            sys.exit(code if isinstance(code, int) else 0)
        return code

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command with its options; in the list of commands it has none."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, command_with_options(name) if name else None, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        print_help(lambda: super(ErrorHandlingGroup, self).format_help(ctx, formatter))

    def _command_of(self, args: tuple[Any, ...]) -> str:
        """Return the command that was typed, such as "mali events"; "mali" if there is none."""
        words = args[0] if args else sys.argv[1:]
        return " ".join(["mali", *[word for word in words if word in self.commands][:1]])


def _report_error(message: str, code: int) -> int:
    echo_err(f"mali: {message}", is_error=True)
    return code


# Commands of other programs, with what does it here
OTHER_COMMANDS = dict.fromkeys(("search", "find", "grep"), "mali events --text WORDS")


def _format_usage_error(error: Any, command: str) -> str:
    """Return Typer's own message in one line, with the command whose help to read."""
    message = " ".join(error.format_message().split())
    hint = ""
    if getattr(error, "possibilities", None):
        message = message.partition(" (Possible options")[0].partition(" Did you mean")[0]
        close = NameIndex("option", "", dict.fromkeys(error.possibilities, ())).suggestions(error.option_name)
        hint = f" Did you mean {join_or(close)}?" if close else ""
    if message.startswith("Got unexpected extra argument") and command.removeprefix("mali ") in named.FILTERS:
        hint = " A name of several words needs quotes."
    for name, ours in OTHER_COMMANDS.items():
        if message.startswith(f"No such command {name!r}"):
            message, hint = message.partition(".")[0], f" Did you mean `{ours}`?"
    end = "" if message.endswith((".", "?")) else "."
    return f"{message[:1].lower()}{message[1:]}{end}{hint} See `{command} --help`."


app = typer.Typer(
    cls=ErrorHandlingGroup,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _print_version(requested: bool) -> None:
    if requested:
        version()
        raise typer.Exit


# The panels of `mali --help`
COMMANDS = {
    "Ask": (events, casualties, groups, people, relations, strengths, places, control),
    "Draw": (timeline, map_command),
    "Look up": (show, lineage, sources, columns, help_command, version),
    "Your files": (check, compare, convert),
    "Publish": (serve,),
}
ABOUT = """Query data on the Mali War: events, groups and casualties.

\b
mali events --from 2012 --actor MNLA
mali casualties --by country
mali events --place Gao --format csv | head -1

Every figure keeps its claimant and source. Results are tables on a terminal, and CSV in a pipe or a file.
"""


@app.callback(invoke_without_command=True, help=rich_help(ABOUT), epilog=TOPICS_LINE)
def mali(
    context: typer.Context,
    print_version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Print the help if there is no command."""
    if context.invoked_subcommand is None:
        context.get_help()


PANEL_OF = {command: panel for panel, commands in COMMANDS.items() for command in commands}
COMMAND_BY_NAME = {command.__name__.removesuffix("_command"): command for command in PANEL_OF}


def register(typer_app: typer.Typer, name: str, function: Callable[..., None]) -> None:
    """Give an app a command with its help, and the options that are the parameters of the function."""
    command = COMMAND_BY_NAME[name]
    typer_app.command(name, cls=Command, help=rich_help(command.__doc__ or ""), rich_help_panel=PANEL_OF[command])(
        function
    )


def command_with_options(name: str) -> Any:
    """Return one command as Typer makes it.

    Only the command that is used is made: for all of them Typer takes 25 ms, an eighth of the time of `mali --help`.
    """
    single = typer.Typer(add_completion=False, rich_markup_mode="rich")
    register(single, name, COMMAND_BY_NAME[name])
    return typer.main.get_command(single)


for name in COMMAND_BY_NAME:
    register(app, name, lambda: None)


def main(arguments: list[str]) -> Any:
    """Run the command line and return its exit code."""
    return app(arguments, prog_name="mali", standalone_mode=False)
