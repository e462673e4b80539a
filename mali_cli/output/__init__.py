"""show(answer): how an answer looks and where it goes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model import names
from mali_cli.model.schema import Column
from mali_cli.output import streams
from mali_cli.output.text_formats import WRITERS, render_text
from mali_cli.results import QueryResult, pluralize

FORMATS = ("table", *WRITERS)
SUFFIXES = {
    **{".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown"},
    **{".xlsx": "xlsx", ".parquet": "parquet", ".geojson": "geojson"},
}
BINARY_WRITERS = {
    "xlsx": "xlsx",
    "parquet": "parquet",
}  # formats that are no text, each with the file that writes it
CHART_SUFFIXES = {
    ".png": "png",
    ".svg": "svg",
    ".pdf": "pdf",
    ".html": "html",
}  # what answers that are drawn also write
MAX_TERMINAL_ROWS = 1000  # on a terminal, unless a table or all columns were asked for


class OutputOptions(NamedTuple):
    """What the user said about looks: each None means that the terminal decides."""

    format: str | None = None
    output: Path | None = None
    quiet: bool = False
    cite: str | None = None


def parse_output_options(
    *,
    format: str | None = None,
    output: str | None = None,
    force: bool = False,
    quiet: bool = False,
    cite: str | None = None,
    texts: tuple[str, ...] = (),
) -> OutputOptions:
    """The options on output, checked before any work is done; `texts` are formats that only this answer has."""
    suffixes = SUFFIXES | (CHART_SUFFIXES if "picture" in texts else {})
    if format is not None:
        format = _explicit_format(format, output, suffixes)
    if format is not None:
        format = names.match_choice(format, (*FORMATS, *texts), "format")
    if cite is not None:
        cite = names.match_choice(cite, ("text", "bibtex"), "style of --cite")
        if output is not None:
            raise MaliError("--cite prints the citation; it does not go with --output.")
    path = None
    if output is not None:
        path = Path(output)
        if format in ("table", "picture"):
            raise MaliError(f"a {format} is for the terminal; a file takes --format {names.join_or(list(WRITERS))}.")
        by_name = suffixes.get(path.suffix.lower())
        if format is not None and by_name in (*BINARY_WRITERS, *CHART_SUFFIXES.values()):
            what = {"xlsx": "a workbook", "parquet": "a Parquet file"}.get(by_name, "a picture")
            raise MaliError(f"{path.name} is {what} by its name; --format {format} is none. Leave one of them out.")
        format = format or by_name
        if format is None:
            raise MaliError(f"--output writes {', '.join(suffixes)}; {path.name!r} ends in none of them.")
        streams.check_target(path, force)
        if format in CHART_SUFFIXES.values():
            from mali_cli.output.image_export import check_installed

            check_installed(format)
        elif format in BINARY_WRITERS:
            _writer(format).check_installed()
    return OutputOptions(format, path, quiet, cite)


def _explicit_format(format: str, output: str | None, suffixes: Mapping[str, str]) -> str | None:
    """The format as typed, None where the file's name says it already; MaliError for one that only files have."""
    only_files = {written: suffix for suffix, written in suffixes.items() if written not in WRITERS}
    suffix = only_files.get(format.lower())
    if suffix is None:
        return format
    if output is None or Path(output).suffix.lower() != suffix:
        raise MaliError(f"{format.lower()} is written into a file: --output FILE{suffix}.")
    return None


def reject_row_options(look: OutputOptions, asked: Mapping[str, object]) -> None:
    """A picture shows all of its rows: MaliError for options that would cut or order them."""
    given = [f"--{name}" for name in ("sort", "limit", "columns") if name in asked]
    if given and look.format in CHART_SUFFIXES.values():
        raise MaliError(f"{given[0]} goes with rows; a picture such as .{look.format} shows all of them.")


def emit(answer: QueryResult, look: OutputOptions, query: list[str]) -> None:
    """Prints or writes the answer, then what there is to know about it; `question` is it as typed, to be cited."""
    if look.cite is not None:
        from mali_cli.output.citation import citation

        streams.write_stdout(citation(answer, query, look.cite))
        return
    if look.output is not None and look.format is not None and look.format in CHART_SUFFIXES.values():
        _write_chart(answer, look.output, look.format, look.quiet)
        return
    terminal = look.output is None and sys.stdout is not None and sys.stdout.isatty()
    own = [*answer.alternate_renderings, *(["picture"] if answer.chart else [])]
    format = look.format or ((own or ["table"])[0] if terminal else "csv")
    if format == "picture" and answer.chart is None:
        format = "table"
    notes = list(answer.notes)
    rows = len(answer.frame)
    cut_off = answer.total_rows is not None and rows < answer.total_rows
    if look.output is None and format in answer.alternate_renderings:
        streams.write_stdout(answer.alternate_renderings[format])
    elif format == "picture":
        streams.write_stdout(_terminal_chart(answer))
    elif format == "table":
        notes += _print_table(answer, shorten=look.format is None)
    elif look.output is not None:
        _write(answer, look.output, format, look.quiet)
        notes.append(f"{look.output}: {_count_text(answer, rows)}.")
    else:
        streams.write_stdout(render_text(answer, format) if format in WRITERS else "")
        notes += [f"{_count_text(answer, rows)}."] if cut_off else []
    if answer.frame.empty:
        notes.insert(0, answer.empty_message or f"No {answer.row_noun} match.")
    if not look.quiet:
        for note in notes:
            streams.echo_err(note)


def _write(answer: QueryResult, path: Path, format: str, quiet: bool) -> None:
    if format in BINARY_WRITERS:
        from mali_cli.output.progress import progress

        with progress(quiet) as shown:
            _writer(format).write(answer, path, shown)
        return
    with streams.atomic_open(path) as file:
        file.write((answer.alternate_renderings.get(format) or render_text(answer, format)).encode())


def _writer(format: str) -> Any:
    return import_module(f"{__name__}.{BINARY_WRITERS[format]}")


def _terminal_chart(answer: QueryResult) -> str:
    from mali_cli.output import terminal_map, terminal_timeline
    from mali_cli.output.terminal import Terminal

    draw = {"timeline": terminal_timeline.drawn, "map": terminal_map.drawn}
    assert answer.chart is not None
    return draw[answer.chart.kind](answer.frame, answer.chart, Terminal.here(answer.chart.kind))


def _write_chart(answer: QueryResult, path: Path, format: str, quiet: bool) -> None:
    """Draws into a file; MaliError, and no file, where there is nothing to draw."""
    from mali_cli.output.vega import spec

    notes, nothing = list(answer.notes), spec.nothing(answer)
    if not nothing:
        made = _chart_bytes(answer, format)
        with streams.atomic_open(path) as file:
            file.write(made)
        notes.append(f"{path}: {len(made) / 1000:,.0f} kB.")
    if not quiet:
        for note in notes:
            streams.echo_err(note)
    if answer.frame.empty:
        nothing = answer.empty_message or f"No {answer.row_noun} match."
    elif nothing:
        nothing += "; --format table shows the numbers."
    if nothing:
        raise MaliError(f"{nothing} {path} was not written.")


def _chart_bytes(answer: QueryResult, format: str) -> bytes:
    if format == "html":
        from mali_cli.output.html_report import html_page

        return html_page(answer).encode()
    from mali_cli.output.image_export import image

    return image(answer, format)


def _print_table(answer: QueryResult, shorten: bool) -> list[str]:
    """Prints the rows and returns the lines below them: how many, of which days, and what is not shown."""
    shown = tuple(column for column in answer.columns if column.default_visible)
    hidden = [column for column in answer.columns if not column.default_visible]
    cut = shorten and hidden and len(answer.frame) > MAX_TERMINAL_ROWS
    rows = answer.frame.head(MAX_TERMINAL_ROWS) if cut else answer.frame
    if not rows.empty:
        from mali_cli.output.table import table_text

        streams.write_stdout(table_text(answer._replace(frame=rows, columns=shown)))
    return [*_footer(answer, len(rows)), *_hidden_columns(hidden)] if len(rows) else []


def _footer(answer: QueryResult, printed: int) -> list[str]:
    line = _count_text(answer, printed)
    if printed < len(answer.frame):
        line = f"The first {line}; --format table shows all"
    if answer.date_columns is not None and set(answer.date_columns) <= set(answer.frame.columns):
        first, last = answer.frame[answer.date_columns[0]].min(), answer.frame[answer.date_columns[1]].max()
        line += f", {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return [f"{line}."]


def _count_text(answer: QueryResult, rows: int) -> str:
    """ "12 events", or "4 of 12 events" where not all are there."""
    total = max(len(answer.frame), answer.total_rows or 0)
    return f"{rows:,} of {pluralize(total, answer.row_noun)}" if rows < total else pluralize(rows, answer.row_noun)


def _hidden_columns(columns: list[Column]) -> list[str]:
    if not columns:
        return []
    return [f"Not shown: {', '.join(column.name for column in columns)} (--columns all)."]
