"""Canned queries: the SQL files in queries/, each with a title, a description and an example."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

ROW_NOUNS = {"casualties": "figures", "control": "holders", "people": "posts"}  # if not the name of the command
FOLDER = Path(__file__).parent / "queries"


class CannedQuery(NamedTuple):
    """A query with parameters, and an example that gives the rows of a command."""

    name: str
    title: str
    description: str
    command: list[str]  # arguments of `mali` that give the rows of the example
    example: str  # the parameters of the example as a query string
    sql: str

    @property
    def example_values(self) -> dict[str, str]:
        """The value of every parameter in the example, in the order of the form."""
        return dict(parse_qsl(self.example, keep_blank_values=True))

    @property
    def shell_command(self) -> str:
        """The command as it is typed in a terminal."""
        return shlex.join(["mali", *self.command])

    @property
    def row_noun(self) -> str:
        """What a row of the answer is, in the plural."""
        return "rows" if "--by" in self.command else ROW_NOUNS.get(self.command[0], self.command[0])

    @property
    def tables(self) -> set[str]:
        """The tables that the query reads, without its common table expressions."""
        return set(re.findall(r'\b(?:FROM|JOIN) "?(\w+)', self.sql)) - set(re.findall(r"(\w+) AS \(", self.sql))


@functools.cache
def canned_queries() -> tuple[CannedQuery, ...]:
    """Return the canned queries in the order of their files."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.sql")))


def _read(path: Path) -> CannedQuery:
    """Read a file that begins with comment lines: title, description (any number of lines), command, example."""
    comments: list[str] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines[0].startswith("--"):
        comments.append(lines.pop(0).removeprefix("--").strip())
    title, *description, command, example = comments
    arguments = shlex.split(command)[1:]
    return CannedQuery(path.stem[3:], title, " ".join(description), arguments, example, "\n".join(lines))
