"""Dataset: the tables of one backend, and the queries on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mali_cli.engine import plan
from mali_cli.engine.backends import open_backend
from mali_cli.engine.context import QueryContext
from mali_cli.resolver import NameResolver, TextOrTexts
from mali_cli.results import QueryResult
from mali_cli.storage.base import Backend

if TYPE_CHECKING:
    import pandas as pd


def load(data: str | os.PathLike[str] | None = None, format_in: str | None = None) -> Dataset:
    """The dataset in a folder of tables or in a foreign file; without one, MALI_DATA or the tables of the program.

    `format_in` (acled, ucdp, un) says what a file is, instead of its columns.
    """
    return Dataset(open_backend(data, format_in))


class Dataset:
    """Tables and questions. Every question takes the filters of the command line as keywords.

    Several values are a list; `since` and `until` are --from and --to, `where` is --in. Each returns a
    DataFrame with the rows and columns of the command: dates are datetime64, numbers Int64 or float,
    list columns text joined by `;`, blanks missing. MaliError says what is wrong with a question,
    DataError what is wrong with the data.
    """

    def __init__(self, store: Backend) -> None:
        self.backend = store
        self._context = QueryContext(store)

    @property
    def origin(self) -> str | None:
        """The format whose records the tables hold (ACLED, UCDP, UN); None where they were curated."""
        return self.backend.origin

    def table(self, name: str) -> pd.DataFrame:
        """One table as it stands, typed; see tables.read_frame."""
        return self.backend.table(name)

    def batches(self) -> Iterator[dict[str, pd.DataFrame]]:
        """All tables, part by part."""
        return self.backend.iter_batches()

    def events(self, **filter_args: Any) -> pd.DataFrame:
        """What happened; with by="year,type" how many."""
        return self.answer("events", **filter_args).frame

    def groups(self, **filter_args: Any) -> pd.DataFrame:
        """Who takes part."""
        return self.answer("groups", **filter_args).frame

    def casualties(self, **filter_args: Any) -> pd.DataFrame:
        """Who gave which figure; with by="country" their sums."""
        return self.answer("casualties", **filter_args).frame

    def places(self, **filter_args: Any) -> pd.DataFrame:
        """Towns, bases, regions and countries, and where they are."""
        return self.answer("places", **filter_args).frame

    def sources(self, **filter_args: Any) -> pd.DataFrame:
        """The documents and what they cite."""
        return self.answer("sources", **filter_args).frame

    def people(self, **filter_args: Any) -> pd.DataFrame:
        """Leaders, posts, and what became of them."""
        return self.answer("people", **filter_args).frame

    def relations(self, **filter_args: Any) -> pd.DataFrame:
        """Who stood with or against whom, and from when to when."""
        return self.answer("relations", **filter_args).frame

    def strengths(self, **filter_args: Any) -> pd.DataFrame:
        """Numbers of troops, fighters and aircraft, and who gave them."""
        return self.answer("strengths", **filter_args).frame

    def control(self, place: TextOrTexts = None, **filter_args: Any) -> pd.DataFrame:
        """Who held which place, from when to when; with on="2012-07-01" every place on that day."""
        return self.answer("control", place=place, **filter_args).frame

    def show(self, name: str, **filter_args: Any) -> pd.DataFrame:
        """All about one event, group, place, person or reference, line by line."""
        return self.answer("show", name=name, **filter_args).frame

    def lineage(self, name: str, **filter_args: Any) -> pd.DataFrame:
        """What a group came from, and what came from it."""
        return self.answer("lineage", name=name, **filter_args).frame

    def timeline(self, **filter_args: Any) -> pd.DataFrame:
        """Events and dead by="year", quarter or month, empty periods included; the filters of events."""
        return self.answer("timeline", **filter_args).frame

    def map(self, **filter_args: Any) -> pd.DataFrame:
        """Events and dead by place, with its point; with on="2012-07-01" also who held it."""
        return self.answer("map", **filter_args).frame

    def compare(self, other: str | os.PathLike[str] | Dataset, **filter_args: Any) -> pd.DataFrame:
        """Our events beside those of a file, another folder or a Dataset; `window` in days, `within` in kilometres."""
        return self.answer("compare", name=other, **filter_args).frame

    @property
    def resolver(self) -> NameResolver:
        """The names in the tables, and what was typed put into them."""
        return self._context.resolver

    def answer(
        self,
        query: str,
        *,
        by: TextOrTexts = None,
        sort: TextOrTexts = None,
        limit: str | int | None = None,
        columns: TextOrTexts = None,
        **filter_args: Any,
    ) -> QueryResult:
        """The answer to a question, named as its command is, with what to know about it."""
        subject = filter_args.pop("name", None)
        if isinstance(subject, Dataset):
            subject = subject.backend
        return plan.answer(
            self._context, query, filter_args, subject=subject, by=by, sort=sort, limit=limit, columns=columns
        )
