"""Which figures are summed by default, and how much the others would add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import STOCK_HARMS
from mali_cli.queries.casualties import WIDER
from mali_cli.queries.fatalities.sums import USED_COLUMNS, killed_best

POSSIBLE = "possible"  # the reason of figures that only may fall into the period; of others it is their scope
OTHER_SCOPES = ("period", "total")


class LeftOut(NamedTuple):
    """Figures that an option adds to a sum, and how many more people killed the sum then has."""

    figures: int
    killed: int


def in_scope(figures: pd.DataFrame, filters: Filters) -> pd.Series:
    """Return a mask of the figures whose scope is summed; by default those of events, and never the wider ones."""
    return figures["scope"].isin((filters.scopes or {"event"}) - {WIDER})


def has_stated_totals(filters: Filters) -> bool:
    """Return whether the stated totals of people killed have columns of their own."""
    return not filters.excludes_stated_totals and not filters.scopes


def count_left_out(
    matching: pd.DataFrame,
    possible: pd.DataFrame | None,
    figures: pd.DataFrame,
    filters: Filters,
    total: pd.DataFrame,
) -> dict[str, LeftOut]:
    """Return how much the current figures that are left out for each reason would add; no item for nothing.

    Totals add no people here, as they overlap with each other. `total` is the sum without what is left out. For the
    other parameters see `partial_sums`.
    """
    killed_in_sum = int(total["killed_best"].fillna(0).iloc[0])
    used = [*USED_COLUMNS, "scope"]
    matching, possible = matching[used], None if possible is None else possible[used]
    summed = matching[in_scope(matching, filters)]
    counts: dict[str, LeftOut] = {}
    for reason, rows in _left_out_figures(matching, possible, filters).items():
        rows = rows[(rows["status"] == "current") & ~rows["harm"].isin(STOCK_HARMS)]
        if rows.empty:
            continue
        killed = 0
        if reason != "total" and (rows["harm"] == "killed").any():
            killed = killed_best(pd.concat([summed, rows]), figures) - killed_in_sum
        counts[reason] = LeftOut(len(rows), killed)
    return counts


def _left_out_figures(
    matching: pd.DataFrame, possible: pd.DataFrame | None, filters: Filters
) -> dict[str, pd.DataFrame]:
    """Return the figures that only may fall into the period, and those of each scope that is not summed."""
    left_out = {} if possible is None else {POSSIBLE: possible[in_scope(possible, filters)]}
    if not filters.scopes:
        left_out |= {scope: matching[matching["scope"] == scope] for scope in OTHER_SCOPES}
        if has_stated_totals(filters):
            left_out["total"] = left_out["total"][left_out["total"]["harm"] != "killed"]
    return left_out


def add_left_out(parts: list[Mapping[str, LeftOut]]) -> dict[str, LeftOut]:
    """Return the counts of several partitions as one."""
    total: dict[str, LeftOut] = {}
    for part in parts:
        for reason, (figures, killed) in part.items():
            before = total.get(reason, LeftOut(0, 0))
            total[reason] = LeftOut(before.figures + figures, before.killed + killed)
    return total
