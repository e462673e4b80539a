"""Run `control`: intervals of control, or the holder of each place on one day."""

from __future__ import annotations

import datetime

from mali_cli.engine.chart_request import camps_of, chart_request
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.periods import WAR_BEGINS, parse_period
from mali_cli.results import ChartRequest, QueryResult

# What a table on a terminal shows of the holders on a day, instead of the begin and end of the intervals.
VISIBLE_ON_A_DAY = ("place", "holder", "status", "as_of", "basis", "according_to")


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    columns = schema.result_columns("intervals")
    if _single_day(request) is None:
        return columns
    return tuple(column._replace(default_visible=column.name in VISIBLE_ON_A_DAY) for column in columns)


def _single_day(request: QueryRequest) -> datetime.date | None:
    """Return the day of --on, None if it is a month or a year, or is not given."""
    period = parse_period(None, None, request.filter_args.get("on"))
    return period.first if period is not None and period.first == period.last else None


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Return the intervals that match; for --on a single day the holder of each place, "unknown" before the first."""
    from mali_cli.queries import control

    day = _single_day(request)
    if day is not None:
        holders = control.control_on(context.table, filters, day)
        notes = tuple(control.holder_notes(holders, day, filters.max_age))
        return QueryResult(holders, _columns(request), "rows", notes)
    if request.filter_args.get("max_age") is not None:
        raise MaliError("--max-age needs a single day: --on 2013-01-30. A month or year gives intervals.")
    return QueryResult(control.control_intervals(context.table, filters), _columns(request), "intervals")


def _chart(context: QueryContext, request: QueryRequest, result: QueryResult) -> ChartRequest | None:
    """Return the bands of who held which place over time; of a single day there is a map."""
    rows = result.frame
    if rows.empty or _single_day(request) is not None:
        return None
    period = parse_period(*(request.filter_args.get(name) for name in ("since", "until", "on")))
    first = max(rows["since"].min().date(), datetime.date(int(WAR_BEGINS), 1, 1))
    last = max(rows[["as_of", "until"]].max()).date() + datetime.timedelta(
        days=31
    )  # so that the last band has some width
    if period is not None:
        first, last = period.first or first, period.last or last
    chart = chart_request(context, request, result)
    if period is None:
        chart = chart._replace(
            filter_text=", ".join(filter(None, (chart.filter_text, f"{first:%Y-%m} to {last:%Y-%m}")))
        )
    return chart._replace(first_drawn=first.isoformat(), last_drawn=last.isoformat(), camps=camps_of(context))


CONTROL = QueryHandler(_columns, _run, filter_query="control", prefilter_query="control", chart=_chart)
