"""Run `events`: a list of events, or their number by keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import Decomposition, QueryHandler, QueryRequest
from mali_cli.engine.notes import shell_quoted
from mali_cli.engine.partitions import MapCombine
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters, Membership
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.queries import entities, events, fatalities, relations
from mali_cli.queries.events import EventCounts, LeftOutEvents, SelectedEvents
from mali_cli.results import QueryResult, pluralize

if TYPE_CHECKING:
    import pandas as pd

ADDS_POSSIBLE_DATES = "--dates all adds"  # of counts, sums and charts


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    if request.group_keys:
        return (*key_columns(request.group_keys), *schema.result_columns("event-counts"))
    return schema.answer_columns("events", *schema.result_columns("events"))


def key_columns(keys: Sequence[str]) -> list[schema.Column]:
    """Return the declared columns of group keys."""
    declared = {column.name: column for column in schema.result_columns("keys")}
    return [declared[key] for key in keys]


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    if not request.group_keys:
        return list_events(context, filters)
    counts = decompose_counts(request.group_keys, filters)
    return counts.finalize(counts.map_combine.map_partition(context))


def _decompose(keys: list[str], filters: Filters) -> Decomposition[EventCounts] | Decomposition[SelectedEvents]:
    return decompose_counts(keys, filters) if keys else decompose_list(filters)


def list_events(context: QueryContext, filters: Filters, option: str = "--dates possible lists") -> QueryResult:
    """Return the events that match, with the number of people killed in each.

    `option` is what adds the events that only may fall into the period, with its verb.
    """
    result, possible = select_events(context, filters)
    return _with_dates_note(result, possible, option)


def _with_dates_note(result: QueryResult, possible: int, option: str = "--dates possible lists") -> QueryResult:
    return result._replace(notes=(*events.possible_dates_note(possible, "events", option), *result.notes))


def select_events(context: QueryContext, filters: Filters) -> tuple[QueryResult, int]:
    """Return the events that match, and the number of those left out that only may fall into the period."""
    selected = _select(context, filters)
    result = _selection_result(selected, filters)
    return result._replace(load_display_columns=partial(_killed_and_lost, context)), selected.left_out.possible


def _selection_result(selected: SelectedEvents, filters: Filters) -> QueryResult:
    return QueryResult(
        selected.rows,
        _columns(QueryRequest("events")),
        "events",
        tuple(_selection_notes(selected.left_out, filters)),
        ("date_start", "date_end"),
    )


def _killed_and_lost(context: QueryContext, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what a table for people says of the people killed and lost in these events."""
    figures = context.backend.figures_of(rows)
    status = fatalities.event_fatality_status(rows, figures).add_prefix("killed_")
    return status.join(fatalities.event_lost(rows, figures))


def _select(context: QueryContext, filters: Filters) -> SelectedEvents:
    """Return the events that match, with the number of people killed in each, and what is left out."""
    overlapping = _matching(context, filters.with_all_dates)
    in_period, possible = events.split_by_dates(overlapping, filters)
    matching, without_figure = _with_killed(context, in_period, filters)
    if filters.has_killed_filters:
        possible, _ = _with_killed(context, possible, filters)
    of_coalitions = _events_of_coalitions(context, matching, filters)
    return SelectedEvents(matching, LeftOutEvents(len(possible), without_figure, of_coalitions))


def _selection_notes(left_out: LeftOutEvents, filters: Filters) -> Iterator[str]:
    """Yield the notes on what a selection leaves out, except on dates; see `possible_dates_note`."""
    if left_out.without_figure:
        yield f"Left out: {pluralize(left_out.without_figure, 'events')} without a figure of people killed."
    for (coalition, members), number in sorted(left_out.of_coalitions.items()):
        more = pluralize(number, "further events")
        yield f"{coalition}, to which {members} belonged, has {more} (--actor {shell_quoted(coalition)})."
    undated = sorted({min(m.groups) for m in filters.memberships if not isinstance(m.date_start, str)})
    if undated:
        yield f"No start date for {', '.join(undated)}; all their events are included."


def _matching(context: QueryContext, filters: Filters) -> pd.DataFrame:
    figures = context.table("casualties")
    return events.filter_events(context.events_with_location, figures, filters)


def _with_killed(context: QueryContext, matching: pd.DataFrame, filters: Filters) -> tuple[pd.DataFrame, int]:
    """Return the events that match the filters on killed, and how many lack a figure and so match none of these."""
    killed = context.backend.event_fatalities(matching)
    without_figure = 0
    if filters.has_killed_filters:
        without_figure = int(fatalities.with_killed(matching, killed, Filters())["killed_best"].isna().sum())
    return fatalities.with_killed(matching, killed, filters), without_figure


def _events_of_coalitions(context: QueryContext, matching: pd.DataFrame, filters: Filters) -> Counter[tuple[str, str]]:
    """Return how many further events involve a coalition that the actor was a member of: they are not its own."""
    counts: Counter[tuple[str, str]] = Counter()
    if not filters.actors or filters.against:
        return counts
    memberships = relations.memberships(context.table("relations"), "group", filters.actors)
    if memberships.empty:
        return counts
    figures = context.table("casualties")
    of_anybody = _matching(context, replace(filters, actors=frozenset(), memberships=()))
    further = of_anybody[~of_anybody["event_id"].isin(matching["event_id"])]
    for coalition, rows in memberships.groupby("other"):
        groups = entities.descendants(context.table("groups"), frozenset({str(coalition)}))
        spans = [Membership(groups, *dates) for dates in zip(rows["date_start"], rows["date_end"], strict=True)]
        number = int(events.is_by_members(further, figures, spans).sum())
        if number:
            counts[str(coalition), names.join_and(sorted(rows["group"].unique()))] = number
    return counts


def decompose_counts(keys: list[str], filters: Filters) -> Decomposition[EventCounts]:
    """Return the counts by keys as partial counts: numbers of events add up, for no event is in two partitions."""

    def partial_counts(context: QueryContext) -> EventCounts:
        matching, left_out = _select(context, filters)
        return EventCounts(events.counts(matching, keys), len(matching), left_out)

    def finalize(counted: EventCounts) -> QueryResult:
        notes = [
            *events.possible_dates_note(counted.left_out.possible, "events", ADDS_POSSIBLE_DATES),
            *_selection_notes(counted.left_out, filters),
            f"{pluralize(counted.events, 'events')}.",
        ]
        if "actor" in keys:
            notes.append("Rows overlap: an event counts for each group that takes part in it.")
        columns = _columns(QueryRequest("events", keys))
        return QueryResult(events.order_counts(counted.table, keys), columns, "rows", tuple(notes))

    return Decomposition(
        MapCombine(partial_counts, lambda partials: events.add_counts(partials, keys)),
        finalize,
        lambda backend: backend.partial_counts(keys, filters),
    )


def decompose_list(filters: Filters) -> Decomposition[SelectedEvents]:
    """Return the list of events as lists of some of them."""

    def finalize(selected: SelectedEvents) -> QueryResult:
        selected = selected._replace(rows=events.select_dates(selected.rows, filters))  # the certain ones first
        return _with_dates_note(_selection_result(selected, filters), selected.left_out.possible)

    return Decomposition(
        MapCombine(lambda context: _select(context, filters), events.join_selected), finalize, lambda backend: None
    )


EVENTS = QueryHandler(
    columns=_columns,
    run=_run,
    filter_query="events",
    prefilter_query="events",
    has_group_keys=True,
    group_key_names=GROUP_KEYS["events"],
    decompose=_decompose,
    load_display_columns=_killed_and_lost,
)
