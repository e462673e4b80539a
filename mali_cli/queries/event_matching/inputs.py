"""What a comparison takes: two sets of events, and how far apart two events may be."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class EventSet(NamedTuple):
    """One of the two datasets."""

    events: pd.DataFrame  # with the columns of `mali events`
    places: pd.DataFrame  # the table places
    groups: pd.DataFrame  # the table groups
    origin: str | None = None  # the format of a foreign file, whose keys are those of its source


class MatchWindow(NamedTuple):
    """How far apart two events may be and still match."""

    days: int
    km: float
