"""What a picture of the rows of a query shows: the filters in words, the notes, and the documents that are cited."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryRequest
from mali_cli.filter_text import describe_actors
from mali_cli.model.filters import Filters
from mali_cli.results import ChartRequest, QueryResult

if TYPE_CHECKING:
    import pandas as pd


def chart_request(
    context: QueryContext,
    request: QueryRequest,
    result: QueryResult,
    measure: str = "",
    load_sources: Callable[[Filters], pd.Series] | None = None,
) -> ChartRequest:
    """Return the chart of a result; `load_sources` returns the sources of its rows if they are not in a column."""
    filters = context.resolver.resolve_filters(request.query, request.filter_args)

    def load_documents() -> tuple[str, ...]:
        from mali_cli.queries import chart_tables

        if context.title:
            return (context.title,)
        sources = load_sources(filters) if load_sources is not None else result.frame["sources"]
        return chart_tables.document_titles(context.table("documents"), chart_tables.source_keys(sources))

    actors, filter_text = describe_actors(context.resolver, filters, request.filter_args, request.query)
    if request.query != "casualties":  # only there the title has them, for the dead are those of all sides
        actors, filter_text = "", ", ".join(filter(None, (actors, filter_text)))
    chart = ChartRequest(
        request.query,
        measure,
        filter_text=filter_text,
        load_documents=load_documents,
        notes=result.notes,
        partial_periods=result.partial_periods,
        rolling=request.rolling,
        actors=actors,
    )
    return chart._replace(subject=context.backend.path.name, is_foreign=True) if context.title else chart


def camps_of(context: QueryContext) -> dict[str, str]:
    """Return the camp of each group that has one."""
    groups = context.lookup_table("groups")
    return {group: camp for group, camp in zip(groups["group"], groups["camp"], strict=True) if isinstance(camp, str)}
