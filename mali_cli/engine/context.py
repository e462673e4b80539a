"""What queries read: the tables of one backend, its names, and events with their location."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from mali_cli.engine.executor import Executor
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.model.filters import Filters
from mali_cli.queries import events
from mali_cli.resolver import NameResolver
from mali_cli.storage.base import Backend
from mali_cli.storage.bundled import lookup_table

if TYPE_CHECKING:
    import pandas as pd


class QueryContext:
    """A backend with what several queries derive from its tables, each derived once."""

    def __init__(self, backend: Backend, executor: Executor | None = None) -> None:
        self.backend = backend
        self.executor = executor
        self._lookup_tables: dict[str, pd.DataFrame] = {}

    def fraction_read(self) -> float | None:
        """Return how much of its work the executor has done, None if that is not known."""
        return self.executor.progress_fraction if self.executor is not None else None

    def table(self, name: str) -> pd.DataFrame:
        return self.backend.table(name)

    def filters_before_reading(self, query: str, filter_args: dict[str, Any]) -> Filters | None:
        """Return the filters of a query, None if their names cannot be resolved before the rows are read."""
        if any(filter_args.values()) and not self.backend.resolves_names:
            return None
        return self.resolver.resolve_filters(query, filter_args)

    def in_database(self, query: str, filter_args: dict[str, Any]) -> QueryContext:
        """Return the context of a backend that has the rows in a database, if it can; see Backend.in_database."""
        backend = self.backend.in_database(query, filter_args)
        return self if backend is self.backend else QueryContext(backend)

    def prefiltered(self, query: str, filter_args: dict[str, Any], filters: Filters | None) -> QueryContext:
        """Return the context of a backend that holds all rows that may match; see Backend.prefiltered."""
        backend = self.backend.prefiltered(query, filter_args, filters)
        return self if backend is self.backend else QueryContext(backend)

    def lookup_table(self, name: str) -> pd.DataFrame:
        """Return a table with our bundled rows added if the backend is a foreign file."""
        if name not in self._lookup_tables:
            self._lookup_tables[name] = lookup_table(self.backend, name)
        return self._lookup_tables[name]

    @property
    def title(self) -> str:
        """Format and name of a foreign file, such as "ACLED: mali.csv"; empty for curated tables."""
        return f"{self.backend.origin}: {self.backend.path.name}" if self.backend.origin else ""

    @cached_property
    def resolver(self) -> NameResolver:
        foreign_names = partial(NameCrosswalk, self.backend.origin)
        return NameResolver(self.lookup_table, self.backend.distinct, self.backend.extra_names, foreign_names)

    @cached_property
    def events_with_location(self) -> pd.DataFrame:
        return events.with_place(self.table("events"), self.table("places"))
