"""Datasette plugin of the site: links in cells, refusals in our words, and pages of our own.

The names and arguments of its hooks are Datasette's; server.py registers them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from mali_cli.errors import MaliError
from mali_cli.site import functions, pages, questions
from mali_cli.site.canned_queries import CannedQuery, canned_queries
from mali_cli.site.links import render_cell

__all__ = ["asgi_wrapper", "extra_template_vars", "prepare_connection", "register_routes", "render_cell"]


def prepare_connection(conn: sqlite3.Connection) -> None:
    """Add our SQL functions to a connection."""
    functions.register(conn)


def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Refuse an invalid date, number or name before SQLite sees it: SQLite would drop the text of our error."""
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
            problem = _find_problem(datasette, query, arguments)
            if problem is None:
                await app(scope, receive, send)
            elif query is None or extension:
                await (await _error_response(datasette, str(problem), extension == "json")).asgi_send(send)
            else:
                await (await pages.question_page(datasette, query, arguments, problem)).asgi_send(send)

        return validate

    return wrap


def _find_problem(datasette: Any, query: CannedQuery | None, arguments: dict[str, str]) -> questions.Problem | None:
    if query is not None:
        return questions.find_problem(query, arguments, pages.site_of(datasette).dataset)
    try:
        functions.validate_arguments(arguments.get("sql", ""), arguments)
    except MaliError as error:
        return questions.Problem("", str(error))
    return None


async def _error_response(datasette: Any, message: str, as_json: bool) -> Any:
    from datasette import Response

    await datasette.invoke_startup()  # this may be the first request
    error = {"ok": False, "error": message, "status": 400, "title": None}
    if as_json:
        return Response.json(error, status=400)
    return Response.html(await datasette.render_template("error.html", error), status=400)


def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """Give the templates what they show besides Datasette's own values."""
    return pages.template_variables(datasette)


def register_routes() -> list[tuple[str, Any]]:
    """Add the addresses of the search, the charts and the map tiles."""
    return [
        (r"^/-/search$", pages.search_page),
        (r"^/-/(?P<kind>map|timeline)\.html$", pages.chart_page),
        (r"^/-/outlines/(?P<zoom>\d{1,2})/(?P<x>\d+)/(?P<y>\d+)\.svg$", pages.tile),
    ]
