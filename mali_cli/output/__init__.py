"""Output of query results: to a terminal, a pipe or a file. `emit` writes a result, one module writes each format."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from mali_cli.errors import MaliError
from mali_cli.output import streams
from mali_cli.output.options import (
    LINEAGE_FORMATS,
    PAGE_LANGUAGES,
    PICTURE_FILES,
    PICTURE_SIZES,
    STDOUT_FORMATS,
    OutputOptions,
    chart_suffixes,
    parse_output_options,
    reject_row_options,
)
from mali_cli.output.pager import write_paged
from mali_cli.output.registry import BATCH_FORMATS, FORMATS, ROW_SUFFIXES, TEXT_FORMATS, is_chart, render_text
from mali_cli.output.terminal import stdout_console
from mali_cli.results import QueryResult, drawn_result, pluralize

__all__ = [
    "LINEAGE_FORMATS",
    "PAGE_LANGUAGES",
    "PICTURE_FILES",
    "PICTURE_SIZES",
    "ROW_SUFFIXES",
    "STDOUT_FORMATS",
    "OutputOptions",
    "chart_suffixes",
    "emit",
    "parse_output_options",
    "print_markdown",
    "reject_row_options",
    "render_text",
    "takes_batches",
]
MAX_TERMINAL_ROWS = 1000  # on a terminal, unless --format table or --columns all is given


def emit(result: QueryResult, options: OutputOptions, command: list[str]) -> None:
    """Write the result to a file or standard output, then its notes to standard error.

    `command` holds the words typed after `mali`, for the citation.
    """
    try:
        _emit(result, options, command)
    finally:
        if result.batches is not None:
            result.batches.close()


def _emit(result: QueryResult, options: OutputOptions, command: list[str]) -> None:
    if options.cite is not None:
        from mali_cli.output.citation import citation

        streams.write_stdout(citation(result, command, options.cite))
        return
    if is_chart(options.format) or (options.output is None and _is_drawn(result, options.format)):
        result = _as_drawn(result, options, command)
    if options.output is not None and is_chart(options.format):
        _write_chart(result, options.output, str(options.format), options.quiet)
        return
    footer: list[str] = []
    if options.output is not None:
        _write_rows(result, options.output, str(options.format), options.quiet)
        result = result.summarized()
        count = f"{options.output}: {_count_text(result, result.row_count)}."
        notes = [*result.notes, *_notes_on_format(result, options.format), count]
    else:
        if _is_drawn(result, options.format):
            notes = _draw_on_terminal(result, options.quiet)
        else:
            result, footer = _print(result, options)
            notes = list(result.notes)
    if not result.row_count:
        notes.insert(0, _empty_message(result))
    _print_notes(notes, options.quiet)
    _print_notes(footer, options.quiet, dim=True)


def takes_batches(options: OutputOptions) -> bool:
    """Return whether the rows are written batch by batch, so that they need not fit in memory."""
    if options.cite is not None:
        return False
    to_pipe = options.output is None and (sys.stdout is None or not sys.stdout.isatty())
    return (options.format or ("csv" if to_pipe else "table")) in BATCH_FORMATS


def print_markdown(text: str) -> None:
    """Print a page of the documentation: laid out on a terminal, as it is in a pipe."""
    if sys.stdout is None or not sys.stdout.isatty():
        streams.write_stdout(text)
        return
    from rich.markdown import Markdown

    console = stdout_console()
    with console.capture() as capture:
        console.print(Markdown(text, hyperlinks=False))
    write_paged([capture.get()])


def _empty_message(result: QueryResult) -> str:
    return result.empty_message or f"No {result.row_noun} match."


def _print_notes(notes: list[str], quiet: bool, dim: bool = False) -> None:
    if not quiet:
        for note in notes:
            streams.echo_err(note, dim=dim)


def _print(result: QueryResult, options: OutputOptions) -> tuple[QueryResult, list[str]]:
    """Write the result to standard output; return it with all notes, and the lines below that depend on the format."""
    format = options.format or _default_format(result)
    if format in LINEAGE_FORMATS:
        write_paged([_lineage(result, format)], options.pager)
    elif format == "page" and result.profile is not None:
        from mali_cli.output.profile_page import page_text

        write_paged([page_text(result.profile, stdout_console(), options.all_lines)], options.pager)
    elif format in ("table", "picture"):
        return result, _print_table(result, options)
    else:
        if format in TEXT_FORMATS:
            out = streams.StdoutText()
            on_terminal = sys.stdout is not None and sys.stdout.isatty()
            with _progress_of_batches(result, options.quiet or on_terminal):
                FORMATS[format].load()(result, out)
                out.flush()
        result, footer = result.summarized(), _notes_on_format(result, format)
        if result.total_rows is not None and result.row_count < result.total_rows:
            footer.append(f"{_count_text(result, result.row_count)}.")
        return result, footer
    return result, []


def _notes_on_format(result: QueryResult, format: str | None) -> list[str]:
    """Return what the format leaves out."""
    if format != "geojson":
        return []
    from mali_cli.output import geojson

    return geojson.notes(result)


def _default_format(result: QueryResult) -> str:
    """Return CSV for a pipe; for a terminal the chart, the page, the tree or the table."""
    if sys.stdout is None or not sys.stdout.isatty():
        return "csv"
    return (
        "picture" if _fits_terminal(result) else "page" if result.profile else "tree" if result.lineage_of else "table"
    )


def _lineage(result: QueryResult, format: str) -> str:
    from mali_cli.output.lineage_text import render

    return render(result.lineage_of, result.frame, format)


def _as_drawn(result: QueryResult, options: OutputOptions, command: list[str]) -> QueryResult:
    """Return the result that a picture draws, with its title, subtitle and size, and the command for its citation."""
    result = drawn_result(result)
    chart = result.chart and result.chart._replace(**options.picture, command=tuple(command))
    return result._replace(chart=chart)


def _is_drawn(result: QueryResult, typed: str | None) -> bool:
    return _fits_terminal(result) and (typed or _default_format(result)) == "picture"


def _fits_terminal(result: QueryResult) -> bool:
    """Return whether the chart of a result is drawn on terminals too."""
    return result.chart is not None and result.chart.kind in ("timeline", "map")


def _draw_on_terminal(result: QueryResult, quiet: bool) -> list[str]:
    """Draw the chart in the room that its notes leave on the screen, and return these notes."""
    from mali_cli.output import terminal_map, terminal_timeline
    from mali_cli.output.terminal import Terminal, notes_that_fit

    draw = {"timeline": terminal_timeline.draw_timeline, "map": terminal_map.draw_map}
    assert result.chart is not None
    notes = list(result.chart.notes)
    notes_below = notes if sys.stderr is not None and sys.stderr.isatty() and not quiet else []
    if notes_below and sys.stdout is not None and sys.stdout.isatty():
        notes = notes_below = notes_that_fit(notes)
    terminal = Terminal.detect(result.chart.kind, notes_below)
    streams.write_stdout(draw[result.chart.kind](result.frame, result.chart, terminal))
    return notes


def _write_rows(result: QueryResult, path: Path, format: str, quiet: bool) -> None:
    if format in FORMATS and FORMATS[format].kind == "binary":
        from mali_cli.output.progress import progress

        fraction_read = result.batches.fraction_read if result.batches is not None else lambda: None
        with progress(quiet, fraction_read) as report:
            FORMATS[format].load()(result, path, report)
        return
    with (
        _progress_of_batches(result, quiet),
        streams.atomic_open(path) as file,
        io.TextIOWrapper(file, "utf-8", newline="") as text,
    ):
        if format in LINEAGE_FORMATS:
            text.write(_lineage(result, format))
        else:
            FORMATS[format].load()(result, text)


@contextlib.contextmanager
def _progress_of_batches(result: QueryResult, quiet: bool) -> Iterator[None]:
    """Show a bar while rows are written that are read at the same time."""
    if result.batches is None:
        yield
        return
    from mali_cli.output.progress import progress

    with progress(quiet, result.batches.fraction_read) as report:
        report(f"writing {result.row_noun}")
        yield


def _write_chart(result: QueryResult, path: Path, format: str, quiet: bool) -> None:
    """Draw the chart into a file; raise MaliError, and write no file, if there is nothing to draw."""
    from mali_cli.output.vega import spec

    notes, problem = list(result.notes), spec.empty_message(result)
    if not problem and format == "html" and not _fits_terminal(result):
        problem = "A split timeline is drawn as .png, .svg or .pdf, not as a page"
    if not problem:
        content = FORMATS[format].load()(result, format)
        with streams.atomic_open(path) as file:
            file.write(content)
        notes.append(f"{path}: {len(content) / 1000:,.0f} kB.")
    _print_notes(notes, quiet)
    if result.frame.empty:
        problem = _empty_message(result)
    elif problem:
        problem += "; --format table shows the numbers."
    if problem:
        raise MaliError(f"{problem} {path} was not written.")


def _print_table(result: QueryResult, options: OutputOptions) -> list[str]:
    """Print the rows and return the lines below them: row count, dates covered and how to see more."""
    hidden = sum(not column.default_visible for column in result.columns)
    cut = options.format is None and hidden and len(result.frame) > MAX_TERMINAL_ROWS
    rows = result.frame.head(MAX_TERMINAL_ROWS) if cut else result.frame
    if rows.empty:
        return []
    from mali_cli.output.table import table_chunks

    write_paged(table_chunks(result._replace(frame=rows), stdout_console(), options.notes), options.pager)
    more = f"{pluralize(hidden, 'more columns')}: --columns all" if hidden and result.has_default_columns else ""
    return [_footer(result, len(rows), options.notes), *([more] if more else [])]


def _footer(result: QueryResult, printed: int, with_notes: bool) -> str:
    line = _count_text(result, printed)
    frame = result.frame
    if printed < len(frame):
        line = f"The first {line}; --format table shows all"
    dates = result.date_columns
    if dates is not None and set(dates) <= set(frame.columns) and printed == max(len(frame), result.total_rows or 0):
        first, last = frame[dates[0]].min(), frame[dates[1]].max()
        first, last = (f"{day:%Y-%m}" if first.year == last.year else f"{day:%Y}" for day in (first, last))
        line += f", {first} to {last}" if first != last else f", {first}"
    disputed = int((frame["basis"] == "disputed").sum()) if "basis" in frame else 0
    if disputed:
        line += f", {disputed:,} disputed"
    if "note" in frame and result.has_default_columns and not with_notes and frame["note"].notna().any():
        line += "; --notes shows the notes"
    return f"{line}."


def _count_text(result: QueryResult, rows: int) -> str:
    """Return "12 events", or "4 of 12 events" if rows were left out."""
    total = max(result.row_count, result.total_rows or 0)
    return f"{rows:,} of {pluralize(total, result.row_noun)}" if rows < total else pluralize(rows, result.row_noun)
