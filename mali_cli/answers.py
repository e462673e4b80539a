"""Answer: what a question gives back, before anyone decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mali_cli.tables import Column

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Answer:
    """Rows with their declared columns.

    `noun` names the rows ("events"), `notes` is what the reader must know to read them rightly,
    `dates` the columns that say which days the rows cover.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    noun: str
    notes: list[str] = field(default_factory=list)
    dates: tuple[str, str] | None = None
