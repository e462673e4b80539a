"""Control over places: intervals made from dated statements, and the holders on one day."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pandas as pd

from mali_cli.model.filters import Filters
from mali_cli.model.periods import DAYS_PER_YEAR, Age, Period
from mali_cli.model.vocabulary import LAST_KNOWN, PRESENT, UNKNOWN_HOLDER
from mali_cli.queries import entities, list_columns
from mali_cli.queries.control_intervals import build_intervals
from mali_cli.queries.events import location_mask
from mali_cli.results import pluralize

Tables = Callable[[str], pd.DataFrame]
RECENT, MAY_HAVE_CHANGED = (
    "recent",
    "may have changed",
)  # values of the column `status`, besides those of the vocabulary


def control_intervals(table: Tables, filters: Filters) -> pd.DataFrame:
    """Return the intervals that match, by place in order of time; `status` and `age_years` are missing."""
    rows = build_intervals(table)
    mask = location_mask(rows, filters) & _filter_mask(rows, filters)
    if filters.period is not None:
        mask &= _overlaps(rows, filters.period)
    return rows[mask].assign(status=None, age_years=float("nan"))


def control_on(table: Tables, filters: Filters, on: datetime.date) -> pd.DataFrame:
    """Return who held each place on a day, by the latest statement; UNKNOWN_HOLDER before the first one.

    If the place may have changed hands before or after that day, there are rows for both holders. `status` says how
    far each of them is to be trusted.
    """
    day = pd.Timestamp(on)
    rows = build_intervals(table)
    rows = rows[location_mask(rows, filters)]
    current = rows[(rows["since"] <= day) & ~(rows["until_by"] <= day)]
    # Of two statements with the same holder the later one is kept.
    current = current.drop_duplicates(["place", "holder", "basis"], keep="last")
    current = _with_age(current, on, filters.max_age)
    without_holder = _places_without_holder(rows, current, table("places"))
    found = pd.concat([current, without_holder]) if len(without_holder) else current
    found = found.sort_values(["place", "since"], kind="stable", na_position="first", ignore_index=True)
    # Filtering comes last, so that a place held by somebody else does not become unknown.
    return found[_filter_mask(found, filters)].reset_index(drop=True)


def holder_notes(holders: pd.DataFrame, day: datetime.date, max_age: Age) -> list[str]:
    """Say how many of the holders on a day are only last known, and how many may have changed."""
    known = int((holders["status"] != UNKNOWN_HOLDER).sum())
    last_known = int((holders["status"] == LAST_KNOWN).sum())
    if not last_known:
        return notes_on_changes(holders)
    are, statements = ("is", "its statement is") if last_known == 1 else ("are", "their statements are")
    ages = (
        f"{last_known:,} of {pluralize(known, 'holders')} {are} last known:"
        f" {statements} more than {max_age} older than {day} (--max-age)."
    )
    return [ages, *notes_on_changes(holders)]


def notes_on_changes(holders: pd.DataFrame) -> list[str]:
    """Say how many of the holders on a day may have changed, and that later changes may be missing."""
    changed = int((holders["status"] == MAY_HAVE_CHANGED).sum())
    notes = []
    if changed:
        notes.append(f"{changed:,} may have changed: the place may have changed hands before or after that day.")
    if len(holders):
        notes.append("Holders are as last stated; a later change may be missing from the documents.")
    return notes


def _with_age(rows: pd.DataFrame, on: datetime.date, max_age: Age) -> pd.DataFrame:
    """Return the rows with the age of their statement on a day, and the status that follows from it."""
    day = pd.Timestamp(on)
    may_have_changed = (rows["since_by"] > day) | (rows["until"] <= day)
    status = may_have_changed.map({True: MAY_HAVE_CHANGED, False: RECENT}).astype(object)
    # Of a statement that is dated between two days, the later may be after the day of the question.
    rows = rows.assign(as_of=rows["as_of"].where(~(rows["as_of"] > day), rows["since"]))
    status = status.mask(rows["as_of"] < pd.Timestamp(max_age.before(on)), LAST_KNOWN)
    age_years = ((day - rows["as_of"]).dt.days / DAYS_PER_YEAR).clip(lower=0).round(1)
    return rows.assign(
        status=status.mask(rows["holder"] == UNKNOWN_HOLDER, UNKNOWN_HOLDER), age_years=age_years.astype("float64")
    )


def _places_without_holder(rows: pd.DataFrame, current: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return a row with the holder UNKNOWN_HOLDER for each place of the table that nobody holds."""
    held = set(current.loc[current["basis"] != PRESENT, "place"])
    missing = rows[~rows["place"].isin(held) & (rows["basis"] != PRESENT)].drop_duplicates("place")
    statement_columns = [column for column in missing.columns if column not in places.columns]
    missing[statement_columns] = missing[statement_columns].mask(pd.Series(True, index=missing.index))
    return missing.assign(holder=UNKNOWN_HOLDER, status=UNKNOWN_HOLDER, age_years=float("nan"))


def _filter_mask(rows: pd.DataFrame, filters: Filters) -> pd.Series:
    mask = entities.source_and_text_mask(rows, ("note",), filters)
    if filters.actors:
        mask &= list_columns.contains_any(rows["holder"], filters.actors)
    if filters.bases:
        mask &= rows["basis"].isin(filters.bases)
    return mask


def _overlaps(rows: pd.DataFrame, period: Period) -> pd.Series:
    mask = pd.Series(True, index=rows.index)
    if period.last is not None:
        mask &= rows["since"] <= pd.Timestamp(period.last)
    if period.first is not None:
        mask &= ~(rows["until_by"] <= pd.Timestamp(period.first))
    return mask
