"""Sort a result, cut it to a number of rows and choose its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mali_cli.model import names
from mali_cli.model.schema import Column
from mali_cli.resolver import parse_whole_number
from mali_cli.results import QueryResult

if TYPE_CHECKING:
    import pandas as pd

TEXT_TYPES = ("string", "list")


class Presentation(NamedTuple):
    """Sort order, row limit and columns of a result; `is_default` if none of them was given."""

    sort_columns: list[str]
    ascending: list[bool]
    limit: int | None
    columns: tuple[Column, ...]
    is_default: bool
    has_default_columns: bool


def parse_presentation(
    available: tuple[Column, ...], sort: str | None, limit: str | int | None, columns: str | None
) -> Presentation:
    """Parse --sort, --limit and --columns; raise MaliError for a column that the result does not have."""
    by_name = {column.name: column for column in available}
    sort_terms = [term.strip() for term in sort.split(",")] if sort is not None else []
    sort_columns = [names.match_choice(term.removeprefix("-"), by_name, "column") for term in sort_terms]
    row_limit = parse_whole_number(limit, "--limit", 1)
    selected = available
    if columns is not None:
        chosen = list(by_name)
        if names.normalize_name(columns) != "all":
            chosen = [names.match_choice(name.strip(), by_name, "column") for name in columns.split(",")]
        selected = tuple(by_name[name]._replace(default_visible=True) for name in dict.fromkeys(chosen))
    return Presentation(
        sort_columns,
        [not term.startswith("-") for term in sort_terms],
        row_limit,
        selected,
        is_default=not (sort or limit or columns),
        has_default_columns=columns is None,
    )


def present(result: QueryResult, presentation: Presentation) -> QueryResult:
    """Return the result sorted, cut to the limit and to the chosen columns, with `total_rows` before the limit."""
    frame = result.frame
    if not presentation.is_default:
        result = result._replace(chart=None, profile=None, lineage_of="")  # they show all rows
    if presentation.sort_columns:
        frame = frame.sort_values(
            presentation.sort_columns, ascending=presentation.ascending, kind="stable", na_position="last"
        )
    total = len(frame)
    if presentation.limit is not None:
        frame = frame.head(presentation.limit)
    frame = frame[[column.name for column in presentation.columns]].reset_index(drop=True)
    return result._replace(
        frame=with_missing_text_as_none(frame, presentation.columns),
        columns=presentation.columns,
        total_rows=total,
        has_default_columns=presentation.has_default_columns,
    )


def with_missing_text_as_none(frame: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """Return the frame with None for every missing cell of its text and list columns.

    Joins and concatenations of pandas leave NaN in some of these cells; the tables have None.
    """
    repaired: dict[str, np.ndarray] = {}
    for column in columns:
        if column.type in TEXT_TYPES:
            cells = frame[column.name]
            missing = cells.isna().to_numpy()
            if cells.dtype != object or any(cell is not None for cell in cells.to_numpy()[missing]):
                repaired[column.name] = cells.to_numpy(dtype=object, copy=True)
                repaired[column.name][missing] = None
    return frame.assign(**{name: _as_objects(cells) for name, cells in repaired.items()}) if repaired else frame


def _as_objects(cells: np.ndarray) -> pd.Series:
    import pandas as pd

    return pd.Series(cells, dtype=object)
