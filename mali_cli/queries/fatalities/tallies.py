"""Tallies: all figures about the same people, brought to one low, best and high."""

from __future__ import annotations

import pandas as pd

from mali_cli.model.vocabulary import ACTOR_COLUMNS, BOUNDS
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns
from mali_cli.queries.casualties import bounds
from mali_cli.queries.fatalities.grouping import none_if_missing

# Keys of which one figure may have several values. Each value has a tally of its own then, made of the figures with
# that value, and rows do not add up.
MULTI_VALUED_KEYS = (*event_queries.LIST_KEYS, "according_to", "document")


def expand_group_keys(figures: pd.DataFrame, keys: list[str], camps: dict[str, str | None]) -> pd.DataFrame:
    """Return the figures with a column per group key.

    Parameters
    ----------
    figures
        Figures with the columns of their events.
    keys
        Group keys, such as "year" or "actor".
    camps
        Camp of each group.

    A figure with several actors or documents is repeated, once for each. Missing values are None.
    """
    values: dict[str, pd.Series] = {}
    for key in keys:
        if key in event_queries.TIME_KEYS:
            values[key] = event_queries.time_bins(figures, key)
        elif key == "camp":
            values[key] = list_columns.map_list(figures["group"], camps)
        elif key == "actor":
            values[key] = event_queries.actors(figures, (*ACTOR_COLUMNS, "group"))
        elif key == "civilian_kind":
            values[key] = event_queries.civilian_kinds(figures)
        elif key == "document":
            values[key] = event_queries.documents(figures["sources"])
        else:
            values[key] = figures[{"event": "event_id"}.get(key, key)]
    figures = figures.assign(**values)
    for key in multi_valued(keys):
        figures = figures.explode(key, ignore_index=True)
        figures[key] = none_if_missing(figures[key])
    return figures


def multi_valued(keys: list[str]) -> list[str]:
    """Return the keys whose values divide a tally; with them, a tally is identified by (*values, tally)."""
    return [key for key in keys if key in MULTI_VALUED_KEYS]


def tallies(figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return one row per tally of the current figures.

    `low` is the smallest low, `high` the largest high and `best` that of the first rank (float, NaN if no figure has
    a number); `open` is whether the largest high is open, `bounded` whether any figure states a low or a high. Other
    columns have the value of the first rank that has one. The index is a range.
    """
    current = figures[figures["status"] == "current"]
    identity = [*multi_valued(keys), "tally"]
    # In most foreign files every figure is a tally of its own.
    unique = not current.duplicated(identity).any()
    if not unique:
        current = current.sort_values(["tally", "rank"], kind="stable")
    bounded = current["low"].notna() | current["high"].notna()
    current = current.assign(**dict(zip(BOUNDS, bounds(current).T, strict=True)), bounded=bounded)
    if unique:
        table = current.assign(open=current["open"] & current["high"].notna()).reset_index(drop=True)
    else:
        table = _merge_figures(current, identity)
    return table.assign(**{key: none_if_missing(table[key]) for key in keys})


def _merge_figures(current: pd.DataFrame, identity: list[str]) -> pd.DataFrame:
    """Return one row per tally; the figures of each are in order of rank."""
    grouped = current.groupby(identity, sort=False, dropna=False)
    largest_high = grouped["high"].transform("max")
    is_open = current.assign(open=current["open"] & (current["high"] == largest_high))
    return (
        grouped.first()
        .assign(
            bounded=grouped["bounded"].any(),
            low=grouped["low"].min(),
            high=grouped["high"].max(),
            open=is_open.groupby(identity, sort=False, dropna=False)["open"].any(),
        )
        .reset_index()
    )
