"""The numbers behind the pictures: events and dead by period, and by place with who held it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mali_cli.model.periods import Period
from mali_cli.model.vocabulary import AREAL_PRECISIONS
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns
from mali_cli.queries.control import PRESENT, UNKNOWN

# After the place of an event that is only known to lie in its region: no point is meant. (No NUL: pandas' text type
# takes it for the end of a text.)
AREAL_TAG = "\x01"


def merge_counts_and_sums(counts: pd.DataFrame, sums: pd.DataFrame, key: str, columns: Iterable[str]) -> pd.DataFrame:
    """The counts of queries/events.py beside the sums of queries/sums.py, a row per value of the key, blank last."""
    both = [table.assign(**{key: table[key].astype(object).where(table[key].notna(), "")}) for table in (counts, sums)]
    table = both[0][[key, "events"]].merge(both[1].drop(columns="events"), on=key, how="outer")
    table = table[[key, "events", *columns]].astype({"events": "Int64"})
    for name in ("events", "unknown", "not_stated"):
        table[name] = table[name].fillna(0)
    table["open"] = table["open"].astype("boolean").fillna(False).astype(bool)
    # Sums have rows for what else they tell, such as stated totals or wounded: nothing of it is drawn.
    told = table["killed_best"].notna() | (table[["events", "unknown", "not_stated"]] > 0).any(axis=1)
    table = table[told].sort_values(key, kind="stable", ignore_index=True)
    blank = table[key] == ""
    table[key] = table[key].where(~blank, None)
    return pd.concat([table[~blank], table[blank]], ignore_index=True)


def with_empty_periods(table: pd.DataFrame, key: str, period: Period | None) -> pd.DataFrame:
    """A row for each year, quarter or month from the first to the last, and as far as was asked; blank last.

    Of an empty one no event is told, and of its dead nothing at all: that is a blank and no 0.
    """
    told = table[table["period"].notna()]
    if told.empty:
        return table
    code = event_queries.TIME_KEYS[key]
    first, last = (pd.Period(told["period"].iloc[at].replace("-Q", "Q"), freq=code) for at in (0, -1))
    if period is not None and period.first is not None:
        first = min(first, pd.Period(period.first, freq=code))
    if period is not None and period.last is not None:
        last = max(last, pd.Period(period.last, freq=code))
    bins = [str(bin).replace("Q", "-Q") for bin in pd.period_range(first, last, freq=code)]
    whole = told.set_index("period").reindex(bins).rename_axis("period").reset_index()
    for name in ("events", "unknown", "not_stated"):
        whole[name] = whole[name].fillna(0)
    whole["open"] = whole["open"].astype("boolean").fillna(False).astype(bool)
    return pd.concat([whole.astype(told.dtypes), table[table["period"].isna()]], ignore_index=True)


def areal_events(events: pd.DataFrame, places: pd.DataFrame) -> frozenset[str]:
    """The events whose point only stands in for a region, an area or a country."""
    kinds = dict(zip(places["place"], places["kind"], strict=True))
    wide = events["place_precision"].isin(AREAL_PRECISIONS) | events["place"].map(kinds).isin(AREAL_PRECISIONS)
    return frozenset(events.loc[wide & events["place"].notna(), "event_id"])


def tag_areal_rows(rows: pd.DataFrame, those: frozenset[str]) -> pd.DataFrame:
    """Events or figures, those of some events under a place of their own."""
    return rows.assign(place=rows["place"].where(~rows["event_id"].isin(those), rows["place"] + AREAL_TAG))


def map_table(table: pd.DataFrame, places: pd.DataFrame, held: pd.DataFrame | None, by: str) -> pd.DataFrame:
    """The sums by place with where it lies, the largest first; with those places of which a holder is told.

    The index holds the places as they were given: those set apart are told from points by it.
    """
    if held is not None:
        table = table.merge(holders(held), on="place", how="outer")
        table["events"] = table["events"].fillna(0)
        table["open"] = table["open"].astype("boolean").fillna(False).astype(bool)
        table["unknown"], table["not_stated"] = table["unknown"].fillna(0), table["not_stated"].fillna(0)
    else:
        table = table.assign(holder=None, contested=None)
    given = table["place"].astype(object).where(table["place"].notna(), "")
    wide = given.str.endswith(AREAL_TAG)
    names = given.str.removesuffix(AREAL_TAG).astype(object)
    known = places.set_index("place")
    point = known.reindex(names)
    no_point = wide.to_numpy() | point["kind"].isin(AREAL_PRECISIONS).to_numpy()
    table = table.assign(
        place=names.where(names != "", None),
        region=list_columns.map_list(names, known["region"].to_dict()),
        country=list_columns.map_list(names, known["country"].to_dict()),
        latitude=point["latitude"].where(~no_point).to_numpy(),
        longitude=point["longitude"].where(~no_point).to_numpy(),
    )
    size = "events" if by == "events" else "killed_best"
    order = table.assign(size=table[size].fillna(-1), blank=table["place"].isna())
    keys = ["blank", "size", "events", "place"]
    order = order.sort_values(keys, ascending=[True, False, False, True], kind="stable")
    return table.loc[order.index].set_axis(given[order.index].rename(None), axis="index")


def event_row_index(keys: pd.Series, rows: list[object]) -> tuple[int, ...]:
    """In which row of a table each event is counted, by its period or place; a blank key by "" or a missing one."""
    blank = next((at for at, row in enumerate(rows) if not isinstance(row, str) or not row), -1)
    at = {row: at for at, row in enumerate(rows)}
    return tuple(at[key] if isinstance(key, str) else blank for key in keys)


def holders(held: pd.DataFrame) -> pd.DataFrame:
    """Of each place who held it, by queries/control.py; contested where statements rival or none is certain.

    Troops that were only present held nothing.
    """
    rows = held[held["basis"] != PRESENT]
    groups = rows.groupby("place", sort=True)
    table = groups.agg(holder=("holder", _unique_holders), several=("holder", "nunique")).reset_index()
    rival = set(rows.loc[rows["basis"].isin(["disputed", "claimed"]) & (rows["holder"] != UNKNOWN), "place"])
    contested = (table["several"] > 1) | table["place"].isin(rival)
    return table.assign(contested=contested).drop(columns="several")


def _unique_holders(holders: pd.Series) -> str | None:
    return list_columns.join(name for holder in holders for name in list_columns.split(holder))
