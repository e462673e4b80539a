"""Who held what: statements of control -> intervals, and the answer for one day."""

from __future__ import annotations

import datetime

import pandas as pd

from mali_cli.filters import Filters
from mali_cli.periods import Period
from mali_cli.queries import cells, registers
from mali_cli.queries.events import happened_at

UNKNOWN = "unknown"


def intervals(control: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """One row per statement: since when (first and last day it may have begun) and until the next that ends it.

    A holder stands until the next statement that somebody holds the place; troops that are only present
    end nobody's hold, and are ended by the next word on them. A blank holder is unknown.
    """
    table = control.sort_values(["place", "date_start", "date_end"], kind="stable", ignore_index=True)
    table["holder"] = table["holder"].fillna(UNKNOWN)
    present = table["basis"] == "present"
    # Rival accounts of one change, dated differently, do not end each other.
    disputed = (table["basis"] == "disputed") & table["event_id"].notna()
    change = table["event_id"].where(disputed, None)
    until, until_by = [], []
    for at, row in enumerate(table.itertuples()):
        later = table.iloc[at + 1 :]
        later = later[(later["place"] == row.place) & (later["date_start"] > row.date_start)]
        if row.basis == "present":
            later = later[(later["basis"] == "present") & later["holder"].isin([row.holder, UNKNOWN])]
        else:
            later = later[later["basis"] != "present"]
            if disputed[at]:
                later = later[change[later.index] != change[at]]
        until.append(later["date_start"].min())
        until_by.append(later["date_end"].min())
    days = {"until": until, "until_by": until_by}
    table = table.rename(columns={"date_start": "since", "date_end": "since_by"})
    table = table.assign(**{name: pd.Series(d, dtype="datetime64[s]") for name, d in days.items()})
    table = table[~(present & (table["holder"] == UNKNOWN))]  # the end of a presence is told by its interval
    where = places.set_index("place")[["region", "country", "latitude", "longitude"]]
    return table.join(where, on="place")


def held(control: pd.DataFrame, places: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The intervals that match, in order."""
    table = intervals(control, places)
    mask = _asked(table, filters)
    if filters.period is not None:
        mask &= _meets(table, filters.period)
    return table[mask].assign(certain=None)


def held_on(control: pd.DataFrame, places: pd.DataFrame, filters: Filters, on: datetime.date) -> pd.DataFrame:
    """Who held each place on a day, by the last statement before it; unknown before the first one.

    Where the day lies within the days on which a place may have changed hands, both holders stand, and
    neither is certain.
    """
    day = pd.Timestamp(on)
    table = intervals(control, places)
    table = table[_asked(table, filters)]
    ended = table["until_by"] <= day
    now = table[(table["since"] <= day) & ~ended]
    clear = (now["since_by"] <= day) & ~(now["until"] <= day)
    now = now.assign(certain=clear.astype(bool) & (now["holder"] != UNKNOWN))
    # The same holder by two statements: the later one stands.
    now = now.drop_duplicates(["place", "holder", "basis"], keep="last")
    holding = set(now.loc[now["basis"] != "present", "place"])
    silent = table[~table["place"].isin(holding) & (table["basis"] != "present")].drop_duplicates("place")
    silent = silent.assign(holder=UNKNOWN, certain=False)
    told = ["since", "since_by", "until", "until_by", "basis", "according_to", "event_id", "note", "sources"]
    silent[told] = silent[told].mask(pd.Series(True, index=silent.index))
    both = pd.concat([now, silent]) if len(silent) else now
    return both.sort_values(["place", "since"], kind="stable", na_position="first", ignore_index=True)


def _asked(table: pd.DataFrame, filters: Filters) -> pd.Series:
    mask = registers.asked(table, ("note",), filters) & happened_at(table, filters)
    if filters.countries:
        mask &= table["country"].isin(filters.countries)
    if filters.actors:
        mask &= cells.any_in(table["holder"], filters.actors)
    if filters.bases:
        mask &= table["basis"].isin(filters.bases)
    return mask


def _meets(table: pd.DataFrame, period: Period) -> pd.Series:
    mask = pd.Series(True, index=table.index)
    if period.last is not None:
        mask &= table["since"] <= pd.Timestamp(period.last)
    if period.first is not None:
        mask &= ~(table["until_by"] <= pd.Timestamp(period.first))
    return mask
