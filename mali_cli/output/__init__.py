"""Output of query results: to a terminal, a pipe or a file. `emit` writes a result, one module writes each format."""

from __future__ import annotations

import sys
from pathlib import Path

from mali_cli.errors import MaliError
from mali_cli.model.schema import Column
from mali_cli.output import streams
from mali_cli.output.options import STDOUT_FORMATS, OutputOptions, parse_output_options, reject_row_options
from mali_cli.output.registry import CHART_SUFFIXES, FORMATS, ROW_SUFFIXES, TEXT_FORMATS, is_chart, render_text
from mali_cli.results import QueryResult, pluralize

__all__ = [
    "CHART_SUFFIXES",
    "ROW_SUFFIXES",
    "STDOUT_FORMATS",
    "OutputOptions",
    "emit",
    "parse_output_options",
    "reject_row_options",
    "render_text",
]
MAX_TERMINAL_ROWS = 1000  # on a terminal, unless --format table or --columns all is given


def emit(result: QueryResult, options: OutputOptions, command: list[str]) -> None:
    """Write the result to a file or standard output, then its notes to standard error.

    `command` holds the words typed after `mali`, for the citation.
    """
    if options.cite is not None:
        from mali_cli.output.citation import citation

        streams.write_stdout(citation(result, command, options.cite))
        return
    if options.output is not None and is_chart(options.format):
        _write_chart(result, options.output, str(options.format), options.quiet)
        return
    if options.output is not None:
        _write_rows(result, options.output, str(options.format), options.quiet)
        count = f"{options.output}: {_count_text(result, len(result.frame))}."
        notes = [*result.notes, *_notes_on_format(result, options.format), count]
    else:
        if _is_drawn(result, options.format):
            notes = _draw_on_terminal(result, options.quiet)
        else:
            notes = [*result.notes, *_print(result, options.format)]
    if result.frame.empty:
        notes.insert(0, _empty_message(result))
    _print_notes(notes, options.quiet)


def _empty_message(result: QueryResult) -> str:
    return result.empty_message or f"No {result.row_noun} match."


def _print_notes(notes: list[str], quiet: bool) -> None:
    if not quiet:
        for note in notes:
            streams.echo_err(note)


def _print(result: QueryResult, typed: str | None) -> list[str]:
    """Write the result to standard output and return the notes that depend on the format."""
    format = typed or _default_format(result)
    if format in result.alternate_renderings:
        streams.write_stdout(result.alternate_renderings[format])
    elif format in ("table", "picture"):
        return _print_table(result, shorten=typed is None)
    else:
        streams.write_stdout(render_text(result, format) if format in TEXT_FORMATS else "")
        rows, notes = len(result.frame), _notes_on_format(result, format)
        if result.total_rows is not None and rows < result.total_rows:
            notes.append(f"{_count_text(result, rows)}.")
        return notes
    return []


def _notes_on_format(result: QueryResult, format: str | None) -> list[str]:
    """Return what the format leaves out."""
    if format != "geojson":
        return []
    from mali_cli.output import geojson

    return geojson.notes(result)


def _default_format(result: QueryResult) -> str:
    """Return CSV for a pipe; for a terminal a rendering of its own, the chart or the table."""
    if sys.stdout is None or not sys.stdout.isatty():
        return "csv"
    return next(iter(result.alternate_renderings), "picture" if result.chart else "table")


def _is_drawn(result: QueryResult, typed: str | None) -> bool:
    return result.chart is not None and (typed or _default_format(result)) == "picture"


def _draw_on_terminal(result: QueryResult, quiet: bool) -> list[str]:
    """Draw the chart in the room that its notes leave on the screen, and return these notes."""
    from mali_cli.output import terminal_map, terminal_timeline
    from mali_cli.output.terminal import Terminal

    draw = {"timeline": terminal_timeline.draw_timeline, "map": terminal_map.draw_map}
    assert result.chart is not None
    notes = list(result.chart.notes)
    notes_below = notes if sys.stderr is not None and sys.stderr.isatty() and not quiet else []
    terminal = Terminal.detect(result.chart.kind, notes_below)
    streams.write_stdout(draw[result.chart.kind](result.frame, result.chart, terminal))
    return notes


def _write_rows(result: QueryResult, path: Path, format: str, quiet: bool) -> None:
    if format in FORMATS and FORMATS[format].kind == "binary":
        from mali_cli.output.progress import progress

        with progress(quiet) as report:
            FORMATS[format].load()(result, path, report)
        return
    with streams.atomic_open(path) as file:
        file.write((result.alternate_renderings.get(format) or render_text(result, format)).encode())


def _write_chart(result: QueryResult, path: Path, format: str, quiet: bool) -> None:
    """Draw the chart into a file; raise MaliError, and write no file, if there is nothing to draw."""
    from mali_cli.output.vega import spec

    notes, problem = list(result.notes), spec.empty_message(result)
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


def _print_table(result: QueryResult, shorten: bool) -> list[str]:
    """Print the rows and return the lines below them: row count, dates covered and hidden columns."""
    visible = tuple(column for column in result.columns if column.default_visible)
    hidden = [column for column in result.columns if not column.default_visible]
    cut = shorten and hidden and len(result.frame) > MAX_TERMINAL_ROWS
    rows = result.frame.head(MAX_TERMINAL_ROWS) if cut else result.frame
    if rows.empty:
        return []
    from mali_cli.output.table import table_text

    streams.write_stdout(table_text(result._replace(frame=rows, columns=visible)))
    return [_footer(result, len(rows)), *_hidden_columns_note(hidden)]


def _footer(result: QueryResult, printed: int) -> str:
    line = _count_text(result, printed)
    if printed < len(result.frame):
        line = f"The first {line}; --format table shows all"
    if result.date_columns is not None and set(result.date_columns) <= set(result.frame.columns):
        first, last = result.frame[result.date_columns[0]].min(), result.frame[result.date_columns[1]].max()
        line += f", {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return f"{line}."


def _count_text(result: QueryResult, rows: int) -> str:
    """Return "12 events", or "4 of 12 events" if rows were left out."""
    total = max(len(result.frame), result.total_rows or 0)
    return f"{rows:,} of {pluralize(total, result.row_noun)}" if rows < total else pluralize(rows, result.row_noun)


def _hidden_columns_note(columns: list[Column]) -> list[str]:
    if not columns:
        return []
    return [f"Not shown: {', '.join(column.name for column in columns)} (--columns all)."]
