"""What the engine needs to know of a query: its columns, its filters, and the ways to run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from mali_cli.engine.context import QueryContext
from mali_cli.engine.partitions import MapCombine
from mali_cli.model.filters import Filters
from mali_cli.model.schema import Column
from mali_cli.results import ChartRequest, QueryResult
from mali_cli.storage.base import Backend

if TYPE_CHECKING:
    import pandas as pd

PartialT = TypeVar("PartialT")


@dataclass(frozen=True)
class QueryRequest:
    """One call of a query.

    `group_keys` are the keys of --by, `filter_args` the filters as typed, and `subject` the argument of a command:
    the name to show, or the backend or path to compare with.
    """

    query: str
    group_keys: list[str] = field(default_factory=list)
    filter_args: dict[str, Any] = field(default_factory=dict)
    subject: Any = None


class Decomposition(NamedTuple, Generic[PartialT]):
    """A query as partial results that can be combined: what it takes to answer it partition by partition.

    `in_database` returns the partial result that a backend computes itself, the same as that of `map_combine`, or
    None if it cannot.
    """

    map_combine: MapCombine[QueryContext, PartialT]
    finalize: Callable[[PartialT], QueryResult]
    in_database: Callable[[Backend], PartialT | None]


@dataclass(frozen=True)
class QueryHandler:
    """How one query is answered.

    `run` answers it plainly, from tables in memory. `decompose` makes the query decomposable: with group keys it is
    answered by the database, or partition by partition, and an executor answers it part by part. A query without it
    (charts, comparisons) needs all of its rows in one place.

    `filter_query` names the query whose filters it takes; None if it resolves none, as `check` and `compare`, whose
    results get no further notes. `prefilter_query` names the query whose rows a backend may read for it.
    `load_display_columns` is that of a result without group keys, for the rows to show.
    `chart` returns what a picture of the result shows, None if there is none; `run` may also set it itself.
    `has_group_keys` says whether it takes --by, `group_key_names` are its allowed keys; if empty, `run` parses them.
    """

    columns: Callable[[QueryRequest], tuple[Column, ...]]
    run: Callable[[QueryContext, Filters, QueryRequest], QueryResult]
    filter_query: str | None
    prefilter_query: str
    has_group_keys: bool = False
    group_key_names: tuple[str, ...] = ()
    decompose: Callable[[list[str], Filters], Decomposition[Any]] | None = None
    load_display_columns: Callable[[QueryContext, pd.DataFrame], pd.DataFrame] | None = None
    chart: Callable[[QueryContext, QueryRequest, QueryResult], ChartRequest | None] | None = None
