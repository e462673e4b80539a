"""A table for a terminal: the only file that imports Rich."""

from __future__ import annotations

import sys

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mali_cli.answers import Answer
from mali_cli.output.files import visible
from mali_cli.output.values import texts
from mali_cli.tables import Column

WHOLE = ("date", "integer", "number", "boolean")  # types that are never broken over lines
RIGHT = ("integer", "number")
WORD = 12  # a text column may be squeezed to its longest word, but no further than this
COMFORTABLE = 16
GAPS = (2, 1)


def print_table(answer: Answer) -> None:
    """All columns of the answer as a table, or as `column: value` where they do not fit the width."""
    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False)
    columns = answer.columns
    lists = [column.type == "list" for column in columns]
    rows = [
        [visible(cell.replace(";", "; ") if is_list else cell) for cell, is_list in zip(row, lists, strict=True)]
        for row in texts(answer)
    ]
    cells = [[row[i] for row in rows] for i in range(len(columns))]
    for gap in GAPS:
        widths = _widths(columns, cells, console.width - gap * (len(columns) - 1))
        if widths:
            console.print(_table(columns, widths, gap, rows))
            return
    _print_records(console, [column.name for column in columns], rows)


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


def _table(columns: tuple[Column, ...], widths: list[int], gap: int, rows: list[list[str]]) -> Table:
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        heading = column.name if len(column.name) <= width else _heading(column.name)
        justify = "right" if column.type in RIGHT else "left"
        table.add_column(Text(heading), justify=justify, width=width, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _print_records(console: Console, names: list[str], rows: list[list[str]]) -> None:
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell:
                console.print(Text.assemble((f"{name}: ", "bold"), cell), overflow="fold")
        console.print()
