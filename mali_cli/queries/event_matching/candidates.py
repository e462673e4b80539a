"""Pairs of events near each other in time and place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mali_cli.queries.event_matching.event_types import REMOTE, SAME_SUB_TYPE, STRATEGIC, TypeSimilarities
from mali_cli.queries.event_matching.inputs import EventSet, MatchWindow
from mali_cli.queries.event_matching.locations import (
    APART,
    Locations,
    Positions,
    spatial_relation,
)

BATCH_ROWS = 2_000_000  # rows of days and pairs made in one step, which limits the memory used


def near_pairs(ours: EventSet, theirs: EventSet, locations: Locations, window: MatchWindow) -> pd.DataFrame:
    """Return every pair of events of similar types that are near each other in time and place.

    The columns are `our_row` and `their_row` (positions of the events), `place`, `same_key` and `km` (see
    `spatial_relation`), `days` (apart, 0 if they overlap), `type_similarity`, `directed` and `same_weapon` (see
    `_with_types`), and `long_date`, `inexact_date` and `near_place`, each true if it is for one of the two. Of the
    places of a pair those count that relate best.
    """
    similarities = TypeSimilarities(ours.events, theirs.events)
    left, right = locations
    batches = []
    for left_rows, right_rows in _temporal_candidates(left, right, window.days):
        our_rows, their_rows = left["event"].to_numpy()[left_rows], right["event"].to_numpy()[right_rows]
        similarity = similarities.of_pairs(our_rows, their_rows)
        similar = similarity > 0
        batch = _related(left, right, left_rows[similar], right_rows[similar], window)
        batch["type_similarity"] = similarity[similar]
        batches.append(batch[batch["place"] > APART])
    return _with_types(_best_places(pd.concat(batches, ignore_index=True)), ours, theirs)


def pairs_of_same_id(ours: EventSet, theirs: EventSet, locations: Locations, window: MatchWindow) -> pd.DataFrame:
    """Return the pairs of events with the same key, if both are of files of one source, with the columns they need.

    These are those of `near_pairs`, without the ones about types; `km` is blank where an event has no place.
    """
    if ours.origin is None or ours.origin != theirs.origin:  # keys of different sources mean nothing
        ours, theirs = (side._replace(events=side.events.head(0)) for side in (ours, theirs))
    keys = (
        pd.DataFrame({"event_id": side.events["event_id"].to_numpy(), row: np.arange(len(side.events))})
        for side, row in ((ours, "our_row"), (theirs, "their_row"))
    )
    pairs = next(keys).merge(next(keys), on="event_id").drop(columns="event_id")
    left, right = locations
    rows = pairs.merge(left["event"].reset_index().rename(columns={"event": "our_row", "index": "left"}), on="our_row")
    rows = rows.merge(right["event"].reset_index().rename(columns={"event": "their_row", "index": "right"}))
    places = _best_places(_related(left, right, rows["left"].to_numpy(), rows["right"].to_numpy(), window))
    pairs = pairs.merge(places, on=["our_row", "their_row"], how="left")
    pairs["days"] = pairs["days"].fillna(0).astype(np.int64)
    return pairs.assign(same_key=pairs["same_key"].eq(True), directed=False)


def _related(
    left: pd.DataFrame, right: pd.DataFrame, left_rows: Positions, right_rows: Positions, window: MatchWindow
) -> pd.DataFrame:
    """Return how each pair of event locations relates in time and place."""
    pairs = spatial_relation(left, right, left_rows, right_rows, window.km)
    pairs["our_row"], pairs["their_row"] = left["event"].to_numpy()[left_rows], right["event"].to_numpy()[right_rows]
    pairs["days"] = _days_apart(left, right, left_rows, right_rows)
    for flag in ("long_date", "inexact_date", "near_place"):
        pairs[flag] = left[flag].to_numpy(dtype=bool)[left_rows] | right[flag].to_numpy(dtype=bool)[right_rows]
    return pairs


def _best_places(pairs: pd.DataFrame) -> pd.DataFrame:
    best_first = ["our_row", "their_row", "place", "km", "near_place"]
    pairs = pairs.sort_values(best_first, ascending=[True, True, False, True, True])
    return pairs.drop_duplicates(["our_row", "their_row"], ignore_index=True)


def _with_types(pairs: pd.DataFrame, ours: EventSet, theirs: EventSet) -> pd.DataFrame:
    """Return the pairs with what their types mean for the actors.

    The columns are `directed`: under Strategic developments side_a acts, so that the order of the sides has a meaning,
    and `same_weapon`: the same sub-event type of Explosions/Remote violence.
    """
    our_types = ours.events["event_type"].to_numpy()[pairs["our_row"]]
    their_types = theirs.events["event_type"].to_numpy()[pairs["their_row"]]
    same_weapon = (our_types == REMOTE) & (their_types == REMOTE) & (pairs["type_similarity"] == SAME_SUB_TYPE)
    return pairs.assign(
        directed=(our_types == STRATEGIC) | (their_types == STRATEGIC), same_weapon=same_weapon.astype(bool)
    )


def _temporal_candidates(left: pd.DataFrame, right: pd.DataFrame, days: int) -> Iterator[tuple[Positions, Positions]]:
    """Yield the positions of event locations at most `days` apart, in batches.

    With a long date, only locations at the same place are compared: no rule allows others.
    """
    yield from _pairs_by_day(left[~left["long_date"]], right[~right["long_date"]], days)
    for some, others in ((left[left["long_date"]], right), (left[~left["long_date"]], right[right["long_date"]])):
        left_rows, right_rows = _pairs_by_place(some, others)
        near = _days_apart(left, right, left_rows, right_rows) <= days
        yield left_rows[near], right_rows[near]


def _pairs_by_day(left: pd.DataFrame, right: pd.DataFrame, days: int) -> Iterator[tuple[Positions, Positions]]:
    """Yield pairs that share a day when the dates of the left are widened by `days` on both sides."""
    right_days = _days_of(right, 0)
    day = np.sort(right_days["day"].to_numpy())
    first, last = left["first"].to_numpy() - days, left["last"].to_numpy() + days
    shared_days = np.searchsorted(day, last, side="right") - np.searchsorted(day, first, side="left")
    for batch in _batches(last - first + 1 + shared_days):
        pairs = _days_of(left.iloc[batch], days).merge(right_days, on="day", suffixes=("_left", "_right"))
        # A pair that shares several days is taken on the first of them.
        pairs = pairs[pairs["day"] == np.maximum(pairs["first_left"], pairs["first_right"])]
        yield pairs["row_left"].to_numpy(dtype=np.int64), pairs["row_right"].to_numpy(dtype=np.int64)


def _days_of(locations: pd.DataFrame, margin: int) -> pd.DataFrame:
    """Return a row for each day of each location's dates, widened by a margin of days: `row`, `first` and `day`."""
    first, last = locations["first"].to_numpy() - margin, locations["last"].to_numpy() + margin
    length = last - first + 1
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    row, first = np.repeat(locations.index.to_numpy(), length), np.repeat(first, length)
    return pd.DataFrame({"row": row, "first": first, "day": first + offset})


def _batches(row_count: Positions) -> Iterator[Positions]:
    """Yield runs of positions that need about BATCH_ROWS rows each; `row_count` are the rows of each position."""
    batch = np.cumsum(row_count) // BATCH_ROWS
    yield from np.split(np.arange(len(row_count)), np.flatnonzero(np.diff(batch)) + 1)


def _pairs_by_place(left: pd.DataFrame, right: pd.DataFrame) -> tuple[Positions, Positions]:
    """Return the pairs of locations that are at the same place by name."""
    keys = (pd.DataFrame({"place_key": side["place_key"], "row": side.index}).dropna() for side in (left, right))
    pairs = next(keys).merge(next(keys), on="place_key", suffixes=("_left", "_right"))
    return pairs["row_left"].to_numpy(dtype=np.int64), pairs["row_right"].to_numpy(dtype=np.int64)


def _days_apart(left: pd.DataFrame, right: pd.DataFrame, left_rows: Positions, right_rows: Positions) -> Positions:
    """Return the days from the end of the earlier to the start of the later of each pair, 0 where they overlap."""
    after = left["first"].to_numpy()[left_rows] - right["last"].to_numpy()[right_rows]
    before = right["first"].to_numpy()[right_rows] - left["last"].to_numpy()[left_rows]
    return np.asarray(np.maximum(np.maximum(after, before), 0))
