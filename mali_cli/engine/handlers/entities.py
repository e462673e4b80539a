"""Run the queries about groups, places, people, relations, strengths and sources, and about one of them by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mali_cli.engine.chart_request import camps_of, chart_request
from mali_cli.engine.context import QueryContext
from mali_cli.engine.handler import QueryHandler, QueryRequest
from mali_cli.engine.handlers.events import key_columns
from mali_cli.engine.notes import shell_quoted
from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.group_keys import GROUP_KEYS
from mali_cli.model.names import join_or, match_choice
from mali_cli.model.profile import SECTIONS
from mali_cli.model.shared_filters import as_list
from mali_cli.model.vocabulary import RELATION_DATES
from mali_cli.queries import entities, relations
from mali_cli.results import ChartRequest, QueryResult, pluralize
from mali_cli.storage.bundled import bundled_backend

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


def _table_query(
    name: str,
    noun: str,
    matching: Callable[[pd.DataFrame, Filters], pd.DataFrame],
    added_columns: tuple[schema.Column, ...] = (),
    date_column: str = "",
    notes: Callable[[pd.DataFrame, Filters], list[str]] = lambda table, filters: [],
    empty_message: Callable[[pd.DataFrame, Filters, QueryRequest], str] = lambda table, filters, request: "",
) -> QueryHandler:
    """Return the handler of a query that filters the rows of one table, or counts them.

    `date_column` has the year of a row; `notes` are those on the rows left out; `empty_message` may say more of an
    empty result than that no row matches.
    """
    group_keys = GROUP_KEYS.get(name, ())

    def columns(request: QueryRequest) -> tuple[schema.Column, ...]:
        if request.group_keys:
            return (*key_columns(request.group_keys), *schema.result_columns("row-counts"))
        return (*schema.table(name).columns, *added_columns)

    def run(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
        table = context.table(name)
        rows, left_out = matching(table, filters), tuple(notes(table, filters))
        if not request.group_keys:
            message = empty_message(table, filters, request) if rows.empty else ""
            return QueryResult(rows, columns(request), noun, left_out, empty_message=message)
        counts = entities.count_by(rows, request.group_keys, date_column)
        return QueryResult(counts, columns(request), "rows", (f"{pluralize(len(rows), noun)}.", *left_out))

    return QueryHandler(columns, run, name, name, has_group_keys=bool(group_keys), group_key_names=group_keys)


def _denied_fates_note(people: pd.DataFrame, filters: Filters) -> list[str]:
    """Return the note on the people left out because their fate is denied; none if there are none."""
    if not filters.fates or filters.bases:
        return []
    denied = len(entities.filter_people(people, replace(filters, bases=frozenset({"denied"}))))
    if not denied:
        return []
    verb, pronoun = ("has", "it") if denied == 1 else ("have", "them")
    return [f"{pluralize(denied, 'more posts')} {verb} a fate that was denied: --basis denied lists {pronoun}."]


def _no_leader_message(people: pd.DataFrame, filters: Filters, request: QueryRequest) -> str:
    """Return the message for a group of which no post at all is recorded; blank if other filters leave none."""
    if not filters.actors or not entities.filter_people(people, Filters(actors=filters.actors)).empty:
        return ""
    return f"No leader of {join_or(as_list(request.filter_args['actor']))} is named."


def _related_note(groups: pd.DataFrame, filters: Filters) -> list[str]:
    """Return the note on what the allies or enemies of a time rest on; none without a time."""
    if filters.related is None or filters.period is None:
        return []
    matching = sorted(entities.filter_groups(groups, filters)["group"])
    stated = ", ".join(group for group in matching if group in filters.related_as_stated)
    others = ", ".join(group for group in matching if group not in filters.related_as_stated)
    return [
        *([f"With a stated beginning and end: {stated}."] if stated else []),
        *([f"Without a stated beginning or end: {others}."] if others else []),
    ]


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
    profile = profiles.profile(kind, key, context.table, keys)
    chosen = [match_choice(name, SECTIONS[kind], "section") for name in as_list(request.filter_args.get("section"))]
    if chosen:
        profile = profiles.with_sections(profile, chosen)
    return QueryResult(
        profiles.as_frame(profile),
        _profile_columns(request),
        "lines",
        empty_message=f"{key} has no {join_or(chosen)}." if chosen else "",
        profile=profile,
    )


def _lineage_columns(request: QueryRequest) -> tuple[schema.Column, ...]:
    return schema.result_columns("lineage")


def _run_lineage(context: QueryContext, filters: Filters, request: QueryRequest) -> QueryResult:
    group = context.resolver.groups.resolve(request.subject)
    table = context.table("relations")
    steps = relations.lineage(table, group)
    message = f"No split, merger or successor of {group} is recorded."
    if steps.empty:
        parts = entities.descendants(context.table("groups"), frozenset({group}))
        others = len(relations.filter_relations(table, Filters(actors=parts)))
        if others:
            command = f"mali relations --actor {shell_quoted(group)}"
            message += f" `{command}` lists its {pluralize(others, 'other relations')}."
    return QueryResult(steps, _lineage_columns(request), "steps", empty_message=message, lineage_of=group)


def _relations_chart(context: QueryContext, request: QueryRequest, result: QueryResult) -> ChartRequest | None:
    """Return the matrix of alliances and fights; counts have no picture."""
    if request.group_keys or result.frame.empty:
        return None
    chart = chart_request(context, request, result)._replace(camps=camps_of(context))
    dated = result.frame[list(RELATION_DATES)].notna().any(axis=1)
    if dated.all() or not any(request.filter_args.get(name) for name in ("since", "until", "on")):
        return chart
    # They may be of any time; a matrix of a period would show them as relations of that period.
    undated = pluralize(int((~dated).sum()), "relations")
    note = f"Not drawn, because no date is stated: {undated}."
    drawn = chart._replace(notes=(*chart.notes, note))
    return chart._replace(
        load_drawn=lambda: result._replace(frame=result.frame[dated].reset_index(drop=True), chart=drawn)
    )


def _lineage_chart(context: QueryContext, request: QueryRequest, result: QueryResult) -> ChartRequest | None:
    """Return the tree of the lineage of a group."""
    if result.frame.empty:
        return None
    return chart_request(context, request, result, measure=result.lineage_of)._replace(camps=camps_of(context))


GROUPS = _table_query("groups", "groups", entities.filter_groups, notes=_related_note)
PLACES = _table_query("places", "places", entities.filter_places)
PEOPLE = _table_query(
    "people",
    "posts",
    entities.filter_people,
    date_column="fate_date",
    notes=_denied_fates_note,
    empty_message=_no_leader_message,
)
STRENGTHS = _table_query("strengths", "strengths", entities.filter_strengths, date_column="as_of")
RELATIONS = replace(
    _table_query(
        *("relations", "relations", relations.filter_relations, schema.result_columns("relations")),
        date_column="date_start",
        notes=relations.period_note,
    ),
    chart=_relations_chart,
)
SOURCES = QueryHandler(_source_columns, _run_sources, filter_query="sources", prefilter_query="sources")
SHOW = QueryHandler(_profile_columns, _run_profile, filter_query="show", prefilter_query="show")
LINEAGE = QueryHandler(
    _lineage_columns, _run_lineage, filter_query="lineage", prefilter_query="lineage", chart=_lineage_chart
)
