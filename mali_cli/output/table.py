"""Tables for a terminal: columns side by side, or `column: value` lines if they do not fit."""

from __future__ import annotations

import sys
from itertools import zip_longest

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from mali_cli.model.schema import Column
from mali_cli.output.cell_values import text_rows
from mali_cli.output.streams import escape_control
from mali_cli.results import QueryResult

UNBROKEN_TYPES = ("date", "integer", "number", "boolean")  # never broken over lines
RIGHT_ALIGNED_TYPES = ("integer", "number")
MIN_TEXT_WIDTH = 13  # a text column is not squeezed below this or its longest word
COMFORTABLE_WIDTH = 16
GAPS = (2, 1)
DEFAULT_COLUMNS = 80


def table_text(result: QueryResult) -> str:
    """Return all columns of the result as a table, or as `column: value` lines if the terminal is too narrow."""
    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False)
    if console.width < 1:  # COLUMNS=0
        console.width = DEFAULT_COLUMNS
    columns = result.columns
    lists = [column.type == "list" for column in columns]
    rows = [
        [escape_control(cell.replace(";", "; ") if is_list else cell) for cell, is_list in zip(row, lists, strict=True)]
        for row in text_rows(result)
    ]
    cells = [[row[i] for row in rows] for i in range(len(columns))]
    layouts = ((gap, _column_widths(columns, cells, console.width - gap * (len(columns) - 1))) for gap in GAPS)
    gap, widths = next(((gap, widths) for gap, widths in layouts if widths), (0, []))
    with console.capture() as capture:
        if widths:
            _print_table(console, columns, widths, gap, rows)
        else:
            _print_records(console, [column.name for column in columns], rows)
    return capture.get()


def _column_widths(columns: tuple[Column, ...], cells: list[list[str]], available: int) -> list[int]:
    """Return a width for each column, or an empty list if they do not fit.

    Spare width goes first to columns below a comfortable width, then to those with the longest texts.
    """
    widths, natural_widths = [], []
    for column, texts in zip(columns, cells, strict=True):
        heading = max(len(part) for part in _breakable(column.name).split("\n"))
        longest = max(heading, *(cell_len(text) for text in texts))
        longest_word = max((cell_len(word) for text in texts for word in text.split()), default=1)
        is_unbroken = column.type in UNBROKEN_TYPES
        widths.append(longest if is_unbroken else max(heading, min(MIN_TEXT_WIDTH, longest_word)))
        natural_widths.append(longest)
    if sum(widths) > available:
        return []
    spare = available - sum(widths)
    for comfortable in (min(COMFORTABLE_WIDTH, available // len(columns)), max(natural_widths)):
        wanted = [min(width, comfortable) for width in natural_widths]
        while spare and (too_narrow := [i for i, width in enumerate(widths) if width < wanted[i]]):
            widths[max(too_narrow, key=lambda i: wanted[i] / widths[i])] += 1
            spare -= 1
    return widths


def _breakable(name: str) -> str:
    """Return a column name with a line break after each underscore, so that a column of numbers stays narrow."""
    return name.replace("_", "_\n")


def _print_table(
    console: Console, columns: tuple[Column, ...], widths: list[int], gap: int, rows: list[list[str]]
) -> None:
    right_aligned = [column.type in RIGHT_ALIGNED_TYPES for column in columns]
    headings = [
        [column.name] if len(column.name) <= width else _breakable(column.name).split("\n")
        for column, width in zip(columns, widths, strict=True)
    ]
    height = max(map(len, headings))
    headings = [[""] * (height - len(heading)) + heading for heading in headings]
    console.out("\n".join(_row_lines(headings, widths, right_aligned, gap)), style="bold", highlight=False)
    body = [
        line
        for row in rows
        for line in _row_lines([_wrap(c, w) for c, w in zip(row, widths, strict=True)], widths, right_aligned, gap)
    ]
    console.out("\n".join(body), highlight=False)


def _row_lines(cells: list[list[str]], widths: list[int], right_aligned: list[bool], gap: int) -> list[str]:
    lines = []
    for parts in zip_longest(*cells, fillvalue=""):
        padded = [
            " " * (width - cell_len(part)) + part if to_right else part + " " * (width - cell_len(part))
            for part, width, to_right in zip(parts, widths, right_aligned, strict=True)
        ]
        lines.append((" " * gap).join(padded).rstrip())
    return lines


def _wrap(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` cells, broken between words, or within a longer word."""
    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        size = cell_len(word)
        if line and used + 1 + size > width:
            lines.append(line)
            line, used = "", 0
        line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
        while used > width:
            *full_lines, line = chop_cells(line, width)
            lines += full_lines
            used = cell_len(line)
    return [*lines, line]


def _print_records(console: Console, names: list[str], rows: list[list[str]]) -> None:
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell:
                console.print(Text.assemble((f"{name}: ", "bold"), cell), overflow="fold")
        console.print()
