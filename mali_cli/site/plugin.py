"""What the pages of Datasette want from us: cells whose keys are links, our words for refusals, outlines of the map.

Each function is a hook of Datasette by its name and arguments; server.py registers them.
"""

from __future__ import annotations

import functools
import html
import json
import math
import sqlite3
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.site import functions
from mali_cli.site.canned_queries import canned_queries

if TYPE_CHECKING:
    from markupsafe import Markup

LETTERS = 12  # pixels of height
NAMED = 4  # from this zoom on there is room for the names of countries
WORLD = 256  # pixels of the whole world in Web Mercator at zoom 0, and of every tile


def prepare_connection(conn: sqlite3.Connection) -> None:
    functions.register(conn)


def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Refuses a wrong date or number in words, before SQLite is asked, which has none for it."""
    from datasette import Request, Response  # type: ignore[import-untyped]

    asked = {question.name: question for question in canned_queries()}

    def wrapped(app: Any) -> Any:
        async def answered(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            request = Request(scope, receive)
            name, _, form = request.path.rpartition("/")[2].partition(".")
            question = asked.get(name)
            values = {key: request.args[key] for key in request.args}
            try:
                functions.check(question.sql if question else values.get("sql", ""), values)
            except MaliError as error:
                told = {"ok": False, "error": str(error), "status": 400, "title": question.title if question else None}
                await datasette.invoke_startup()  # this may be the first that is asked of it
                response = (
                    Response.json(told, status=400)
                    if form == "json"
                    else Response.html(await datasette.render_template("error.html", told), status=400)
                )
                await response.asgi_send(send)
            else:
                await app(scope, receive, send)

        return answered

    return wrapped


def render_cell(value: object, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Lists part by part, and keys as links to their rows where Datasette makes none: in lists and in queries."""
    declared = _declared(table, column)
    if declared is None or not isinstance(value, str) or not value:
        return None
    from datasette.utils import tilde_encode  # type: ignore[import-untyped]
    from markupsafe import Markup, escape

    from mali_cli.queries.control import UNKNOWN  # who held a place where nothing is told: no group

    shown = []
    for part in map(str.strip, value.split(";")) if declared.type == "list" else [value]:
        if declared.references and part != UNKNOWN:
            # A reference is its document, #, and its number there.
            target = declared.references[-1 if "#" in part else 0]
            address = datasette.urls.row(database, target, tilde_encode(part))
            shown.append(Markup('<a href="{}">{}</a>').format(address, part))
        else:
            shown.append(escape(part))
    return Markup("; ").join(shown)


@functools.cache
def _declared(table: str | None, name: str) -> schema.Column | None:
    """The column, if we have a better way to show it than Datasette; of a query's columns only the name is known."""
    if table is not None:
        columns = schema.table(table).columns if table in schema.table_names() else ()
        return next((column for column in columns if column.name == name and column.type == "list"), None)
    known = [schema.table(each) for each in schema.table_names()]
    named = [column for each in known for column in each.columns if column.name == name]
    kind = "list" if any(column.type == "list" for column in named) else "string"
    own = [each.name for each in known if each.key == (name,)]
    others = (c.references for c in named if c.references and not any("." in target for target in c.references))
    targets = tuple(own) or next(others, ())
    return named[0]._replace(type=kind, references=targets) if targets or kind == "list" else None


def register_routes() -> list[tuple[str, Any]]:
    return [(r"^/-/outlines/(?P<zoom>\d{1,2})/(?P<x>\d+)/(?P<y>\d+)\.svg$", outlines)]


def outlines(request: Any) -> Any:
    """A tile of the map: borders and coasts around Mali, nothing elsewhere."""
    from datasette import Response

    parts = request.url_vars
    svg = tile(int(parts["zoom"]), int(parts["x"]), int(parts["y"]))
    return Response(svg, content_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"})


def tile(zoom: int, x: int, y: int) -> str:
    """One square of the world as SVG: the outlines are drawn whole, the square is a window on them."""
    side = WORLD / 2**zoom
    borders, regions, names = _drawing()
    lettering = f'fill="#767676" font-family="sans-serif" font-size="{LETTERS * side / WORLD:.6f}"'
    texts = "".join(f'<text x="{x:.4f}" y="{y:.4f}" text-anchor="middle">{name}</text>' for name, x, y in names)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WORLD}" height="{WORLD}" '
        f'viewBox="{x * side:.6f} {y * side:.6f} {side:.6f} {side:.6f}">'
        f'<g fill="none" stroke="#767676"><path d="{regions}" stroke-width="0.4" vector-effect="non-scaling-stroke"/>'
        f'<path d="{borders}" stroke-width="1.2" vector-effect="non-scaling-stroke"/></g>'
        f"{f'<g {lettering}>{texts}</g>' if zoom >= NAMED else ''}</svg>"
    )


@functools.cache
def _drawing() -> tuple[str, str, list[tuple[str, float, float]]]:
    """Borders and the lines between regions as paths of SVG, and the names of countries with where they stand.

    All in pixels of the world.
    """
    found = json.loads((schema.data_folder() / "outlines.json").read_text(encoding="utf-8"))
    names = [(html.escape(name), *_mercator(*point)) for name, point in found["names"].items()]
    return _path(line["line"] for line in found["lines"]), _path(found["regions"]), names


def _path(lines: Iterable[list[tuple[float, float]]]) -> str:
    drawn = ([_mercator(*point) for point in line] for line in lines)
    return "".join("M" + "L".join(f"{x:.4f} {y:.4f}" for x, y in line) for line in drawn)


def _mercator(longitude: float, latitude: float) -> tuple[float, float]:
    y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    return (longitude / 360 + 0.5) * WORLD, (0.5 - y / (2 * math.pi)) * WORLD
