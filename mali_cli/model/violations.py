"""Violation: one cell or file that breaks a rule of the data."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Violation(NamedTuple):
    path: Path
    line: int | None
    column: str
    value: str
    rule: str
    record: int | None = None  # of a foreign file, whose records are counted and not its lines

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}, {self.column}: {self.value!r}: {self.rule}"
