"""Run `columns`: the data dictionary, as declared in datapackage.json."""

from __future__ import annotations

from collections.abc import Iterator

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.results import QueryResult

COUNTS = {"events": "event-counts", "casualties": "sums"}  # what --by of these counts; others count rows


def _columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("columns")


def _run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    """Return a row for each column of a table and of the answers of a command, or of all of them.

    The subject may also be a column: then there is a row for each table and command that has it.
    """
    import pandas as pd

    subjects = schema.tables_and_queries()
    declared = [(subject, *declaration) for subject in subjects for declaration in _declarations(subject)]
    called = request.subject
    if called is not None:
        columns = {column.name: [column.name.replace("_", "-")] for *_, columns in declared for column in columns}
        index = names.NameIndex(
            "table, command or column",
            f"Tables and commands: {', '.join(subjects)}.",
            {**columns, **dict.fromkeys(subjects, ())},
        )
        called = index.resolve(called)
    rows = [
        (where, column.name, column.title, column.type, column.description, "; ".join(column.enum) or None)
        for subject, where, columns in declared
        for column in columns
        if called in (None, subject) or (called not in subjects and called == column.name)
    ]
    frame = pd.DataFrame(rows, columns=[column.name for column in _columns(request)])
    return QueryResult(frame, _columns(request), "columns")


def _declarations(subject: str) -> Iterator[tuple[str, tuple[schema.Column, ...]]]:
    """Yield the columns of the table, and those that only answers of the command have, with where they are found."""
    if subject in (*schema.table_names(), schema.AGGREGATES):
        yield subject, schema.table(subject).columns
    if subject == schema.AGGREGATES:
        yield "mali events --by (aggregates)", schema.result_columns("aggregate-keys")
    if added := schema.added_columns(subject):
        yield f"mali {subject}", added
    if subject == "casualties":
        yield "mali casualties --disputed", schema.result_columns("disputed")
    if keys := GROUP_KEYS.get(subject):
        declared = {column.name: column for column in schema.result_columns("keys")}
        counts = schema.result_columns(COUNTS.get(subject, "row-counts"))
        yield f"mali {subject} --by", (*(declared[key] for key in keys), *counts)


COLUMNS = QueryHandler(_columns, _run, filter_query=None, prefilter_query="columns")
