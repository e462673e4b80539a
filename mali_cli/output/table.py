"""A table for a terminal: the only file that imports Rich."""

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

WHOLE = ("date", "integer", "number", "boolean")  # types that are never broken over lines
RIGHT = ("integer", "number")
WORD = 13  # a text column may be squeezed to its longest word, but no further than this
COMFORTABLE = 16
GAPS = (2, 1)


def table_text(answer: QueryResult) -> str:
    """All columns of the answer as a table, or as `column: value` where they do not fit the width of the terminal."""
    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False)
    if console.width < 1:  # COLUMNS=0 says nothing
        console.width = 80
    columns = answer.columns
    lists = [column.type == "list" for column in columns]
    rows = [
        [escape_control(cell.replace(";", "; ") if is_list else cell) for cell, is_list in zip(row, lists, strict=True)]
        for row in text_rows(answer)
    ]
    cells = [[row[i] for row in rows] for i in range(len(columns))]
    fitting = ((gap, _widths(columns, cells, console.width - gap * (len(columns) - 1))) for gap in GAPS)
    gap, widths = next(((gap, widths) for gap, widths in fitting if widths), (0, []))
    with console.capture() as capture:
        if widths:
            _print_lines(console, columns, widths, gap, rows)
        else:
            _print_records(console, [column.name for column in columns], rows)
    return capture.get()


def _widths(columns: tuple[Column, ...], cells: list[list[str]], room: int) -> list[int]:
    """A width for each column, none if they do not fit: what is spare goes where the text is longest.

    First every column gets room to read in, then the longest texts take the rest.
    """
    least, natural = [], []
    for column, texts_ in zip(columns, cells, strict=True):
        heading = max(len(part) for part in _heading(column.name).split("\n"))
        longest = max(heading, *(cell_len(text) for text in texts_))
        words = max((cell_len(word) for text in texts_ for word in text.split()), default=1)
        least.append(longest if column.type in WHOLE else max(heading, min(WORD, words)))
        natural.append(longest)
    if sum(least) > room:
        return []
    widths = least
    spare = room - sum(widths)
    for comfortable in (min(COMFORTABLE, room // len(columns)), max(natural)):
        wanted = [min(width, comfortable) for width in natural]
        while spare and (wanting := [i for i, width in enumerate(widths) if width < wanted[i]]):
            widths[max(wanting, key=lambda i: wanted[i] / widths[i])] += 1
            spare -= 1
    return widths


def _heading(name: str) -> str:
    """A column's name, breakable after its underscores so that a narrow column of numbers stays narrow."""
    return name.replace("_", "_\n")


def _print_lines(
    console: Console, columns: tuple[Column, ...], widths: list[int], gap: int, rows: list[list[str]]
) -> None:
    """The cells as wrapped lines. Rich's own table says the same in four times the time."""
    right = [column.type in RIGHT for column in columns]
    heads = [
        [column.name] if len(column.name) <= width else _heading(column.name).split("\n")
        for column, width in zip(columns, widths, strict=True)
    ]
    deep = max(map(len, heads))
    heads = [[""] * (deep - len(head)) + head for head in heads]
    console.out("\n".join(_lines(heads, widths, right, gap)), style="bold", highlight=False)
    body = [
        line
        for row in rows
        for line in _lines([_wrapped(c, w) for c, w in zip(row, widths, strict=True)], widths, right, gap)
    ]
    console.out("\n".join(body), highlight=False)


def _lines(cells: list[list[str]], widths: list[int], right: list[bool], gap: int) -> list[str]:
    lines = []
    for parts in zip_longest(*cells, fillvalue=""):
        padded = [
            " " * (width - cell_len(part)) + part if to_right else part + " " * (width - cell_len(part))
            for part, width, to_right in zip(parts, widths, right, strict=True)
        ]
        lines.append((" " * gap).join(padded).rstrip())
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many cells, broken between words; a longer word is broken where it must be."""
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
            *whole, line = chop_cells(line, width)
            lines += whole
            used = cell_len(line)
    return [*lines, line]


def _print_records(console: Console, names: list[str], rows: list[list[str]]) -> None:
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell:
                console.print(Text.assemble((f"{name}: ", "bold"), cell), overflow="fold")
        console.print()
