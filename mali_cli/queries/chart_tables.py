"""The numbers of the charts: events and people killed by period, and by place with its holders."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from mali_cli.model.periods import DAYS_PER_YEAR, STALE_YEARS, Period
from mali_cli.model.vocabulary import AREAL_PRECISIONS, LAST_KNOWN, PRESENT, UNKNOWN_HOLDER
from mali_cli.queries import events as event_queries
from mali_cli.queries import list_columns
from mali_cli.queries.control import MAY_HAVE_CHANGED, RECENT
from mali_cli.results import pluralize

# Appended to the place of an event that is only known to lie in a region, area or country: it is not at the point of
# that place. (Not NUL, which ends a text of pandas' string type.)
AREAL_TAG = "\x01"

HOLDER_COLUMNS = (
    *("holder", "contested", "holder_status", "holder_basis", "holder_note", "holder_sources"),
    "holder_rivals",
)  # besides the days


def merge_counts_and_sums(counts: pd.DataFrame, sums: pd.DataFrame, key: str, columns: Iterable[str]) -> pd.DataFrame:
    """Return counts of events beside sums of figures, one row per value of the key, the missing value last."""
    counts, sums = (
        table.assign(**{key: table[key].astype(object).where(table[key].notna(), "")}) for table in (counts, sums)
    )
    table = counts[[key, "events"]].merge(sums.drop(columns="events"), on=key, how="outer")
    table = table[[key, "events", *columns]].astype({"events": "Int64"})
    table = _fill_counts(table)
    # Sums also have rows for stated totals or wounded alone, of which nothing is drawn.
    is_drawn = table["killed_best"].notna() | (table[["events", "unknown", "not_stated"]] > 0).any(axis=1)
    table = table[is_drawn].sort_values(key, kind="stable", ignore_index=True)
    is_missing = table[key] == ""
    table[key] = table[key].where(~is_missing, None)
    return pd.concat([table[~is_missing], table[is_missing]], ignore_index=True)


def _fill_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with 0 for missing counts and False for a missing `open`; missing sums stay missing."""
    counts = {name: table[name].fillna(0) for name in ("events", "unknown", "not_stated")}
    return table.assign(**counts, open=table["open"].astype("boolean").fillna(False).astype(bool))


def with_empty_periods(table: pd.DataFrame, key: str, period: Period | None) -> pd.DataFrame:
    """Return a row for each year, quarter or month from the first to the last, at least over `period`; missing last.

    An empty period has 0 events; the number of people killed is missing there, not 0.
    """
    in_period = table[table["period"].notna()]
    if in_period.empty:
        return table
    code = event_queries.TIME_KEYS[key]
    first, last = (pd.Period(in_period["period"].iloc[i].replace("-Q", "Q"), freq=code) for i in (0, -1))
    if period is not None and period.first is not None:
        first = min(first, pd.Period(period.first, freq=code))
    if period is not None and period.last is not None:
        last = max(last, pd.Period(period.last, freq=code))
    labels = [str(label).replace("Q", "-Q") for label in pd.period_range(first, last, freq=code)]
    all_periods = in_period.set_index("period").reindex(labels).rename_axis("period").reset_index()
    all_periods = _fill_counts(all_periods).astype(in_period.dtypes)
    return pd.concat([all_periods, table[table["period"].isna()]], ignore_index=True)


def over_periods(table: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a part of a timeline over all periods of the whole, those without a period included."""
    keys, all_keys = (rows["period"].astype(object).where(rows["period"].notna(), "") for rows in (table, whole))
    rows = _fill_counts(table.set_axis(keys).reindex(list(all_keys)).assign(period=list(whole["period"])))
    return rows.reset_index(drop=True).astype(whole.dtypes.to_dict())


def camps_taking_part(events: pd.DataFrame, groups: pd.DataFrame) -> pd.Series:
    """Return the camps of the groups that take part in events, a row for each camp, indexed as the events are."""
    camps = dict(zip(groups["group"], groups["camp"], strict=True))
    actors = event_queries.actors(events)
    found = [list(dict.fromkeys(camps.get(group) or "other" for group in names)) or [None] for names in actors]
    return pd.Series(found, index=events.index, dtype=object).explode()


def of_value(rows: pd.DataFrame, column: str, value: str | None) -> pd.DataFrame:
    """Return the rows with a value, or those without one for None."""
    return rows[rows[column].isna() if value is None else rows[column] == value]


def by_frequency(values: pd.Series) -> list[str | None]:
    """Return the values in order of their number, the most frequent first and the missing value last."""
    counts = values.dropna().value_counts()
    ordered = sorted(counts.index, key=lambda value: (-counts[value], value))
    return [*ordered, *([None] if values.isna().any() else [])]


def areal_events(events: pd.DataFrame, places: pd.DataFrame) -> frozenset[str]:
    """Return the ids of events whose point only represents a region, an area or a country."""
    kinds = dict(zip(places["place"], places["kind"], strict=True))
    is_areal = events["place_precision"].isin(AREAL_PRECISIONS) | events["place"].map(kinds).isin(AREAL_PRECISIONS)
    return frozenset(events.loc[is_areal & events["place"].notna(), "event_id"])


def map_rows(rows: pd.DataFrame, areal_event_ids: frozenset[str], towns: dict[str, str]) -> pd.DataFrame:
    """Return events or figures with their place as the map groups them: AREAL_TAG appended to that of these events.

    Buildings are at their town, see `entities.towns_of_buildings`.
    """
    place = list_columns.map_list(rows["place"], towns)
    return rows.assign(place=place.where(~rows["event_id"].isin(areal_event_ids), place + AREAL_TAG))


def map_table(table: pd.DataFrame, places: pd.DataFrame, control: pd.DataFrame | None, measure: str) -> pd.DataFrame:
    """Return the sums by place with its coordinates, the largest first; with `control` also the holders.

    The index has the places with their AREAL_TAG, which distinguishes events in a region from those at its point.
    """
    if control is None:
        blank_days = pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
        table = table.assign(
            **dict.fromkeys(HOLDER_COLUMNS),
            **dict.fromkeys(("holder_as_of", "holder_since"), blank_days),
        )
    else:
        table = _fill_counts(table.merge(holders(control), on="place", how="outer"))
    keys = table["place"].astype(object).where(table["place"].notna(), "")
    names = keys.str.removesuffix(AREAL_TAG).astype(object)
    by_name = places.set_index("place")
    locations = by_name.reindex(names)
    no_point = keys.str.endswith(AREAL_TAG).to_numpy() | locations["kind"].isin(AREAL_PRECISIONS).to_numpy()
    table = table.assign(
        place=names.where(names != "", None),
        region=list_columns.map_list(names, by_name["region"].to_dict()),
        country=list_columns.map_list(names, by_name["country"].to_dict()),
        latitude=locations["latitude"].where(~no_point).to_numpy(),
        longitude=locations["longitude"].where(~no_point).to_numpy(),
    )
    size = table["events" if measure == "events" else "killed_best"].fillna(-1)
    order = table.assign(size=size, missing=table["place"].isna()).sort_values(
        ["missing", "size", "events", "place"], ascending=[True, False, False, True], kind="stable"
    )
    return table.loc[order.index].set_axis(keys[order.index].rename(None), axis="index")


def event_row_index(event_keys: pd.Series, row_keys: Sequence[object]) -> tuple[int, ...]:
    """Return for each event the position of the row with its key; a key that is not text belongs to the row without."""
    missing = next((i for i, key in enumerate(row_keys) if not isinstance(key, str) or not key), -1)
    positions = {key: i for i, key in enumerate(row_keys)}
    return tuple(positions[key] if isinstance(key, str) else missing for key in event_keys)


def holders(control: pd.DataFrame) -> pd.DataFrame:
    """Return the holders of each place, contested if statements contradict each other or there are only claims.

    Their status is that of the newest statement. Troops that were only present are no holders.
    """
    rows = control[control["basis"] != PRESENT]
    groups = rows.groupby("place", sort=True)
    table = groups.agg(
        holder=("holder", _unique_names),
        number=("holder", "nunique"),
        rivals=("holder", _rivals),
        holder_status=("status", _least_doubtful),
        holder_as_of=("as_of", "max"),
        holder_since=("since", "min"),
        holder_basis=("basis", _unique_names),
        holder_note=("note", _joined_notes),
        holder_sources=("sources", _unique_names),
    ).reset_index()
    uncertain = rows["basis"].isin(["disputed", "claimed"]) & (rows["holder"] != UNKNOWN_HOLDER)
    contested = (table["number"] > 1) | table["place"].isin(set(rows.loc[uncertain, "place"]))
    table = table.assign(contested=contested, holder_rivals=table["rivals"].where(contested))
    return table.drop(columns=["number", "rivals"])


def _least_doubtful(statuses: pd.Series) -> str:
    return next(status for status in (RECENT, MAY_HAVE_CHANGED, LAST_KNOWN, UNKNOWN_HOLDER) if status in set(statuses))


def _unique_names(cells: pd.Series) -> str | None:
    return list_columns.join(name for cell in cells.dropna() for name in list_columns.split(cell))


def _rivals(holders: pd.Series) -> str | None:
    return list_columns.join(", ".join(list_columns.split(cell)) for cell in holders)


def _joined_notes(notes: pd.Series) -> str | None:
    return " ".join(dict.fromkeys(notes.dropna())) or None


def holder_camps(control: pd.DataFrame, groups: pd.DataFrame) -> dict[str, str]:
    """Return the camp of each group that holds a place in any statement, those with the most statements first."""
    counts = Counter(group for cell in control["holder"].dropna() for group in list_columns.split(cell))
    camps = groups.set_index("group")["camp"].dropna().to_dict()
    by_number = sorted(counts, key=lambda group: (-counts[group], group))
    return {group: str(camps.get(group, "other")) for group in by_number}


def share_with_point(rows: pd.DataFrame) -> str:
    """Return how many of the events have a point, if not all have one."""
    events = int(rows["events"].sum())
    with_point = int(rows.loc[rows["latitude"].notna() & rows["longitude"].notna(), "events"].sum())
    have = "has" if with_point == 1 else "have"
    return f"{with_point:,} of {pluralize(events, 'events')} {have} a point" if with_point < events else ""


def area_points(rows: pd.DataFrame, places: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of the regions, areas and countries whose rows have no point."""
    names = set(rows.loc[rows["latitude"].isna(), "place"].dropna())
    known = places[places["place"].isin(names) & places["latitude"].notna() & places["longitude"].notna()]
    return dict(zip(known["place"], zip(known["longitude"], known["latitude"], strict=True), strict=True))


def stale_holders(rows: pd.DataFrame, day: datetime.date) -> str:
    """Return how many of the holders drawn rest on statements older than STALE_YEARS, if any."""
    known = rows[rows["holder"].notna() & (rows["holder"] != UNKNOWN_HOLDER)]
    ages = (pd.Timestamp(day) - known["holder_as_of"]).dt.days / DAYS_PER_YEAR
    stale = int((ages > STALE_YEARS).sum())
    of_holders = f"{stale} of {pluralize(len(known), 'holders')}"
    return f"{of_holders} by statements older than {STALE_YEARS} years" if stale else ""


def source_keys(*columns: pd.Series) -> set[str]:
    """Return the keys of documents and references in these cells, and the documents of the references."""
    keys = {key for column in columns for cell in column.dropna().unique() for key in list_columns.split(cell)}
    return keys | {key.partition("#")[0] for key in keys}


def document_titles(documents: pd.DataFrame, cited: set[str]) -> tuple[str, ...]:
    """Return title, publisher and date of each cited document."""
    rows = documents[documents["document"].isin(cited)]
    return tuple(
        ", ".join(str(part) for part in row if isinstance(part, str) and part)
        for row in zip(rows["title"], rows["publisher"], rows["published"], strict=True)
    )
