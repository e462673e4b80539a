"""Notes that every result gets: what was read, and filters that match less than their user may expect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from mali_cli.engine.context import QueryContext
from mali_cli.errors import MaliError
from mali_cli.model import names, schema
from mali_cli.model.filters import Filters
from mali_cli.model.shared_filters import EVENT_TYPES, as_list
from mali_cli.model.vocabulary import VIOLENT_SUB_TYPES, VIOLENT_TYPES
from mali_cli.queries import list_columns
from mali_cli.resolver import parse_place_distance
from mali_cli.results import QueryResult

GROUP_FILTERS = ("actor", "against", "claimed_by", "group", "inflicted_by")
# Columns of events that only files of ACLED fill, and what they state
STATED_BY_ACLED = {
    "civilian_targeting": "whether civilians were the target",
    "disorder_type": "a disorder type",
    "interaction": "an interaction",
}
# Kinds of place that have a filter of their own: its option, and the column that it compares.
FILTER_BY_PLACE_KIND = {
    "region": ("--region", "region"),
    "cercle": ("--admin2", "admin2"),
    "country": ("--in", "country"),
}


def with_notes(
    context: QueryContext,
    result: QueryResult,
    query: str,
    filter_args: dict[str, Any],
    further_notes: Sequence[str] = (),
) -> QueryResult:
    """Return the result with the notes of its backend and of its filters, and with the title of a foreign file."""
    notes = [*context.backend.notes, *context.backend.reading_notes, *result.notes, *_place_notes(context, filter_args)]
    if query == "casualties" and not result.frame.empty:
        notes += _actor_note(filter_args)
    if result.frame.empty:
        notes += _against_note(filter_args)
    if result.frame.empty and as_list(filter_args.get("civilian_kind")) and not context.backend.origin:
        notes.append("Our own events name no civilian kinds; those of files of ACLED do: --data FILE.")
    if context.backend.origin and any(filter_args.values()):
        missing = _names_missing_from_file if result.frame.empty else _joint_group_notes
        notes += missing(context, filter_args)
    return result._replace(notes=(*notes, *further_notes), origin=context.title)


def check_stated(context: QueryContext, group_keys: Sequence[str], filter_args: dict[str, Any]) -> None:
    """Raise MaliError for a filter or key by what only ACLED states, if the dataset does not have it."""
    for column, what in STATED_BY_ACLED.items():
        typed = filter_args.get(column)
        if (typed or column in group_keys) and not context.backend.states(column):
            name = column.replace("_", "-")
            option = f"--{name}" if typed else f"--by {name}"
            dataset = context.backend.path.name if context.backend.origin else "these tables"
            needed = f"{option} is for files of ACLED with the column {column}"
            raise MaliError(f"the events of {dataset} do not state {what}; {needed}.")


def not_in_parts_note(context: QueryContext) -> tuple[str, ...]:
    """Say that a dataset without parts is read here, whatever the engine; curated tables always are."""
    backend = context.backend
    if context.executor is None or not backend.origin or backend.part_folders(Filters()) is not None:
        return ()
    command = "mali convert FROM TO --to parquet --parts auto"
    return (f"{backend.path.name} is not in parts, and was read without --engine. To make parts: {command}",)


def shell_quoted(name: str) -> str:
    """Return a name as it must be typed in a shell."""
    if all(character.isalnum() or character in "-_./:,@+#" for character in name):
        return name
    return '"' + re.sub(r'(["\\$`])', r"\\\1", name) + '"'


def _actor_note(filter_args: dict[str, Any]) -> list[str]:
    """Say that an actor's figures are of both sides, and how to ask for its own, unless a filter says whose."""
    actors = list(dict.fromkeys(as_list(filter_args.get("actor"))))
    if not actors or as_list(filter_args.get("group")) or as_list(filter_args.get("country")):
        return []
    typed, own = (" ".join(f"{flag} {shell_quoted(name)}" for name in actors) for flag in ("--actor", "--group"))
    pronoun = "its" if len(actors) == 1 else "their"
    return [f"{typed} counts the dead of both sides; {own} counts {pronoun} own."]


def _against_note(filter_args: dict[str, Any]) -> list[str]:
    """Say that --against matches violent events only, and which of the given event types are not violent."""
    if not as_list(filter_args.get("against")):
        return []
    sub_types = schema.table("events").column("sub_event_type").allowed_by_parent
    violent = {*VIOLENT_TYPES, *VIOLENT_SUB_TYPES, *(name for kind in VIOLENT_TYPES for name in sub_types[kind])}
    types = list(map(EVENT_TYPES.match, as_list(filter_args.get("type"))))
    if types and violent.isdisjoint(types):
        return [f"--against matches only violent events, and --type {names.join_or(types)} is not violent."]
    return ["--against matches only violent events."]


def _place_notes(context: QueryContext, filter_args: dict[str, Any]) -> Iterator[str]:
    """Say which places share a typed name, and which filter matches everything in a region, cercle or country."""
    near = filter_args.get("near")
    for typed in [*as_list(filter_args.get("place")), *([parse_place_distance(near)[0]] if near else [])]:
        if len(namesakes := context.resolver.canonical_names("places", typed)) > 1:
            yield f"{typed} is the name of {len(namesakes)} places: {names.join_and(namesakes)}. All are included."
    keys = context.resolver.canonical_names("places", filter_args.get("place"))
    if not keys:
        return
    places = context.lookup_table("places")
    for row in places[places["place"].isin(keys) & places["kind"].isin(FILTER_BY_PLACE_KIND)].to_dict("records"):
        option, column = FILTER_BY_PLACE_KIND[row["kind"]]
        wider = f"{option} {shell_quoted(str(row[column]))}"
        whole = f"{row['place']} as a place matches only what is recorded for it as a whole"
        yield f"{whole}; {wider} matches everything in it."


def _joint_group_notes(context: QueryContext, filter_args: dict[str, Any]) -> Iterator[str]:
    """Say which filters also match a group that may be another, such as "JNIM and/or Islamic State"."""
    in_file = frozenset(context.table("groups")["group"])
    for option in GROUP_FILTERS:
        for typed in as_list(filter_args.get(option)):
            key = context.resolver.group(typed)
            for joint in sorted(context.resolver.joint_groups(frozenset({key})) & in_file - {key}):
                flag = f"--{option.replace('_', '-')} {shell_quoted(typed)}"
                yield f"{flag} includes {joint}, which may not be {key}; an event counts once."


def _names_missing_from_file(context: QueryContext, filter_args: dict[str, Any]) -> Iterator[str]:
    """Name the groups that are valid but not in the file: an empty result must not look like "no such events"."""
    file = context.backend.path.name
    groups = context.lookup_table("groups")
    aliases = dict(zip(groups["group"], map(list_columns.split, groups["aliases"]), strict=True))
    extra = context.backend.extra_names("groups")
    in_file = {key: aliases.get(key, extra.get(key, ())) for key in sorted({*context.table("groups")["group"], *extra})}
    for option in GROUP_FILTERS:
        for typed in as_list(filter_args.get(option)):
            key = context.resolver.group(typed)
            if context.resolver.with_parts(frozenset({key})).isdisjoint(in_file):
                similar = names.NameIndex("group", "", in_file).suggestions(typed)
                hint = f" Similar names in it: {names.join_or(similar)}." if similar else ""
                yield f"{file} does not mention {key}.{hint}"
    countries = {*context.table("places")["country"].dropna(), *context.backend.extra_names("countries")}
    if as_list(filter_args.get("where")) and not countries:
        yield f"{file} has no location data."
