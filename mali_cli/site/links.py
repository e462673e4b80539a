"""Links from the keys in cells to their rows."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from mali_cli.model import schema
from mali_cli.model.vocabulary import UNKNOWN_HOLDER

if TYPE_CHECKING:
    from markupsafe import Markup


def render_cell(value: object, column: str, table: str | None, database: str, datasette: Any) -> Markup | None:
    """Link keys to their rows where Datasette does not: in lists, and in results of queries."""
    declared = _column_to_render(table, column)
    if declared is None or not isinstance(value, str) or not value:
        return None
    from datasette.utils import tilde_encode  # type: ignore[import-untyped]
    from markupsafe import Markup, escape

    rendered = []
    for item in map(str.strip, value.split(";")) if declared.type == "list" else [value]:
        if declared.references and item != UNKNOWN_HOLDER:  # stands where a group would, but is not a key
            # Sources are documents, or references such as almanac#52.
            target = declared.references[-1 if "#" in item else 0]
            address = datasette.urls.row(database, target, tilde_encode(item))
            rendered.append(Markup('<a href="{}">{}</a>').format(address, item))
        else:
            rendered.append(escape(item))
    return Markup("; ").join(rendered)


@functools.cache
def _column_to_render(table: str | None, name: str) -> schema.Column | None:
    """Return the declaration of a column that `render_cell` renders, or None if Datasette renders it.

    A query's result has no table: there a column is recognised by its name alone.
    """
    tables = [schema.table(table_name) for table_name in schema.table_names()]
    if table is not None:
        columns = schema.table(table).columns if table in schema.table_names() else ()
        return next((column for column in columns if column.name == name and column.type == "list"), None)
    namesakes = [column for declared in tables for column in declared.columns if column.name == name]
    is_list = any(column.type == "list" for column in namesakes)
    key_of = [declared.name for declared in tables if declared.key == (name,)]
    references = (column.references for column in namesakes if _refers_to_keys(column))
    targets = tuple(key_of) or next(references, ())
    if not targets and not is_list:
        return None
    return namesakes[0]._replace(type="list" if is_list else "string", references=targets)


def _refers_to_keys(column: schema.Column) -> bool:
    """Return whether a column refers to keys of rows, not to another column such as casualties.tally."""
    return bool(column.references) and not any("." in target for target in column.references)
