"""Run `compare`: match the events of two datasets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mali_cli.engine.backends import open_backend
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.engine.handlers.aggregates import refuse_aggregates
from mali_cli.engine.handlers.events import ADDS_POSSIBLE_DATES, select_events
from mali_cli.engine.notes import with_notes
from mali_cli.errors import DataError, MaliError
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.names import join_and
from mali_cli.results import QueryResult, pluralize
from mali_cli.storage.base import Backend

if TYPE_CHECKING:
    from mali_cli.queries.event_matching import EventSet, MatchWindow

COMPARE_ARGS = ("window", "within", "format_in")
DEFAULT_WINDOW = "3d"
DEFAULT_DISTANCE = "25km"


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("compare")


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Select the events of both datasets by the same filters, match them, and return pairs and unmatched events."""
    from mali_cli.queries import event_matching

    filter_args = dict(request.filter_args)
    format_in = filter_args.pop("format_in", None)
    window = _parse_window(filter_args.pop("window", DEFAULT_WINDOW), filter_args.pop("within", DEFAULT_DISTANCE))
    other = request.subject
    if not isinstance(other, Backend) and not other:
        raise MaliError("compare needs a file, or a folder of tables, to compare ours with.")
    theirs_backend = other if isinstance(other, Backend) else open_backend(other, format_in)
    contexts = {"ours": context, "theirs": QueryContext(theirs_backend)}
    for side in contexts.values():
        refuse_aggregates(side, "`compare`")
    sides, possible, notes = _select_both(contexts, filter_args)
    template = next(iter(sides.values()))
    empty = template._replace(events=template.events.head(0))
    ours, theirs = (sides.get(name, empty) for name in contexts)
    comparable = event_matching.comparable_mask(ours.events, theirs.events)
    left_out = int((~comparable).sum())
    ours = ours._replace(events=ours.events[comparable])
    locations = event_matching.locate(ours, theirs)
    table = event_matching.comparison_table(ours, theirs, locations, window)
    notes += event_matching.caveats(table, ours, theirs, locations, left_out)
    more = [f"{pluralize(number, 'more events')} of {name}" for name, number in possible.items() if number]
    if more:
        notes.append(f"{join_and(more)} may fall into this period: {ADDS_POSSIBLE_DATES} them.")
    return QueryResult(
        table, _columns(request), "rows", tuple(notes), ("date", "date"), origin=_origin(*contexts.values())
    )


def _select_both(
    contexts: dict[str, QueryContext], filter_args: dict[str, Any]
) -> tuple[dict[str, EventSet], dict[str, int], list[str]]:
    """Return of each side the events and the number of those that only may fall into the period, and the notes.

    A name that one side does not have may be one of the other's: such a side has no events. MaliError if neither
    side has it.
    """
    sides: dict[str, EventSet] = {}
    possible: dict[str, int] = {}
    notes: list[str] = []
    refusals = 0
    for name, context in contexts.items():
        try:
            sides[name], possible[name], side_notes = _select(context, filter_args)
            notes += side_notes
        except DataError:
            raise
        except MaliError as error:
            refusals += 1
            if refusals == len(contexts):
                raise
            notes.append(f"No events in {name}: {error}")
    return sides, possible, notes


def _select(context: QueryContext, filter_args: dict[str, Any]) -> tuple[EventSet, int, list[str]]:
    from mali_cli.queries.event_matching import EventSet

    filters = context.filters_before_reading("events", filter_args)
    context = context.prefiltered("events", filter_args, filters)
    filters = filters or context.resolver.resolve_filters("events", filter_args)
    result, possible = select_events(context, filters)
    result = with_notes(context, result, "events", filter_args)
    frame = result.frame[[column.name for column in result.columns]].reset_index(drop=True)
    backend = context.backend
    notes = [*result.notes] if frame.empty else [*backend.notes, *backend.reading_notes]
    events = EventSet(frame, context.table("places"), context.table("groups"), context.backend.origin)
    return events, possible, notes


def _origin(ours: QueryContext, theirs: QueryContext) -> str:
    titles = [ours.title, theirs.title]
    return " beside ".join(title or "our events (mali)" for title in titles) if any(titles) else ""


def _parse_window(window: str | float, within: str | float) -> MatchWindow:
    from mali_cli.queries.event_matching import MatchWindow

    return MatchWindow(
        int(_parse_quantity(window, "--window", r"(\d+) *d?", 366, "whole days such as 3d or 5")),
        _parse_quantity(within, "--within", r"(\d+(?:\.\d+)?) *(?:km)?", 20_000, "kilometres such as 25km or 7.5"),
    )


def _parse_quantity(typed: str | float, option: str, pattern: str, maximum: int, expected: str) -> float:
    """Return a number given with or without its unit."""
    match = re.fullmatch(pattern, str(typed).strip().casefold(), re.ASCII)
    if match is None or float(match[1]) > maximum:
        raise MaliError(f"{option} takes {expected}, at most {maximum:,}, not {str(typed)!r}.")
    return float(match[1])


COMPARE = QueryHandler(_columns, _run, filter_query=None, prefilter_query="compare")
