"""DataFrames with the declared dtypes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mali_cli.model.schema import Column, table

if TYPE_CHECKING:
    import pandas as pd


def build_frame(name: str, columns: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Return a table's declared columns as a frame with the dtypes of `raw_tables.read_frame`.

    `columns` holds the values of each column: text, ISO dates, numbers, None for blank. They are not validated.
    """
    import pandas as pd

    declared = table(name).columns
    index = pd.RangeIndex(len(columns[0]))  # without it pandas would compare the indexes of all columns
    arrays = {c.name: _to_dtype_array(c, cells, index) for c, cells in zip(declared, columns, strict=True)}
    return pd.DataFrame(arrays, index, copy=False)


def empty_frame(name: str) -> pd.DataFrame:
    """Return a table without rows."""
    return build_frame(name, [()] * len(table(name).columns))


def _to_dtype_array(column: Column, cells: Sequence[Any], index: pd.Index[int]) -> Any:
    """Return the values of a column as an array of its dtype."""
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return np.array([cell or "NaT" for cell in cells], dtype="datetime64[s]")
    if column.type == "integer":
        blank = np.array([cell is None for cell in cells], dtype=bool)
        return pd.arrays.IntegerArray(np.array([cell or 0 for cell in cells], dtype="int64"), blank)
    if column.type == "number":
        return np.array([math.nan if cell is None else cell for cell in cells], dtype="float64")
    if column.type == "boolean":
        return np.array(cells, dtype=bool)
    # Plain objects: thousands of cells are faster to make than as pandas' own strings.
    return pd.Series(cells, index, dtype=object)
