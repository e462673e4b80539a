"""How similar two event types are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.queries.events import violent

STRATEGIC = "Strategic developments"
REMOTE = "Explosions/Remote violence"
# Types under which two files may record one event: UCDP does not state the weapon.
COMPATIBLE = (frozenset({"Battles", REMOTE}), frozenset({"Violence against civilians", REMOTE}))


class EventType(NamedTuple):
    """An event type, with the sub-event type only under Strategic developments, where the type says little."""

    type: str | None
    sub_type: str | None
    violent: bool


def event_types(events: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the EventType of each event. Without a type it is taken as violent, as in files that have no types."""
    types = events["event_type"].where(events["event_type"].notna(), None)
    sub_types = events["sub_event_type"].where((types == STRATEGIC) & events["sub_event_type"].notna(), None)
    rows = list(map(EventType, types, sub_types, (violent(events) | types.isna()).tolist()))
    return pd.Series(rows, dtype=object).to_numpy()


def type_similarity(left: EventType, right: EventType) -> float:
    """Return 1 for the same type, 0.5 for types under which files may record one event, otherwise 0."""
    if left.type is None or right.type is None:
        return 0.5 if left.violent and right.violent else 0.0
    if left.type == right.type:
        return float(left.type != STRATEGIC or (left.sub_type is not None and left.sub_type == right.sub_type))
    return 0.5 if frozenset({left.type, right.type}) in COMPATIBLE else 0.0


class TypeSimilarities:
    """The similarities of all types of two sets of events."""

    def __init__(self, ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
        self._our_codes, our_types = pd.factorize(event_types(ours))
        self._their_codes, their_types = pd.factorize(event_types(theirs))
        similarities = [type_similarity(left, right) for left in our_types for right in their_types]
        self._matrix = np.array(similarities, dtype=float).reshape(len(our_types), len(their_types))

    def of_pairs(self, our_rows: npt.NDArray[np.int64], their_rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the similarity of each pair of events, given by their positions."""
        return np.asarray(self._matrix[self._our_codes[our_rows], self._their_codes[their_rows]])


def comparable_mask(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.Series:
    """Return a mask of our events that are violent, or of a type that occurs in theirs as well.

    Foreign files have no declarations or resolutions; that ours are missing there means nothing.
    """
    codes, our_types = pd.factorize(event_types(ours))
    _, their_types = pd.factorize(event_types(theirs))
    comparable = [left.violent or any(type_similarity(left, right) > 0 for right in their_types) for left in our_types]
    return pd.Series(np.array(comparable, dtype=bool)[codes], index=ours.index)
