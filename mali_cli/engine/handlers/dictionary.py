"""Run `columns`: the data dictionary, as declared in datapackage.json."""

from __future__ import annotations

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.results import QueryResult


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("columns")


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Return a row for each column of a table, or of all tables; those that only results have come last."""
    import pandas as pd

    tables = schema.table_names()
    if request.subject is not None:
        tables = [names.match_choice(request.subject, tables, "table")]
    rows = []
    for table in tables:
        declared = schema.table(table).columns
        added = schema.result_columns(table) if table in schema.result_names() else ()
        own = {column.name for column in declared}
        for column in (*declared, *(column for column in added if column.name not in own)):
            values = "; ".join(column.enum)
            rows.append((table, column.name, column.title, column.type, column.description, values or None))
    frame = pd.DataFrame(rows, columns=[column.name for column in _columns(request)])
    return QueryResult(frame, _columns(request), "columns")


COLUMNS = QueryHandler(_columns, _run, filter_query=None, prefilter_query="columns")
