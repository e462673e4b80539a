"""Tallies that are part of one another: what each of them adds to a sum."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.model.vocabulary import BOUNDS
from mali_cli.queries.fatalities.tallies import multi_valued

Positions = npt.NDArray[np.int64]


def nearest_container(table: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> Positions:
    """Return for each tally the position of the smallest tally in the table that contains it, -1 if there is none.

    A container has the same harm, and the same values of the multi-valued keys. Tallies that contain each other in a
    cycle are not contained in anything.

    Parameters
    ----------
    table
        One row per tally, as `tallies` returns them.
    figures
        All figures, whose `part_of` says which tally contains which.
    keys
        The group keys.
    """
    container = np.full(len(table), -1, dtype=np.int64)
    parts = figures.loc[figures["part_of"].notna(), ["tally", "part_of"]]
    if table.empty or parts.empty:
        return container
    parent_of: dict[str, str] = dict(zip(parts["tally"], parts["part_of"], strict=True))
    ancestors = {tally: _ancestors(tally, parent_of) for tally in set(table["tally"]) & set(parent_of)}
    split: list[tuple[Hashable, ...]] = list(zip(*(table[key] for key in (*multi_valued(keys), "harm")), strict=True))
    position = {identity: i for i, identity in enumerate(zip(table["tally"], split, strict=True))}
    for i, (tally, values) in enumerate(position):
        containers = [position[name, values] for name in ancestors.get(tally, ()) if (name, values) in position]
        if containers:
            container[i] = containers[0]
    return container


def _ancestors(tally: str, parent_of: dict[str, str]) -> list[str]:
    """Return the tallies that contain this one, the smallest first; none if it is in a cycle."""
    chain: list[str] = []
    parent = parent_of.get(tally)
    while parent is not None and parent not in chain:
        chain.append(parent)
        parent = parent_of.get(parent)
    return [] if tally in chain else chain


def net_contributions(table: pd.DataFrame, figures: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the tallies with what each of them adds to the row of its keys: its numbers less those of its parts.

    A part with no value of its own for a key takes that of its container. Two columns are added: `adds`, whether the
    tally adds anything, and `inside`, whether its container counts under the same keys. For the parameters see
    `nearest_container`.

    Examples
    --------
    Best figures by group; A and B are parts of the whole, and C of B::

        tally  part_of  group      best   adds
        whole           (none)      20      8   = 20 - 12 of A and B: (none)
        A      whole    MNLA         5      5   MNLA
        B      whole    MUJAO        7      3   = 7 - 4 of C: MUJAO
        C      B        (none)       4      4   takes the group of B: MUJAO
    """
    container = nearest_container(table, figures, keys)
    levels = _hierarchy_levels(container)
    values, inside = _inherit_keys(table, container, levels, keys)
    numbers = table[[*BOUNDS]].to_numpy(dtype=float, copy=True)
    # Where a part is given by a best figure alone and counts under the same keys, the bounds of its container hold.
    best_only = inside & ~table["bounded"].to_numpy(dtype=bool)
    for bound in (BOUNDS.index("low"), BOUNDS.index("high")):
        both = ~np.isnan(numbers[:, bound]) & ~np.isnan(numbers[container, bound])
        numbers[best_only & both, bound] = 0
    in_parts = np.zeros_like(numbers)
    for level in reversed(levels):
        total = np.fmax(numbers[level], in_parts[level])  # parts may have numbers where their container has none
        np.add.at(in_parts, container[level], np.nan_to_num(total))
    net = np.fmax(numbers - in_parts, 0)
    net[np.isnan(numbers)] = np.nan
    has_parts = np.isin(np.arange(len(table)), container)
    exhausted = has_parts & (net == 0).all(axis=1)
    return table.assign(**values, **dict(zip(BOUNDS, net.T, strict=True)), adds=~exhausted, inside=inside)


def _hierarchy_levels(container: Positions) -> list[Positions]:
    """Return the positions of parts level by level: parts of tallies that have no container, their parts, and so on."""
    levels: list[Positions] = []
    level = np.flatnonzero(container < 0)
    while (level := np.flatnonzero(np.isin(container, level))).size:
        levels.append(level)
    return levels


def _inherit_keys(
    table: pd.DataFrame, container: Positions, levels: list[Positions], keys: list[str]
) -> tuple[dict[str, npt.NDArray[np.object_]], npt.NDArray[np.bool_]]:
    """Return the key columns with missing values taken from the container, and where all keys equal the container's."""
    columns: dict[str, npt.NDArray[np.object_]] = {}
    same = container >= 0
    for key in keys:
        codes, uniques = pd.factorize(table[key])  # a missing value has the code -1
        codes = np.array(codes)
        for level in levels:
            codes[level] = np.where(codes[level] < 0, codes[container[level]], codes[level])
        same &= codes == codes[container]
        columns[key] = np.array([*uniques, None], dtype=object)[codes]
    return columns, same
