"""The options that commands share, each written once; `takes` builds a command's signature from them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from mali_cli.cli import completion as complete
from mali_cli.output import CHART_SUFFIXES, ROW_SUFFIXES, STDOUT_FORMATS

Texts = list[str] | None
Text = str | None


def _repeatable(*names: str, help: str, metavar: str, offers: Any = None) -> Any:
    return Annotated[Texts, typer.Option(*names, help=help, metavar=metavar, autocompletion=offers)]


def _text(*names: str, help: str, metavar: str, offers: Any = None, **more: Any) -> Any:
    return Annotated[Text, typer.Option(*names, help=help, metavar=metavar, autocompletion=offers, **more)]


def _flag(name: str, help: str) -> Any:
    return Annotated[bool, typer.Option(name, help=help)]


FORMAT_IN = Annotated[
    Text,
    typer.Option(
        "--format-in",
        help="What a file is, where its columns do not tell: acled, ucdp or un.",
        metavar="FORMAT",
        autocompletion=complete.words("acled", "ucdp", "un"),
    ),
]
DATA = Annotated[
    Text,
    typer.Option(
        "--data",
        help="Another folder with such tables, or a file of ACLED, UCDP or the UN.",
        metavar="PATH",
        envvar="MALI_DATA",
    ),
]
QUIET = Annotated[bool, typer.Option("--quiet", help="Nothing on standard error but errors.")]

_groups = complete.complete_column("groups", "group", "aliases")
_places = complete.complete_column("places", "place", "aliases")
_countries = complete.complete_column("places", "country")
_keys = complete.comma_separated(complete.group_keys)
_types = complete.complete_enum(("events", "event_type"), ("events", "sub_event_type"))


OPTIONS: dict[str, Any] = {
    # What narrows the question
    "since": _text("--from", help="First day: 2012, 2012-06 or 2012-06-27.", metavar="DATE"),
    "until": _text("--to", help="Last day, included.", metavar="DATE"),
    "on": _text("--on", help="A day, month or year: --from and --to in one.", metavar="DATE"),
    "dates": _text(
        "--dates",
        help="certain: leave out what may have happened outside the period.",
        metavar="certain",
        offers=complete.words("certain"),
    ),
    "actor": _repeatable(
        "--actor",
        "-a",
        help="A group in any role, by any of its names, with all that is part of it.",
        metavar="GROUP",
        offers=_groups,
    ),
    "against": _repeatable(
        "--against", help="With --actor: on the other side, in violent events.", metavar="GROUP", offers=_groups
    ),
    "claimed_by": _repeatable("--claimed-by", help="Who claimed the deed.", metavar="GROUP", offers=_groups),
    "place": _repeatable("--place", "-p", help="A place and what lies within it.", metavar="PLACE", offers=_places),
    "region": _repeatable(
        "--region", help="Region of the place.", metavar="REGION", offers=complete.complete_column("places", "region")
    ),
    "where": _repeatable("--in", help="Country where it happened.", metavar="COUNTRY", offers=_countries),
    "country": _repeatable(
        "--country",
        help="Country: of events the place’s, of casualties the victims’, of groups where they are from.",
        metavar="COUNTRY",
        offers=_countries,
    ),
    "near": _text("--near", help="Within kilometres of a place, such as Gao:50.", metavar="PLACE:KM", offers=_places),
    "type": _repeatable("--type", "-t", help="Event type or sub-event type.", metavar="TYPE", offers=_types),
    "text": _repeatable("--text", "-q", help="Words that the text holds, all of them.", metavar="WORDS"),
    "source": _repeatable(
        "--source",
        help="A source document, or a reference such as almanac#52.",
        metavar="SOURCE",
        offers=complete.complete_column("documents", "document"),
    ),
    "min_killed": _text("--min-killed", help="At least so many killed, by the best figure.", metavar="N"),
    "max_killed": _text("--max-killed", help="At most so many killed, by the best figure.", metavar="N"),
    "group": _repeatable("--group", help="Whose losses.", metavar="GROUP", offers=_groups),
    "inflicted_by": _repeatable("--inflicted-by", help="Who inflicted the losses.", metavar="GROUP", offers=_groups),
    "victims": _repeatable(
        "--victims",
        help="combatant, civilian, peacekeeper, police or mixed.",
        metavar="KIND",
        offers=complete.complete_enum(("casualties", "victims")),
    ),
    "harm": _repeatable(
        "--harm",
        help="killed, wounded, captured, ...",
        metavar="HARM",
        offers=complete.complete_enum(("casualties", "harm")),
    ),
    "scope": _repeatable(
        "--scope",
        help="event, period or total; sums take events unless told otherwise.",
        metavar="SCOPE",
        offers=complete.complete_enum(("casualties", "scope")),
    ),
    "according_to": _repeatable(
        "--according-to",
        help="Who gave the figure.",
        metavar="GIVER",
        offers=complete.complete_column("casualties", "according_to"),
    ),
    "independent": _flag("--independent", "Without the figures of parties, governments and armies."),
    "disputed": _flag("--disputed", "Only claims that exclude each other, or were revised or denied."),
    "group_kind": _repeatable(
        "--kind",
        help="Kind of group: army, jihadist, ...",
        metavar="KIND",
        offers=complete.complete_enum(("groups", "kind")),
    ),
    "place_kind": _repeatable(
        "--kind",
        help="Kind of place: town, airport, ...",
        metavar="KIND",
        offers=complete.complete_enum(("places", "kind")),
    ),
    "camp": _repeatable(
        "--camp",
        help="government, separatist, jihadist, international or other.",
        metavar="CAMP",
        offers=complete.complete_enum(("groups", "camp")),
    ),
    "basis": _repeatable(
        "--basis",
        help="How well founded: reported, claimed, disputed, ...",
        metavar="BASIS",
        offers=complete.complete_enum(("events", "basis"), ("control", "basis")),
    ),
    "fate": _repeatable(
        "--fate",
        help="killed, captured, wounded, ousted or died.",
        metavar="FATE",
        offers=complete.complete_enum(("people", "fate")),
    ),
    "fate_basis": _repeatable(
        "--basis",
        help="How well founded the fate is: confirmed, claimed or denied.",
        metavar="BASIS",
        offers=complete.complete_enum(("people", "fate_basis")),
    ),
    "relation": _repeatable(
        "--relation",
        help="ally-of, fought, split-from, member-of, ...",
        metavar="RELATION",
        offers=complete.complete_enum(("relations", "relation")),
    ),
    "status": _repeatable(
        "--status",
        help="present, pledged, authorised, proposed, pre-war or total.",
        metavar="STATUS",
        offers=complete.complete_enum(("strengths", "status")),
    ),
    "unit": _repeatable(
        "--unit",
        help="people, aircraft, vehicles or other.",
        metavar="UNIT",
        offers=complete.complete_enum(("strengths", "unit")),
    ),
    "allied_with": _repeatable(
        "--allied-with", help="Allied with this group, with --on at that time.", metavar="GROUP", offers=_groups
    ),
    "at_war_with": _repeatable(
        "--at-war-with", help="Fought this group, with --on at that time.", metavar="GROUP", offers=_groups
    ),
    "members": _flag("--members", "With --actor: also the groups that belonged to it at the time."),
    # How far two events may lie apart to be one
    "window": _text("--window", help="At most so many days apart: 3d by itself.", metavar="DAYS"),
    "within": _text("--within", help="At most so many kilometres apart: 25km by itself.", metavar="KM"),
    # What is counted or summed
    "event_keys": _repeatable(
        "--by", help="Count by year, type, actor, place, ...; several with commas.", metavar="KEYS", offers=_keys
    ),
    "sum_keys": _repeatable(
        "--by", help="Sum by country, group, year, place, ...; several with commas.", metavar="KEYS", offers=_keys
    ),
    "period_key": _text(
        "--by",
        help="A bar for each year, quarter or month; years by itself.",
        metavar="PERIOD",
        offers=complete.words("year", "quarter", "month"),
    ),
    "size_key": _text(
        "--by",
        help="Size of the places: events or dead; events by itself.",
        metavar="SIZE",
        offers=complete.words("events", "dead"),
    ),
    "held_on": _text("--on", help="A day, month or year: its events, and who held what at its end.", metavar="DATE"),
    # What comes out
    "sort": _text(
        "--sort",
        help="Columns to sort by; - before a name for falling order.",
        metavar="COL[,-COL2]",
        offers=complete.comma_separated(complete.result_column_names),
    ),
    "limit": _text("--limit", "-n", help="At most so many rows.", metavar="N"),
    "columns": _text(
        "--columns",
        help="These columns in this order, or all.",
        metavar="A,B,C",
        offers=complete.comma_separated(complete.result_column_names),
    ),
    "format": _text(
        "--format", "-f", help=f"{', '.join(STDOUT_FORMATS)}.", metavar="FORMAT", offers=complete.words(*STDOUT_FORMATS)
    ),
    "output": _text("--output", "-o", help=f"Write a file: {', '.join(ROW_SUFFIXES)}.", metavar="FILE"),
    "drawn_file": _text(
        "--output", "-o", help=f"Write a file: {', '.join(ROW_SUFFIXES | CHART_SUFFIXES)}.", metavar="FILE"
    ),
    "cite": _text(
        "--cite",
        help="Instead of the answer its citation: text or bibtex.",
        metavar="STYLE",
        offers=complete.words("text", "bibtex"),
    ),
    "force": _flag("--force", "Replace the file if it exists."),
    "quiet": QUIET,
    "data": DATA,
    "format_in": FORMAT_IN,
}

# Options of one spelling whose words differ by command; the command gets them under the common name.
RENAMED = {
    **{"fate_basis": "basis", "group_kind": "kind", "place_kind": "kind", "held_on": "on"},
    **{"event_keys": "by", "sum_keys": "by", "period_key": "by", "size_key": "by", "drawn_file": "output"},
}
# What narrows events, as `takes` wants it; what else a command of events takes follows.
EVENT_FILTERS = (
    *("since", "until", "on", "dates", "actor", "members", "against", "claimed_by", "place", "region", "where"),
    *("country", "near", "type", "text", "basis", "source", "min_killed", "max_killed"),
)
OUTPUT_OPTIONS = ("format", "output", "force", "quiet", "cite")
COMMON_OPTIONS = ("sort", "limit", "columns", *OUTPUT_OPTIONS, "data", "format_in")


def with_options(
    *names: str, argument: Any = None, drawn: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command these options, and those on sorting, columns, output and data that every command has.

    The command is called with `criteria` (what was asked) and `looks` (how to show it) as plain dicts. `drawn` lets
    it also write pictures.
    """
    shape = ("drawn_file" if drawn and name == "output" else name for name in COMMON_OPTIONS)
    chosen = {RENAMED.get(name, name): OPTIONS[name] for name in (*names, *shape)}
    if argument is not None:
        chosen = {"name": argument, **chosen}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            filter_args = {name: value for name, value in values.items() if name not in OUTPUT_OPTIONS}
            output_args = {name: values[name] for name in OUTPUT_OPTIONS}
            command(filter_args, output_args)

        run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                inspect.Parameter(
                    name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=_default(hint),
                    annotation=hint,
                )
                for name, hint in chosen.items()
            ]
        )
        run.__annotations__ = dict(chosen)
        return run

    return decorate


def _default(hint: Any) -> Any:
    """Nothing for what may be left out; an argument that must be given has no default."""
    if hint.__origin__ is bool:
        return False
    return inspect.Parameter.empty if hint.__origin__ is str else None


NAME = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="An event's key, a group, place, person or source; group:Mali where a name has several meanings.",
        autocompletion=complete.complete_entity,
    ),
]
GROUP = Annotated[str, typer.Argument(metavar="GROUP", help="A group, by any of its names.", autocompletion=_groups)]
PLACE = Annotated[
    Text, typer.Argument(metavar="[PLACE]", help="A place and what lies within it.", autocompletion=_places)
]
FILE = Annotated[
    str, typer.Argument(metavar="FILE", help="The events to compare ours with: a file, or a folder of tables.")
]
FROM = Annotated[str, typer.Argument(metavar="FROM", help="A file, a folder of tables, or ours: those of the program.")]
TO = Annotated[str, typer.Argument(metavar="TO", help="The folder to make; for SQLite the file.")]
FORM = Annotated[
    Text,
    typer.Option(
        "--to",
        help="parquet, sqlite or csv; a TO that ends in .db or .sqlite tells it.",
        metavar="FORM",
        autocompletion=complete.words("parquet", "sqlite", "csv"),
    ),
]
PORT = Annotated[
    Text,
    typer.Option("--port", help="8001 by itself; where it is taken, the next one that is free.", metavar="N"),
]
OPEN = Annotated[bool, typer.Option("--open", help="Open it in your browser.")]
TILES = Annotated[
    bool, typer.Option("--tiles", help="Lay maps of openstreetmap.org under ours; else nothing comes from elsewhere.")
]
REPLACE = Annotated[bool, typer.Option("--force", help="Replace what is there, if it is a dataset.")]
PATH = Annotated[Text, typer.Argument(metavar="[PATH]", help="A folder with tables; without one, our own.")]


def to_argv(name: str, value: Any) -> list[str]:
    """The words that give an option its value, as they are typed; an argument is its own word."""
    option = next((o for n, o in OPTIONS.items() if RENAMED.get(n, n) == name), None)
    values: list[str] = [value] if isinstance(value, str) else [] if value is True else list(value)
    if option is None:
        return values
    declared = option.__metadata__[0]  # Typer keeps the first name as the default
    flag = next(word for word in (declared.default, *(declared.param_decls or ())) if str(word).startswith("--"))
    return [flag] if value is True else [word for one in values for word in (flag, one)]
