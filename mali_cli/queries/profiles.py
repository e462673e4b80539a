"""Profiles: everything about one event, group, place, person, document or reference, as lines of one page.

A profile has the columns of 'page' in datapackage.json: section, date, item, text, according_to, sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pandas as pd

from mali_cli.model.vocabulary import ACTOR_COLUMNS
from mali_cli.queries import list_columns

LIST_SEPARATOR = re.compile(r";(?=\S)")

Tables = Callable[[str], pd.DataFrame]
Line = tuple[str, object, object, object, object, object]


def profile(kind: str, key: str, table: Tables, parts: frozenset[str]) -> pd.DataFrame:
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
    lines_of = {"event": _event, "group": _group, "place": _place, "person": _person, "source": _source}[kind]
    frame = pd.DataFrame(
        lines_of(key, table, parts), columns=["section", "date", "item", "text", "according_to", "sources"]
    )
    return frame.astype(object).where(frame.notna(), None)


def _day(value: object) -> str | None:
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else None


def _days(row: pd.Series) -> str:
    first, last = _day(row["date_start"]), _day(row["date_end"])
    return f"{first}" if first == last else f"{first} to {last}"


def _facts(section: str, row: pd.Series, leave_out: Iterable[str]) -> list[Line]:
    shown = row.drop([*leave_out, "sources"], errors="ignore").dropna()
    sources = row.get("sources")
    return [
        (section, None, name, _day(value) or LIST_SEPARATOR.sub("; ", str(value)), None, sources if i == 0 else None)
        for i, (name, value) in enumerate(shown.items())
    ]


def figure_text(row: pd.Series) -> str:
    """Return the numbers of a figure, its wording, or both: "12+ (at least 12)"."""
    low, best, high = (None if pd.isna(row[c]) else int(row[c]) for c in ("low", "best", "high"))
    stated = [n for n in (low, best, high) if n is not None]
    if not stated:
        return str(row["wording"])
    numbers = f"{stated[0]:,}" if stated[0] == stated[-1] else f"{stated[0]:,}-{stated[-1]:,}"
    numbers += "+" if row["open"] else ""
    return numbers if pd.isna(row["wording"]) else f"{numbers} ({row['wording']})"


def _figures(section: str, figures: pd.DataFrame, with_event: bool) -> list[Line]:
    lines: list[Line] = []
    for _, row in figures.sort_values(["date_start", "tally", "rank"], kind="stable").iterrows():
        who = row["group"] or row["who"] or row["country"] or row["victims"] or "people not named"
        status = "" if row["status"] == "current" else f", {row['status']}"
        where = f"{row['event_id'] or row['tally']}: " if with_event else ""
        text = f"{where}{str(who).replace(';', '; ')} {row['harm']}: {figure_text(row)}{status}"
        lines.append((section, _days(row), row["casualty_id"], text, row["according_to"], row["sources"]))
    return lines


def _events(section: str, events: pd.DataFrame) -> list[Line]:
    return [
        (section, _days(row), row["event_id"], row["summary"], None, row["sources"]) for _, row in events.iterrows()
    ]


def _statements(section: str, control: pd.DataFrame, item: str) -> list[Line]:
    lines: list[Line] = []
    for _, row in control.sort_values(["date_start", "date_end"], kind="stable").iterrows():
        text = f"{(row['holder'] or 'unknown').replace(';', '; ')} ({row['basis']})"
        if not pd.isna(row["note"]):
            text += f": {row['note']}"
        lines.append((section, _days(row), row[item], text, row["according_to"], row["sources"]))
    return lines


def _event(key: str, table: Tables, parts: frozenset[str]) -> list[Line]:
    events = table("events")
    row = events[events["event_id"] == key].iloc[0]
    figures = table("casualties")
    control = table("control")
    return [
        *_facts("event", row, ()),
        *_figures("figures", figures[figures["event_id"] == key], with_event=False),
        *_statements("control", control[control["event_id"] == key], "place"),
    ]


def _group(key: str, table: Tables, parts: frozenset[str]) -> list[Line]:
    groups, people, strengths = table("groups"), table("people"), table("strengths")
    relations, events, figures = table("relations"), table("events"), table("casualties")
    lines = [line for _, row in groups[groups["group"] == key].iterrows() for line in _facts("group", row, ())]
    for _, row in people[people["group"].isin(parts)].iterrows():
        post = " to ".join(str(d) for d in (row["date_start"], row["date_end"]) if not pd.isna(d))
        fate = "" if pd.isna(row["fate"]) else f"; {row['fate']} {row['fate_date'] or ''} ({row['fate_basis']})"
        lines.append(("people", post or None, row["person"], f"{row['role']}{fate}", None, row["sources"]))
    for _, row in strengths[strengths["group"].isin(parts)].sort_values("as_of", kind="stable").iterrows():
        number = figure_text(row.reindex([*row.index, "best"]))  # strengths have no best
        text = f"{number}, {row['status']}"
        lines.append(("strengths", row["as_of"], row["what"], text, row["according_to"], row["sources"]))
    own_relations = relations[relations["group"].isin(parts) | relations["other"].isin(parts)]
    for _, row in own_relations.sort_values(["date_start", "date_end"], kind="stable", na_position="first").iterrows():
        dates = " to ".join(str(d) for d in (row["date_start"], row["date_end"]) if not pd.isna(d))
        text = f"{row['group']} {row['relation']} {row['other']}: {row['summary']}"
        lines.append(("relations", dates or None, row["relation"], text, None, row["sources"]))
    takes_part = pd.Series(False, index=events.index)
    for column in ACTOR_COLUMNS:
        takes_part |= list_columns.contains_any(events[column], parts)
    lines += _events("events", events[takes_part])
    return lines + _figures("losses", figures[list_columns.contains_any(figures["group"], parts)], with_event=True)


def _place(key: str, table: Tables, parts: frozenset[str]) -> list[Line]:
    places, events, control = table("places"), table("events"), table("control")
    return [
        *_facts("place", places[places["place"] == key].iloc[0], ()),
        *_statements("holders", control[control["place"].isin(parts)], "place"),
        *_events("events", events[list_columns.contains_any(events["place"], parts)]),
    ]


def _person(key: str, table: Tables, parts: frozenset[str]) -> list[Line]:
    people, events = table("people"), table("events")
    rows = people[people["person"] == key]
    lines: list[Line] = []
    for _, row in rows.iterrows():
        lines += _facts("person", row, ())
    names = {key, *(alias for cell in rows["aliases"] for alias in list_columns.split(cell))}
    named = [any(name in text for name in names) for text in events["summary"]]
    return lines + _events("events", events[named])


def _source(key: str, table: Tables, parts: frozenset[str]) -> list[Line]:
    """Return what the document or reference is, and every row that cites it."""
    references, documents = table("references"), table("documents")
    lines: list[Line] = []
    for frame, column in ((documents, "document"), (references, "reference")):
        for _, row in frame[frame[column] == key].iterrows():
            lines += _facts("source", row, ())

    def citing(name: str) -> pd.DataFrame:
        frame = table(name)
        return frame[list_columns.contains_any(frame["sources"], frozenset({key}))]

    lines += _events("events", citing("events"))
    lines += _figures("figures", citing("casualties"), with_event=True)
    lines += _statements("control", citing("control"), "place")
    for name, item, text in (
        ("groups", "group", "summary"),
        ("people", "person", "role"),
        ("relations", "group", "summary"),
        ("strengths", "group", "what"),
    ):
        lines += [(name, None, row[item], row[text], None, row["sources"]) for _, row in citing(name).iterrows()]
    return lines
