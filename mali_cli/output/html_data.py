"""The data of a page for its script: rows of the charts, and the events, figures, sources and holders behind them."""

from __future__ import annotations

from itertools import compress
from typing import Any

from mali_cli.model.date_text import when_text
from mali_cli.output.cell_values import json_rows, row_dicts, text_rows
from mali_cli.output.html_labels import Labels
from mali_cli.output.vega import spec
from mali_cli.results import QueryResult, UnderlyingRows

NO_TABLE: dict[str, Any] = {"columns": [], "records": []}


def page_data(results: list[QueryResult], labels: Labels) -> dict[str, Any]:
    """Return the data of a page with these charts; the tables are those of the first one."""
    result = results[0]
    underlying = [_load_underlying(each) for each in results]
    return {
        "charts": [_chart(each, rows, labels) for each, rows in zip(results, underlying, strict=True)],
        **_tables(underlying[0], labels),
        "table": {
            "columns": [column.name for column in result.columns],
            "numeric": [column.type in ("integer", "number") for column in result.columns],
            "records": _display_rows(result),
        },
    }


def _tables(underlying: UnderlyingRows | None, labels: Labels) -> dict[str, Any]:
    """Return the tables that a page lists and searches, empty if there are none."""
    if underlying is None:
        no_tables = dict.fromkeys(("events", "figures", "sources", "holders"), NO_TABLE)
        return {"eventColumns": [], **no_tables, "hasHolders": False}
    return {
        "eventColumns": [{"name": column.name, "type": column.type} for column in underlying.events.columns],
        "events": _events(underlying, labels),
        "figures": _table(underlying.figures),
        "sources": _table(underlying.references),
        "hasHolders": underlying.holders is not None,
        "holders": NO_TABLE if underlying.holders is None else _holders(underlying.holders, labels),
    }


def _load_underlying(result: QueryResult) -> UnderlyingRows | None:
    """Return the rows behind a chart; None for counts, which have no events to list."""
    assert result.chart is not None
    return None if result.chart.load_underlying is None else result.chart.load_underlying()


def _chart(result: QueryResult, underlying: UnderlyingRows | None, labels: Labels) -> dict[str, Any]:
    """Return the rows of a chart with their names and facts, and for each event the number of its row."""
    chart = result.chart
    assert chart is not None
    rows = [
        {
            "name": spec.row_name(row, chart),
            "facts": [labels.phrase(fact) for fact in spec.row_facts(row, chart)],
            "has_point": row.get("latitude") is not None and row.get("longitude") is not None,
        }
        for row in row_dicts(result.frame)
    ]
    return {
        "kind": chart.kind,
        "rows": rows,
        "rowByEvent": list(underlying.row_index_by_event) if underlying else [],
    }


def _events(underlying: UnderlyingRows, labels: Labels) -> dict[str, Any]:
    """Return the events, each with its date as a text and with what is known of its fatalities."""
    from mali_cli.queries import fatalities

    frame = underlying.events.frame
    status = fatalities.event_fatality_status(frame, underlying.figures.frame)
    dates = zip(frame["date_start"].dt.date, frame["date_end"].dt.date, frame["date_precision"], strict=True)
    when = [labels(when_text(*date)) for date in dates]
    extra = zip(when, *status.to_numpy(dtype=bool).T.tolist(), strict=True)
    table = _table(underlying.events)
    return {
        "columns": [*table["columns"], "when", *status],
        "records": [[*record, *values] for record, values in zip(table["records"], extra, strict=True)],
    }


def _holders(holders: QueryResult, labels: Labels) -> dict[str, Any]:
    """Return the statements on holders, each with the date since when the place is held as a text."""
    frame = holders.frame
    table = _table(holders)
    days = zip(frame["since"].dt.date, frame["since_by"].dt.date, frame["since"].notna(), strict=True)
    when = [labels(when_text(first, last, "range")) if is_known else None for first, last, is_known in days]
    return {
        "columns": [*table["columns"], "when"],
        "records": [[*record, date] for record, date in zip(table["records"], when, strict=True)],
    }


def _table(result: QueryResult) -> dict[str, Any]:
    """Return the names of the columns and the records; columns without any value are left out."""
    records = json_rows(result)
    has_values = [any(cell is not None and cell != [] for cell in cells) for cells in zip(*records, strict=True)]
    return {
        "columns": [column.name for column, kept in zip(result.columns, has_values, strict=False) if kept],
        "records": [list(compress(record, has_values)) for record in records],
    }


def _display_rows(result: QueryResult) -> list[list[str]]:
    """Return the rows as text, with a space after each `;` of a list as on a terminal."""
    lists = [column.type == "list" for column in result.columns]
    return [
        [cell.replace(";", "; ") if is_list else cell for cell, is_list in zip(row, lists, strict=True)]
        for row in text_rows(result)
    ]
