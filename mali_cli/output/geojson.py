"""GeoJSON (RFC 7946): each row is a feature at its point, with all its values as properties."""

from __future__ import annotations

import json
from typing import Any, TextIO

from mali_cli.errors import MaliError
from mali_cli.output.cell_values import json_rows
from mali_cli.results import QueryResult


def to_geojson(result: QueryResult, out: TextIO) -> None:
    """Write a FeatureCollection with one feature per line; the geometry of a row without coordinates is null.

    How precise a point is can be read from the properties: `place_precision` of events, `kind` of places.
    """
    names = [column.name for column in result.columns]
    if not {"latitude", "longitude"} <= set(names):
        raise MaliError("geojson needs rows with latitude and longitude: those of events, map, places or control.")
    rows = (dict(zip(names, row, strict=True)) for row in json_rows(result))
    lines = ",\n".join(json.dumps(_feature(row), ensure_ascii=False) for row in rows)
    out.write('{"type": "FeatureCollection", "features": [' + (f"\n{lines}\n" if lines else "") + "]}\n")


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    point = [row["longitude"], row["latitude"]]
    geometry = None if None in point else {"type": "Point", "coordinates": point}
    return {"type": "Feature", "geometry": geometry, "properties": row}
