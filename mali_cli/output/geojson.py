"""GeoJSON (RFC 7946): each row is a feature, at its point if it has one, with all its values as properties."""

from __future__ import annotations

import json
from typing import Any, TextIO

from mali_cli.errors import MaliError
from mali_cli.model.vocabulary import AREAL_PRECISIONS
from mali_cli.output.cell_values import json_rows
from mali_cli.results import QueryResult, pluralize

PRECISION = "place_precision"


def to_geojson(result: QueryResult, out: TextIO) -> None:
    """Write a FeatureCollection with one feature per line; the geometry of a row without a point is null.

    An event that is only known to lie in a region, an area or a country has no point, as on a map: the coordinates of
    its place stand for the whole of it. They are among the properties, as is the `kind` of places.
    """
    names = [column.name for column in result.columns]
    if not {"latitude", "longitude"} <= set(names):
        raise MaliError("geojson needs rows with latitude and longitude: those of events, map, places or control.")
    if result.row_noun == "events" and PRECISION not in names:
        raise MaliError(f"geojson of events needs the column {PRECISION}, which separates points from regions.")
    rows = (dict(zip(names, row, strict=True)) for row in json_rows(result))
    lines = ",\n".join(json.dumps(_feature(row), ensure_ascii=False) for row in rows)
    out.write('{"type": "FeatureCollection", "features": [' + (f"\n{lines}\n" if lines else "") + "]}\n")


def notes(result: QueryResult) -> list[str]:
    """Return how many rows have coordinates but no geometry."""
    if PRECISION not in result.frame:
        return []
    has_coordinates = result.frame["latitude"].notna() & result.frame["longitude"].notna()
    number = int((has_coordinates & result.frame[PRECISION].isin(AREAL_PRECISIONS)).sum())
    if not number:
        return []
    where = "only known to lie in a region, an area or a country"
    return [f"Without a point: {pluralize(number, result.row_noun)} {where}."]


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    point = [row["longitude"], row["latitude"]]
    geometry = (
        None if None in point or row.get(PRECISION) in AREAL_PRECISIONS else {"type": "Point", "coordinates": point}
    )
    return {"type": "Feature", "geometry": geometry, "properties": row}
