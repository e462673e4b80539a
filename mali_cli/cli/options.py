"""The options of the commands as Typer reads them: the declared filters, and options on rows, output and data."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import typer

from mali_cli.cli import completion
from mali_cli.formats.registry import FORMAT_NAMES
from mali_cli.model import filter_option
from mali_cli.model.filter_option import declared_options
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.output import (
    LINEAGE_FORMATS,
    PAGE_LANGUAGES,
    PICTURE_FILES,
    PICTURE_SIZES,
    ROW_SUFFIXES,
    STDOUT_FORMATS,
    chart_suffixes,
)

Text = str | None
# The panels of --help, in their order, with the parameters that stand in each; a filter without a place is in "What".
PANELS: dict[str, tuple[str, ...]] = {
    "When": ("since", "until", "on", "dates", "max_age", "window"),
    "Who": (
        *("actor", "members", "against", "claimed_by", "allied_with", "at_war_with", "camp", "country"),
        *("group", "inflicted_by", "victims", "according_to", "independent"),
    ),
    "Where": ("place", "near", "region", "where", "within"),
    "What": (),
    "Answer": (
        *("by", "split", "condition", "sort", "limit", "columns", "section", "all", "format", "output", "force"),
        *("title", "subtitle", "size", "lang"),
        *("notes", "no_pager", "quiet", "cite"),
    ),
    "Data": ("data", "format_in", "engine"),
}
METAVARS: dict[type, str] = {
    filter_option.Date: "DATE",
    filter_option.PlaceDistance: "PLACE:KM",
    filter_option.WholeNumber: "N",
    filter_option.AgeLimit: "AGE",
    filter_option.Words: "WORDS",
}
NAME_METAVARS = {
    **{"groups": "GROUP", "places": "PLACE", "regions": "REGION", "countries": "COUNTRY"},
    **{"sources": "SOURCE", "claimants": "CLAIMANT"},
}


def text_option(*flags: str, help: str, metavar: str, complete: Any = None) -> Any:
    """Return the type of an option with one value. Numbers are text too: our own parsers word the errors."""
    declared = typer.Option(*flags, help=help, metavar=metavar, autocompletion=complete)
    return Annotated[Text, declared]


def list_option(*flags: str, help: str, metavar: str, complete: Any = None) -> Any:
    """Return the type of an option that may be given several times."""
    return Annotated[list[str] | None, typer.Option(*flags, help=help, metavar=metavar, autocompletion=complete)]


def group_keys_option(query: str, verb: str) -> Any:
    """Return the type of --by of a query that counts or sums."""
    keys = ", ".join(key.replace("_", "-") for key in GROUP_KEYS[query])
    complete = completion.comma_separated(completion.group_keys)
    return list_option("--by", help=f"{verb} by {keys}; several with commas.", metavar="KEYS", complete=complete)


def flag_option(flag: str, help: str) -> Any:
    """Return the type of an option without a value."""
    return Annotated[bool, typer.Option(flag, help=help)]


def declared_filter(option: filter_option.Option) -> Any:
    """Return the type of the Typer option for a declared filter."""
    if isinstance(option.value, filter_option.Flag):
        return flag_option(option.flag, option.help)
    flags = [flag for flag in (option.flag, option.alias, option.short_flag) if flag]
    make = list_option if option.repeatable else text_option
    return make(
        *flags, help=_help_with_values(option), metavar=_metavar(option), complete=completion.for_value(option.value)
    )


def _help_with_values(option: filter_option.Option) -> str:
    """Return the help of an option with all values that it takes, if there is a list of them."""
    if not isinstance(option.value, filter_option.EnumOf):
        return option.help
    return f"{option.help.rstrip('.')}: {', '.join(option.value.values)}."


def _in_panels(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters in the order of the panels of --help, each assigned to its panel."""
    panel_of = {name: panel for panel, names in PANELS.items() for name in names}
    order = list(PANELS)
    for name, annotation in parameters.items():
        declared = annotation.__metadata__[0]
        if isinstance(declared, typer.models.OptionInfo):
            declared.rich_help_panel = panel_of.get(name, "What")
    return dict(sorted(parameters.items(), key=lambda item: order.index(panel_of.get(item[0], "What"))))


def _metavar(option: filter_option.Option) -> str:
    match option.value:
        case filter_option.Names(kind):
            return NAME_METAVARS[kind]
        case filter_option.Choice(choices) if not option.repeatable:
            return "|".join(choices)
        case filter_option.EnumOf() | filter_option.Choice():
            return option.flag.removeprefix("--").upper()
    return METAVARS[type(option.value)]


# Formats that only some queries have
EXTRA_FORMATS = {
    "show": ("page",),
    "lineage": (*LINEAGE_FORMATS, *PICTURE_FILES),
    "timeline": ("picture",),
    "map": ("picture",),
    **dict.fromkeys(("casualties", "control", "relations"), PICTURE_FILES),
}
QUERIES_WITH_POINTS = ("events", "places", "control", "map")  # whose rows have latitude and longitude


def format_options(query: str) -> dict[str, Any]:
    """Return --format and --output of a query, which name the formats that its rows can have."""
    extra = EXTRA_FORMATS.get(query, ())
    refused = () if query in QUERIES_WITH_POINTS else ("geojson",)
    formats = [
        *(name for name in extra if name not in PICTURE_FILES),
        *(name for name in STDOUT_FORMATS if name not in refused),
    ]
    suffixes = ROW_SUFFIXES | chart_suffixes(extra)
    offered = [suffix for suffix, name in suffixes.items() if name not in refused]
    return {
        "format": text_option(
            *("--format", "-f"),
            help=f"{', '.join(formats)}.",
            metavar="FORMAT",
            complete=completion.complete_choices(*formats),
        ),
        "output": text_option(
            *("--output", "-o"),
            help=f"Write to a file: {', '.join(offered)}.",
            metavar="FILE",
            complete=completion.complete_suffixes(*offered),
        ),
    }


DATA = list_option(
    "--data",
    help="Folder of tables, or one or more files of ACLED, UCDP, the UN, GTD or GDELT. Default: MALI_DATA.",
    metavar="PATH",
)
FORMAT_IN = Annotated[
    Text,
    typer.Option(
        "--format-in",
        help=f"Format of the file, if its columns do not show it: {', '.join(FORMAT_NAMES)}.",
        metavar="FORMAT",
        autocompletion=completion.complete_choices(*FORMAT_NAMES),
    ),
]
ENGINE = text_option(
    "--engine",
    help="Where a folder of parts is read: local, local:4 (processes) or a Dask scheduler. Default: MALI_ENGINE.",
    metavar="local[:N]|tcp://HOST:PORT",
    complete=completion.complete_choices("local"),
)
QUIET = Annotated[bool, typer.Option("--quiet", help="Print only errors on standard error.")]
ROW_OPTIONS = {
    "condition": list_option(
        "--where",
        help="Keep the rows of the result in which a column has such a value: 'killed_best > 4'.",
        metavar="'COLUMN OP VALUE'",
        complete=completion.complete_condition,
    ),
    "sort": text_option(
        "--sort",
        help="Columns to sort by; prefix a column with - for descending order.",
        metavar="COL[,-COL2]",
        complete=completion.comma_separated(completion.result_columns),
    ),
    "limit": text_option("--limit", "-n", help="Maximum number of rows.", metavar="N"),
    "columns": text_option(
        "--columns",
        help="Columns to show, in this order; or all.",
        metavar="A,B,C",
        complete=completion.comma_separated(completion.result_columns),
    ),
}
OUTPUT_OPTIONS = {
    **format_options(""),  # replaced by those of the command
    "force": flag_option("--force", "Replace the file if it exists."),
    "notes": flag_option("--notes", "In a table, show notes below their rows."),
    "no_pager": flag_option("--no-pager", "Do not show a long table in a pager."),
    "quiet": QUIET,
    "cite": text_option(
        "--cite",
        help="Print a citation of the result instead: text or bibtex.",
        metavar="STYLE",
        complete=completion.complete_choices("text", "bibtex"),
    ),
}
PICTURE_OPTIONS = {
    "title": text_option("--title", help="Title of a picture.", metavar="TEXT"),
    "subtitle": text_option("--subtitle", help="Line below the title of a picture.", metavar="TEXT"),
    "size": text_option(
        "--size",
        help="Size of a picture in a file: slide (16:9), page or square. Default: page.",
        metavar="|".join(PICTURE_SIZES),
        complete=completion.complete_choices(*PICTURE_SIZES),
    ),
}
PAGE_OPTIONS = {
    "lang": text_option(
        "--lang",
        help="Language of the labels of a page: en or fr. Default: en.",
        metavar="|".join(PAGE_LANGUAGES),
        complete=completion.complete_choices(*PAGE_LANGUAGES),
    ),
}
COMMON_OPTIONS: dict[str, Any] = {
    **ROW_OPTIONS,
    **OUTPUT_OPTIONS,
    "data": DATA,
    "format_in": FORMAT_IN,
    "engine": ENGINE,
}


class CommandArguments(NamedTuple):
    """The values of a command's parameters, and the long flag of each option, such as --from of `since`."""

    filter_args: dict[str, Any]
    output_args: dict[str, Any]
    flags: Mapping[str, str]

    def command_line(self, query: str, filter_args: Mapping[str, Any]) -> list[str]:
        """Return the words that ask for a query with these filters, long flags only; an argument has no flag."""
        words = [query]
        for name, value in filter_args.items():
            flag = [self.flags[name]] if name in self.flags else []
            if value is True:
                words += flag
            else:
                texts = [value] if isinstance(value, str) else value
                words += [word for text in texts for word in (*flag, text)]
        return words


def with_options(
    filters: type | None = None, /, **own: Any
) -> Callable[[Callable[[CommandArguments], None]], Callable[..., None]]:
    """Give a command the declared filters, parameters of its own, and the common options.

    Each parameter is an Annotated type as Typer takes it, by name.
    """
    declared = declared_options(filters) if filters else {}
    parameters = {name: declared_filter(option) for name, option in declared.items()} | own | COMMON_OPTIONS

    def decorate(command: Callable[[CommandArguments], None]) -> Callable[..., None]:
        query = command.__name__.removesuffix("_command")
        formats = EXTRA_FORMATS.get(query, ())
        pictures = PICTURE_OPTIONS if chart_suffixes(formats) else {}
        pictures = pictures | (PAGE_OPTIONS if "picture" in formats else {})
        parameters.update(format_options(query) | pictures)

        def run(context: typer.Context, **values: Any) -> None:
            output_args = {name: values.pop(name) for name in (*OUTPUT_OPTIONS, *pictures)}
            flags = {p.name: p.opts[0] for p in context.command.params if p.name and p.opts[0].startswith("--")}
            command(CommandArguments(values, output_args, flags))

        run.__name__, run.__doc__ = command.__name__, command.__doc__
        in_panels = _in_panels(parameters)
        run.__signature__ = _typer_signature(in_panels)  # type: ignore[attr-defined]
        run.__annotations__ = {"context": typer.Context, **in_panels}
        return run

    return decorate


def _typer_signature(parameters: Mapping[str, Any]) -> inspect.Signature:
    """Return the signature that Typer reads: every parameter by keyword, optional unless its type is plain str."""
    defaults = {bool: False, str: inspect.Parameter.empty}
    keyword_only = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", keyword_only, annotation=typer.Context)
    return inspect.Signature(
        [context]
        + [
            inspect.Parameter(name, keyword_only, default=defaults.get(annotation.__origin__), annotation=annotation)
            for name, annotation in parameters.items()
        ]
    )
