"""Words as they stand in a statement of SQL, where no parameter can take their place."""

from __future__ import annotations

from collections.abc import Iterable


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    return ", ".join(map(text, values))
