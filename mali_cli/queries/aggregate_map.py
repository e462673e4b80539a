"""Counts of events by area, for a map: the sums of each area, its point, and what a reader must know of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from mali_cli.model import schema
from mali_cli.queries import aggregates, chart_tables
from mali_cli.results import pluralize

AREA_KEYS = ("in", "region", "admin2")
AREA_COLUMNS = ("country", "region", "admin2")
AREA_KINDS = {"country": "country", "region": "region", "cercle": "admin2"}  # kinds of places that are such an area
AREA_WORDS = {"country": "country", "region": "region", "admin2": "admin2 area", "area": "area"}
MAX_LISTED_AREAS = 12
IN_FILE = "at its centroid as the file gives it"
IN_OUR_TABLES = "at a point of our own tables (its own, or that of the town of its name)"

Area = tuple[str, str, str]  # country, region and admin2; blank if not stated, or if the whole is counted
Point = tuple[float, float]  # latitude and longitude


class AreaMap(NamedTuple):
    """The rows of a map of counts, what each of them is, such as a region, and the notes on them."""

    frame: pd.DataFrame
    area: str
    notes: list[str]


def area_map(rows: pd.DataFrame, places: pd.DataFrame, measure: str) -> AreaMap:
    """Return the sums of each area that has events, with the columns of a map.

    An area is at the point that the rows give, or else at one of these places: its own, or the town of its name.
    """
    rows = rows[rows["events"] > 0]
    sums = aggregates.sums(rows, list(AREA_KEYS), schema.result_columns("sums"))
    areas = _areas(sums, AREA_KEYS)
    in_file, in_our_tables = _points_in_file(rows), _points_of_places(places)
    points = [in_file.get(area) or in_our_tables.get((area[0], _kind(area), _own_name(area))) for area in areas]
    located = pd.DataFrame(
        {
            "place": _unique_names(areas),
            "kind": None,
            "region": sums["region"],
            "country": sums["in"],
            "latitude": [point and point[0] for point in points],
            "longitude": [point and point[1] for point in points],
        }
    ).astype({"latitude": float, "longitude": float})
    table = sums.fillna({"not_stated": 0}).assign(place=located["place"])
    frame = chart_tables.map_table(table, located[located["place"].notna()], None, measure)
    frame = frame[[column.name for column in schema.result_columns("map")]].reset_index(drop=True)
    kinds = set(map(_kind, areas))
    area = AREA_WORDS[kinds.pop()] if len(kinds) == 1 else "area"
    where = {IN_FILE if key in in_file else IN_OUR_TABLES for key, point in zip(areas, points, strict=True) if point}
    return AreaMap(frame, area, [*_note_on_points(area, measure, where), *_note_on_areas_without_point(frame)])


def _areas(table: pd.DataFrame, columns: tuple[str, ...]) -> list[Area]:
    cells = (table[column].astype(object).where(table[column].notna(), "") for column in columns)
    return list(zip(*cells, strict=True))


def _own_name(area: Area) -> str:
    return next(filter(None, reversed(area)), "")


def _kind(area: Area) -> str:
    """Return what an area is: the column of its own name."""
    return next((kind for kind, name in zip(AREA_COLUMNS[::-1], area[::-1], strict=True) if name), "area")


def _unique_names(areas: list[Area]) -> list[str | None]:
    """Return a name for each area, with what it lies in if several have that name: "Koro (Mopti)"."""

    def spelled(area: Area, outer: int) -> str | None:
        own, *others = [name.replace(";", ",") for name in reversed(area) if name] or [""]
        return f"{own} ({', '.join(others[:outer])})" if others[:outer] else own or None

    names = [spelled(area, 0) for area in areas]
    for outer in (1, 2):
        uses = Counter(names)
        names = [name if uses[name] == 1 else spelled(area, outer) for area, name in zip(areas, names, strict=True)]
    return names


def _points_in_file(rows: pd.DataFrame) -> dict[Area, Point]:
    """Return the first point of each area in the rows."""
    located = rows[rows["latitude"].notna() & rows["longitude"].notna()].drop_duplicates(list(AREA_COLUMNS))
    points = zip(located["latitude"], located["longitude"], strict=True)
    return dict(zip(_areas(located, AREA_COLUMNS), points, strict=True))


def _points_of_places(places: pd.DataFrame) -> dict[tuple[str, str, str], Point]:
    """Return the points of areas by country, kind and name: their own, or that of the town of this name in them."""
    located = places[places["latitude"].notna() & places["longitude"].notna()]
    own: dict[tuple[str, str, str], Point] = {}
    of_towns: dict[tuple[str, str, str], Point] = {}
    for row in located.to_dict("records"):
        point = (row["latitude"], row["longitude"])
        if column := AREA_KINDS.get(row["kind"]):
            own[row["country"], column, row[column]] = point
        elif row["kind"] == "town":
            of_towns |= {
                (row["country"], kind, row["place"]): point for kind in AREA_COLUMNS if row[kind] == row["place"]
            }
    return of_towns | own


def _note_on_points(area: str, measure: str, where: set[str]) -> Iterator[str]:
    """Yield what a mark of the map stands for."""
    if where:
        found = ", or else ".join(sorted(where))
        counted, verb = ("people killed in", "were killed") if measure == "dead" else ("events of", "happened")
        yield f"Each mark counts the {counted} a whole {area} and is {found}, not where they {verb}."


def _note_on_areas_without_point(frame: pd.DataFrame) -> Iterator[str]:
    """Yield how many areas and events have no point, and which areas, those of the most events first."""
    without = frame[frame["latitude"].isna() | frame["longitude"].isna()].sort_values(
        "events", ascending=False, kind="stable"
    )
    if without.empty:
        return
    counts = zip(without["place"].where(without["place"].notna(), "not stated"), without["events"], strict=True)
    listed = [f"{name} ({events:,})" for name, events in counts]
    others = len(listed) - MAX_LISTED_AREAS
    names = ", ".join(listed[:MAX_LISTED_AREAS]) + (f" and {pluralize(others, 'others')}" if others > 0 else "")
    areas = f"{len(listed):,} of {pluralize(len(frame), 'areas')}"
    events = f"{int(without['events'].sum()):,} of {pluralize(int(frame['events'].sum()), 'events')}"
    yield f"Without a point, so not on the map: {areas}, with {events}: {names}."
