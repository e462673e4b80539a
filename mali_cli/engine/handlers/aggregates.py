"""Run queries on counts of events by week or month: `events --by`, `casualties --by` and `map`, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from mali_cli.engine.chart_request import chart_request
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.engine.handlers.charts import MAP, draw_since_war_began
from mali_cli.engine.notes import with_notes
from mali_cli.engine.time_series import with_means_and_partial_periods
from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.model.filter_names import filter_options
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import parse_group_keys
from mali_cli.queries import aggregates, chart_tables
from mali_cli.queries.aggregate_map import area_map
from mali_cli.queries.chart_queries import map_measure, with_years
from mali_cli.results import ChartRequest, QueryResult, pluralize

RESULT_BY_QUERY = {"events": "event-counts", "casualties": "sums"}
ANSWERED_OTHERWISE = ("check", "columns")
# The filters of counts, with the group keys of which a file must have one; of casualties `country` is the nationality
# of the victims, which no file has.
KEYS_BY_FILTER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("since", "until", "on", "dates", "where", "rolling"), ("year",)),
    **{"region": ("region",), "admin2": ("admin2",), "type": ("event_type", "sub_event_type")},
    **dict.fromkeys(("disorder_type", "civilian_targeting"), ("disorder_type",)),
}


def aggregate_handler(
    context: QueryContext, query: str, handler: QueryHandler, group_keys: list[str], filter_args: Mapping[str, Any]
) -> QueryHandler:
    """Return the handler of a query for counts; DataError for a question that they cannot answer."""
    if query in ANSWERED_OTHERWISE:
        return handler
    if query != "map" and query not in RESULT_BY_QUERY:
        refuse_aggregates(context, f"`{query}`")
    allowed = tuple(aggregates.group_keys(context.table(schema.AGGREGATES)))
    for name, option in filter_options(query).items():
        needed = ("in",) if query != "casualties" and name == "country" else KEYS_BY_FILTER.get(name, ())
        if filter_args.get(name) and set(needed).isdisjoint(allowed):
            refuse_aggregates(context, option.flag)
    if query == "map":
        return QueryHandler(MAP.columns, _run_map, filter_query=None, prefilter_query=query, has_group_keys=True)
    if not group_keys:
        refuse_aggregates(context, f"`{query}` without --by")
    try:
        parse_group_keys(group_keys, allowed)
    except MaliError:
        refuse_aggregates(context, f"--by {','.join(group_keys)}")
    return QueryHandler(
        _columns, _run, filter_query=None, prefilter_query=query, has_group_keys=True, group_key_names=allowed
    )


def refuse_aggregates(context: QueryContext, question: str) -> None:
    """Raise DataError if the data are counts, which cannot answer the question."""
    if not context.backend.holds_aggregates:
        return
    table = context.table(schema.AGGREGATES)
    keys = ", ".join(key.replace("_", "-") for key in aggregates.group_keys(table))
    raise DataError(
        f"{context.backend.path.name} holds counts by {aggregates.describe(table)}, not events, and cannot answer "
        f"{question}; it answers `map`, and `events --by` and `casualties --by` with these keys: {keys}."
    )


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    declared = {column.name: column for name in ("keys", "aggregate-keys") for column in schema.result_columns(name)}
    return (*(declared[key] for key in request.group_keys), *schema.result_columns(RESULT_BY_QUERY[request.query]))


def _run(context: QueryContext, _: Filters, request: QueryRequest) -> QueryResult:
    keys = request.group_keys
    matching = _select(context, _filters(context, request), keys)
    of_killed = request.query == "casualties"
    frame = (
        aggregates.sums(matching.rows, keys, schema.result_columns("sums"))
        if of_killed
        else aggregates.counts(matching.rows, keys)
    )
    notes = tuple(aggregates.notes(matching, keys, of_killed))
    result = QueryResult(frame, _columns(request), "rows", notes)
    result = with_means_and_partial_periods(context, result, request)
    result = with_notes(context, result, request.query, request.filter_args)
    if not of_killed or len(keys) > 1:
        return result
    return result._replace(chart=chart_request(context, request, result, keys[0]))


def _filters(context: QueryContext, request: QueryRequest) -> Filters:
    return context.resolver.resolve_filters("events", request.filter_args)


def _select(context: QueryContext, filters: Filters, keys: list[str]) -> aggregates.Matching:
    """Return the rows that match; DataError for --civilian-targeting of data that do not count it apart."""
    table = context.table(schema.AGGREGATES)
    if filters.civilian_targeting and (filters.disorder_types or not aggregates.counts_civilian_targeting(table)):
        refuse_aggregates(context, "--civilian-targeting" + (" with --disorder-type" if filters.disorder_types else ""))
    return aggregates.select(table, filters, keys)


def _run_map(context: QueryContext, _: Filters, request: QueryRequest) -> QueryResult:
    filters = _filters(context, request)
    result = _map(context, filters, request)
    result = draw_since_war_began(context, result, filters, request, partial(_map, context))
    return with_notes(context, result, request.query, request.filter_args)


def _map(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Return the counts by area; DataError if no area has a point."""
    from mali_cli.filter_text import describe_filters

    measure = map_measure(request.group_keys)
    matching = _select(context, filters, [])
    frame, area, area_notes = area_map(matching.rows, context.lookup_table("places"), measure)
    total, *notes = aggregates.notes(matching, [], of_killed=True)
    if frame.empty:
        return QueryResult(frame, MAP.columns(request), "areas", tuple(notes), empty_message="No events match.")
    notes = [f"{pluralize(int(frame['events'].sum()), 'events')}: {total}", *notes, *area_notes]
    if frame["latitude"].isna().all():
        raise DataError(
            f"{context.backend.path.name} gives no coordinates, and our own tables have no point of any area that "
            "matches, so nothing can be drawn; `events --by` counts them."
        )
    filter_text = describe_filters(context.resolver, filters, request.filter_args)
    chart = ChartRequest(
        request.query,
        measure,
        filter_text=with_years(filter_text, filters, matching.rows[matching.rows["events"] > 0]),
        load_documents=lambda: (context.title,),
        notes=tuple(notes),
        coverage=chart_tables.share_with_point(frame),
        area=area,
        priority_places=filters.regions | filters.admin2,
        regions=filters.regions,
        subject=context.backend.path.name,
        is_foreign=True,
    )
    return QueryResult(frame, MAP.columns(request), "areas", tuple(notes), chart=chart)
