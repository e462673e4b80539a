"""Counts and sums by year, quarter or month: their rolling means, and which of the periods are covered only in part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryRequest
from mali_cli.errors import MaliError
from mali_cli.model import names, schema
from mali_cli.model.periods import Period, parse_period
from mali_cli.model.shared_filters import Number
from mali_cli.queries.events import TIME_KEYS
from mali_cli.queries.periods import partial_periods, rolling_mean
from mali_cli.resolver import parse_whole_number
from mali_cli.results import QueryResult

if TYPE_CHECKING:
    import pandas as pd

# For each query, the columns whose means are added: that of the mean, and that of the numbers.
MEANS_BY_QUERY = {
    "events": {"rolling_mean_events": "events"},
    "casualties": {"rolling_mean_killed": "killed_best"},
    "timeline": {"rolling_mean_events": "events", "rolling_mean_killed": "killed_best"},
}


def parse_rolling(typed: Number, query: str, group_keys: Sequence[str], filter_args: dict[str, Any]) -> int | None:
    """Return the number of periods of --rolling; MaliError if the rows are not those of one series of periods."""
    size = parse_whole_number(typed, "--rolling", 2)
    if size is None:
        return None
    if filter_args.get("split") is not None:
        raise MaliError("--rolling does not go with --split, which makes several series.")
    if query != "timeline" and (len(group_keys) != 1 or group_keys[0] not in TIME_KEYS):
        raise MaliError("--rolling needs one key of --by that is a period: year, quarter or month.")
    return size


def rolling_columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    """Return the declared columns of the means that a query adds."""
    if request.rolling is None:
        return ()
    return tuple(column for column in schema.result_columns("rolling") if column.name in MEANS_BY_QUERY[request.query])


def with_means_and_partial_periods(context: QueryContext, result: QueryResult, request: QueryRequest) -> QueryResult:
    """Return the result with the means of --rolling, and the periods that are covered only in part."""
    return _with_partial_periods(context, _with_rolling_means(result, request), request)


def _with_rolling_means(result: QueryResult, request: QueryRequest) -> QueryResult:
    """Return the result with the mean of each period and those before it, and a note on what is averaged."""
    if request.rolling is None:
        return result
    frame, given = result.frame, _given_period(request)
    [(column_of_periods, key)] = _time_keys(request).items()
    means: dict[str, pd.Series] = {}
    for name, column in MEANS_BY_QUERY[request.query].items():
        fill = 0 if column == "events" else None
        means[name] = rolling_mean(frame[column_of_periods], frame[column], key, request.rolling, given, fill)
    notes = [_note(request, key)] if len(frame) else []
    chart = result.chart and result.chart._replace(notes=(*result.chart.notes, *notes), rolling=request.rolling)
    return result._replace(
        frame=frame.assign(**means),
        columns=(*result.columns, *rolling_columns(request)),
        notes=(*result.notes, *notes),
        chart=chart,
    )


def _with_partial_periods(context: QueryContext, result: QueryResult, request: QueryRequest) -> QueryResult:
    """Return the result with the periods that are covered only in part, and a note on them.

    They are cut by --from or --to, or a file ends in them. Our own tables end with the war that they record.
    """
    keys, given = _time_keys(request), _given_period(request)
    if not keys or result.frame.empty:
        return result
    last_event = context.backend.last_day()
    partial: dict[str, str] = {}
    notes = []
    for column, key in keys.items():
        cut = partial_periods(result.frame[column], key, given, last_event)
        partial |= cut
        if cut:
            notes.append(f"Part of a {key}: {', '.join(f'{label} ({text})' for label, text in cut.items())}.")
    chart = result.chart and result.chart._replace(notes=(*result.chart.notes, *notes), partial_periods=partial)
    return result._replace(notes=(*result.notes, *notes), partial_periods=partial, chart=chart)


def _time_keys(request: QueryRequest) -> dict[str, str]:
    """Return the columns that have years, quarters or months, with the length of the period."""
    if request.query == "timeline":
        typed = request.group_keys
        return {"period": names.match_choice(typed[0], tuple(TIME_KEYS), "period of --by") if typed else "year"}
    return {key: key for key in request.group_keys if key in TIME_KEYS} if request.query in MEANS_BY_QUERY else {}


def _given_period(request: QueryRequest) -> Period | None:
    return parse_period(*(request.filter_args.get(name) for name in ("since", "until", "on")))


def _note(request: QueryRequest, key: str) -> str:
    before = "the one before it" if request.rolling == 2 else f"the {(request.rolling or 0) - 1:,} before it"
    counts = "killed_best" not in MEANS_BY_QUERY[request.query].values()
    what = "numbers of events" if counts else "best estimates of people killed"
    if request.query == "timeline":
        what = "numbers of events and best estimates of people killed"
    left_out = "" if counts else f"; a {key} without a number of killed is left out of the mean, not counted as 0"
    return f"Rolling means are of the {what} of a {key} and {before}{left_out}."
