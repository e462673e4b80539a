"""A folder of Parquet tables as a dataset: DuckDB reads of it what a question needs, and sums where it can."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli import sql, tables
from mali_cli.errors import DataError, MaliError
from mali_cli.spared import spared
from mali_cli.stores import FrameStore, Store, described

if TYPE_CHECKING:
    import pandas as pd

    from mali_cli.filters import Filters
    from mali_cli.stores import Summed

SIDES = ("side_a", "side_b", "responsibility")
TOLL = ("killed_low", "killed_best", "killed_high")  # what events.parquet tells of them
GROUP = '"group"'  # a word of SQL, so quoted
BY_EVENT = ("events", "casualties")  # the tables that may have millions of rows
# Names that stand only in those: which column of which table tells them.
TOLD_IN = {"givers": "according_to", "countries": "country"}


class Converted(Store):
    """What `mali convert --to parquet` writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            import duckdb
        except ImportError:
            raise MaliError(f'{path} holds Parquet tables; to read them: pip install "mali-cli[fast]".') from None
        self._duckdb = duckdb
        self.connection = duckdb.connect()

    def file(self, name: str) -> Path:
        return self.path / f"{name}.parquet"

    def named(self, name: str) -> str:
        """A table as a query names it."""
        return f"read_parquet({sql.path(self.file(name))})"

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        return list(self._asked(statement, "fetchall"))

    def _asked(self, statement: str, fetch: str) -> Any:
        try:
            return getattr(self.connection.execute(statement), fetch)()
        except (RuntimeError, self._duckdb.InterruptException):  # how DuckDB may say that ^C was pressed
            raise KeyboardInterrupt from None
        except self._duckdb.Error as error:
            raise DataError(f"{self.path} cannot be read: {str(error).splitlines()[0]}.") from None

    def _read(self, name: str) -> pd.DataFrame:
        return self.found(name)

    def rows(self, name: str) -> tables.Rows:
        declared = tables.table(name)
        cells = ", ".join(f"""coalesce(CAST("{column.name}" AS VARCHAR), '')""" for column in declared.columns)
        records = [
            list(row) for row in self.query(f"SELECT {cells} FROM {self.named(name)} ORDER BY {_order(declared)}")
        ]
        return tables.Rows(declared, self.file(name), records, list(range(1, len(records) + 1)), [])

    def found(self, name: str, where: str = "true", without: frozenset[str] = frozenset()) -> pd.DataFrame:
        """The rows of a table that fulfil a condition, in the declared order, as read_frame would give them.

        Of columns that the question does without nothing is read; they are blank.
        """
        return _frame(tables.table(name).columns, self._arrays(name, where, without))

    def _events_with_tolls(self, where: str, without: frozenset[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        import pandas as pd

        cells = self._arrays("events", where, without, TOLL)
        events = _frame(tables.table("events").columns, cells)
        tolls = _frame([column for column in tables.answer_columns("events") if column.name in TOLL], cells)
        return events, tolls.set_index(pd.Index(events["event_id"], dtype=object, name=None))

    def _arrays(
        self, name: str, where: str, without: frozenset[str] = frozenset(), more: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """By column the cells of the rows that fulfil a condition; after the declared columns some more."""
        if not self.file(name).is_file():
            raise DataError(f"{self.path} has no {name}.parquet.")
        declared = tables.table(name)
        cells = [f'NULL::VARCHAR AS "{c.name}"' if c.name in without else f'"{c.name}"' for c in declared.columns]
        statement = (
            f"SELECT {', '.join((*cells, *more))} FROM {self.named(name)} WHERE {where} ORDER BY {_order(declared)}"
        )
        found: dict[str, Any] = self._asked(statement, "fetchnumpy")
        return found

    def narrowed(self, question: str, criteria: dict[str, Any]) -> Store:
        """Only events that may match, with their figures: of a foreign dataset, whose events stand each for itself."""
        if question not in ("events", "casualties") or self.origin is None or set(self._frames) & set(BY_EVENT):
            return self
        filters = self.filters(question, criteria)
        where = self._condition(filters)
        if where == "true":
            return self
        tolls = None
        without = spared(question, criteria) - {"place"}  # places are joined by their names
        if question == "events" and self.has_tolls:  # then no figure says anything else of an event
            events, tolls = self._events_with_tolls(where, without)
            figures = tables.frame_of("casualties", [()] * len(tables.table("casualties").columns))
        else:
            events = self.found("events", where, without)
            figures = self._figures_of(events)
        return _Narrowed(self, {"events": events, "casualties": figures}, tolls)

    @cached_property
    def has_tolls(self) -> bool:
        """Whether each event has one figure at most, which says how many were killed; it stands beside the event."""
        return described(self.path).get("mali:tolls") is True

    def summed(self, keys: list[str], criteria: dict[str, Any]) -> Summed | None:
        if not self.has_tolls:
            return None
        from mali_cli import tolls

        filters = self.filters("casualties", criteria)
        if not tolls.answers(keys, filters):
            return None
        frame, told = tolls.summed(self, keys, filters, self._condition(filters, exactly=True))
        return frame, told, keys, filters

    def filters(self, question: str, criteria: dict[str, Any]) -> Filters:
        """What was asked, in the spelling of these tables; no event is read for it."""
        from mali_cli.known import Known

        asked = {k: v for k, v in criteria.items() if k not in ("by", "sort", "limit", "columns", "name")}
        return Known(self._lore_without_events, self.beyond).filters(**asked, of=question)

    def _lore_without_events(self, name: str) -> pd.DataFrame:
        return tables.frame_of(name, [()] * len(tables.table(name).columns)) if name in BY_EVENT else self.lore(name)

    def _condition(self, filters: Filters, exactly: bool = False) -> str:
        """What every event that may match fulfils; if exactly, no other one does."""
        from mali_cli.queries.events import NO_POINT

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
                test = _has if exactly else _holds
                roles = [test(side, names) for side in SIDES]
                if not self.has_tolls:  # then a figure may name a group that is no side
                    lost = f"SELECT event_id FROM {self.named('casualties')} WHERE {_holds(GROUP, names)}"
                    roles.append(f"event_id IN ({lost})")
                parts.append(f"({' OR '.join(roles)})")
        if filters.types:
            words = sql.texts(sorted(filters.types))
            parts.append(f"(event_type IN ({words}) OR sub_event_type IN ({words}))")
        places = self._places(filters)
        if places is not None:
            parts.append((_has if exactly else _holds)("place", sorted(places)))
        if filters.near is not None:
            parts.append(f"coalesce(place_precision NOT IN ({sql.texts(NO_POINT)}), true)")
        return " AND ".join(parts) or "true"

    def _places(self, filters: Filters) -> frozenset[str] | None:
        """The places at which an event may have happened, None if any."""
        from mali_cli.queries import cells

        if not filters.any_of("places", "regions", "where", "near"):
            return None
        places = self.table("places")
        mask = cells.one_of(places, place=filters.places, region=filters.regions, country=filters.where)
        if filters.near is not None:
            mask &= places["place"].isin(filters.near)
        return frozenset(places.loc[mask, "place"])

    def _figures_of(self, events: pd.DataFrame) -> pd.DataFrame:
        """The figures of some events. Both tables are sorted by days, so that those of other days are passed over."""
        import pandas as pd

        if events.empty:
            return self.found("casualties", "false")
        self.connection.register("wanted", pd.DataFrame({"event_id": events["event_id"].astype(str)}))
        first, last = events["date_start"].min(), events["date_start"].max()
        between = f"date_start BETWEEN DATE '{first:%Y-%m-%d}' AND DATE '{last:%Y-%m-%d}'"
        return self.found("casualties", f"{between} AND event_id IN (SELECT event_id FROM wanted)")

    def beyond(self, kind: str) -> dict[str, Iterable[str]]:
        if kind not in TOLD_IN:
            return {}
        column = TOLD_IN[kind]
        return {name: () for (name,) in self.query(f"SELECT DISTINCT {column} FROM {self.named('casualties')}") if name}


class _Narrowed(FrameStore):
    def __init__(self, whole: Converted, frames: dict[str, pd.DataFrame], tolls: pd.DataFrame | None) -> None:
        super().__init__(whole.path, frames, whole.origin)
        self.whole = whole
        self._tolls = tolls

    def _read(self, name: str) -> pd.DataFrame:
        return self.whole.table(name)  # the small tables are whole

    def beyond(self, kind: str) -> dict[str, Iterable[str]]:
        return self.whole.beyond(kind)

    def tolls(self, events: pd.DataFrame) -> pd.DataFrame:
        return super().tolls(events) if self._tolls is None else self._tolls


def _frame(columns: Iterable[tables.Column], cells: dict[str, Any]) -> pd.DataFrame:
    """A typed frame as tables.frame_of makes it, of the arrays that DuckDB gives, masked where there are blanks."""
    import pandas as pd

    return pd.DataFrame({column.name: _typed(column, cells[column.name]) for column in columns}, copy=False)


def _typed(column: tables.Column, cells: Any) -> Any:
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


def _order(table: tables.Table) -> str:
    return ", ".join(f'"{column}" NULLS FIRST' for column in table.sorted_by)


def _holds(column: str, names: list[str]) -> str:
    """Whether a cell, which may join several names by `;`, holds one of these."""
    if not names:
        return "false"
    single = f"{column} IN ({sql.texts(names)})"
    # A longer name may contain a shorter one: the queries look once more, so that more than match does no harm.
    several = " OR ".join(f"contains({column}, {sql.text(name)})" for name in names)
    return several if len(names) == 1 else f"({single} OR (contains({column}, ';') AND ({several})))"


def _has(column: str, names: list[str]) -> str:
    """Whether a cell holds just one of these, taken apart at its `;`."""
    return f"coalesce(list_has_any(string_split({column}, ';'), [{sql.texts(names)}]), false)"
