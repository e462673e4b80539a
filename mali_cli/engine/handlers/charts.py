"""Run `timeline` and `map`: events and people killed by period and by place."""

from __future__ import annotations

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.engine.handlers.events import ADDS_POSSIBLE_DATES, list_events
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import SPLITS
from mali_cli.results import QueryResult


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    columns = schema.result_columns(request.query)
    split = _split_column(request)
    return (*columns, *(column for column in schema.result_columns("splits") if column.name == split))


def _split_column(request: QueryRequest) -> str:
    """Return the column by which a timeline is split; an empty string if it is not."""
    typed = request.filter_args.get("split")
    return SPLITS[names.match_choice(typed, tuple(SPLITS), "value of --split")] if typed is not None else ""


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
    if request.query == "map":
        filter_text = describe_filters(context.resolver, filters, request.filter_args)
        return charts.map(request.group_keys, request.filter_args.get("on"), filter_text)
    actors, filter_text = describe_actors(context.resolver, filters, request.filter_args)
    return charts.timeline(request.group_keys, filter_text, actors, _split_column(request))


# Charts have the filters of events, and need the figures too, which a backend reads for `casualties`.
TIMELINE = QueryHandler(_columns, _run, filter_query="timeline", prefilter_query="casualties", has_group_keys=True)
MAP = QueryHandler(_columns, _run, filter_query="map", prefilter_query="casualties", has_group_keys=True)
