"""Build Datasette's metadata: titles, column descriptions, facets and canned queries, from their declarations."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from mali_cli.model import schema
from mali_cli.site.canned_queries import CannedQuery, canned_queries
from mali_cli.site.database import CASUALTIES_BY_COUNTRY, event_result_columns

FACETS_WITHOUT_VOCABULARY = ("country",)
LABEL_COLUMNS = {"events": "summary", "groups": "name", "documents": "title", "references": "title"}
# The map shows our own outlines (map_tiles.py) instead of tiles from elsewhere; they have no detail beyond zoom 8.
OUTLINE_TILES = {
    "tile_layer": "/-/outlines/{z}/{x}/{y}.svg",
    "tile_layer_options": {"maxZoom": 8, "attribution": "Natural Earth"},
}


def metadata(path: Path, dataset_properties: dict[str, Any], *, curated: bool, tiles: bool) -> dict[str, Any]:
    """Return the content of Datasette's metadata.json for the database of the site.

    With `curated`, queries link to their examples: the names in these exist only in the curated tables. With
    `tiles`, the map uses the default tiles of its plugin, from OpenStreetMap.
    """
    database = path.stem
    has_rows = _tables_with_rows(path)
    tables = {name: _table_metadata(schema.table(name)) for name in schema.table_names()}
    if CASUALTIES_BY_COUNTRY in has_rows:
        tables[CASUALTIES_BY_COUNTRY] = {
            "title": "Casualties by country",
            "description": "The result of mali casualties --by country: stated totals, and sums over events.",
            "columns": {column.name: column.description for column in schema.result_columns("sums")},
        }
    hidden = {name: {"hidden": True} for name in has_rows if name not in tables}
    queries = [query for query in canned_queries() if all(has_rows.get(table) for table in query.tables)]
    properties = _displayed_properties(dataset_properties, database)
    return {
        **properties,
        "databases": {
            database: {
                **properties,
                "tables": {**hidden, **tables},
                "queries": {query.name: _query_metadata(query) for query in queries},
            }
        },
        "plugins": {} if tiles else {"datasette-cluster-map": OUTLINE_TILES},
    }


def _displayed_properties(dataset_properties: dict[str, Any], database: str) -> dict[str, str]:
    """Return title, description, licence and source; a foreign dataset may lack some, or have unusual values."""
    licences = dataset_properties.get("licenses")
    licence = licences[0] if isinstance(licences, list) and licences and isinstance(licences[0], dict) else {}
    licence_address = str(licence.get("path") or "")
    properties = {
        "title": dataset_properties["title"],
        "description": dataset_properties.get("description"),
        "license": licence.get("title") or licence.get("name"),
        "license_url": licence_address if licence_address.startswith(("https://", "http://")) else None,
        "source": "The documents and the references they cite",
        "source_url": f"/{database}/documents",
    }
    return {name: str(value or "") for name, value in properties.items()}


def _tables_with_rows(path: Path) -> dict[str, bool]:
    """Return the name of every table, and whether it has any rows."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = (connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone() for name in names)
        return {name: bool(exists) for name, (exists,) in zip(names, rows, strict=True)}


def _table_metadata(table: schema.Table) -> dict[str, Any]:
    columns = [*table.columns, *(event_result_columns() if table.name == "events" else ())]
    properties: dict[str, Any] = {
        "title": table.title,
        "description": table.description,
        "columns": {column.name: column.description for column in columns},
        "facets": [
            column.name
            for column in columns
            if (column.enum and column.type != "list") or column.name in FACETS_WITHOUT_VOCABULARY
        ],
    }
    if any(column.name == "date_start" for column in columns):
        properties["sort"] = "date_start"
    if table.name in LABEL_COLUMNS:
        properties["label_column"] = LABEL_COLUMNS[table.name]
    return properties


def _query_metadata(query: CannedQuery) -> dict[str, Any]:
    return {
        "title": query.title,
        "description": query.description,
        "sql": query.sql,
        "params": list(query.example_values),
    }
