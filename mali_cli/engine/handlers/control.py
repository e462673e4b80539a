"""Run `control`: intervals of control, or the holder of each place on one day."""

from __future__ import annotations

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.results import QueryResult, pluralize


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("intervals")


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Return the intervals that match; for --on a single day the holder of each place, "unknown" before the first."""
    from mali_cli.queries import control

    statements, places = context.table("control"), context.table("places")
    first, last = filters.period or (None, None)
    if request.filter_args.get("on") is None or first is None or first != last:
        return QueryResult(control.control_intervals(statements, places, filters), _columns(request), "intervals")
    holders = control.control_on(statements, places, filters, first)
    uncertain = int(((holders["holder"] != control.UNKNOWN) & ~holders["certain"].astype(bool)).sum())
    notes = ["Holders are as last stated, on the day in since; a later change may be missing from the documents."]
    if uncertain:
        rows = pluralize(uncertain, "rows")
        notes.insert(0, f"Not certain: {rows}. The place may have changed hands before or after that day.")
    return QueryResult(holders, _columns(request), "rows", tuple(notes))


CONTROL = QueryHandler(_columns, _run, filter_query="control", prefilter_query="control")
