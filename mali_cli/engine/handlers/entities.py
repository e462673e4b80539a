"""Run the queries about groups, places, people, relations, strengths and sources, and about one of them by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.queries import entities, relations
from mali_cli.results import QueryResult, pluralize
from mali_cli.storage.bundled import bundled_backend

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


def _table_query(
    name: str,
    noun: str,
    matching: Callable[[pd.DataFrame, Filters], pd.DataFrame],
    added_columns: tuple[schema.Column, ...] = (),
    notes: Callable[[pd.DataFrame, Filters], list[str]] = lambda table, filters: [],
) -> QueryHandler:
    """Return the handler of a query that filters the rows of one table; `notes` are those on the rows left out."""

    def columns(request: QueryRequest) -> tuple[schema.Column, ...]:
        return (*schema.table(name).columns, *added_columns)

    def run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
        table = context.table(name)
        return QueryResult(matching(table, filters), columns(request), noun, tuple(notes(table, filters)))

    return QueryHandler(columns, run, filter_query=name, prefilter_query=name)


def _denied_fates_note(people: pd.DataFrame, filters: Filters) -> list[str]:
    """Return the note on the people left out because their fate is denied; none if there are none."""
    if not filters.fates or filters.bases:
        return []
    denied = len(entities.filter_people(people, replace(filters, bases=frozenset({"denied"}))))
    if not denied:
        return []
    verb, pronoun = ("has", "it") if denied == 1 else ("have", "them")
    return [f"{pluralize(denied, 'more posts')} {verb} a fate that was denied: --basis denied lists {pronoun}."]


def _source_columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("sources")


def _run_sources(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    sources = entities.filter_sources(context.table("documents"), context.table("references"), filters)
    if context.backend.origin:  # rows about groups that we know cite our documents, which are not the file's
        bundled = bundled_backend().table("documents")["document"]
        sources = sources[~sources["document"].isin(bundled)]
    return QueryResult(sources, _source_columns(request), "sources")


def _profile_columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("page")


def _run_profile(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    from mali_cli.queries import profiles

    kind, key = context.resolver.resolve_entity(request.subject)
    keys = frozenset({key})
    if kind == "group":
        keys = entities.descendants(context.table("groups"), keys)
    elif kind == "place":
        keys = entities.descendants(context.table("places"), keys, "within", "place")
    return QueryResult(profiles.profile(kind, key, context.table, keys), _profile_columns(request), "lines")


def _lineage_columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("lineage")


def _run_lineage(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    from mali_cli.queries import lineage_text

    group = context.resolver.groups.resolve(request.subject)
    steps = relations.lineage(context.table("relations"), group)
    renderings = {}
    if len(steps):
        renderings = {"tree": lineage_text.tree(group, steps), "mermaid": lineage_text.mermaid(group, steps)}
    return QueryResult(
        steps,
        _lineage_columns(request),
        "steps",
        empty_message=f"No split, merger or successor of {group} is recorded.",
        alternate_renderings=renderings,
    )


GROUPS = _table_query("groups", "groups", entities.filter_groups)
PLACES = _table_query("places", "places", entities.filter_places)
PEOPLE = _table_query("people", "posts", entities.filter_people, notes=_denied_fates_note)
STRENGTHS = _table_query("strengths", "strengths", entities.filter_strengths)
RELATIONS = _table_query(
    "relations", "relations", relations.filter_relations, added_columns=schema.result_columns("relations")
)
SOURCES = QueryHandler(_source_columns, _run_sources, filter_query="sources", prefilter_query="sources")
SHOW = QueryHandler(_profile_columns, _run_profile, filter_query="show", prefilter_query="show")
LINEAGE = QueryHandler(_lineage_columns, _run_lineage, filter_query="lineage", prefilter_query="lineage")
