"""A folder of Parquet tables as a dataset: DuckDB reads of it what a question needs, and sums where it can."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError, MaliError
from mali_cli.model import frames, schema
from mali_cli.model.projection import unused_event_columns
from mali_cli.model.vocabulary import ACTOR_COLUMNS, AREAL_PRECISIONS
from mali_cli.storage import raw_tables, sql_literals
from mali_cli.storage.base import Backend
from mali_cli.storage.bundled import lookup_table
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.probe import folder_origin, read_datapackage

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.model.filters import Filters
    from mali_cli.storage.base import AggregateResult

FATALITY_COLUMNS = ("killed_low", "killed_best", "killed_high")  # what events.parquet tells of them
GROUP_COLUMN = '"group"'  # a word of SQL, so quoted
LARGE_TABLES = ("events", "casualties")  # the tables that may have millions of rows
# Names that stand only in those: which column of which table tells them.
COLUMN_BY_NAME_KIND = {"claimants": "according_to", "countries": "country"}


class ParquetBackend(Backend):
    """What `mali convert --to parquet` writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            import duckdb
        except ImportError:
            raise MaliError(f'{path} holds Parquet tables; to read them: pip install "mali-cli[fast]".') from None
        self._duckdb = duckdb
        self.connection = duckdb.connect()

    @property
    def origin(self) -> str | None:
        return folder_origin(self.path)

    def file(self, name: str) -> Path:
        return self.path / f"{name}.parquet"

    def table_expression(self, name: str) -> str:
        """A table as a query names it."""
        return f"read_parquet({sql_literals.path_literal(self.file(name))})"

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        return list(self._execute(statement, "fetchall"))

    def _execute(self, statement: str, fetch: str) -> Any:
        try:
            return getattr(self.connection.execute(statement), fetch)()
        except (RuntimeError, self._duckdb.InterruptException):  # how DuckDB may say that ^C was pressed
            raise KeyboardInterrupt from None
        except self._duckdb.Error as error:
            raise DataError(f"{self.path} cannot be read: {str(error).splitlines()[0]}.") from None

    def _read(self, name: str) -> pd.DataFrame:
        return self.select(name)

    def raw_table(self, name: str) -> raw_tables.RawTable:
        declared = schema.table(name)
        cells = ", ".join(f"""coalesce(CAST("{column.name}" AS VARCHAR), '')""" for column in declared.columns)
        records = [
            list(row)
            for row in self.query(f"SELECT {cells} FROM {self.table_expression(name)} ORDER BY {_order_by(declared)}")
        ]
        return raw_tables.RawTable(declared, self.file(name), records, list(range(1, len(records) + 1)), [])

    def select(self, name: str, where: str = "true", without: frozenset[str] = frozenset()) -> pd.DataFrame:
        """The rows of a table that fulfil a condition, in the declared order, as read_frame would give them.

        Of columns that the question does without nothing is read; they are blank.
        """
        return _build_frame(schema.table(name).columns, self._select_arrays(name, where, without))

    def _events_with_fatalities(self, where: str, without: frozenset[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        import pandas as pd

        cells = self._select_arrays("events", where, without, FATALITY_COLUMNS)
        events = _build_frame(schema.table("events").columns, cells)
        tolls = _build_frame(
            [column for column in schema.result_columns("events") if column.name in FATALITY_COLUMNS], cells
        )
        return events, tolls.set_index(pd.Index(events["event_id"], dtype=object, name=None))

    def _select_arrays(
        self, name: str, where: str, without: frozenset[str] = frozenset(), more: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """By column the cells of the rows that fulfil a condition; after the declared columns some more."""
        if not self.file(name).is_file():
            raise DataError(f"{self.path} has no {name}.parquet.")
        declared = schema.table(name)
        cells = [f'NULL::VARCHAR AS "{c.name}"' if c.name in without else f'"{c.name}"' for c in declared.columns]
        statement = f"""
            SELECT {", ".join((*cells, *more))} FROM {self.table_expression(name)}
            WHERE {where} ORDER BY {_order_by(declared)}"""
        found: dict[str, Any] = self._execute(statement, "fetchnumpy")
        return found

    def prefiltered(self, query: str, filter_args: dict[str, Any]) -> Backend:
        """Only events that may match, with their figures: of a foreign dataset, whose events stand each for itself."""
        if query not in ("events", "casualties") or self.origin is None or set(self._frames) & set(LARGE_TABLES):
            return self
        filters = self.filters(query, filter_args)
        where = self._where_clause(filters)
        if where == "true":
            return self
        tolls = None
        without = unused_event_columns(query, filter_args) - {"place"}  # places are joined by their names
        if query == "events" and self.has_event_fatalities:  # then no figure says anything else of an event
            events, tolls = self._events_with_fatalities(where, without)
            figures = frames.build_frame("casualties", [()] * len(schema.table("casualties").columns))
        else:
            events = self.select("events", where, without)
            figures = self._figures_for(events)
        return _PrefilteredParquet(self, {"events": events, "casualties": figures}, tolls)

    @cached_property
    def has_event_fatalities(self) -> bool:
        """Whether each event has one figure at most, which says how many were killed; it stands beside the event."""
        return read_datapackage(self.path).get("mali:tolls") is True

    def try_aggregate(self, keys: list[str], filter_args: dict[str, Any]) -> AggregateResult | None:
        if not self.has_event_fatalities:
            return None
        from mali_cli.storage import parquet_aggregate

        filters = self.filters("casualties", filter_args)
        if not parquet_aggregate.supports(keys, filters):
            return None
        frame, told = parquet_aggregate.aggregate(
            self.query, self.table_expression, keys, filters, self._where_clause(filters, exactly=True)
        )
        return frame, told, keys, filters

    def filters(self, query: str, filter_args: dict[str, Any]) -> Filters:
        """What was asked, in the spelling of these tables; no event is read for it."""
        from mali_cli.resolver import NameResolver

        asked = {k: v for k, v in filter_args.items() if k not in ("by", "sort", "limit", "columns", "name")}
        return NameResolver(self._lookup_table_without_events, self.extra_names).resolve_filters(**asked, of=query)

    def _lookup_table_without_events(self, name: str) -> pd.DataFrame:
        return (
            frames.build_frame(name, [()] * len(schema.table(name).columns))
            if name in LARGE_TABLES
            else lookup_table(self, name)
        )

    def _where_clause(self, filters: Filters, exactly: bool = False) -> str:
        """What every event that may match fulfils; if exactly, no other one does."""
        parts: list[str] = []
        first, last = filters.period or (None, None)
        if first is not None:
            parts.append(f"date_end >= DATE '{first}'")
        if last is not None:
            parts.append(f"date_start <= DATE '{last}'")
        members = frozenset[str]().union(*(member.groups for member in filters.memberships))
        for groups in (filters.actors and filters.actors | members, filters.against, filters.claimed_by):
            if groups:
                names = sorted(groups)
                test = _list_contains_exact if exactly else _list_contains_approx
                roles = [test(side, names) for side in ACTOR_COLUMNS]
                if not self.has_event_fatalities:  # then a figure may name a group that is no side
                    figures = self.table_expression("casualties")
                    lost = f"SELECT event_id FROM {figures} WHERE {_list_contains_approx(GROUP_COLUMN, names)}"
                    roles.append(f"event_id IN ({lost})")
                parts.append(f"({' OR '.join(roles)})")
        if filters.types:
            words = sql_literals.literal_list(sorted(filters.types))
            parts.append(f"(event_type IN ({words}) OR sub_event_type IN ({words}))")
        places = self._places(filters)
        if places is not None:
            parts.append((_list_contains_exact if exactly else _list_contains_approx)("place", sorted(places)))
        if filters.nearby_places is not None:
            parts.append(f"coalesce(place_precision NOT IN ({sql_literals.literal_list(AREAL_PRECISIONS)}), true)")
        return " AND ".join(parts) or "true"

    def _places(self, filters: Filters) -> frozenset[str] | None:
        """The places at which an event may have happened, None if any."""
        from mali_cli.queries import list_columns

        if not filters.any_of("places", "regions", "event_countries", "nearby_places"):
            return None
        places = self.table("places")
        mask = list_columns.isin_all(
            places, place=filters.places, region=filters.regions, country=filters.event_countries
        )
        if filters.nearby_places is not None:
            mask &= places["place"].isin(filters.nearby_places)
        return frozenset(places.loc[mask, "place"])

    def _figures_for(self, events: pd.DataFrame) -> pd.DataFrame:
        """The figures of some events. Both tables are sorted by days, so that those of other days are passed over."""
        import pandas as pd

        if events.empty:
            return self.select("casualties", "false")
        self.connection.register("wanted", pd.DataFrame({"event_id": events["event_id"].astype(str)}))
        first, last = events["date_start"].min(), events["date_start"].max()
        between = f"date_start BETWEEN DATE '{first:%Y-%m-%d}' AND DATE '{last:%Y-%m-%d}'"
        return self.select("casualties", f"{between} AND event_id IN (SELECT event_id FROM wanted)")

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        if kind not in COLUMN_BY_NAME_KIND:
            return {}
        column = COLUMN_BY_NAME_KIND[kind]
        return {
            name: ()
            for (name,) in self.query(f"SELECT DISTINCT {column} FROM {self.table_expression('casualties')}")
            if name
        }


class _PrefilteredParquet(MemoryBackend):
    def __init__(self, whole: ParquetBackend, frames: dict[str, pd.DataFrame], tolls: pd.DataFrame | None) -> None:
        super().__init__(whole.path, frames, whole.origin)
        self.parent = whole
        self._event_fatalities = tolls

    def _read(self, name: str) -> pd.DataFrame:
        return self.parent.table(name)  # the small tables are whole

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        return self.parent.extra_names(kind)

    def event_fatalities(self, events: pd.DataFrame) -> pd.DataFrame:
        return super().event_fatalities(events) if self._event_fatalities is None else self._event_fatalities


def _build_frame(columns: Iterable[schema.Column], cells: dict[str, Any]) -> pd.DataFrame:
    """A typed frame as tables.frame_of makes it, of the arrays that DuckDB gives, masked where there are blanks."""
    import pandas as pd

    return pd.DataFrame({column.name: _to_dtype(column, cells[column.name]) for column in columns}, copy=False)


def _to_dtype(column: schema.Column, cells: Any) -> Any:
    import numpy as np
    import pandas as pd

    if column.type == "date":
        return np.ma.filled(cells, np.datetime64("NaT")).astype("datetime64[s]")
    if column.type == "integer":
        return pd.arrays.IntegerArray(np.ma.filled(cells, 0).astype("int64"), np.ma.getmaskarray(cells))
    if column.type == "number":
        return np.ma.filled(cells, np.nan)
    if column.type == "boolean":
        return np.ma.filled(cells, False)
    values = np.ma.getdata(cells)
    values[np.ma.getmaskarray(cells)] = None
    return pd.Series(values, dtype=object)


def _order_by(table: schema.Table) -> str:
    return ", ".join(f'"{column}" NULLS FIRST' for column in table.sorted_by)


def _list_contains_approx(column: str, names: list[str]) -> str:
    """Whether a cell, which may join several names by `;`, holds one of these."""
    if not names:
        return "false"
    single = f"{column} IN ({sql_literals.literal_list(names)})"
    # A longer name may contain a shorter one: the queries look once more, so that more than match does no harm.
    several = " OR ".join(f"contains({column}, {sql_literals.literal(name)})" for name in names)
    return several if len(names) == 1 else f"({single} OR (contains({column}, ';') AND ({several})))"


def _list_contains_exact(column: str, names: list[str]) -> str:
    """Whether a cell holds just one of these, taken apart at its `;`."""
    return f"coalesce(list_has_any(string_split({column}, ';'), [{sql_literals.literal_list(names)}]), false)"
