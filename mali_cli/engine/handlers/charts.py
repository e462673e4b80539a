"""Run `timeline` and `map`: events and people killed by period and by place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.engine.handlers.events import ADDS_POSSIBLE_DATES, list_events
from mali_cli.engine.notes import with_notes
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import SPLITS
from mali_cli.model.periods import WAR_BEGINS, parse_period
from mali_cli.results import QueryResult, pluralize


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    columns = schema.result_columns(request.query)
    split = _split_column(request)
    return (*columns, *(column for column in schema.result_columns("splits") if column.name == split))


def _split_column(request: QueryRequest) -> str:
    """Return the column by which a timeline is split; an empty string if it is not."""
    typed = request.filter_args.get("split")
    return SPLITS[names.match_choice(typed, tuple(SPLITS), "value of --split")] if typed is not None else ""


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    result = _answer(context, filters, request)
    if request.query != "map":
        return result
    return draw_since_war_began(context, result, filters, request, partial(_answer, context))


def draw_since_war_began(
    context: QueryContext,
    result: QueryResult,
    filters: Filters,
    request: QueryRequest,
    answer: Callable[[Filters, QueryRequest], QueryResult],
) -> QueryResult:
    """Return the answer to a map of which pictures draw only the years of the war, unless a period is given."""
    if filters.period is not None or result.chart is None:
        return result
    since_war = replace(filters, period=parse_period(WAR_BEGINS, None))
    war_request = replace(request, filter_args={**request.filter_args, "since": WAR_BEGINS})

    def load_drawn() -> QueryResult:
        drawn = _without_earlier(result, answer(since_war, war_request))
        return with_notes(context, drawn, request.query, request.filter_args)

    return result._replace(chart=result.chart._replace(load_drawn=load_drawn))


def _without_earlier(result: QueryResult, drawn: QueryResult) -> QueryResult:
    """Return the result without the events before the war, which are only counted, unless nothing else is left."""
    earlier = int(result.frame["events"].sum()) - int(drawn.frame["events"].sum())
    if drawn.chart is None or not earlier:
        return _with_declared_columns(result)
    note = f"{pluralize(earlier, 'earlier events')} not drawn: --from with an earlier year draws all."
    chart = drawn.chart._replace(notes=(*drawn.chart.notes, note))
    return _with_declared_columns(drawn._replace(notes=(*drawn.notes, note), chart=chart))


def _with_declared_columns(result: QueryResult) -> QueryResult:
    return result._replace(frame=result.frame[[column.name for column in result.columns]])


def _answer(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Return the timeline or the map, with the other of the two as its companion in a page."""
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
    split = _split_column(request)

    def make_timeline(by: list[str]) -> QueryResult:
        return charts.timeline(by, without_actors, actors, split)

    def make_map(by: list[str], on: str | None = None) -> QueryResult:
        return charts.map(by, on, filter_text)

    if request.query == "timeline":
        result = make_timeline(request.group_keys)
        return result if split else _with_companion(result, lambda: make_map([]))
    on = request.filter_args.get("on")
    result = make_map(request.group_keys, on)
    return result if on is not None else _with_companion(result, lambda: make_timeline([]))


def _with_companion(result: QueryResult, load: Callable[[], QueryResult]) -> QueryResult:
    """Return the result with the other chart of its events, which is drawn only in a page."""
    return result if result.chart is None else result._replace(chart=result.chart._replace(load_companion=load))


# Charts have the filters of events, and need the figures too, which a backend reads for `casualties`.
TIMELINE = QueryHandler(_columns, _run, filter_query="timeline", prefilter_query="casualties", has_group_keys=True)
MAP = QueryHandler(_columns, _run, filter_query="map", prefilter_query="casualties", has_group_keys=True)
