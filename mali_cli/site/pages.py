"""Pages that Datasette does not have, and what its templates show besides its own values."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.results import drawn_result, pluralize
from mali_cli.site import cards, links, map_tiles, questions, search, shown_rows
from mali_cli.site.canned_queries import CannedQuery, canned_queries

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset

MAX_EVENTS_OF_A_CHART = 10_000  # with more, a page with all of them is slow to open
CHART_FILTERS = {"map": ("on", "region"), "timeline": ()}  # filters in the address of a chart
FIRST_ROWS = 100  # of the result of a query; ?_all=1 shows all


class Site(NamedTuple):
    """What the pages show: the tables, and how the site was asked to show them."""

    dataset: Dataset  # of the database of the site
    database: str
    curated: bool


def site_of(datasette: Any) -> Site:
    """Return what `attach` added."""
    site: Site = datasette.mali_site
    return site


def attach(datasette: Any, site: Site) -> None:
    """Make the dataset known to the hooks, which are given the Datasette."""
    datasette.mali_site = site


def template_variables(datasette: Any) -> dict[str, Any]:
    """Return the functions and values of our templates."""
    site = site_of(datasette)
    title = str(datasette.metadata("title"))
    offered = datasette.metadata("queries", database=site.database) or {}
    rows = RowFunctions(datasette, site)
    return {
        "site_database": site.database,
        "site_title": title,
        "home_title": title.partition(":")[0] if site.curated else title,
        "site_metadata": datasette.metadata(),
        "site_queries": [query for query in canned_queries() if query.name in offered],
        "site_curated": site.curated,
        "site_tables": lambda: _tables(datasette, site),
        "charts": lambda: _charts(datasette, site),
        "table_title": lambda name: datasette.table_metadata(site.database, name).get("title") or name,
        "question": {query.name: query for query in canned_queries()}.get,
        "form_fields": lambda query, values: _form_fields(site, query, values),
        "heading": shown_rows.heading,
        "pluralize": pluralize,
        "first_rows": FIRST_ROWS,
        "linked_tables": lambda linked: [
            link
            for link in linked
            if link["count"] and not datasette.table_metadata(site.database, link["other_table"]).get("hidden")
        ],
        **{
            name: getattr(rows, name)
            for name in ("card", "row_address", "rows_of_table", "rows_of_query", "rows_found")
        },
    }


class RowFunctions:
    """The functions of templates that show rows."""

    def __init__(self, datasette: Any, site: Site) -> None:
        self.datasette = datasette
        self.site = site

    def row_address(self, table: str, key: object) -> str:
        """Return the address of a row."""
        from datasette.utils import tilde_encode  # type: ignore[import-untyped]

        if table == "people" and isinstance(key, str):  # who may have several posts
            return f"{self.datasette.urls.table(self.site.database, table)}?{urlencode({'person': key})}"
        return str(self.datasette.urls.row(self.site.database, table, tilde_encode(str(key))))

    async def card(self, table: str, row: Any) -> cards.Card | None:
        """Return the card of a row; None for a table whose rows have no profile."""
        if table not in cards.PROFILES:
            return None
        kind, column = cards.PROFILES[table]
        values = {cell["column"]: cell["raw"] for cell in row}
        return await asyncio.to_thread(self._card, f"{kind}:{values[column]}", shown_rows.value_text("killed", values))

    def _card(self, name: str, killed: str) -> cards.Card | None:
        try:
            profile = self.site.dataset.answer("show", name=name).profile
        except MaliError:  # a name of several rows
            return None
        assert profile is not None
        return cards.card(profile, killed, cards.Linker(self.site.dataset, self.row_address))

    def rows_of_table(self, rows: Any, names: Sequence[str], table: str) -> shown_rows.ShownTable:
        """Return rows that Datasette shows of a table."""
        cells = [[shown_rows.Cell(row[name], row.display(name)) for name in names] for row in rows]
        return self._shown_table(names, cells, table)

    def rows_of_query(self, rows: Any, html_rows: Any, names: Sequence[str], shows_all: bool) -> shown_rows.ShownTable:
        """Return rows of a query, with their values as Datasette shows them."""
        limit = None if shows_all else FIRST_ROWS
        pairs = zip(rows[:limit], html_rows[:limit], strict=True)
        return self._shown_table(names, [list(map(shown_rows.Cell, row, values)) for row, values in pairs], None)

    def rows_found(self, rows: Any, names: Sequence[str]) -> shown_rows.ShownTable:
        """Return events that the search found."""
        return self._shown_table(
            names, [[self._found_cell(name, row[name]) for name in names] for row in rows], "events"
        )

    def _found_cell(self, name: str, value: Any) -> shown_rows.Cell:
        html = links.render_cell(value, name, "events", self.site.database, self.datasette)
        return shown_rows.Cell(value, html if html is not None else shown_rows.plain(value))

    def _shown_table(
        self, names: Sequence[str], cells: list[list[shown_rows.Cell]], table: str | None
    ) -> shown_rows.ShownTable:
        return shown_rows.shown_table(names, cells, table, self.row_address)


async def _tables(datasette: Any, site: Site) -> list[tuple[str, str, str, int]]:
    """Return name, title, description and number of rows of the tables with rows, in the order of the declaration."""
    counts = await datasette.get_database(site.database).table_counts(1000)
    metadata = datasette.metadata("tables", database=site.database)
    return [
        (name, table["title"], table.get("description", ""), counts[name])
        for name in [*schema.table_names(), *sorted(set(metadata) - set(schema.table_names()))]
        if (table := metadata.get(name)) and not table.get("hidden") and counts.get(name)
    ]


# Questions


def _form_fields(site: Site, query: CannedQuery, values: Any) -> list[dict[str, Any]]:
    """Return the boxes of a form, with what is typed in them and the names to choose from."""
    fields = []
    for name in query.example_values:
        field = questions.field_of(query, name)
        names = questions.list_names(site.dataset, field.names) if field.names else []
        fields.append({"name": name, "field": field, "value": (values.get(name) or "").strip(), "names": names})
    return fields


async def question_page(
    datasette: Any, query: CannedQuery, arguments: dict[str, str], problem: questions.Problem
) -> Any:
    """Return the form again, as it was filled in, with what is wrong."""
    from datasette import Response  # type: ignore[import-untyped]

    await datasette.invoke_startup()  # this may be the first request
    site = site_of(datasette)
    context = {
        "database": site.database,
        "canned_query": query.name,
        "metadata": datasette.metadata("queries", database=site.database)[query.name],
        "named_parameter_values": arguments,
        "problem": problem,
    }
    return Response.html(await datasette.render_template("question_problem.html", context), status=400)


# Charts


async def _charts(datasette: Any, site: Site) -> list[str]:
    """Return the kinds of charts on the home page; none without the extra that draws them, or with too many events."""
    from mali_cli.output import html_report

    try:
        html_report.check_installed("html")
    except MaliError:
        return []
    counts = await datasette.get_database(site.database).table_counts(1000)
    return list(CHART_FILTERS) if (counts["events"] or 0) <= MAX_EVENTS_OF_A_CHART else []


async def chart_page(request: Any, datasette: Any) -> Any:
    """Respond with the HTML report of `mali map` or `mali timeline`."""
    from datasette import Response

    kind = request.url_vars["kind"]
    filters = tuple((name, request.args[name]) for name in CHART_FILTERS[kind] if request.args.get(name))
    try:
        page = await asyncio.to_thread(_chart, site_of(datasette), kind, filters)
    except MaliError as error:
        context = {"error": str(error), "status": 400, "title": None}
        return Response.html(await datasette.render_template("error.html", context, request=request), status=400)
    return Response.html(page)


@functools.lru_cache(maxsize=8)
def _chart(site: Site, kind: str, filters: tuple[tuple[str, str], ...]) -> str:
    from mali_cli.output import html_report
    from mali_cli.output.vega import spec

    html_report.check_installed("html")
    filter_args: dict[str, Any] = dict(filters)
    result = site.dataset.answer(kind, **filter_args)
    if problem := spec.empty_message(result) or (result.frame.empty and "No events match."):
        raise MaliError(str(problem))
    return html_report.render(drawn_result(result)).decode()


async def tile(request: Any) -> Any:
    """Respond with a map tile."""
    from datasette import Response

    zoom, x, y = (int(request.url_vars[name]) for name in ("zoom", "x", "y"))
    return Response(
        map_tiles.tile_svg(zoom, x, y), content_type="image/svg+xml", headers={"Cache-Control": "max-age=3600"}
    )


# Search


async def search_page(request: Any, datasette: Any) -> Any:
    """Respond with the groups, places, people and events that match the search."""
    from datasette import Response

    site = site_of(datasette)
    text = (request.args.get("q") or "").strip()
    limit = search.MAX_EVENTS if request.args.get("_all") else search.FIRST_EVENTS
    found = await search.find(datasette.get_database(site.database), text, limit)
    close = [] if any(result.total for result in found) or not text else site.dataset.resolver.entities_close_to(text)
    context = {
        "database": site.database,
        "q": text,
        "found": found,
        "close": list(dict.fromkeys(key for kind, key in close if kind != "event")),
    }
    return Response.html(await datasette.render_template("search.html", context, request=request, view_name="search"))
