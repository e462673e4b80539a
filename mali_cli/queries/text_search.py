"""Search the texts of rows for words."""

from __future__ import annotations

import pandas as pd

from mali_cli.model.names import normalize_name
from mali_cli.model.search_text import CELL_SEPARATOR, search_patterns


def text_mask(table: pd.DataFrame, columns: tuple[str, ...], texts: tuple[str, ...]) -> pd.Series:
    """Return a mask of the rows in whose columns, taken together, all words and phrases of one of the texts occur."""
    searches = [search_patterns(text) for text in texts]
    rows = (
        CELL_SEPARATOR.join(normalize_name(cell) for cell in row if isinstance(cell, str))
        for row in zip(*(table[column] for column in columns), strict=True)
    )
    found = [any(all(pattern.search(row) for pattern in patterns) for patterns in searches) for row in rows]
    return pd.Series(found, index=table.index, dtype=bool)
