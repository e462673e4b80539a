"""Sum casualties and count events in DuckDB: the same partial results as those of `queries` in pandas.

Casualties are summed where each event stands for itself: it has at most one figure, which is written beside it in
`events` (see EVENTS_WITH_FATALITIES_SQL), so that the rules of `queries.fatalities` reduce to sums of columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import ACTOR_COLUMNS, BOUNDS, STOCK_HARMS, ZERO_OR_NOT_STATED
from mali_cli.storage import sql_text
from mali_cli.storage.duckdb_connection import Database
from mali_cli.storage.sql_conditions import (
    VIOLENT_SQL,
    WHITESPACE,
    Condition,
    all_of,
    date_condition,
    list_contains_exact,
    one_of,
)
from mali_cli.storage.sql_literals import literal, literal_list

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.queries import events, fatalities

# Columns of a figure that are written beside its event, with a prefix.
FIGURE_PREFIX = "figure_"
FIGURE_COLUMNS = ("victims", "who", "inflicted_by", "wording", "according_to", "note")
KILLED_COLUMNS = tuple(f"killed_{bound}" for bound in BOUNDS)

# If every event has at most one figure, and that says only how many were killed, who inflicted it and who the victims
# were, the figures are written beside the events, so that sums need not read the casualties.
HAS_EVENT_FATALITIES_SQL = """
    SELECT count(*) = 0 FROM casualties WHERE part_of IS NOT NULL OR rank <> 1 OR harm <> 'killed' OR scope <> 'event'
        OR status <> 'current' OR open OR event_id IS NULL OR cause IS NOT NULL OR "group" IS NOT NULL
        OR country IS NOT NULL OR according_to_kind IN ('party', 'state')
        OR event_id IN (SELECT event_id FROM casualties GROUP BY event_id HAVING count(*) > 1)"""
EVENTS_WITH_FATALITIES_SQL = f"""
    SELECT e.*, coalesce(f.low, f.best, f.high) AS killed_low, coalesce(f.best, f.low, f.high) AS killed_best,
        coalesce(f.high, f.best, f.low) AS killed_high, f.event_id IS NOT NULL AS figured,
        {", ".join(f'f."{name}" AS {FIGURE_PREFIX}{name}' for name in FIGURE_COLUMNS)}
    FROM events AS e LEFT JOIN casualties AS f USING (event_id)"""

KEY_PREFIX = "key_"  # of the columns with the values of keys, which may be called as other columns
SAME_BIN = "CASE WHEN {0}(date_start) = {0}(date_end) AND year(date_start) = year(date_end) THEN {1} END"
KEY_SQL = {
    "year": SAME_BIN.format("year", "CAST(year(date_start) AS VARCHAR)"),
    "quarter": SAME_BIN.format("quarter", "concat(year(date_start), '-Q', quarter(date_start))"),
    "month": SAME_BIN.format("month", "strftime(date_start, '%Y-%m')"),
    "event": "event_id",
    "in": "place_country",
    "region": "place_region",
    "admin2": "place_admin2",
    **{name: name for name in ("place", "event_type", "sub_event_type", "civilian_kind", "basis")},
    **{name: name for name in ("disorder_type", "interaction")},
    **{name: f"{FIGURE_PREFIX}{name}" for name in ("victims", "inflicted_by", "according_to")},
    "harm": "CASE WHEN figured THEN 'killed' END",
    **dict.fromkeys(("country", "group", "camp"), "CAST(NULL AS VARCHAR)"),
    # Lists are split after summing by whole lists, which are far fewer than events.
    "actor": f"nullif(concat_ws(';', {', '.join(ACTOR_COLUMNS)}), '')",
    "civilian_kind": "civilian_kind",
    "document": "sources",
}
LIST_SQL = {
    "civilian_kind": f"string_split({KEY_PREFIX}civilian_kind, ';')",
    "actor": f"string_split({KEY_PREFIX}actor, ';')",
    "document": f"""[split_part(trim(source, {literal(WHITESPACE)}), '#', 1)
        FOR source IN string_split({KEY_PREFIX}document, ';')]""",
}
PLACE_KEYS = ("in", "region", "admin2")  # of the place of an event

# By filter, the column of events that it needs and that datasets of earlier versions do not have
ADDED_COLUMNS = {
    "civilian_kinds": "civilian_kind",
    "civilian_targeting": "civilian_targeting",
    "disorder_types": "disorder_type",
    "interactions": "interaction",
}
# Filters that `sql_conditions.matches` and `cites` apply exactly, and those of each query besides them
EVENT_FILTERS = (
    *("period", "dates", "actors", "memberships", "against", "claimed_by", "types", "search_terms", "bases"),
    *ADDED_COLUMNS,
    *("documents", "places", "nearby_places", "regions", "admin2", "event_countries", "countries"),
)
KILLED_FILTERS = ("min_killed", "max_killed")
FIGURE_FILTERS = ("groups", "inflicted_by", "victims", "harms", "scopes", "claimants", "independent", "disputed")
SUMS_SQL = f"""
    count(*) FILTER (counted) AS events,
    {", ".join(f"CAST(sum({name}) FILTER (counted) AS DOUBLE) AS {name}" for name in KILLED_COLUMNS)},
    count(*) FILTER (counted AND killed_best IS NULL) AS unknown,
    count(*) FILTER (of_event AND in_dates AND NOT figured AND {VIOLENT_SQL}) AS not_stated,
    count(*) FILTER (counted AND killed_best IS NULL AND figure_wording = {literal(ZERO_OR_NOT_STATED)}) AS zeros,
    count(*) FILTER (of_event AND in_dates) AS all_events,
    count(*) FILTER (of_figure AND NOT in_dates) AS possible,
    CAST(sum(killed_best) FILTER (of_figure AND NOT in_dates) AS DOUBLE) AS possible_killed"""
SUMMED = ("events", *KILLED_COLUMNS, "unknown", "not_stated")
COUNTS_SQL = """
    count(*) FILTER (counted) AS events, min(date_start) FILTER (counted) AS "first",
    max(date_end) FILTER (counted) AS "last", count(*) FILTER (of_figure AND NOT in_dates) AS possible,
    count(*) FILTER (in_dates AND killed_best IS NULL) AS without_figure"""


def can_sum(keys: list[str], filters: Filters) -> bool:
    """Return whether `partial_sums` can sum by these keys and with these filters."""
    return set(keys) <= set(KEY_SQL) and _only(filters, (*EVENT_FILTERS, *FIGURE_FILTERS, *KILLED_FILTERS))


def can_count(keys: list[str], filters: Filters, has_figures: bool) -> bool:
    """Return whether `partial_counts` can count by these keys and with these filters."""
    return set(keys) <= set(KEY_SQL) and _only(filters, (*EVENT_FILTERS, *(KILLED_FILTERS if has_figures else ())))


def _only(filters: Filters, supported: Collection[str]) -> bool:
    return not filters.any_of(*(name for name in Filters.__dataclass_fields__ if name not in supported))


def figure_columns(keys: list[str], filters: Filters) -> frozenset[str]:
    """Return the columns of figures that sums by these keys and with these filters need."""
    by_filter = (
        ("victims", filters.victims),
        ("inflicted_by", filters.inflicted_by),
        ("according_to", filters.claimants),
    )
    filtered = [column for column, values in by_filter if values]
    searched = sql_text.FIGURE_TEXTS if filters.search_terms else ("wording",)
    return frozenset([*searched, *filtered, *(key for key in keys if key in FIGURE_COLUMNS)])


def partial_sums(
    database: Database, events: str, keys: list[str], filters: Filters, where: Condition
) -> fatalities.PartialSums:
    """Return the sums by the keys, the same as those of `fatalities.partial_sums`.

    Parameters
    ----------
    events
        The SQL of the events with their figures.
    where
        The condition of the events that match the filters of events and documents, and overlap the period.
    """
    import pandas as pd

    where = all_of([where, *_killed_conditions(filters)])
    of_figure = all_of([Condition("figured"), *_figure_conditions(filters)])
    _group(database, _rows(database, events, keys, filters, where, of_figure, searches_figures=True), keys, SUMS_SQL)
    kept = "events > 0" if filters.has_casualty_filters else "(events > 0 OR not_stated > 0)"
    arrays = database.fetch(_sums_by_key(keys, kept, dict.fromkeys(SUMMED, "sum")))
    table = pd.DataFrame({**_key_columns(arrays, keys), **{name: _numbers(arrays[name]) for name in SUMMED}})
    # Whether none is 0 or no statement depends on the keys; see `fatalities.format_table`.
    table["not_stated"] = table["not_stated"].where(table["not_stated"] > 0)
    declared = [column.name for column in schema.result_columns("sums")]
    table = table.reindex(columns=[*keys, *declared]).assign(open=False)
    return _with_totals(database, table, leaves_out=filters.period is not None and filters.dates == "certain")


def _with_totals(database: Database, table: pd.DataFrame, leaves_out: bool) -> fatalities.PartialSums:
    """Return the sums by key with those of all rows."""
    import numpy as np
    import pandas as pd

    from mali_cli.queries import fatalities

    names = (*SUMMED, "zeros", "possible", "possible_killed")
    sums = ", ".join(f"CAST(sum({name}) AS DOUBLE) AS {name}" for name in names)
    row = database.fetch(f"SELECT {sums} FROM grouped")
    total = {name: _numbers(row[name])[0] for name in names}
    count = {name: 0 if np.isnan(number) else int(number) for name, number in total.items()}
    by_year = "SELECT calendar_year, sum(all_events) AS events FROM grouped GROUP BY ALL HAVING events > 0"
    years = {year: int(number) for year, number in database.query(f"{by_year} ORDER BY 1") if year is not None}
    left_out = fatalities.LeftOut(count["possible"], count["possible_killed"])
    return fatalities.PartialSums(
        table=table,
        total=pd.DataFrame(
            [{**{name: total[name] for name in KILLED_COLUMNS}, "open": False, "unknown": count["unknown"]}]
        ),
        events=count["events"] - count["unknown"],
        events_without_figures=count["not_stated"],
        single_belligerent_tallies=0,
        zeros=count["zeros"],
        per_year=pd.Series(list(years.values()), index=list(years), dtype="int64"),
        left_out={fatalities.POSSIBLE: left_out} if leaves_out and left_out.figures else {},
    )


def _figure_conditions(filters: Filters) -> Iterator[Condition]:
    """Yield the conditions of the filters of figures, for figures that are beside their events."""
    if filters.countries or filters.groups:
        yield Condition("false")  # they are blank
    if (filters.harms and "killed" not in filters.harms) or (filters.scopes and "event" not in filters.scopes):
        yield Condition("false")
    if filters.victims:
        yield one_of("figure_victims", sorted(filters.victims))
    if filters.claimants:
        yield one_of("figure_according_to", sorted(filters.claimants))
    if filters.inflicted_by:
        yield list_contains_exact("figure_inflicted_by", sorted(filters.inflicted_by))
    if filters.disputed:
        yield Condition("killed_low > killed_high")


def _killed_conditions(filters: Filters) -> Iterator[Condition]:
    if filters.min_killed is not None:
        yield Condition("killed_best >= ?", (filters.min_killed,))
    if filters.max_killed is not None:
        yield Condition("killed_best <= ?", (filters.max_killed,))


def partial_counts(
    database: Database, relation: str, keys: list[str], filters: Filters, where: Condition
) -> events.EventCounts:
    """Return the number of events by the keys, the same as `events.counts`.

    Parameters
    ----------
    relation
        The SQL of the events, with `killed_best`.
    where
        The condition of the events that match, and overlap the period.
    """
    import numpy as np
    import pandas as pd

    from mali_cli.queries import events

    killed = all_of(_killed_conditions(filters))
    rows = _rows(database, relation, keys, filters, where, killed, searches_figures=False)
    _group(database, rows, keys, COUNTS_SQL)
    arrays = database.fetch(_sums_by_key(keys, "events > 0", {"events": "sum", "first": "min", "last": "max"}))
    no_day = np.datetime64("NaT")
    days = {name: np.ma.filled(arrays[name], no_day).astype("datetime64[s]") for name in ("first", "last")}
    counts = pd.array(_numbers(arrays["events"]).astype("int64"), dtype="Int64")
    table = pd.DataFrame({**_key_columns(arrays, keys), "events": counts, **days})
    [(number, possible, without_figure)] = database.query(
        "SELECT coalesce(sum(events), 0), coalesce(sum(possible), 0), coalesce(sum(without_figure), 0) FROM grouped"
    )
    leaves_out = filters.period is not None and filters.dates == "certain"
    left_out = events.LeftOutEvents(
        int(possible) if leaves_out else 0, int(without_figure) if filters.has_killed_filters else 0, Counter()
    )
    return events.EventCounts(table, int(number), left_out)


def _rows(
    database: Database,
    relation: str,
    keys: list[str],
    filters: Filters,
    where: Condition,
    of_figure: Condition,
    searches_figures: bool,
) -> Condition:
    """Return a SELECT of the matching events with what the measures test.

    `of_event` says whether an event matches, `of_figure` whether its figure does, `in_dates` whether its dates are
    those that --dates asks for, and `counted` both of the latter.
    """
    joins, of_event = "", "true"
    if filters.search_terms:
        sql_text.find_texts(database, relation, where, filters.search_terms, database.text_characters, searches_figures)
        joins, of_event = " JOIN text_matches USING (event_id)", "in_event"
    if set(keys) & set(PLACE_KEYS):
        places = database.table_expression("places")
        admin2 = "NULL" if "admin2" in database.absent_columns("places") else "admin2"
        joins += f""" LEFT JOIN (
            SELECT place, region AS place_region, country AS place_country, {admin2} AS place_admin2 FROM {places}
        ) USING (place)"""
    in_dates = date_condition(filters, filters.dates)
    sql = f"""
        SELECT *, of_figure AND in_dates AS counted FROM (
            SELECT *, {of_event} AS of_event, {of_figure.sql} AS of_figure, {in_dates.sql} AS in_dates
            FROM (SELECT * FROM {relation} WHERE {where.sql}){joins})"""
    return Condition(sql, (*of_figure.parameters, *in_dates.parameters, *where.parameters))


def _group(database: Database, rows: Condition, keys: list[str], measures: str) -> None:
    """Make the table `grouped`: the measures by the keys, lists of them as a whole, and the year."""
    cells = ", ".join(f"{KEY_SQL[key]} AS {KEY_PREFIX}{key}" for key in keys)
    statement = f"""
        CREATE OR REPLACE TEMP TABLE grouped AS
        SELECT {_key_names(keys)}, calendar_year, {measures}
        FROM (SELECT *, {cells}, {KEY_SQL["year"]} AS calendar_year FROM ({rows.sql})) GROUP BY ALL"""
    database.query(statement, rows.parameters)


def _sums_by_key(keys: list[str], kept: str, functions: Mapping[str, str]) -> str:
    """Return the statement that splits the lists of keys in `grouped`, and aggregates by the keys."""
    measures = ", ".join(f'{function}("{name}") AS "{name}"' for name, function in functions.items())
    relation = f"SELECT {_key_names(keys)}, {measures} FROM grouped GROUP BY ALL HAVING {kept}"
    for key in keys:
        if key in LIST_SQL:
            name = f"{KEY_PREFIX}{key}"
            values = f"CASE WHEN {name} IS NULL THEN [NULL] ELSE list_distinct({LIST_SQL[key]}) END"
            relation = f"SELECT * REPLACE (unnest({values}) AS {name}) FROM ({relation})"
    names = ", ".join(f"CAST({KEY_PREFIX}{key} AS VARCHAR) AS {KEY_PREFIX}{key}" for key in keys)
    return f"SELECT {names}, {measures} FROM ({relation}) GROUP BY ALL"


def other_figures_sql(database: Database) -> str:
    """Return the query whether there are figures of no event, or that are not added.

    Sums of parts of the data are then not those of the whole.
    """
    return f"""
        SELECT count(*) > 0 FROM {database.table_expression("casualties")}
        WHERE event_id IS NULL OR scope <> 'event' OR harm IN ({literal_list(STOCK_HARMS)})"""


def events_with_joined_figures(database: Database, events: str, columns: frozenset[str]) -> str:
    """Return the SQL of events that have only the fatalities beside them, with further columns of their figures.

    A column with one value, or none, need not be joined.
    """
    figures = database.table_expression("casualties")
    cells = {"wording": f"CASE WHEN killed_best IS NULL THEN {literal(ZERO_OR_NOT_STATED)} END"}
    for name in sorted(columns - set(cells)):
        values = database.query(f'SELECT DISTINCT "{name}" FROM {figures} LIMIT 2')
        if len(values) < 2:
            cells[name] = literal(values[0][0]) if values and values[0][0] is not None else "CAST(NULL AS VARCHAR)"
    constants = ", ".join(f"CASE WHEN figured THEN {cell} END AS {FIGURE_PREFIX}{name}" for name, cell in cells.items())
    joined = [f'"{name}" AS {FIGURE_PREFIX}{name}' for name in sorted(columns - set(cells))]
    if not joined:
        return f"(SELECT *, {constants} FROM {events})"
    join = f"LEFT JOIN (SELECT event_id, {', '.join(joined)} FROM {figures}) USING (event_id)"
    return f"(SELECT *, {constants} FROM {events} {join})"


def _key_names(keys: list[str]) -> str:
    return ", ".join(f"{KEY_PREFIX}{key}" for key in keys)


def _key_columns(arrays: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {key: _texts(arrays[f"{KEY_PREFIX}{key}"]) for key in keys}


def _texts(cells: Any) -> Any:
    """Return an array of text with None for blank."""
    import numpy as np

    values = np.ma.getdata(cells).astype(object)
    values[np.ma.getmaskarray(cells)] = None
    return values


def _numbers(cells: Any) -> Any:
    import numpy as np

    return np.ma.filled(np.ma.asarray(cells).astype("float64"), np.nan)
