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
IN_OUR_TABLES = "at its point in our own tables"
AT_TOWN = "at the town of its name"

Area = tuple[str, str, str]  # country, region and admin2; blank if not stated, or if the whole is counted
Point = tuple[float, float]  # latitude and longitude
AreaKey = tuple[str, str, str]  # country, kind and name


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
    points, where = _points(areas, rows, places)
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
    kinds = {kind for _, kind, _ in map(_key, areas)}
    area = AREA_WORDS[kinds.pop()] if len(kinds) == 1 else "area"
    return AreaMap(frame, area, [*_note_on_points(area, measure, where), *_note_on_areas_without_point(frame)])


def _areas(table: pd.DataFrame, columns: tuple[str, ...]) -> list[Area]:
    cells = (table[column].astype(object).where(table[column].notna(), "") for column in columns)
    return list(zip(*cells, strict=True))


def _key(area: Area) -> AreaKey:
    """Return the country of an area, what it is (the column of its own name), and that name."""
    named = zip(AREA_COLUMNS[::-1], area[::-1], strict=True)
    return (area[0], *next(((kind, name) for kind, name in named if name), ("area", "")))


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


def _points(areas: list[Area], rows: pd.DataFrame, places: pd.DataFrame) -> tuple[list[Point | None], list[str]]:
    """Return the point of each area, and what these points are."""
    in_file, (own, of_towns) = _points_in_file(rows), _points_of_places(places)
    found = [
        {IN_FILE: in_file.get(area), IN_OUR_TABLES: own.get(_key(area)), AT_TOWN: of_towns.get(_key(area))}
        for area in areas
    ]
    first = [next(((where, point) for where, point in each.items() if point), ("", None)) for each in found]
    used = {where for where, _ in first}
    return [point for _, point in first], [where for where in (IN_FILE, IN_OUR_TABLES, AT_TOWN) if where in used]


def _points_in_file(rows: pd.DataFrame) -> dict[Area, Point]:
    """Return the first point of each area in the rows."""
    located = rows[rows["latitude"].notna() & rows["longitude"].notna()].drop_duplicates(list(AREA_COLUMNS))
    points = zip(located["latitude"], located["longitude"], strict=True)
    return dict(zip(_areas(located, AREA_COLUMNS), points, strict=True))


def _points_of_places(places: pd.DataFrame) -> tuple[dict[AreaKey, Point], dict[AreaKey, Point]]:
    """Return the points of the places that are areas, and those of the towns in an area of the same name."""
    own: dict[AreaKey, Point] = {}
    of_towns: dict[AreaKey, Point] = {}
    for row in places[places["latitude"].notna() & places["longitude"].notna()].to_dict("records"):
        point = (row["latitude"], row["longitude"])
        if kind := AREA_KINDS.get(row["kind"]):
            own[row["country"], kind, row[kind]] = point
        elif row["kind"] == "town":
            kinds = [kind for kind in AREA_COLUMNS if row[kind] == row["place"]]
            of_towns |= {(row["country"], kind, row["place"]): point for kind in kinds}
    return own, of_towns


def _note_on_points(area: str, measure: str, where: list[str]) -> Iterator[str]:
    """Yield what a mark of the map stands for."""
    if where:
        counted, verb = ("people killed in", "were killed") if measure == "dead" else ("events of", "happened")
        yield f"Each mark counts the {counted} a whole {area} and is {', or else '.join(where)}, not where they {verb}."


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
