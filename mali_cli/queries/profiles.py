"""Profiles: everything about one event, group, place, person, document or reference.

As rows, a profile has the columns of 'page' in datapackage.json: section, date, item, text, according_to, sources.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pandas as pd

from mali_cli.model.date_text import span_text, when_text
from mali_cli.model.profile import Profile, ProfileLine, ProfileSection
from mali_cli.model.vocabulary import ACTOR_COLUMNS, VIOLENT_TYPES
from mali_cli.queries import list_columns
from mali_cli.queries.profile_lines import (
    LIST_SEPARATOR,
    Row,
    control_section,
    events_section,
    fate_line,
    figures_section,
    has_value,
    people_section,
    readable,
    records,
    relations_section,
    strengths_section,
    with_event_names,
)

Tables = Callable[[str], pd.DataFrame]


def profile(kind: str, key: str, table: Tables, parts: frozenset[str]) -> Profile:
    """Return the profile of one entity.

    Parameters
    ----------
    kind
        "event", "group", "place", "person" or "source".
    key
        The key of the entity.
    table
        Returns a table by its name.
    parts
        The keys of the entity and of everything that is part of it.
    """
    profile_of = {"event": _event, "group": _group, "place": _place, "person": _person, "source": _source}[kind]
    return profile_of(key, table, parts)


def with_sections(whole: Profile, names: Collection[str]) -> Profile:
    """Return the profile with only these of its sections."""
    return whole._replace(sections=tuple(section for section in whole.sections if section.name in names))


def as_frame(whole: Profile) -> pd.DataFrame:
    """Return the rows of all sections; the text is followed by doubt in brackets and by the note."""
    rows = [
        (section.name, line.date, line.item, _row_text(line), line.according_to, line.sources)
        for section in whole.sections
        for line in section.rows
    ]
    frame = pd.DataFrame(rows, columns=["section", "date", "item", "text", "according_to", "sources"], dtype=object)
    return frame.where(frame.notna(), None)


def _row_text(line: ProfileLine) -> str:
    doubt = f" ({line.doubt})" if line.doubt else ""
    return f"{line.text}{doubt}{f': {line.note}' if line.note else ''}"


def _fact_rows(kind: str, title: str, rows: Iterable[Row]) -> ProfileSection:
    """Return the section with a row for each value of an entity, blanks left out."""
    lines: list[ProfileLine] = []
    for row in rows:
        facts = [(name, value) for name, value in row.items() if name != "sources" and has_value(value)]
        for i, (name, value) in enumerate(facts):
            text = value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else str(value)
            text = LIST_SEPARATOR.sub("; ", text)
            lines.append(ProfileLine(None, str(name), text, sources=row.get("sources") if i == 0 else None))
    return ProfileSection(kind, title, tuple(lines), ())


def _labelled(*facts: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((label, readable(value)) for label, value in facts if has_value(value) and value != "")


def _joined(*values: object) -> str:
    return ", ".join(readable(value) for value in values if has_value(value))


def _event(key: str, table: Tables, parts: frozenset[str]) -> Profile:
    events, figures, control = table("events"), table("casualties"), table("control")
    of_event = events[events["event_id"] == key]
    [row] = records(of_event)
    near = "" if row["place_precision"] in ("place", None) else f" ({row['place_precision']})"
    against = " against " if row["event_type"] in VIOLENT_TYPES else " and "
    facts = _labelled(
        ("when", when_text(row["date_start"], row["date_end"], row["date_precision"])),
        ("where", f"{readable(row['place'])}{near}" if has_value(row["place"]) else ""),
        ("what", f"{row['sub_event_type']} ({row['event_type']})"),
        ("sides", against.join(readable(row[side]) for side in ("side_a", "side_b") if has_value(row[side]))),
        ("civilian kind", row["civilian_kind"]),
        ("claimed by", row["responsibility"]),
        ("basis", row["basis"]),
        ("part of", row["part_of"]),
        ("note", row["note"]),
    )
    parts_of_event = events_section(events[events["part_of"] == key], "parts", "Parts")
    sections = (
        _fact_rows("event", "", [row]),
        parts_of_event._replace(is_short=True),
        _of_this_event(
            figures_section("figures", "Figures", figures[figures["event_id"] == key], of_event), facts[0][1]
        ),
        control_section("control", "Control from then on", control[control["event_id"] == key]),
    )
    return Profile("event", key, readable(row["summary"]), facts, row["sources"] or "", sections)


def _of_this_event(section: ProfileSection, date: str) -> ProfileSection:
    """Return the figures of an event, whose page need not repeat its key and its date."""
    lines = (line._replace(key="", date=None if line.date == date else line.date) for line in section.lines)
    return section._replace(lines=tuple(lines), is_short=True)


def _group(key: str, table: Tables, parts: frozenset[str]) -> Profile:
    groups, people, strengths = table("groups"), table("people"), table("strengths")
    relations, events, figures = table("relations"), table("events"), table("casualties")
    rows = records(groups[groups["group"] == key])
    row: Row = rows[0] if rows else dict.fromkeys(groups.columns)  # some sides of a foreign file have no row
    takes_part = pd.Series(False, index=events.index)
    for column in ACTOR_COLUMNS:
        takes_part |= list_columns.contains_any(events[column], parts)
    losses = figures[list_columns.contains_any(figures["group"], parts)]
    facts = _labelled(
        ("name", row["name"] if row["name"] != key else None),
        ("kind", _joined(row["kind"], f"{row['camp']} camp" if row["camp"] not in ("other", None) else None)),
        ("country", row["country"]),
        ("part of", row["part_of"]),
        ("founded", row["founded"]),
        ("dissolved", row["dissolved"]),
        ("also", row["aliases"]),
    )
    own_relations = relations[relations["group"].isin(parts) | relations["other"].isin(parts)]
    sections = (
        _fact_rows("group", "", rows),
        people_section(people[people["group"].isin(parts)]),
        strengths_section(strengths[strengths["group"].isin(parts)]),
        relations_section(own_relations),
        events_section(events[takes_part]),
        with_event_names(figures_section("losses", "Losses", losses, events), losses),
    )
    return Profile("group", key, readable(row["summary"]), facts, row["sources"] or "", sections)


def _place(key: str, table: Tables, parts: frozenset[str]) -> Profile:
    places, events, control, figures = table("places"), table("events"), table("control"), table("casualties")
    [row] = records(places[places["place"] == key])
    here = events[list_columns.contains_any(events["place"], parts)]
    figures = figures[figures["event_id"].isin(here["event_id"])]
    region = f"{row['region']} Region" if has_value(row["region"]) and row["region"] != key else None
    country = row["country"] if row["country"] != key else None
    point = f"{row['latitude']}, {row['longitude']}" if has_value(row["latitude"]) else None
    facts = _labelled(
        ("kind", row["kind"]),
        ("where", _joined(row["within"], region, country)),
        ("point", point),
        ("also", row["aliases"]),
    )
    sections = (
        _fact_rows("place", "", [row]),
        _holders(key, control[control["place"].isin(parts)]),
        events_section(here),
        with_event_names(figures_section("figures", "Figures", figures, here), figures),
    )
    return Profile("place", key, "", facts, "", sections)


def _holders(place: str, control: pd.DataFrame) -> ProfileSection:
    """Return the holders of a place, with a title that says how old the last statement is."""
    title = "Holders" if control.empty else f"Holders; none is reported after {control['date_end'].max():%Y-%m-%d}"
    section = control_section("holders", title, control)
    lines = (line._replace(heading="" if line.heading == place else line.heading) for line in section.lines)
    return section._replace(lines=tuple(lines))


def _person(key: str, table: Tables, parts: frozenset[str]) -> Profile:
    people, events = table("people"), table("events")
    rows = records(people[people["person"] == key])
    aliases = list_columns.join(alias for row in rows for alias in list_columns.split(row["aliases"]))
    names = {key, *list_columns.split(aliases)}
    named = [any(name in text for name in names) for text in events["summary"]]
    posts = tuple(
        ProfileLine(
            span_text(row["date_start"], row["date_end"]) or None,
            None,
            "; ".join(filter(None, (row["role"], fate_line(row)))),
            sources=row["sources"],
            heading=readable(row["group"]),
            note=readable(row["note"]),
        )
        for row in rows
    )
    sections = (_fact_rows("person", "Posts", rows)._replace(lines=posts, is_short=True), events_section(events[named]))
    return Profile("person", key, "", _labelled(("also", aliases)), "", sections)


def _source(key: str, table: Tables, parts: frozenset[str]) -> Profile:
    """Return what the document or reference is, and every row that cites it."""
    references, documents = table("references"), table("documents")
    rows = [
        *records(documents[documents["document"] == key]),
        *records(references[references["reference"] == key]),
    ]

    def citing(name: str) -> pd.DataFrame:
        frame = table(name)
        return frame[list_columns.contains_any(frame["sources"], frozenset({key}))]

    def listed(name: str, item: str, text: str) -> ProfileSection:
        lines = tuple(
            ProfileLine(None, row[item], row[text], sources=row["sources"], heading=row[item])
            for row in records(citing(name))
        )
        return ProfileSection(name, name.capitalize(), lines, lines)

    figures, strengths = citing("casualties"), strengths_section(citing("strengths"))
    sections = (
        _fact_rows("source", "", rows),
        events_section(citing("events")),
        with_event_names(figures_section("figures", "Figures", figures, table("events")), figures),
        control_section("control", "Control", citing("control")),
        *(listed("groups", "group", "summary"), listed("people", "person", "role")),
        relations_section(citing("relations")),
        strengths._replace(rows=tuple(line._replace(text=f"{line.heading}: {line.text}") for line in strengths.rows)),
    )
    known: dict[str, Any] = {str(name): value for row in rows for name, value in row.items() if has_value(value)}
    labels = ("document", "publisher", "published", "date", "language", "licence")
    facts = _labelled(*((name, known.get(name)) for name in labels if known.get(name) != key))
    return Profile("source", key, readable(known.get("title")), facts, "", sections)
