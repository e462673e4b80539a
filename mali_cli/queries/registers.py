"""The supporting tables: which groups, places and references match, and what belongs to what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mali_cli.errors import MaliError
from mali_cli.filters import Filters
from mali_cli.names import fold
from mali_cli.periods import may_meet
from mali_cli.queries import cells
from mali_cli.queries.events import from_documents


def groups_matching(groups: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    mask = cells.one_of(groups, kind=filters.kinds, camp=filters.camps, country=filters.countries, group=filters.actors)
    if filters.related is not None:
        mask &= groups["group"].isin(filters.related)
    if filters.period is not None:
        spans = zip(groups["founded"], groups["dissolved"], strict=True)
        mask &= np.array([may_meet(founded, dissolved, filters.period) for founded, dissolved in spans], dtype=bool)
    return groups[mask & asked(groups, ("group", "name", "aliases", "summary"), filters)]


def places_matching(places: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    mask = cells.one_of(
        places,
        kind=filters.kinds,
        region=filters.regions,
        country=filters.where | filters.countries,
        place=filters.places,
    )
    if filters.near is not None:
        mask &= places["place"].isin(filters.near)
    return places[mask]


def people_matching(people: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Posts that may have been held in the period, with the words asked for in name or role."""
    mask = cells.one_of(people, group=filters.actors, fate=filters.fates, fate_basis=filters.bases)
    if filters.period is not None:
        # A fate dates a person too: who was killed in the period belongs to it.
        held = zip(people["date_start"], people["date_end"], people["fate_date"], strict=True)
        ends = [(start, end if isinstance(end, str) else fate) for start, end, fate in held]
        mask &= np.array([may_meet(start, end, filters.period) for start, end in ends], dtype=bool)
    return people[mask & asked(people, ("person", "aliases", "role", "note"), filters)]


def strengths_matching(strengths: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    mask = cells.one_of(
        strengths, group=filters.actors, country=filters.countries, status=filters.statuses, unit=filters.units
    )
    if filters.period is not None:
        mask &= np.array([may_meet(date, date, filters.period) for date in strengths["as_of"]], dtype=bool)
    return strengths[mask & asked(strengths, ("what", "wording", "note"), filters)]


def asked(table: pd.DataFrame, columns: tuple[str, ...], filters: Filters) -> pd.Series:
    """Mask by the documents asked for, and by the words in some columns."""
    mask = pd.Series(True, index=table.index)
    if filters.documents:
        mask &= from_documents(table["sources"], filters.documents)
    if filters.texts:
        mask &= _mention(table, columns, filters.texts)
    return mask


def sources_matching(documents: pd.DataFrame, references: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The documents and below them what they cite, with the words asked for in title or publisher."""
    heads = documents.rename(columns={"document": "source", "published": "date"})
    cited = references.rename(columns={"reference": "source"})
    table = pd.concat([heads.assign(number=0, document=heads["source"]), cited], ignore_index=True)
    table = table.sort_values(["document", "number"], kind="stable")
    if filters.documents:
        table = table[table["document"].isin(filters.documents) | table["source"].isin(filters.documents)]
    return table[_mention(table, ("source", "title", "publisher"), filters.texts)] if filters.texts else table


def _mention(table: pd.DataFrame, columns: tuple[str, ...], texts: tuple[str, ...]) -> pd.Series:
    """Rows in which all words of one of the texts occur in these columns."""
    rows = [
        fold(" ".join(cell for cell in row if isinstance(cell, str)))
        for row in zip(*(table[column] for column in columns), strict=True)
    ]
    asked = [fold(text).split() for text in texts]
    return pd.Series(
        [any(all(word in row for word in words) for words in asked) for row in rows], index=table.index, dtype=bool
    )


EARTH_KM = 6371.0088  # mean radius
Floats = Any  # an array of numbers, or one
NO_POINT = ("region", "country", "area")


def within_km(places: pd.DataFrame, centre: str, most: float) -> frozenset[str]:
    """The places within a great-circle distance of one of them; MaliError if that one is no point."""
    points = places[~places["kind"].isin(NO_POINT) & places["latitude"].notna()].set_index("place")
    if centre not in points.index:
        raise MaliError(f"--near takes a town or another point; {centre} has no coordinates of its own.")
    latitude, longitude = points["latitude"].to_numpy(), points["longitude"].to_numpy()
    distances = kilometres(latitude, longitude, points.at[centre, "latitude"], points.at[centre, "longitude"])
    return frozenset(points.index[distances <= most])


def kilometres(latitude: Floats, longitude: Floats, other_latitude: Floats, other_longitude: Floats) -> Floats:
    """Great-circle distances of points in degrees; NaN where one is not known."""
    a, b, c, d = (np.radians(degrees) for degrees in (latitude, longitude, other_latitude, other_longitude))
    half_chord = np.sin((a - c) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((b - d) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0))))


def part_of(groups: pd.DataFrame, names: frozenset[str], column: str = "part_of", key: str = "group") -> frozenset[str]:
    """The names and everything that lies in them, at any depth (`within` for places)."""
    children: dict[str, list[str]] = {}
    for child, above in zip(groups[key], groups[column], strict=True):
        for name in cells.split(above):
            children.setdefault(name, []).append(child)
    found = set(names)
    todo = list(names)
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in found:
                found.add(child)
                todo.append(child)
    return frozenset(found)
