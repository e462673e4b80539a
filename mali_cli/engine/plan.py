"""Answer a query in fixed steps: parse, choose the cheapest way to run it, run it, present the result."""

from __future__ import annotations

import platform
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from mali_cli.engine import partitions
from mali_cli.engine.backends import open_backend
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import Decomposition, PartialT, QueryHandler, QueryRequest
from mali_cli.engine.handlers import (
    aggregates,
    casualties,
    charts,
    check,
    comparison,
    control,
    dictionary,
    entities,
    events,
)
from mali_cli.engine.notes import check_stated, not_in_parts_note, with_notes
from mali_cli.engine.presentation import Presentation, parse_presentation, present
from mali_cli.engine.row_batches import Batch, batches_of_folders, first_rows, pack, read_batches, result_in_batches
from mali_cli.engine.time_series import parse_rolling, rolling_columns, with_means_and_partial_periods
from mali_cli.errors import DataError, MaliError
from mali_cli.model.filter_names import check_filter_names
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import parse_group_keys
from mali_cli.model.shared_filters import Texts, as_list
from mali_cli.results import QueryResult

QUERIES: dict[str, QueryHandler] = {
    "events": events.EVENTS,
    "casualties": casualties.CASUALTIES,
    "groups": entities.GROUPS,
    "places": entities.PLACES,
    "people": entities.PEOPLE,
    "relations": entities.RELATIONS,
    "strengths": entities.STRENGTHS,
    "sources": entities.SOURCES,
    "control": control.CONTROL,
    "show": entities.SHOW,
    "lineage": entities.LINEAGE,
    "timeline": charts.TIMELINE,
    "map": charts.MAP,
    "compare": comparison.COMPARE,
    "check": check.CHECK,
    "columns": dictionary.COLUMNS,
}
# Only these can be answered from partitions, and only with group keys; see MapCombine.
DECOMPOSABLE_QUERIES = tuple(name for name, handler in QUERIES.items() if handler.decompose is not None)


def answer(
    context: QueryContext,
    query: str,
    filter_args: dict[str, Any],
    *,
    subject: Any = None,
    by: Texts = None,
    sort: Texts = None,
    limit: str | int | None = None,
    columns: Texts = None,
    condition: Texts = None,
    in_batches: bool = False,
) -> QueryResult:
    """Return the result of a query. What cannot be sorted, shown or grouped is refused before any data are read.

    If `in_batches`, the rows of a large list come in batches.
    """
    handler, request = _parse_request(context, query, filter_args, subject, by)
    filter_args = request.filter_args
    sort, columns = (",".join(as_list(names)) or None for names in (sort, columns))
    available = (*handler.columns(request), *rolling_columns(request))
    presentation = parse_presentation(available, sort, limit, columns, condition)
    if handler.filter_query is None:
        return present(handler.run(context, Filters(), request), presentation)
    check_stated(context, request.group_keys, filter_args)
    used_args = {**filter_args, "by": by, "columns": columns, "sort": sort, "condition": condition}
    listed = _in_batches(context, handler, request, used_args, presentation) if in_batches else None
    listed = listed or _first_rows(context, handler, request, used_args, presentation)
    if listed is not None:
        return listed
    further_notes = not_in_parts_note(context) if handler.decompose is not None else ()
    context, result = _run(context, handler, request, used_args)
    result = with_means_and_partial_periods(context, result, request)
    if handler.chart is not None:
        result = result._replace(chart=handler.chart(context, request, result))
    return with_notes(context, present(result, presentation), query, filter_args, further_notes)


def _parse_request(
    context: QueryContext, query: str, filter_args: dict[str, Any], subject: Any, by: Texts
) -> tuple[QueryHandler, QueryRequest]:
    """Return the handler of a query and its request; MaliError for filters or keys that it does not have."""
    if query not in QUERIES:
        raise MaliError(f"there is no query {query!r}; there are {', '.join(QUERIES)}.")
    handler = QUERIES[query]
    if by is not None and not handler.has_group_keys:
        raise MaliError(f"{query}() takes no group keys (by).")
    check_filter_names(query, filter_args, _keywords(query, handler))
    # An iterator could be read only once, but a filter is applied in several places.
    filter_args = {name: list(arg) if isinstance(arg, Iterator) else arg for name, arg in filter_args.items()}
    group_keys = as_list(by)
    if context.backend.holds_aggregates:
        handler = aggregates.aggregate_handler(context, query, handler, group_keys, filter_args)
    if handler.group_key_names:
        group_keys = parse_group_keys(group_keys, handler.group_key_names)
    rolling = parse_rolling(filter_args.pop("rolling", None), query, group_keys, filter_args)
    return handler, QueryRequest(query, group_keys, filter_args, subject, rolling)


def _keywords(query: str, handler: QueryHandler) -> list[str]:
    """Return what a query takes besides its filters."""
    return [
        *(["by"] if handler.has_group_keys else []),
        *("sort", "limit", "columns", "condition"),
        *(comparison.COMPARE_ARGS if query == "compare" else ()),
    ]


def _run(
    context: QueryContext, handler: QueryHandler, request: QueryRequest, used_args: dict[str, Any]
) -> tuple[QueryContext, QueryResult]:
    """Run a query in the first of these ways that applies, and return its result with the context it was run in.

    1. Elsewhere: an executor computes partial results for the parts of the data, which are combined.
    2. In the database: the backend computes the sums.
    3. Partitions: the backend splits its data, and partial results are combined.
    4. Prefilter: the backend reads only rows that may match `used_args`, or, if it cannot, all of them.
    """
    filter_query = handler.filter_query or request.query
    if request.group_keys and handler.decompose is not None:
        context = context.in_database(request.query, used_args)
    filters = context.filters_before_reading(filter_query, request.filter_args)
    if filters is not None and (result := _run_on_executor(context, handler, request, used_args, filters)) is not None:
        return context, result
    if filters is not None and request.group_keys and handler.decompose is not None:
        query = handler.decompose(request.group_keys, filters)
        found = _partial_of_large(context, query, filters)
        if found is not None:
            return context, query.finalize(found)
    context = context.prefiltered(handler.prefilter_query, used_args, filters)
    if filters is None:
        filters = context.resolver.resolve_filters(filter_query, request.filter_args)
    return context, handler.run(context, filters, request)


def _in_batches(
    context: QueryContext,
    handler: QueryHandler,
    request: QueryRequest,
    used_args: dict[str, Any],
    presentation: Presentation,
) -> QueryResult | None:
    """Return the result of a list with its rows in batches; None if they fit in memory, or their order needs all."""
    filters = None if presentation.sort_columns else _filters_of_list(context, handler, request)
    if filters is None or handler.decompose is None:
        return None
    query = handler.decompose([], filters)
    batches: Generator[Batch] | None
    if context.executor is not None and context.backend.part_folders(filters) is not None:
        batches = _batches_on_executor(context, request, used_args, filters, presentation)
    else:
        parts = context.backend.row_batches(handler.prefilter_query, used_args, filters)
        batches = None if parts is None else read_batches(partial(handler.decompose, []), filters, presentation, parts)
    if batches is None:
        return None
    return result_in_batches(query, batches, presentation, _add_notes(context, request), context.fraction_read)


def _first_rows(
    context: QueryContext,
    handler: QueryHandler,
    request: QueryRequest,
    used_args: dict[str, Any],
    presentation: Presentation,
) -> QueryResult | None:
    """Return the result of a list with --limit of which an executor finds the first rows; None if it cannot."""
    if context.executor is None or presentation.limit is None:
        return None
    filters = _filters_of_list(context, handler, request)
    if filters is None or handler.decompose is None:
        return None
    of_all_columns = presentation._replace(columns=handler.columns(request))
    batches = _batches_on_executor(context, request, used_args, filters, of_all_columns)
    if batches is None:
        return None
    result = first_rows(handler.decompose([], filters), batches, presentation, _add_notes(context, request))
    return _with_display_columns(context, handler, result)


def _filters_of_list(context: QueryContext, handler: QueryHandler, request: QueryRequest) -> Filters | None:
    """Return the filters of a list of which some rows can be read after others; None for other queries."""
    if request.group_keys or handler.decompose is None:
        return None
    return context.filters_before_reading(request.query, request.filter_args)


def _batches_on_executor(
    context: QueryContext,
    request: QueryRequest,
    used_args: dict[str, Any],
    filters: Filters,
    presentation: Presentation,
) -> Generator[Batch] | None:
    """Return the rows of a list that an executor reads, in its order; None if it cannot, or if there is none."""
    folders = context.backend.part_folders(filters, in_order=True) if context.executor is not None else None
    if context.executor is None or folders is None:
        return None
    read_packed = partial(batches_of_folder, request.query, filters, used_args, presentation)
    return batches_of_folders(context.executor, read_packed, folders)


def _add_notes(context: QueryContext, request: QueryRequest) -> Callable[[QueryResult], QueryResult]:
    """Return a function that adds to a list the notes that every result gets."""
    further_notes = not_in_parts_note(context)
    return partial(
        with_notes, context, query=request.query, filter_args=request.filter_args, further_notes=further_notes
    )


def _run_on_executor(
    context: QueryContext, handler: QueryHandler, request: QueryRequest, used_args: dict[str, Any], filters: Filters
) -> QueryResult | None:
    """Return the result of a query that an executor answers part by part; None if it cannot, or if there is none."""
    folders = context.backend.part_folders(filters) if context.executor is not None else None
    if context.executor is None or folders is None or handler.decompose is None:
        return None
    query = handler.decompose(request.group_keys, filters)
    answer_part = partial(partial_result_of_folder, request.query, request.group_keys, filters, used_args)
    result = query.finalize(query.map_combine.combine(context.executor.map(answer_part, folders)))
    return result if request.group_keys else _with_display_columns(context, handler, result)


def _with_display_columns(context: QueryContext, handler: QueryHandler, result: QueryResult) -> QueryResult:
    load = handler.load_display_columns
    return result if load is None else result._replace(load_display_columns=partial(load, context))


def partial_result_of_folder(
    query: str, keys: list[str], filters: Filters, used_args: dict[str, Any], folder: Path
) -> Any:
    """Return the partial result of a query for the dataset in a folder; see `partial_result`."""
    context = _context_of_folder(folder)
    if not keys:
        context = context.prefiltered(query, used_args, filters)
    return partial_result(context, query, keys, filters)


def batches_of_folder(
    query: str, filters: Filters, used_args: dict[str, Any], presentation: Presentation, folder: Path
) -> list[bytes]:
    """Return the rows of a list for the dataset in a folder, in packed batches."""
    decompose, context = QUERIES[query].decompose, _context_of_folder(folder)
    assert decompose is not None
    parts = context.backend.row_batches(query, used_args, filters)
    if parts is None:
        parts = iter([context.backend.prefiltered(query, used_args, filters)])
    return list(map(pack, read_batches(partial(decompose, []), filters, presentation, parts)))


def _context_of_folder(folder: Path) -> QueryContext:
    """Return the context of the dataset in a folder, on a worker."""
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder} on {platform.node()}; every worker must see the data.")
    return QueryContext(open_backend(folder))


def partial_result(context: QueryContext, query: str, keys: list[str], filters: Filters) -> Any:
    """Return the partial result of a decomposable query for one dataset, which may be a part of a larger one.

    `decompose(keys, filters)` of its handler combines those of all parts and makes the result of them; arguments and
    partial results can be pickled.
    """
    decompose = QUERIES[query].decompose
    assert decompose is not None
    decomposed = decompose(keys, filters)
    found = _partial_of_large(context, decomposed, filters)
    return decomposed.map_combine.map_partition(context) if found is None else found


def _partial_of_large(context: QueryContext, query: Decomposition[PartialT], filters: Filters) -> PartialT | None:
    """Return the partial result from the database, or from partitions of the data; None if the tables fit in memory."""
    found = query.in_database(context.backend)
    if found is not None:
        return found
    parts = context.backend.partitions(filters)
    return None if parts is None else partitions.run(query.map_combine, map(QueryContext, parts))
