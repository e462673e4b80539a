"""How similar two event types are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.queries.events import violent

STRATEGIC = "Strategic developments"
REMOTE = "Explosions/Remote violence"
# Types under which two files may record one event: UCDP does not state the weapon, and a protest may turn violent.
COMPATIBLE = (
    frozenset({"Battles", REMOTE}),
    frozenset({"Violence against civilians", REMOTE}),
    frozenset({"Protests", "Riots"}),
)
TRANSFER = "Non-violent transfer of territory"
GAINS = ("Government regains territory", "Non-state actor overtakes territory")  # Battles; they exclude each other

# Similarities of two event types
SAME_SUB_TYPE, SAME_TYPE, COMPATIBLE_TYPES = 1.0, 0.5, 0.25


class EventType(NamedTuple):
    """An event type with its sub-event type."""

    type: str | None
    sub_type: str | None
    violent: bool


def event_types(events: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the EventType of each event. Without a type it is taken as violent, as in files that have no types."""
    types, sub_types = (events[name].where(events[name].notna(), None) for name in ("event_type", "sub_event_type"))
    rows = list(map(EventType, types, sub_types, (violent(events) | types.isna()).tolist()))
    return pd.Series(rows, dtype=object).to_numpy()


def type_similarity(left: EventType, right: EventType) -> float:
    """Return how well two types agree, from 1 for the same sub-event type to 0 for types of different events."""
    sub_types = {left.sub_type, right.sub_type}
    if left.type is None or right.type is None:
        return COMPATIBLE_TYPES if left.violent and right.violent else 0.0
    if left.type == right.type:
        if left.sub_type is not None and left.sub_type == right.sub_type:
            return SAME_SUB_TYPE
        # Under Strategic developments the type alone says little.
        return 0.0 if left.type == STRATEGIC or sub_types == set(GAINS) else SAME_TYPE
    if TRANSFER in sub_types and not sub_types.isdisjoint(GAINS):
        return SAME_TYPE
    return COMPATIBLE_TYPES if frozenset({left.type, right.type}) in COMPATIBLE else 0.0


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
