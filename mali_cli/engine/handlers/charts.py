"""Run `timeline` and `map`: events and people killed by period and by place."""

from __future__ import annotations

from collections.abc import Callable

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.engine.handlers.events import ADDS_POSSIBLE_DATES, list_events
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.results import QueryResult


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns(request.query)


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    from mali_cli.filter_text import describe_actors, describe_filters
    from mali_cli.queries.chart_queries import ChartQueries

    charts = ChartQueries(
        context.table,
        context.events_with_location,
        list_events(context, filters, ADDS_POSSIBLE_DATES),
        filters,
        frozenset(context.resolver.canonical_names("places", request.filter_args.get("place"))),
        context.title,
    )
    actors, without_actors = describe_actors(context.resolver, filters, request.filter_args)
    filter_text = describe_filters(context.resolver, filters, request.filter_args)

    def timeline(by: list[str]) -> QueryResult:
        return charts.timeline(by, without_actors, actors)

    def map(by: list[str], on: str | None = None) -> QueryResult:
        return charts.map(by, on, filter_text)

    if request.query == "timeline":
        return _with_companion(timeline(request.group_keys), lambda: map([]))
    on = request.filter_args.get("on")
    result = map(request.group_keys, on)
    return result if on is not None else _with_companion(result, lambda: timeline([]))


def _with_companion(result: QueryResult, load: Callable[[], QueryResult]) -> QueryResult:
    """Return the result with the other chart of its events, which is drawn only in a page."""
    return result if result.chart is None else result._replace(chart=result.chart._replace(load_companion=load))


# Charts have the filters of events, and need the figures too, which a backend reads for `casualties`.
TIMELINE = QueryHandler(_columns, _run, filter_query="events", prefilter_query="casualties", has_group_keys=True)
MAP = QueryHandler(_columns, _run, filter_query="map", prefilter_query="casualties", has_group_keys=True)
