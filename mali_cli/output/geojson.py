"""GeoJSON (RFC 7946): each row a feature at its point, all its values as properties."""

from __future__ import annotations

import json
from typing import Any, TextIO

from mali_cli.errors import MaliError
from mali_cli.output.cell_values import json_rows
from mali_cli.results import QueryResult


def to_geojson(answer: QueryResult, out: TextIO) -> None:
    """A FeatureCollection with one feature a line. A row without a point has no geometry and is there all the same.

    How well a point is known stands in the row itself: `place_precision` of events, `kind` of places.
    """
    names = [column.name for column in answer.columns]
    if not {"latitude", "longitude"} <= set(names):
        raise MaliError("geojson takes rows with latitude and longitude: of events, map, places or control.")
    rows = (dict(zip(names, row, strict=True)) for row in json_rows(answer))
    lines = ",\n".join(json.dumps(_feature(row), ensure_ascii=False) for row in rows)
    out.write('{"type": "FeatureCollection", "features": [' + (f"\n{lines}\n" if lines else "") + "]}\n")


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    point = [row["longitude"], row["latitude"]]
    geometry = None if None in point else {"type": "Point", "coordinates": point}
    return {"type": "Feature", "geometry": geometry, "properties": row}
