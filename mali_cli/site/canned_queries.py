"""The questions of the README as queries in SQL: questions/*.sql, each headed by what it asks and how it is asked."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl

FOLDER = Path(__file__).parent / "queries"


class CannedQuery(NamedTuple):
    """A query with its parameters, and an example that the command answers alike."""

    name: str
    title: str
    description: str
    command: list[str]  # the words of the example after `mali`
    example: str  # the same as the part of an address after its question mark
    sql: str

    @property
    def values(self) -> dict[str, str]:
        """What the example gives the parameters, which are all that the query has, in the order to ask for them."""
        return dict(parse_qsl(self.example))

    @property
    def tables(self) -> set[str]:
        """What it reads from, without what it makes for itself."""
        return set(re.findall(r'\b(?:FROM|JOIN) "?(\w+)', self.sql)) - set(re.findall(r"(\w+) AS \(", self.sql))


@functools.cache
def canned_queries() -> tuple[CannedQuery, ...]:
    """In the order of their files: a title, a description of some lines, the command, the example, and the query."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.sql")))


def _read(path: Path) -> CannedQuery:
    head: list[str] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    while lines[0].startswith("--"):
        head.append(lines.pop(0).removeprefix("--").strip())
    title, *description, command, example = head
    words = shlex.split(command)[1:]
    return CannedQuery(path.stem[3:], title, " ".join(description), words, example, "\n".join(lines))
