"""Keep the rows of a result that fulfil conditions, sort them, cut them to a number, and choose the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mali_cli.engine.row_conditions import RowCondition, condition_mask, parse_conditions
from mali_cli.model import names
from mali_cli.model.schema import Column
from mali_cli.model.shared_filters import Texts
from mali_cli.resolver import parse_whole_number
from mali_cli.results import QueryResult, pluralize

if TYPE_CHECKING:
    import pandas as pd

TEXT_TYPES = ("string", "list")


class Presentation(NamedTuple):
    """Conditions, sort order, row limit and columns of a result; `is_default` if none of them was given."""

    conditions: list[RowCondition]
    sort_columns: list[str]
    ascending: list[bool]
    limit: int | None
    columns: tuple[Column, ...]
    is_default: bool
    has_default_columns: bool


def parse_presentation(
    available: tuple[Column, ...],
    sort: str | None,
    limit: str | int | None,
    columns: str | None,
    condition: Texts = None,
) -> Presentation:
    """Parse --where, --sort, --limit and --columns; raise MaliError for a column that the result does not have."""
    by_name = {column.name: column for column in available}
    sort_terms = [term.strip() for term in sort.split(",")] if sort is not None else []
    sort_columns = [names.match_choice(term.removeprefix("-"), by_name, "column") for term in sort_terms]
    conditions = parse_conditions(condition, by_name)
    row_limit = parse_whole_number(limit, "--limit", 1)
    selected = available
    if columns is not None:
        chosen = list(by_name)
        if names.normalize_name(columns) != "all":
            chosen = [names.match_choice(name.strip(), by_name, "column") for name in columns.split(",")]
        selected = tuple(by_name[name]._replace(default_visible=True) for name in dict.fromkeys(chosen))
    return Presentation(
        conditions,
        sort_columns,
        [not term.startswith("-") for term in sort_terms],
        row_limit,
        selected,
        is_default=not (conditions or sort or limit or columns),
        has_default_columns=columns is None,
    )


def present(result: QueryResult, presentation: Presentation) -> QueryResult:
    """Return the rows that fulfil the conditions, sorted and cut to the limit, with the chosen columns.

    `total_rows` is their number before the limit.
    """
    frame = result.frame
    if not presentation.is_default:
        result = result._replace(chart=None, profile=None, lineage_of="")  # they show all rows
    if presentation.conditions:
        frame = frame[condition_mask(frame, presentation.conditions)]
        result = result._replace(notes=(*result.notes, condition_note(result, len(frame), len(result.frame))))
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


def condition_note(result: QueryResult, kept: int, matching: int) -> str:
    """Say how many rows are left; notes made before, such as those of sums, are about all of them."""
    about_all = ", and the lines above are about all of them" if result.notes else ""
    return f"--where keeps {kept:,} of {pluralize(matching, result.row_noun)}{about_all}."


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
