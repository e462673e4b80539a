"""The options on output, checked before any work is done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model import names
from mali_cli.output import streams
from mali_cli.output.registry import CHART_SUFFIXES, FORMATS, ROW_SUFFIXES, TEXT_FORMATS, is_chart

STDOUT_FORMATS = ("table", *TEXT_FORMATS)
LINEAGE_FORMATS = ("tree", "mermaid")
PICTURE_SIZES = ("slide", "page", "square")
PICTURE_FILES = ("png", "svg", "pdf")
PAGE_LANGUAGES = ("en", "fr")
DRAWING_COMMANDS = (
    "Pictures are drawn by timeline, map, casualties --by, control, lineage and relations, pages by timeline and map."
)


class OutputOptions(NamedTuple):
    """What the user typed about output; a format of None is chosen by where the output goes."""

    format: str | None = None
    output: Path | None = None
    quiet: bool = False
    cite: str | None = None
    notes: bool = False  # in tables, notes below their rows
    pager: bool = True
    all_lines: bool = False  # of a page: also those of long sections
    picture: Mapping[str, Any] = MappingProxyType({})  # --title, --subtitle, --size and --lang, those that are given


def parse_output_options(
    *,
    format: str | None = None,
    output: str | None = None,
    force: bool = False,
    quiet: bool = False,
    cite: str | None = None,
    notes: bool = False,
    no_pager: bool = False,
    all_lines: bool = False,
    title: str | None = None,
    subtitle: str | None = None,
    size: str | None = None,
    lang: str | None = None,
    extra_formats: tuple[str, ...] = (),
) -> OutputOptions:
    """Return the checked options; raise MaliError or DataError for what cannot be written.

    `extra_formats` are those that only this command has, such as `picture` or `tree`.
    """
    suffixes = ROW_SUFFIXES | chart_suffixes(extra_formats)
    if format is not None:
        format = _drop_redundant_format(format, output, suffixes)
    if format is not None:
        format = names.match_choice(format, (*STDOUT_FORMATS, *extra_formats), "format")
    if cite is not None:
        cite = names.match_choice(cite, ("text", "bibtex"), "style of --cite")
        if output is not None:
            raise MaliError("--cite prints the citation; it cannot be combined with --output.")
    path = None
    if output is not None:
        path = Path(output)
        format = _file_format(path, format, suffixes)
        streams.check_target(path, force)
        _check_installed(format)
    typed = {"title": title, "subtitle": subtitle, "size": size, "language": lang}
    picture = {name: text for name, text in typed.items() if text is not None}
    return OutputOptions(format, path, quiet, cite, notes, not no_pager, all_lines, _check_picture(picture, format))


def chart_suffixes(extra_formats: tuple[str, ...]) -> dict[str, str]:
    """Return the suffixes of the drawings that a command writes, with their formats."""
    return {
        suffix: name for suffix, name in CHART_SUFFIXES.items() if name in extra_formats or "picture" in extra_formats
    }


def _check_picture(picture: dict[str, str], format: str | None) -> dict[str, str]:
    """Return the options on pictures with the names of size and language; raise MaliError for a format without them."""
    if "language" in picture:
        if format != "html":
            raise MaliError("--lang is for pages: add --output FILE.html.")
        picture |= {"language": names.match_choice(picture["language"], PAGE_LANGUAGES, "language of pages")}
    for name in picture:
        if format not in (None, "picture") and not is_chart(format):
            raise MaliError(f"--{name} is for pictures; --format {format} has none.")
    if "size" not in picture:
        return picture
    if format not in PICTURE_FILES:
        raise MaliError("--size is for pictures in a file: add --output FILE.png, .svg or .pdf.")
    return picture | {"size": names.match_choice(picture["size"], PICTURE_SIZES, "size of pictures")}


def _drop_redundant_format(format: str, output: str | None, suffixes: Mapping[str, str]) -> str | None:
    """Return the format as typed, or None if it only repeats the suffix of the file.

    Raise MaliError for a format of files without a file of that suffix.
    """
    file_only = {name: suffix for suffix, name in suffixes.items() if name not in TEXT_FORMATS}
    suffix = file_only.get(format.lower())
    if suffix is None:
        return format
    if output is None or Path(output).suffix.lower() != suffix:
        raise MaliError(f"--format {format.lower()} writes a file: add --output FILE{suffix}.")
    return None


def _file_format(path: Path, format: str | None, suffixes: Mapping[str, str]) -> str:
    """Return the format to write to a file: the one typed, otherwise the one of its suffix."""
    if format in ("table", "picture", "page"):
        choices = names.join_or(list(TEXT_FORMATS))
        raise MaliError(f"--format {format} is for the terminal; with --output use --format {choices}.")
    by_suffix = suffixes.get(path.suffix.lower())
    if format is not None and by_suffix is not None and FORMATS[by_suffix].kind != "text":
        noun = FORMATS[by_suffix].noun
        raise MaliError(f"{path.name} is the name of {noun}, but --format is {format}. Leave one of them out.")
    if format is None and by_suffix is None:
        hint = f" {DRAWING_COMMANDS}" if path.suffix.lower() in CHART_SUFFIXES else ""
        raise MaliError(f"{path.name!r} has no suffix that --output can write: {', '.join(suffixes)}.{hint}")
    return str(format or by_suffix)


def _check_installed(format: str) -> None:
    if is_chart(format):
        FORMATS[format].check_installed(format)
    elif format in FORMATS and FORMATS[format].kind == "binary":
        FORMATS[format].check_installed()


def reject_row_options(options: OutputOptions, filters: Mapping[str, object]) -> None:
    """Raise MaliError for options that would cut or sort the rows of a chart, tree or page, which shows all of them."""
    flags = {"sort": "--sort", "limit": "--limit", "columns": "--columns", "condition": "--where"}
    given = [flag for name, flag in flags.items() if filters.get(name)]
    if given and options.format in ("page", *LINEAGE_FORMATS):
        raise MaliError(f"{given[0]} does not apply to --format {options.format}, which shows all rows.")
    if given and is_chart(options.format):
        raise MaliError(f"{given[0]} does not apply to a picture (.{options.format}), which shows all rows.")
