"""What every dataset has: its tables, its description, and one method that answers any query."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pandas as pd

from mali_cli.engine import plan
from mali_cli.engine.context import QueryContext
from mali_cli.engine.executor import Executor
from mali_cli.model import schema
from mali_cli.model.shared_filters import Number, Texts
from mali_cli.resolver import NameResolver
from mali_cli.results import QueryResult, pluralize
from mali_cli.storage.base import Backend


class BaseDataset:
    """The tables of one backend."""

    def __init__(self, backend: Backend, executor: Executor | None = None) -> None:
        self.backend = backend
        self._context = QueryContext(backend, executor)

    @property
    def origin(self) -> str | None:
        """Format of the records in the tables (ACLED, UCDP, UN); None for curated tables."""
        return self.backend.origin

    @property
    def resolver(self) -> NameResolver:
        """Index of the names in the tables."""
        return self._context.resolver

    def table(self, name: str) -> pd.DataFrame:
        """Return one table as it is stored, without filters.

        Parameters
        ----------
        name : str
            events, groups, casualties, places, people, relations, strengths, control, documents or references; of a
            file of counts, aggregates.

        Returns
        -------
        pandas.DataFrame
            The columns that data/README.md describes, with declared dtypes; see `Dataset`.

        Examples
        --------
        >>> war.table("places").columns.to_list()
        ['place', 'aliases', 'kind', 'within', 'region', 'country', 'latitude', 'longitude', 'admin2']
        """
        return self.backend.table(name)

    def batches(self) -> Iterator[dict[str, pd.DataFrame]]:
        """Yield all tables in batches, so that millions of rows need not be in memory at once.

        Yields
        ------
        dict of str to pandas.DataFrame
            Rows of some or all tables, by the name of the table.
        """
        return self.backend.iter_batches()

    def answer(
        self,
        query: str,
        *,
        by: Texts = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        in_batches: bool = False,
        **filter_args: Any,
    ) -> QueryResult:
        """Run a query by its name; return its rows (`frame`), their declared columns and the notes of the command.

        Parameters
        ----------
        query : str
            Name of a command: events, casualties, check ...
        in_batches : bool
            Give the rows of a list that may not fit in memory in `batches`, and none in `frame`.
        **filter_args
            Filters of that command; `name` is its argument (of show, lineage and compare).

        Examples
        --------
        >>> war.answer("events", actor="MNLA", by="year").notes[0]
        'CMA, to which MNLA belonged, has 18 further events (--actor CMA).'
        """
        subject = filter_args.pop("name", None)
        if isinstance(subject, BaseDataset):
            subject = subject.backend
        shown: dict[str, Any] = {"by": by, "sort": sort, "limit": limit, "columns": columns, "condition": condition}
        return plan.answer(self._context, query, filter_args, subject=subject, in_batches=in_batches, **shown)

    def __repr__(self) -> str:
        return f"<mali Dataset: {', '.join(self._summary())}>"

    def _repr_html_(self) -> str:
        """Return a table of the dataset's tables for Jupyter."""
        rows = self.backend.row_counts() or {}
        lines = [
            f"<tr><td>{html.escape(name)}</td><td style='text-align: right'>{rows[name]:,}</td></tr>"
            for name in self.backend.table_names
            if name in rows
        ]
        head = "<thead><tr><th>table</th><th>rows</th></tr></thead>"
        table = f"<table>{head}<tbody>{''.join(lines)}</tbody></table>" if lines else ""
        return f"<div><p>mali Dataset: {html.escape(', '.join(self._summary()))}</p>{table}</div>"

    def _summary(self) -> list[str]:
        """Describe the dataset: a file is not read for this, so its rows are stated only once they are known."""
        from mali_cli.storage.convert import dataset_metadata

        rows = self.backend.row_counts()
        main, noun = (schema.AGGREGATES, "rows") if self.backend.holds_aggregates else ("events", "events")
        metadata = dataset_metadata(self.backend)
        licences = [str(entry.get("name") or entry.get("title")) for entry in metadata.get("licenses", ())]
        return [
            *([self._context.title] if self.origin else []),
            *([pluralize(len(rows), "tables"), f"{rows[main]:,} {noun}"] if rows else []),
            *([f"version {metadata['version']}"] if not self.origin else []),
            *([f"licence {' and '.join(licences)}"] if licences else []),
        ]
