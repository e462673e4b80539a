"""Violation: a cell, row or file that breaks a rule of the data."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Violation(NamedTuple):
    """A cell, row or file that breaks a rule; messages call it a problem."""

    path: Path
    line: int | None
    column: str
    value: str
    rule: str  # the message: what is wrong
    record: int | None = None  # its number in a foreign file, which has no line numbers

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}, {self.column}: {self.value!r}: {self.rule}"
