"""Datasette plugin of the site: links in cells, refusals in our words, and the tiles of the map.

The names and arguments of its hooks are Datasette's; server.py registers them.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.site import functions, map_tiles
from mali_cli.site.canned_queries import canned_queries

if TYPE_CHECKING:
    from markupsafe import Markup


def prepare_connection(conn: sqlite3.Connection) -> None:
    """Add our SQL functions to a connection."""
    functions.register(conn)


def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Refuse an invalid date or number before SQLite sees it: SQLite would drop the text of our error."""
    from datasette import Request  # type: ignore[import-untyped]

    queries = {query.name: query for query in canned_queries()}

    def wrap(app: Any) -> Any:
        async def validate(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            request = Request(scope, receive)
            page, _, extension = request.path.rpartition("/")[2].partition(".")
            query = queries.get(page)
            arguments = {name: request.args[name] for name in request.args}
            try:
                functions.validate_arguments(query.sql if query else arguments.get("sql", ""), arguments)
            except MaliError as error:
                title = query.title if query else None
                response = await _error_response(datasette, str(error), title, as_json=extension == "json")
                await response.asgi_send(send)
            else:
                await app(scope, receive, send)

        return validate

    return wrap


async def _error_response(datasette: Any, message: str, title: str | None, *, as_json: bool) -> Any:
    from datasette import Response

    await datasette.invoke_startup()  # this may be the first request
    error = {"ok": False, "error": message, "status": 400, "title": title}
    if as_json:
        return Response.json(error, status=400)
    return Response.html(await datasette.render_template("error.html", error), status=400)


def render_cell(value: object, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Link keys to their rows where Datasette does not: in lists, and in results of queries."""
    declared = _column_to_render(table, column)
    if declared is None or not isinstance(value, str) or not value:
        return None
    from datasette.utils import tilde_encode  # type: ignore[import-untyped]
    from markupsafe import Markup, escape

    from mali_cli.queries.control_intervals import UNKNOWN  # stands where a group would, but is no key

    rendered = []
    for item in map(str.strip, value.split(";")) if declared.type == "list" else [value]:
        if declared.references and item != UNKNOWN:
            # Sources are documents, or references such as almanac#52.
            target = declared.references[-1 if "#" in item else 0]
            address = datasette.urls.row(database, target, tilde_encode(item))
            rendered.append(Markup('<a href="{}">{}</a>').format(address, item))
        else:
            rendered.append(escape(item))
    return Markup("; ").join(rendered)


@functools.cache
def _column_to_render(table: str | None, name: str) -> schema.Column | None:
    """Return the declaration of a column that `render_cell` renders, or None if Datasette renders it.

    A query's result has no table: there a column is recognised by its name alone.
    """
    tables = [schema.table(table_name) for table_name in schema.table_names()]
    if table is not None:
        columns = schema.table(table).columns if table in schema.table_names() else ()
        return next((column for column in columns if column.name == name and column.type == "list"), None)
    namesakes = [column for declared in tables for column in declared.columns if column.name == name]
    is_list = any(column.type == "list" for column in namesakes)
    key_of = [declared.name for declared in tables if declared.key == (name,)]
    references = (column.references for column in namesakes if _refers_to_keys(column))
    targets = tuple(key_of) or next(references, ())
    if not targets and not is_list:
        return None
    return namesakes[0]._replace(type="list" if is_list else "string", references=targets)


def _refers_to_keys(column: schema.Column) -> bool:
    """Return whether a column refers to keys of rows, not to another column such as casualties.tally."""
    return bool(column.references) and not any("." in target for target in column.references)


def register_routes() -> list[tuple[str, Any]]:
    """Add the address of the map tiles."""
    return [(r"^/-/outlines/(?P<zoom>\d{1,2})/(?P<x>\d+)/(?P<y>\d+)\.svg$", serve_tile)]


def serve_tile(request: Any) -> Any:
    """Respond with a map tile."""
    from datasette import Response

    zoom, x, y = (int(request.url_vars[name]) for name in ("zoom", "x", "y"))
    return Response(
        map_tiles.tile_svg(zoom, x, y), content_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"}
    )
