"""Tables are Rich's, and fit any width."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from mali_cli.dataset import load
from mali_cli.output.table import CHUNK_ROWS, table_chunks
from mali_cli.results import QueryResult

QUERIES: dict[str, dict[str, Any]] = {
    "events": {"limit": 40},
    "casualties": {"limit": 40},
    "groups": {"limit": 20},
    "people": {},
    "relations": {"limit": 20},
    "strengths": {},
    "places": {},
    "sources": {"limit": 20},
    "control": {"on": "2013-01-20"},
}


def console(width: int) -> Console:
    return Console(file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False)


def text(result: QueryResult, width: int) -> str:
    return "".join(table_chunks(result, console(width)))


@pytest.mark.parametrize("query", QUERIES)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(query: str) -> None:
    result = load().answer(query, **QUERIES[query])
    every_column = load().answer(query, **QUERIES[query], columns="all")
    words = {word for line in text(result, 500).splitlines()[2:] for word in line.split()}
    for width in (20, 40, 60, 79, 80, 100, 133, 200):
        drawn = text(result, width)
        for lines in (drawn.splitlines(), text(every_column, width).splitlines()):
            assert max(map(cell_len, lines)) <= width
        if width >= 79:  # long words are whole; headings of moved columns stand before their cells
            shown = set(drawn.replace("·", " ").split())
            assert {word for word in words if len(word) < 40} <= shown | {"·", "→"} | {
                word.rstrip(":") for word in shown
            }


def test_a_table_is_drawn_by_rich_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Table] = []
    print_with_rich = Console.print

    def spy(self: Console, *objects: Any, **options: Any) -> None:
        drawn.extend(item for item in objects if isinstance(item, Table))
        print_with_rich(self, *objects, **options)

    monkeypatch.setattr(Console, "print", spy)
    result = load().answer("events", limit=120)
    chunks = list(table_chunks(result, console(100)))
    assert len(chunks) == len(drawn) == -(-120 // CHUNK_ROWS)
    assert [table.row_count for table in drawn] == [50, 50, 20]
    assert [table.show_header for table in drawn] == [True, False, False]
    assert len({tuple(column.width for column in table.columns) for table in drawn}) == 1


def test_every_second_row_has_a_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", "15;0")
    result = load().answer("places", columns="place,kind", limit=4)
    coloured = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="256")
    [chunk] = table_chunks(result, coloured)
    rows = chunk.splitlines()[2:]
    assert ["\x1b[48;5;" in row for row in rows] == [False, True, False, True]
    plain = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="256", no_color=True)
    assert "\x1b[48;5;" not in "".join(table_chunks(result, plain))
