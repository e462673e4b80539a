"""Run `casualties`: a list of figures, or their sums by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mali_cli.engine.chart_request import chart_request
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import Decomposition, QueryHandler, QueryRequest
from mali_cli.engine.handlers.events import key_columns
from mali_cli.engine.partitions import MapCombine
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.queries import casualties, events, fatalities
from mali_cli.queries.casualties import SelectedFigures
from mali_cli.queries.fatalities import PartialSums
from mali_cli.results import ChartRequest, QueryResult

if TYPE_CHECKING:
    import pandas as pd


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    if request.group_keys:
        return (*key_columns(request.group_keys), *schema.result_columns("sums"))
    width = schema.result_columns("disputed") if request.filter_args.get("disputed") else ()
    return schema.answer_columns("casualties", *width, *schema.result_columns("casualties"))


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    if request.group_keys:
        sums = decompose_sums(request.group_keys, filters)
        return sums.finalize(sums.map_combine.map_partition(context))
    listed = decompose_list(filters)
    return listed.finalize(listed.map_combine.map_partition(context))


def _decompose(keys: list[str], filters: Filters) -> Decomposition[PartialSums] | Decomposition[SelectedFigures]:
    return decompose_sums(keys, filters) if keys else decompose_list(filters)


def decompose_list(filters: Filters) -> Decomposition[SelectedFigures]:
    """Return the list of figures as lists of some of them: no tally is in two partitions."""

    def select(context: QueryContext) -> SelectedFigures:
        overlapping = casualties.filter_figures_of_all_dates(
            context.table("casualties"), context.events_with_location, filters
        )
        listed = casualties.is_listed(overlapping, filters)
        figures, possible = events.split_by_dates(overlapping[listed], filters)
        first_days = casualties.first_days(overlapping).reindex(figures.index)
        return SelectedFigures(figures, first_days, len(possible), overlapping[~listed])

    def finalize(selected: SelectedFigures) -> QueryResult:
        notes = [
            *events.possible_dates_note(selected.possible, "figures"),
            *casualties.other_scopes_note(selected.of_other_scopes, filters),
        ]
        figures = events.select_dates(selected.rows, filters).reset_index(drop=True)  # the certain ones first
        if filters.disputed:
            figures = casualties.with_estimate_width(figures)
        columns = _columns(QueryRequest("casualties", filter_args={"disputed": filters.disputed}))
        return QueryResult(figures, columns, "figures", tuple(notes), ("date_start", "date_end"))

    return Decomposition(MapCombine(select, casualties.join_selected), finalize, lambda backend: None)


def decompose_sums(keys: list[str], filters: Filters) -> Decomposition[PartialSums]:
    """Return the sums by keys as partial sums: tallies add up, for no tally is in two partitions."""

    def partial_sums(context: QueryContext) -> PartialSums:
        figures, placed = context.table("casualties"), context.events_with_location
        groups = context.table("groups")
        overlapping = casualties.filter_figures_of_all_dates(figures, placed, filters)
        matching, possible = events.split_by_dates(overlapping, filters)
        return fatalities.partial_sums(
            matching,
            figures,
            events.filter_events(placed, figures, filters.without_victim_country),
            dict(zip(groups["group"], groups["camp"], strict=True)),
            keys,
            filters,
            possible,
        )

    def finalize(partial: PartialSums) -> QueryResult:
        frame, totals = fatalities.finalize(partial, keys, schema.result_columns("sums"), filters)
        notes = tuple(fatalities.caveats(frame, totals, keys, filters))
        return QueryResult(frame, _columns(QueryRequest("casualties", keys)), "rows", notes)

    return Decomposition(
        MapCombine(partial_sums, lambda partials: fatalities.combine(partials, keys)),
        finalize,
        lambda backend: backend.partial_sums(keys, filters),
    )


def _chart(context: QueryContext, request: QueryRequest, result: QueryResult) -> ChartRequest | None:
    """Return the bars of sums by one key."""
    if len(request.group_keys) != 1:
        return None

    def load_sources(filters: Filters) -> pd.Series:
        figures = casualties.filter_figures(context.table("casualties"), context.events_with_location, filters)
        return figures["sources"]

    return chart_request(context, request, result, request.group_keys[0], load_sources)


CASUALTIES = QueryHandler(
    columns=_columns,
    run=_run,
    filter_query="casualties",
    prefilter_query="casualties",
    has_group_keys=True,
    group_key_names=GROUP_KEYS["casualties"],
    decompose=_decompose,
    chart=_chart,
)
