"""The lookup tables: which groups, places, people, strengths and sources match, and what is part of what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mali_cli.errors import MaliError
from mali_cli.model.filters import Filters
from mali_cli.model.geo import kilometres
from mali_cli.model.periods import may_overlap
from mali_cli.model.vocabulary import AREAL_PRECISIONS, BUILDING
from mali_cli.queries import list_columns
from mali_cli.queries.events import from_documents, order_counts
from mali_cli.queries.text_search import text_mask


def filter_groups(groups: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the groups that match, with a period those that may have existed in it."""
    mask = list_columns.isin_all(
        groups, kind=filters.kinds, camp=filters.camps, country=filters.countries, group=filters.actors
    )
    if filters.related is not None:
        mask &= groups["group"].isin(filters.related)
    if filters.period is not None:
        spans = zip(groups["founded"], groups["dissolved"], strict=True)
        mask &= np.array([may_overlap(founded, dissolved, filters.period) for founded, dissolved in spans], dtype=bool)
    return groups[mask & source_and_text_mask(groups, ("group", "name", "aliases", "summary"), filters)]


def filter_places(places: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the places that match."""
    mask = list_columns.isin_all(
        places,
        kind=filters.kinds,
        region=filters.regions,
        admin2=filters.admin2,
        country=filters.event_countries | filters.countries,
        place=filters.places,
    )
    if filters.nearby_places is not None:
        mask &= places["place"].isin(filters.nearby_places)
    return places[mask]


def filter_people(people: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the posts that match, with a period those that may have been held in it.

    With fates, the period is that of the fate, and denied fates match only if the filter by basis names them.
    """
    mask = list_columns.isin_all(people, group=filters.actors, fate=filters.fates, fate_basis=filters.bases)
    if filters.fates and not filters.bases:
        mask &= people["fate_basis"] != "denied"
    if filters.period is not None and filters.fates:
        dates = people["fate_date"]
        mask &= dates.notna() & np.array([may_overlap(date, date, filters.period) for date in dates], dtype=bool)
    elif filters.period is not None:
        # Without an end date, the date of the fate ends a post.
        held = zip(people["date_start"], people["date_end"], people["fate_date"], strict=True)
        ends = [(start, end if isinstance(end, str) else fate) for start, end, fate in held]
        mask &= np.array([may_overlap(start, end, filters.period) for start, end in ends], dtype=bool)
    return people[mask & source_and_text_mask(people, ("person", "aliases", "role", "note"), filters)]


def filter_strengths(strengths: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the strengths that match."""
    mask = list_columns.isin_all(
        strengths, group=filters.actors, country=filters.countries, status=filters.statuses, unit=filters.units
    )
    if filters.period is not None:
        mask &= np.array([may_overlap(date, date, filters.period) for date in strengths["as_of"]], dtype=bool)
    return strengths[mask & source_and_text_mask(strengths, ("what", "wording", "note"), filters)]


def count_by(rows: pd.DataFrame, keys: list[str], date_column: str) -> pd.DataFrame:
    """Return the number of rows per value of the keys; the year is that of a date column with partial dates."""
    columns = {key: rows[date_column].str[:4] if key == "year" else rows[key] for key in keys}
    counts = rows.assign(**columns).groupby(keys, dropna=False, sort=True).size()
    table = counts.reset_index(name="rows").astype({"rows": "Int64"})
    return order_counts(table, keys, "rows")


def source_and_text_mask(table: pd.DataFrame, columns: tuple[str, ...], filters: Filters) -> pd.Series:
    """Return a mask of the rows that match the filters by source, and by text in these columns."""
    mask = pd.Series(True, index=table.index)
    if filters.documents:
        mask &= from_documents(table["sources"], filters.documents)
    if filters.search_terms:
        mask &= text_mask(table, columns, filters.search_terms)
    return mask


def filter_sources(documents: pd.DataFrame, references: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Return the documents that match, each followed by the references it cites unless only documents are wanted."""
    cited = references.rename(columns={"reference": "source"})
    citing = documents.rename(columns={"document": "source", "published": "date"})
    table = pd.concat([citing.assign(number=0, document=citing["source"]), cited], ignore_index=True)
    table = table.sort_values(["document", "number"], kind="stable")
    if filters.documents_only:
        table = table[table["source"] == table["document"]]
    if filters.documents:
        table = table[table["document"].isin(filters.documents) | table["source"].isin(filters.documents)]
    if filters.search_terms:
        table = table[text_mask(table, ("source", "title", "publisher"), filters.search_terms)]
    return table


def places_within_km(places: pd.DataFrame, centre: str, max_km: float) -> frozenset[str]:
    """Return the places within a great-circle distance of one of them.

    MaliError if that one is not a point.
    """
    points = places[~places["kind"].isin(AREAL_PRECISIONS) & places["latitude"].notna()].set_index("place")
    if centre not in points.index:
        raise MaliError(f"--near takes a town or another point; {centre} has no coordinates of its own.")
    latitude, longitude = points["latitude"].to_numpy(), points["longitude"].to_numpy()
    distances = kilometres(latitude, longitude, points.at[centre, "latitude"], points.at[centre, "longitude"])
    return frozenset(points.index[distances <= max_km])


def towns_of_buildings(places: pd.DataFrame) -> dict[str, str]:
    """Return each place with itself, and a building at the coordinates of its town with that town."""
    points = places.set_index("place")[["latitude", "longitude"]].astype(float)
    at_town = (points.to_numpy() == points.reindex(places["within"].astype(object)).to_numpy()).all(axis=1)
    towns = places["place"].where(~(at_town & (places["kind"] == BUILDING)), places["within"])
    return dict(zip(places["place"], towns, strict=True))


def descendants(
    groups: pd.DataFrame, names: frozenset[str], column: str = "part_of", key: str = "group"
) -> frozenset[str]:
    """Return the names and everything that is part of them, at any depth.

    For places, `column` is "within" and `key` is "place".
    """
    children: dict[str, list[str]] = {}
    for child, parents in zip(groups[key], groups[column], strict=True):
        for parent in list_columns.split(parents):
            children.setdefault(parent, []).append(child)
    result = set(names)
    todo = list(names)
    while todo:
        new = [child for child in children.get(todo.pop(), ()) if child not in result]
        result.update(new)
        todo += new
    return frozenset(result)
