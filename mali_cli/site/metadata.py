"""What Datasette is told of the tables: titles, columns, facets and questions, all from where they are declared."""

from __future__ import annotations

import contextlib
import html
import shlex
import sqlite3
from pathlib import Path
from typing import Any

from mali_cli.model import schema
from mali_cli.site.canned_queries import CannedQuery, canned_queries
from mali_cli.site.database import BY_COUNTRY, added_to_events

FACETED = ("country",)  # beside every column that has a vocabulary
LABELS = {"events": "summary", "groups": "name", "documents": "title", "references": "title"}
STATIC = "-/site"  # where our style sheet and script are found; no database has such a name
# Below the map, instead of tiles from elsewhere, lie our outlines (plugin.py); nearer there is nothing to see of them.
OUTLINES = {
    "tile_layer": "/-/outlines/{z}/{x}/{y}.svg",
    "tile_layer_options": {"maxZoom": 8, "attribution": "Natural Earth"},
}


def metadata(path: Path, about: dict[str, Any], *, curated: bool, tiles: bool) -> dict[str, Any]:
    """Datasette's metadata.json for the site's database; `about` is what is told of the whole.

    `curated` tables come with examples, for their names are known; `tiles` takes the plugin's own from OpenStreetMap.
    """
    database = path.stem
    counts = _counts(path)
    declared = {name: _table(schema.table(name)) for name in schema.table_names()}
    if BY_COUNTRY in counts:
        declared[BY_COUNTRY] = {
            "title": "Casualties by country",
            "description": "The answer to mali casualties --by country: totals as stated, and what events add up to.",
            "columns": {c.name: c.description for c in schema.result_columns("sums")},
        }
    hidden = {name: {"hidden": True} for name in counts if name not in declared}
    asked = [question for question in canned_queries() if _has_answers(question, counts)]
    whole = _whole(about, database)
    return {
        **whole,
        "description_html": _front_page(whole["description"], asked, database, curated),
        "extra_css_urls": [f"/{STATIC}/site.css"],
        "extra_js_urls": [f"/{STATIC}/site.js"],
        "databases": {
            database: {
                **whole,
                "tables": {**hidden, **declared},
                "queries": {question.name: _query(question, database, curated) for question in asked},
            }
        },
        "plugins": {} if tiles else {"datasette-cluster-map": OUTLINES},
    }


def _whole(about: dict[str, Any], database: str) -> dict[str, str]:
    """Title, description, licence and source; a folder of somebody else's may tell less, or in other forms."""
    licences = about.get("licenses")
    licence = licences[0] if isinstance(licences, list) and licences and isinstance(licences[0], dict) else {}
    address = str(licence.get("path") or "")
    told = {
        "title": about["title"],
        "description": about.get("description"),
        "license": licence.get("title") or licence.get("name"),
        "license_url": address if address.startswith(("https://", "http://")) else None,
        "source": "The documents and what they cite",
        "source_url": f"/{database}/documents",
    }
    return {name: str(value or "") for name, value in told.items()}


def _front_page(description: str, asked: list[CannedQuery], database: str, curated: bool) -> str:
    links = (
        f'<li><a href="{_address(question, database, curated)}">{html.escape(question.title)}</a></li>'
        for question in asked
    )
    return f'<p>{html.escape(description)}</p><h2>Questions</h2><ul class="bullets">{"".join(links)}</ul>'


def _address(question: CannedQuery, database: str, curated: bool) -> str:
    """Of the question, asked as in its example where the names in that are known."""
    return html.escape(f"/{database}/{question.name}" + (f"?{question.example}" if curated else ""))


def _counts(path: Path) -> dict[str, int]:
    """How many rows each table has; at most one is counted."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = (connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone() for name in names)
        return {name: number for name, (number,) in zip(names, counted, strict=True)}


def _table(table: schema.Table) -> dict[str, Any]:
    columns = [*table.columns, *(added_to_events() if table.name == "events" else ())]
    told: dict[str, Any] = {
        "title": table.title,
        "description": table.description,
        "columns": {column.name: column.description for column in columns},
        "facets": [column.name for column in columns if column.enum or column.name in FACETED],
    }
    if any(column.name == "date_start" for column in columns):
        told["sort"] = "date_start"
    if table.name in LABELS:
        told["label_column"] = LABELS[table.name]
    return told


def _query(question: CannedQuery, database: str, curated: bool) -> dict[str, Any]:
    told = f"<p>{html.escape(question.description)}</p>"
    if curated:
        shown = html.escape(", ".join(f"{name} {value}" for name, value in question.values.items()))
        example = f'Example: <a href="{_address(question, database, curated)}">{shown}</a>. ' if shown else ""
        told += f"<p>{example}In a terminal: <code>{html.escape(shlex.join(['mali', *question.command]))}</code></p>"
    return {
        "title": question.title,
        "description_html": told,
        "sql": question.sql,
        "params": list(question.values),
        "hide_sql": True,
    }


def _has_answers(question: CannedQuery, counts: dict[str, int]) -> bool:
    """Whether every table that it reads is there and has rows: a foreign file tells of no relations, for instance."""
    return all(counts.get(name) for name in question.tables)
