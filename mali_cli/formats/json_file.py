"""The table in a JSON text: the answer of an API, a list of records, JSON lines, or GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

NUMBER_AS_TEXT = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda constant: "")

LIST_NAMES = ("data", "Result", "features")  # of ACLED's API, of UCDP's, and of GeoJSON


def parse_json_table(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns and the rows of all records; ValueError if the text is not JSON or has no records.

    Numbers keep the digits that they have in the text.
    """
    records = [record for value in _values(text) for record in _records(value)]
    if not records:
        raise ValueError("it has no records")
    header = list(dict.fromkeys(column for record in records for column in record))
    return header, [[_cell(record.get(column)) for column in header] for record in records]


def _values(text: str) -> Iterator[Any]:
    """Yield the values of a text: one, or in JSON lines one a line."""
    position = 0
    while (position := _skip_blanks(text, position)) < len(text):
        try:
            value, position = NUMBER_AS_TEXT.raw_decode(text, position)
        except RecursionError:
            raise ValueError("its values are nested too deeply") from None
        yield value


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _records(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the records of a list, of a page of an API with its list, of GeoJSON, or of a table by columns."""
    if isinstance(value, list):
        for item in value:
            yield from _records(item)
        return
    if not isinstance(value, dict):
        raise ValueError("its records are not objects with the names of columns")
    lists = [member for member in value.values() if isinstance(member, list) and member and _are_objects(member)]
    columns = list(value.values())
    if lists:
        yield from _records(max(lists, key=len))
    elif any(value.get(name) == [] for name in LIST_NAMES):
        return
    elif value.get("type") == "Feature" and isinstance(value.get("properties"), dict):
        properties = {name: cell for name, cell in value["properties"].items() if cell is not None}
        yield {**_coordinates(value.get("geometry")), **properties}
    elif columns and _are_objects(columns) and all(column.keys() == columns[0].keys() for column in columns):
        for row in columns[0]:  # as pandas writes a table: for each column its cells by row
            yield {name: cells[row] for name, cells in value.items()}
    else:
        yield value


def _are_objects(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _coordinates(geometry: Any) -> dict[str, Any]:
    """Return the columns of a point of GeoJSON, which the properties need not repeat."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return {}
    return dict(zip(("longitude", "latitude"), geometry.get("coordinates") or (), strict=False))


def _cell(value: Any) -> str:
    """Return a value as the text that a CSV would have."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(map(_cell, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
