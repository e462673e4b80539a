"""show(answer): how an answer looks and where it goes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from mali_cli import names
from mali_cli.answers import Answer, counted
from mali_cli.errors import MaliError
from mali_cli.output import files
from mali_cli.output.text import WRITERS, rendered
from mali_cli.tables import Column

FORMATS = ("table", *WRITERS)
SUFFIXES = {
    **{".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown"},
    **{".xlsx": "xlsx", ".parquet": "parquet", ".geojson": "geojson"},
}
BINARY = {"xlsx": "workbook", "parquet": "parquet"}  # formats that are no text, each with the file that writes it
PICTURES = {".png": "png", ".svg": "svg", ".pdf": "pdf", ".html": "html"}  # what answers that are drawn also write
MOST_ROWS = 1000  # on a terminal, unless a table or all columns were asked for


class Look(NamedTuple):
    """What the user said about looks: each None means that the terminal decides."""

    format: str | None = None
    output: Path | None = None
    quiet: bool = False
    cite: str | None = None


def look(
    *,
    format: str | None = None,
    output: str | None = None,
    force: bool = False,
    quiet: bool = False,
    cite: str | None = None,
    texts: tuple[str, ...] = (),
) -> Look:
    """The options on output, checked before any work is done; `texts` are formats that only this answer has."""
    suffixes = SUFFIXES | (PICTURES if "picture" in texts else {})
    if format is not None:
        format = _beyond_the_name(format, output, suffixes)
    if format is not None:
        format = names.choose(format, (*FORMATS, *texts), "format")
    if cite is not None:
        cite = names.choose(cite, ("text", "bibtex"), "style of --cite")
        if output is not None:
            raise MaliError("--cite prints the citation; it does not go with --output.")
    path = None
    if output is not None:
        path = Path(output)
        if format in ("table", "picture"):
            raise MaliError(f"a {format} is for the terminal; a file takes --format {names.either(list(WRITERS))}.")
        by_name = suffixes.get(path.suffix.lower())
        if format is not None and by_name in (*BINARY, *PICTURES.values()):
            what = {"xlsx": "a workbook", "parquet": "a Parquet file"}.get(by_name, "a picture")
            raise MaliError(f"{path.name} is {what} by its name; --format {format} is none. Leave one of them out.")
        format = format or by_name
        if format is None:
            raise MaliError(f"--output writes {', '.join(suffixes)}; {path.name!r} ends in none of them.")
        files.check_target(path, force)
        if format in PICTURES.values():
            from mali_cli.output.images import check_installed

            check_installed(format)
        elif format in BINARY:
            _writer(format).check_installed()
    return Look(format, path, quiet, cite)


def _beyond_the_name(format: str, output: str | None, suffixes: Mapping[str, str]) -> str | None:
    """The format as typed, None where the file's name says it already; MaliError for one that only files have."""
    only_files = {written: suffix for suffix, written in suffixes.items() if written not in WRITERS}
    suffix = only_files.get(format.lower())
    if suffix is None:
        return format
    if output is None or Path(output).suffix.lower() != suffix:
        raise MaliError(f"{format.lower()} is written into a file: --output FILE{suffix}.")
    return None


def refuse_parts(look: Look, asked: Mapping[str, object]) -> None:
    """A picture shows all of its rows: MaliError for options that would cut or order them."""
    given = [f"--{name}" for name in ("sort", "limit", "columns") if name in asked]
    if given and look.format in PICTURES.values():
        raise MaliError(f"{given[0]} goes with rows; a picture such as .{look.format} shows all of them.")


def show(answer: Answer, look: Look, question: list[str]) -> None:
    """Prints or writes the answer, then what there is to know about it; `question` is it as typed, to be cited."""
    if look.cite is not None:
        from mali_cli.output.citation import citation

        files.to_stdout(citation(answer, question, look.cite))
        return
    if look.output is not None and look.format is not None and look.format in PICTURES.values():
        _write_picture(answer, look.output, look.format, look.quiet)
        return
    terminal = look.output is None and sys.stdout is not None and sys.stdout.isatty()
    own = [*answer.texts, *(["picture"] if answer.drawing else [])]
    format = look.format or ((own or ["table"])[0] if terminal else "csv")
    if format == "picture" and answer.drawing is None:
        format = "table"
    notes = list(answer.notes)
    rows = len(answer.frame)
    cut_off = answer.of is not None and rows < answer.of
    if look.output is None and format in answer.texts:
        files.to_stdout(answer.texts[format])
    elif format == "picture":
        files.to_stdout(_picture(answer))
    elif format == "table":
        notes += _print_table(answer, shorten=look.format is None)
    elif look.output is not None:
        _write(answer, look.output, format, look.quiet)
        notes.append(f"{look.output}: {_counted(answer, rows)}.")
    else:
        files.to_stdout(rendered(answer, format) if format in WRITERS else "")
        notes += [f"{_counted(answer, rows)}."] if cut_off else []
    if answer.frame.empty:
        notes.insert(0, answer.empty or f"No {answer.noun} match.")
    if not look.quiet:
        for note in notes:
            files.say(note)


def _write(answer: Answer, path: Path, format: str, quiet: bool) -> None:
    if format in BINARY:
        from mali_cli.output.progress import progress

        with progress(quiet) as shown:
            _writer(format).write(answer, path, shown)
        return
    with files.replacing(path) as file:
        file.write((answer.texts.get(format) or rendered(answer, format)).encode())


def _writer(format: str) -> Any:
    return import_module(f"{__name__}.{BINARY[format]}")


def _picture(answer: Answer) -> str:
    from mali_cli.output import map, timeline
    from mali_cli.output.screen import Screen

    draw = {"timeline": timeline.drawn, "map": map.drawn}
    assert answer.drawing is not None
    return draw[answer.drawing.picture](answer.frame, answer.drawing, Screen.here(answer.drawing.picture))


def _write_picture(answer: Answer, path: Path, format: str, quiet: bool) -> None:
    """Draws into a file; MaliError, and no file, where there is nothing to draw."""
    from mali_cli.output import charts

    notes, nothing = list(answer.notes), charts.nothing(answer)
    if not nothing:
        made = _file_of(answer, format)
        with files.replacing(path) as file:
            file.write(made)
        notes.append(f"{path}: {len(made) / 1000:,.0f} kB.")
    if not quiet:
        for note in notes:
            files.say(note)
    if answer.frame.empty:
        nothing = answer.empty or f"No {answer.noun} match."
    elif nothing:
        nothing += "; --format table shows the numbers."
    if nothing:
        raise MaliError(f"{nothing} {path} was not written.")


def _file_of(answer: Answer, format: str) -> bytes:
    if format == "html":
        from mali_cli.output.page import html_page

        return html_page(answer).encode()
    from mali_cli.output.images import image

    return image(answer, format)


def _print_table(answer: Answer, shorten: bool) -> list[str]:
    """Prints the rows and returns the lines below them: how many, of which days, and what is not shown."""
    shown = tuple(column for column in answer.columns if column.shown)
    hidden = [column for column in answer.columns if not column.shown]
    cut = shorten and hidden and len(answer.frame) > MOST_ROWS
    rows = answer.frame.head(MOST_ROWS) if cut else answer.frame
    if not rows.empty:
        from mali_cli.output.table import table_text

        files.to_stdout(table_text(answer._replace(frame=rows, columns=shown)))
    return [*_footer(answer, len(rows)), *_hidden(hidden)] if len(rows) else []


def _footer(answer: Answer, printed: int) -> list[str]:
    line = _counted(answer, printed)
    if printed < len(answer.frame):
        line = f"The first {line}; --format table shows all"
    if answer.dates is not None and set(answer.dates) <= set(answer.frame.columns):
        first, last = answer.frame[answer.dates[0]].min(), answer.frame[answer.dates[1]].max()
        line += f", {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return [f"{line}."]


def _counted(answer: Answer, rows: int) -> str:
    """ "12 events", or "4 of 12 events" where not all are there."""
    total = max(len(answer.frame), answer.of or 0)
    return f"{rows:,} of {counted(total, answer.noun)}" if rows < total else counted(rows, answer.noun)


def _hidden(columns: list[Column]) -> list[str]:
    if not columns:
        return []
    return [f"Not shown: {', '.join(column.name for column in columns)} (--columns all)."]
