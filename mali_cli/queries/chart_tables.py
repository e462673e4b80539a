"""The tables behind charts: events and people killed by period, and by place with its holder."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from mali_cli.model.periods import Period
from mali_cli.model.vocabulary import AREAL_PRECISIONS
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns
from mali_cli.queries.control import PRESENT, UNKNOWN

# Appended to the place of events that are only located by region, area or country: they get a row of their own, without
# coordinates. (Not NUL, which ends a text in pandas' string type.)
AREAL_TAG = "\x01"
COUNTS = ("events", "unknown", "not_stated")


def merge_counts_and_sums(counts: pd.DataFrame, sums: pd.DataFrame, key: str, columns: Iterable[str]) -> pd.DataFrame:
    """Return the counts of events beside the sums of fatalities, one row per value of the key, a missing one last.

    Parameters
    ----------
    counts
        The counts of `events.count_by`.
    sums
        The table of `fatalities.finalize`.
    key
        The group key.
    columns
        The columns of the sums to keep.
    """
    counts, sums = (table.assign(**{key: table[key].astype(object).fillna("")}) for table in (counts, sums))
    table = counts[[key, "events"]].merge(sums.drop(columns="events"), on=key, how="outer")
    table = _fill_counts(table[[key, "events", *columns]].astype({"events": "Int64"}))
    # Sums also have rows for stated totals or wounded alone, of which a chart shows nothing.
    has_data = table["killed_best"].notna() | (table[[*COUNTS]] > 0).any(axis=1)
    table = table[has_data].sort_values(key, kind="stable", ignore_index=True)
    missing = table[key] == ""
    table[key] = table[key].where(~missing, None)
    return pd.concat([table[~missing], table[missing]], ignore_index=True)


def _fill_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with 0 for missing counts and False for a missing `open`; fatalities stay missing."""
    is_open = table["open"].astype("boolean").fillna(False).astype(bool)
    return table.assign(open=is_open, **{name: table[name].fillna(0) for name in COUNTS})


def with_empty_periods(table: pd.DataFrame, key: str, period: Period | None) -> pd.DataFrame:
    """Return the table with a row for every year, quarter or month, that of events without a single one last.

    The rows reach from the first to the last period with events, and to both ends of the period filter. In empty
    periods counts are 0; fatalities are missing, because nothing is known about them.
    """
    dated = table[table["period"].notna()]
    if dated.empty:
        return table
    frequency = event_queries.TIME_KEYS[key]
    first, last = (pd.Period(dated["period"].iloc[i].replace("-Q", "Q"), freq=frequency) for i in (0, -1))
    if period is not None and period.first is not None:
        first = min(first, pd.Period(period.first, freq=frequency))
    if period is not None and period.last is not None:
        last = max(last, pd.Period(period.last, freq=frequency))
    labels = list(map(event_queries.period_label, pd.period_range(first, last, freq=frequency)))
    every_period = dated.set_index("period").reindex(labels).rename_axis("period").reset_index()
    return pd.concat(
        [_fill_counts(every_period).astype(dated.dtypes), table[table["period"].isna()]], ignore_index=True
    )


def areal_events(events: pd.DataFrame, places: pd.DataFrame) -> frozenset[str]:
    """Return the ids of the events whose place is a region, an area or a country, or represents one."""
    kinds = dict(zip(places["place"], places["kind"], strict=True))
    areal = events["place_precision"].isin(AREAL_PRECISIONS) | events["place"].map(kinds).isin(AREAL_PRECISIONS)
    return frozenset(events.loc[areal & events["place"].notna(), "event_id"])


def tag_areal_rows(rows: pd.DataFrame, event_ids: frozenset[str]) -> pd.DataFrame:
    """Return events or figures with AREAL_TAG appended to the place of those of some events."""
    return rows.assign(place=rows["place"].where(~rows["event_id"].isin(event_ids), rows["place"] + AREAL_TAG))


def map_table(table: pd.DataFrame, places: pd.DataFrame, control: pd.DataFrame | None, by: str) -> pd.DataFrame:
    """Return the sums by place with the location of each place, the largest first.

    Parameters
    ----------
    table
        The table of `merge_counts_and_sums`, by place; places may be tagged with AREAL_TAG.
    places
        The table places.
    control
        The rows of `control.control_on`, which add the places with a holder, and the columns holder and contested.
    by
        "events" or "dead", the order.

    The index has the places with their tags, which distinguish areas from points of the same name.
    """
    if control is not None:
        table = _fill_counts(table.merge(holders(control), on="place", how="outer"))
    else:
        table = table.assign(holder=None, contested=None)
    tagged = table["place"].astype(object).where(table["place"].notna(), "")
    names = tagged.str.removesuffix(AREAL_TAG).astype(object)
    place_rows = places.set_index("place")
    point = place_rows.reindex(names)
    is_areal = tagged.str.endswith(AREAL_TAG).to_numpy() | point["kind"].isin(AREAL_PRECISIONS).to_numpy()
    table = table.assign(
        place=names.where(names != "", None),
        region=list_columns.map_list(names, place_rows["region"].to_dict()),
        country=list_columns.map_list(names, place_rows["country"].to_dict()),
        latitude=point["latitude"].where(~is_areal).to_numpy(),
        longitude=point["longitude"].where(~is_areal).to_numpy(),
    )
    size = table["events" if by == "events" else "killed_best"].fillna(-1)
    order = table.assign(size=size, missing=table["place"].isna())
    keys = ["missing", "size", "events", "place"]
    order = order.sort_values(keys, ascending=[True, False, False, True], kind="stable")
    return table.loc[order.index].set_axis(tagged[order.index].rename(None), axis="index")


def event_row_index(keys: pd.Series, rows: list[object]) -> tuple[int, ...]:
    """Return for each event, given by its period or place, the position of the row that counts it.

    `rows` are the keys of the rows. An event without a key is counted in the row whose key is missing or "".
    """
    position = {row: i for i, row in enumerate(rows)}
    missing = next((i for i, row in enumerate(rows) if not isinstance(row, str) or not row), -1)
    return tuple(position[key] if isinstance(key, str) else missing for key in keys)


def holders(control: pd.DataFrame) -> pd.DataFrame:
    """Return the holder of each place and whether it is contested, from the rows of `control.control_on`.

    A place is contested if it has several holders, or one that is disputed or claimed. Troops that are only present
    are not holders.
    """
    rows = control[control["basis"] != PRESENT]
    groups = rows.groupby("place", sort=True)
    table = groups.agg(holder=("holder", _join_holders), number=("holder", "nunique")).reset_index()
    uncertain = rows["basis"].isin(["disputed", "claimed"]) & (rows["holder"] != UNKNOWN)
    contested = (table["number"] > 1) | table["place"].isin(rows.loc[uncertain, "place"])
    return table.assign(contested=contested).drop(columns="number")


def _join_holders(holders: pd.Series) -> str | None:
    return list_columns.join(name for holder in holders for name in list_columns.split(holder))
