"""FileTables: a large CSV file, or several, as our tables in DuckDB.

DuckDB reads the cells of all records into one table. Each part of the format then parses each combination of its cells
once; the results become small tables, which DuckDB joins to the records. The few records that share an id are parsed
and merged one by one. Whatever is unusual raises FastPathUnavailable: the caller then reads the file record by record,
with the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mali_cli.formats.base import FILE_COLUMN, FormatAdapter
from mali_cli.formats.duckdb_parts import COLUMN_TYPES, PartTables, parts_to_read
from mali_cli.formats.duckdb_records import RecordTable, RepeatedRecord
from mali_cli.formats.frame_builder import (
    EVENT_FIELDS,
    EVENT_FIELDS_OF_FIGURES,
    FrameBuilder,
    ranked,
)
from mali_cli.formats.record_parts import date_part, first_days
from mali_cli.formats.records import ANYTHING, EventRecord, Point, RecordError
from mali_cli.formats.row_filter import RowFilter, cell_tests
from mali_cli.formats.table_file import TableFile
from mali_cli.model import schema
from mali_cli.model.vocabulary import ACTOR_COLUMNS
from mali_cli.storage.duckdb_connection import sql_type
from mali_cli.storage.sql_literals import literal_list
from mali_cli.storage.sql_sums import EVENTS_WITH_FATALITIES_SQL, HAS_EVENT_FATALITIES_SQL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MAX_BYTES_IN_MEMORY = 500 << 20  # of the cells that are read, as they are in the file
ALWAYS_NEEDED = {"event_id", "event_type", "sub_event_type", "date_start", "date_end", "date_precision"}
FIGURE_TYPES = {column.name: sql_type(column) for column in schema.table("casualties").columns}
# The columns of casualties that do not repeat the event
COLUMNS_OF_FIGURE = [c for c in FIGURE_TYPES if c not in ("casualty_id", "event_id", *EVENT_FIELDS_OF_FIGURES)]


class FileTables:
    """The tables of one or several files for one filter, in a connection.

    `columns` are those of events and casualties that are needed, None for all; the others are blank.
    """

    def __init__(
        self,
        connection: DuckDBPyConnection,
        table_file: TableFile,
        adapter: FormatAdapter,
        row_filter: RowFilter,
        columns: frozenset[str] | None = None,
    ) -> None:
        self.adapter, self.row_filter = adapter, row_filter
        self.columns = frozenset({*EVENT_FIELDS, *FIGURE_TYPES} if columns is None else {*columns, *ALWAYS_NEEDED})
        self.errors: dict[int, str] = {}  # by number of the record
        self.builder: FrameBuilder | None = None  # of `create`
        self._parts = parts_to_read(adapter.parts, self.columns)
        self._tests = cell_tests(adapter, row_filter)
        tested = (column for alternatives in self._tests for test in alternatives for column in test.columns)
        self._cells = {adapter.key, *tested, *(column for part in self._parts for column in part.columns)}
        # The texts are most of a file.
        has_texts = any(part.verbatim == ANYTHING for part in self._parts)
        size = table_file.csv_size if has_texts else table_file.csv_size * len(self._cells) // adapter.width
        self.records = RecordTable(connection, table_file, adapter, in_memory=size <= MAX_BYTES_IN_MEMORY)

    def read(self) -> None:
        """Read the cells of the file."""
        self.records.read(self._cells | ({FILE_COLUMN} if self.records.in_order else set()))

    def read_in_order(self) -> None:
        """Read the cells of the file again, for records that have to be merged or reported."""
        old = self.records
        self.records = RecordTable(old.connection, old.table_file, old.adapter, in_order=True)
        self.read()

    def take_repeated(self, shared_ids: Collection[str] = ()) -> list[RepeatedRecord]:
        """Return the records that share their ids, also with records of other files; the caller merges them."""
        self.records.keep_matching(self._tests)
        return self.records.take_repeated(shared_ids)

    def create(self, merged: Sequence[EventRecord], points: set[Point] | None = None) -> bool:
        """Create our tables of the records that can be read, and of merged events.

        `points` are those that decide the names of places, by default those of all records. Return whether events has
        the fatalities of each event, as EVENTS_WITH_FATALITIES_SQL says.
        """
        if points is None:
            points = set(self._points() if "place" in self.columns else ())
        builder = self.builder = FrameBuilder(self.adapter, points)
        parts = PartTables(self.records, builder, self.columns, merged)
        parts.parse_all(self._parts)
        self.errors = parts.errors
        rows = [_event_row(event, parts) for event in merged]
        has_event_fatalities = self._create_figures(parts)
        self._create_events(parts, rows, has_event_fatalities)
        self._create_casualties()
        self._create_lookup_tables(parts)
        return has_event_fatalities

    def first_days(self) -> Iterator[str]:
        """Yield the first days of all records, whatever the filter."""
        part = date_part(self.adapter.parts)
        return first_days(part, self.records.distinct_of_all(part.columns)) if part else iter(())

    @property
    def events(self) -> int:
        """The number of events."""
        [(number,)] = self.records.query("SELECT count(*) FROM event_rows")
        return int(number)

    def _points(self) -> Iterator[Point]:
        """Yield the points of all records: the name of a place depends on all others."""
        for location in self.records.distinct_of_all(self.adapter.location_columns):
            try:
                point = self.adapter.parse_location(location)
            except RecordError:
                continue
            if point is not None:
                yield point

    def _create_figures(self, parts: PartTables) -> bool:
        """Create the tables of the sets of figures; return whether each has at most one figure, and that is plain."""
        sets = list(parts.numbers["figures"])
        rows: list[tuple[Any, ...]] = []
        for number, figures in enumerate(sets):
            for figure, rank in ranked(figures):
                cells = {**figure._asdict(), **parts.builder.same_for_all_figures, "rank": rank}
                rows.append((number, figure.number, *map(cells.get, COLUMNS_OF_FIGURE)))
        types = {"figures": "INTEGER", "number": "INTEGER", **{c: FIGURE_TYPES[c] for c in COLUMNS_OF_FIGURE}}
        for i, (column, kind) in enumerate(types.items()):
            if kind == "VARCHAR":
                types[column] = self.records.create_enum(f"figures_{column}", (row[i] for row in rows))
        self.records.create_table("figures", types, rows)
        self.records.create_table("figure_sets", {"figures": "INTEGER"}, [(number,) for number in range(len(sets))])
        # As if each set were an event
        tables = """
            events AS (SELECT figures AS event_id FROM figure_sets),
            casualties AS (SELECT *, figures AS event_id FROM figures)"""
        [(are_plain,)] = self.records.query(f"WITH {tables} {HAS_EVENT_FATALITIES_SQL}")
        if are_plain:
            beside = f"WITH {tables} {EVENTS_WITH_FATALITIES_SQL}"
            self.records.execute(
                f"CREATE OR REPLACE TEMP TABLE fatalities AS SELECT * RENAME (event_id AS figures) FROM ({beside})"
            )
        return bool(are_plain)

    def _create_events(self, parts: PartTables, merged: list[tuple[Any, ...]], has_event_fatalities: bool) -> None:
        """Create the table event_rows, and of it the view events."""
        numbered = [field for field in ("figures", "point") if field == "figures" or field in parts.columns.values()]
        texts = [] if self.records.in_memory else list(filter(parts.is_text, parts.columns))  # they are stored once
        stored = [column for column in parts.columns if column not in texts]
        cells = [*map(parts.event_cell, stored), *(f"{parts.id_of(field)} AS {field}" for field in numbered)]
        fields = {*(parts.columns[column] for column in stored), *numbered}
        rows = f"SELECT {', '.join(['r.n'] * bool(texts) + cells)} FROM {parts.joined(fields)}"
        if self.row_filter.types:
            types = literal_list(sorted(self.row_filter.types))
            rows = f"FROM ({rows}) WHERE event_type IN ({types}) OR sub_event_type IN ({types})"
        self.records.create_table("merged", parts.column_types | dict.fromkeys(numbered, "INTEGER"), merged)
        self.records.store(
            "event_rows", f"FROM ({rows}) UNION ALL BY NAME SELECT {', '.join([*stored, *numbered])} FROM merged"
        )
        table = "event_rows"
        if texts:
            text_cells = ", ".join(map(parts.event_cell, texts))
            joined = (
                f"SELECT event_rows.* EXCLUDE (n), {text_cells} FROM {self.records.rows} AS r JOIN event_rows USING (n)"
            )
            table = f"(FROM ({joined}) UNION ALL BY NAME FROM merged)"
        shown = [c if c in parts.columns else f"CAST(NULL AS {kind}) AS {c}" for c, kind in COLUMN_TYPES.items()]
        if has_event_fatalities:
            shown.append("fatalities.* EXCLUDE (figures)")
            table += " JOIN fatalities USING (figures)"
        self.records.execute(f"CREATE OR REPLACE TEMP VIEW events AS SELECT {', '.join(shown)} FROM {table}")

    def _create_casualties(self) -> None:
        """Create the view casualties."""
        cells = {
            **{column: f'f."{column}"' for column in COLUMNS_OF_FIGURE},
            "casualty_id": "e.event_id || '/' || f.number",
            "tally": "e.event_id || ':' || f.tally",
            "part_of": "e.event_id || ':' || f.part_of",
            **{column: f"e.{column}" for column in ("event_id", *EVENT_FIELDS_OF_FIGURES) if column in self.columns},
        }
        columns = (f'{cells.get(c, f"CAST(NULL AS {kind})")} AS "{c}"' for c, kind in FIGURE_TYPES.items())
        joined = "event_rows AS e JOIN figures AS f USING (figures)"
        self.records.execute(f"CREATE OR REPLACE TEMP VIEW casualties AS SELECT {', '.join(columns)} FROM {joined}")

    def _create_lookup_tables(self, parts: PartTables) -> None:
        """Create the small tables of what the events name."""
        builder = parts.builder
        if "place" in self.columns:
            points = list(parts.numbers["point"])
            builder.add_points(points[number] for number in self._distinct("point FROM event_rows"))
        for column in ACTOR_COLUMNS:
            if column in self.columns:
                builder.add_groups(self._distinct(f"{column} FROM event_rows"))
        sets = "SELECT DISTINCT figures FROM event_rows"
        groups = self.records.query(f'SELECT "group", inflicted_by FROM figures WHERE figures IN ({sets})')
        builder.add_groups({cell for cells in groups for cell in cells})
        if "sources" in self.columns:
            builder.add_sources(self._distinct("sources FROM event_rows"))
        for name, frame in builder.lookup_frames().items():
            columns = {column.name: sql_type(column) for column in schema.table(name).columns}
            self.records.create_table_from(frame, name, columns)

    def _distinct(self, column: str) -> list[Any]:
        return [value for (value,) in self.records.query(f"SELECT DISTINCT {column}") if value is not None]


def _event_row(event: EventRecord, parts: PartTables) -> tuple[Any, ...]:
    """Return the row of events of a merged event, with the numbers of its figures and, if needed, of its point."""
    cells = [parts.event_value(event, column) for column in parts.columns]
    numbers = [parts.numbers["figures"][tuple(event.figures)]]
    if "place" in parts.columns:
        numbers.append(parts.numbers["point"][event.point])
    return (*cells, *numbers)
