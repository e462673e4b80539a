"""What Datasette is told of the tables: titles, columns, facets and questions, all from where they are declared."""

from __future__ import annotations

import contextlib
import html
import shlex
import sqlite3
from pathlib import Path
from typing import Any

from mali_cli import tables
from mali_cli.site.database import BY_COUNTRY, added_to_events
from mali_cli.site.questions import Question, questions

FACETED = ("country",)  # beside every column that has a vocabulary
LABELS = {"events": "summary", "groups": "name", "documents": "title", "references": "title"}
# Instead of tiles from elsewhere: our outlines, drawn by plugin.py.
OUTLINES = {
    "tile_layer": "/-/outlines/{z}/{x}/{y}.svg",
    "tile_layer_options": {"maxZoom": 12, "attribution": "Natural Earth"},
}


def metadata(path: Path, about: dict[str, Any], *, curated: bool, tiles: bool) -> dict[str, Any]:
    """Datasette's metadata.json for the site's database; `about` is what is told of the whole.

    `curated` tables come with examples, for their names are known; `tiles` takes the plugin's own from OpenStreetMap.
    """
    counts = _counts(path)
    licence: dict[str, str] = next(iter(about.get("licenses") or ()), {})
    whole = {
        "title": about["title"],
        "description": about.get("description", ""),
        "license": licence.get("title", licence.get("name")),
        "license_url": licence.get("path"),
        "source": "The documents and what they cite",
        "source_url": f"/{path.stem}/documents",
    }
    declared = {name: _table(tables.table(name)) for name in tables.names()}
    if BY_COUNTRY in counts:
        declared[BY_COUNTRY] = {
            "title": "Casualties by country",
            "description": "The answer to mali casualties --by country: totals as stated, and what events add up to.",
            "columns": {c.name: c.description for c in tables.answer_columns("sums")},
        }
    hidden = {name: {"hidden": True} for name in counts if name not in declared}
    asked = {q.name: _query(q, path.stem, curated) for q in questions() if _has_answers(q, counts)}
    database = {**whole, "tables": {**hidden, **declared}, "queries": asked}
    plugins = {} if tiles else {"plugins": {"datasette-cluster-map": OUTLINES}}
    return {**{k: v for k, v in whole.items() if v}, "databases": {path.stem: database}, **plugins}


def _counts(path: Path) -> dict[str, int]:
    """How many rows each table has; at most one is counted."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = (connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone() for name in names)
        return {name: number for name, (number,) in zip(names, counted, strict=True)}


def _table(table: tables.Table) -> dict[str, Any]:
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


def _query(question: Question, database: str, curated: bool) -> dict[str, Any]:
    asked = html.escape(question.description)
    if curated:
        command = html.escape(shlex.join(["mali", *question.command]))
        address = html.escape(f"/{database}/{question.name}?{question.example}")
        shown = ", ".join(f"{name} {value}" for name, value in question.values.items())
        example = f'Example: <a href="{address}">{html.escape(shown)}</a>. ' if shown else ""
        asked += f"</p><p>{example}In a terminal: <code>{command}</code>"
    return {
        "title": question.title,
        "description_html": f"<p>{asked}</p>",
        "sql": question.sql,
        "params": list(question.values),
        "hide_sql": True,
    }


def _has_answers(question: Question, counts: dict[str, int]) -> bool:
    """Whether every table that it reads is there and has rows: a foreign file tells of no relations, for instance."""
    return all(counts.get(name) for name in question.tables)
