"""Run `check`: validate all tables of a backend."""

from __future__ import annotations

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.results import QueryResult, pluralize


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("faults")


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    import pandas as pd

    from mali_cli.validation import checked_tables, validate

    backend = context.backend
    violations, no_violation_text = backend.validate() or (
        validate(backend),
        f"{backend.path}: {pluralize(len(checked_tables(backend)), 'tables')}, no problems.",
    )
    columns = _columns(request)
    rows = [(str(v.path), v.line, v.column, v.value, v.rule, v.record) for v in violations]
    frame = pd.DataFrame(rows, columns=[column.name for column in columns])
    frame = frame.astype({"line": "Int64", "record": "Int64"})
    notes: tuple[str, ...] = ()
    if violations:
        files = len({violation.path for violation in violations})
        noun = "tables" if backend.path.is_dir() else "files"
        notes = (f"{pluralize(len(violations), 'problems')} in {pluralize(files, noun)}.",)
    return QueryResult(frame, columns, "problems", notes, empty_message=no_violation_text)


CHECK = QueryHandler(_columns, _run, filter_query=None, prefilter_query="check")
