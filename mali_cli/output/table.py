"""Tables for a terminal, drawn by Rich, in the width that there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mali_cli.output.display_columns import QUIET_STYLE, DisplayColumn, display_columns
from mali_cli.output.terminal_background import has_light_background
from mali_cli.results import QueryResult

GAP = 2  # between columns
MIN_BODY_WIDTH = 44  # running text is not squeezed below this; other columns move into it instead
LONGEST_UNBROKEN_WORD = 72  # a longer word may be broken over lines
CHUNK_ROWS = 50  # even, so that the background of the rows alternates across chunks


def table_chunks(result: QueryResult, console: Console, with_notes: bool = False) -> Iterator[str]:
    """Yield the table in parts, so that the first rows appear before the last ones are laid out."""
    columns, widths = _fit(display_columns(result, with_notes), console.width)
    stripe = _stripe_style(console)
    for first in range(0, len(result.frame), CHUNK_ROWS):
        table = _table(columns, widths, stripe, first)
        with console.capture() as capture:
            console.print(table)
        yield capture.get()


def _table(columns: list[DisplayColumn], widths: list[int], stripe: str, first: int) -> Table:
    """Return some rows as a table, the first ones below the headings."""
    table = Table(
        box=box.SIMPLE_HEAD,
        show_header=first == 0,
        show_edge=False,
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),
        header_style="bold",
        row_styles=("", stripe),
    )
    for column, width in zip(columns, widths, strict=True):
        to_right = column.is_number and not column.is_padded
        heading = Text(column.heading)
        table.add_column(heading, width=width, justify="right" if to_right else "left", overflow="fold")
    for row in zip(*(column.cells[first : first + CHUNK_ROWS] for column in columns), strict=True):
        table.add_row(*row)
    return table


def _stripe_style(console: Console) -> str:
    """Return the style of every second row; on an unknown background it sets the colour of the text too."""
    if console.color_system is None or console.no_color:
        return ""
    light = has_light_background()
    return "grey85 on grey15" if light is None else "on grey93" if light else "on grey15"


def _fit(columns: list[DisplayColumn], width: int) -> tuple[list[DisplayColumn], list[int]]:
    """Return the columns that fit, with their widths; the others stand in the running text, above its first line.

    The columns nearest to the running text move first, numbers later, and the first column last. Without running text
    the last column takes its place.
    """
    body = next((column for column in columns if column.is_body), columns[-1])
    min_widths = {column.heading: _min_width(column) for column in columns}
    kept, moved = list(columns), list[DisplayColumn]()
    while _total([min_widths[column.heading] for column in kept]) > width and len(kept) > 1:
        position = kept.index(body)
        movable = [i for i in range(len(kept)) if i != position and (i or len(kept) == 2)]
        column = kept.pop(max(movable, key=lambda i: (not kept[i].is_number, i < position, -abs(position - i))))
        moved.append(column)
        min_widths[body.heading] = max(min_widths[body.heading], min_widths[column.heading])
    in_order = [column for column in columns if column in moved]
    kept = [_with_moved(body, in_order) if column is body and moved else column for column in kept]
    return kept, _column_widths(kept, width)


def _with_moved(body: DisplayColumn, moved: list[DisplayColumn]) -> DisplayColumn:
    """Return the running text with the cells of other columns in a line above it."""
    cells = []
    label = "" if body.is_body else f"{body.heading}: "
    for text, *others in zip(body.cells, *(column.cells for column in moved), strict=True):
        line = Text()
        for column, cell in zip(moved, others, strict=True):
            if cell:
                line.append(" · " if line else "", QUIET_STYLE)
                line.append(f"{column.heading}: " if column.is_labelled else "", QUIET_STYLE)
                line.append_text(cell[len(cell.plain) - len(cell.plain.lstrip()) :])
        own = Text.assemble((label, QUIET_STYLE), text) if text else text
        cells.append(Text("\n").join([part for part in (line, own) if part]))
    return replace(body, cells=cells, is_number=False)


def _column_widths(columns: list[DisplayColumn], available: int) -> list[int]:
    """Return a width for each column; what is left goes to the column whose longest text needs the most lines."""
    widths = [_min_width(column) for column in columns]
    wanted = [_natural_width(column) for column in columns]
    while _total(widths) > available:  # not even the words fit: the widest column breaks them
        widths[max(range(len(widths)), key=widths.__getitem__)] -= 1
    for _ in range(available - _total(widths)):
        narrow = [i for i, width in enumerate(widths) if width < wanted[i]]
        if not narrow:
            break
        # Dates, names and numbers come first; running text gets the rest.
        widths[max(narrow, key=lambda i: (not columns[i].is_body and widths[i] < 16, wanted[i] / widths[i]))] += 1
    return widths


def _min_width(column: DisplayColumn) -> int:
    """Return the width of the longest word, for running text at least MIN_BODY_WIDTH if it has that many letters."""
    words = (word for text in (column.heading, *map(str, column.cells)) for word in text.split())
    longest = max(map(cell_len, words), default=1)
    width = min(longest, LONGEST_UNBROKEN_WORD)
    return max(width, min(MIN_BODY_WIDTH, _natural_width(column))) if column.is_body else width


def _natural_width(column: DisplayColumn) -> int:
    return max(cell_len(line) for text in (column.heading, *map(str, column.cells)) for line in text.split("\n"))


def _total(widths: list[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
