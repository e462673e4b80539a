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

WHOLE = ("date", "integer", "number", "boolean")  # types that are never broken over lines
WORD = 14  # a text column may be squeezed to its longest word, but no further than this
GAP = 2


def print_table(answer: Answer) -> None:
    """The shown columns as a table, or as `column: value` where they do not fit the width."""
    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False, soft_wrap=False)
    rows = [[visible(cell) for cell in row] for row in texts(answer)]
    names = [column.name for column in answer.columns]
    whole = [column.type in WHOLE for column in answer.columns]
    least = [_least(name, [row[i] for row in rows], whole[i]) for i, name in enumerate(names)]
    if sum(least) + GAP * (len(least) - 1) <= console.width:
        console.print(_table(names, whole, [column.type for column in answer.columns], least, rows))
    else:
        _print_records(console, names, rows)


def _least(name: str, cells: list[str], whole: bool) -> int:
    if whole:
        return max(cell_len(text) for text in (name, *cells))
    return max(min(WORD, max((cell_len(word) for cell in cells for word in cell.split()), default=1)), cell_len(name))


def _table(names: list[str], whole: list[bool], types: list[str], least: list[int], rows: list[list[str]]) -> Table:
    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for name, keeps, kind, width in zip(names, whole, types, least, strict=True):
        numeric = kind in ("integer", "number")
        table.add_column(
            Text(name), justify="right" if numeric else "left", no_wrap=keeps, min_width=width, overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _print_records(console: Console, names: list[str], rows: list[list[str]]) -> None:
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell:
                console.print(Text.assemble((f"{name}: ", "bold"), cell), overflow="fold")
        console.print()
