"""The lines of a profile: figures, events, statements of control, posts, strengths and relations."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from mali_cli.model.date_text import fate_text, relation_text, span_text, when_text
from mali_cli.model.profile import ProfileLine, ProfileSection
from mali_cli.model.vocabulary import RELATION_DATES
from mali_cli.queries import list_columns
from mali_cli.queries.casualties import with_date_precision

Row = Mapping[Hashable, Any]

LIST_SEPARATOR = re.compile(r";(?=\S)")
HARM_WORDS = {"hostage": "taken hostage", "refugee": "refugees"}  # any other is the word itself
SCOPE_WORDS = {"event": "", "period": ", in the period", "total": ", in total", "wider": ", not in this war alone"}
STATUS_WORDS = {"current": "", "revised": ", later revised", "denied": ", denied"}
UNDOUBTED = ("reported", "confirmed")


def has_value(cell: Any) -> bool:
    """Return whether a cell is not blank."""
    return not pd.isna(cell)


def readable(cell: object) -> str:
    """Return a cell as text, the values of a list with commas between them; nothing for a blank."""
    return LIST_SEPARATOR.sub(", ", str(cell)) if has_value(cell) else ""


def records(frame: pd.DataFrame, *sort_columns: str) -> list[dict[Hashable, Any]]:
    """Return the rows as dictionaries, sorted by these columns with blanks first."""
    if sort_columns:
        frame = frame.sort_values(list(sort_columns), kind="stable", na_position="first")
    return frame.to_dict("records")


def doubt(basis: object) -> str:
    """Return the basis of a row if it puts the row in doubt."""
    return basis if isinstance(basis, str) and basis not in UNDOUBTED else ""


def figure_text(row: Row, harm: str = "") -> str:
    """Return the numbers of a figure, its wording, or both: "12+ killed (at least 12)"."""
    low, best, high = (int(row[c]) if has_value(row[c]) else None for c in ("low", "best", "high"))
    stated = [n for n in (low, best, high) if n is not None]
    wording = row["wording"] if has_value(row["wording"]) else ""
    if not stated:
        return f"{wording} ({harm})" if harm else str(wording)
    numbers = f"{stated[0]:,}" if stated[0] == stated[-1] else f"{stated[0]:,}-{stated[-1]:,}"
    if re.split(r"\W+", wording.replace(",", "").removesuffix(f" {harm}")) == [str(n) for n in dict.fromkeys(stated)]:
        wording = ""  # "30–35 killed" says no more than the numbers
    numbers += "+" if row["open"] else ""
    return " ".join(filter(None, (numbers, harm, wording and f"({wording})")))


def victims_text(row: Row) -> str:
    """Return whose losses a figure counts, as exactly as it says."""
    who = next((row[column] for column in ("group", "who", "country", "victims") if has_value(row[column])), "people")
    return readable(who)


def harm_words(row: Row) -> str:
    """Return the harm of a figure as a word that follows a number."""
    return HARM_WORDS.get(row["harm"], str(row["harm"]))


def figures_section(name: str, title: str, figures: pd.DataFrame, events: pd.DataFrame) -> ProfileSection:
    """Return the section of figures.

    On the page, figures of one tally share a line: "CMA: 9 killed according to CMA; 10 according to Mali".
    """
    rows: list[ProfileLine] = []
    tallies: dict[str, list[Row]] = {}
    figures = with_date_precision(figures, events).assign(is_other_harm=figures["harm"] != "killed")
    for row in records(figures, "date_start", "event_id", "is_other_harm", "tally", "rank"):
        tallies.setdefault(row["tally"], []).append(row)
        text = f"{victims_text(row)}: {figure_text(row, harm_words(row))}{STATUS_WORDS[row['status']]}"
        rows.append(ProfileLine(_figure_date(row), row["casualty_id"], text, row["according_to"], row["sources"]))
    lines = tuple(_tally_line(tally) for tally in tallies.values())
    return ProfileSection(name, title, tuple(rows), lines, newest_last=True)


def with_event_names(section: ProfileSection, figures: pd.DataFrame) -> ProfileSection:
    """Return the section of figures with the event, or else the tally, before the text of each row."""
    names = {row["casualty_id"]: readable(row["event_id"]) or row["tally"] for row in records(figures)}
    return section._replace(
        rows=tuple(line._replace(text=f"{names[str(line.item)]}: {line.text}") for line in section.rows)
    )


def _figure_date(row: Row) -> str:
    return when_text(row["date_start"], row["date_end"], readable(row["date_precision"]))


def _tally_line(rows: list[Row]) -> ProfileLine:
    tally = sorted(rows, key=lambda row: int(row["rank"]))
    first = tally[0]
    date = _figure_date(first)
    statements = [
        f"{figure_text(row, harm_words(row) if row is first else '')} according to {readable(row['according_to'])}"
        f"{STATUS_WORDS[row['status']]}{'' if _figure_date(row) == date else f' ({_figure_date(row)})'}"
        for row in tally
    ]
    sources = list_columns.join(name for row in tally for name in list_columns.split(row["sources"]))
    victims = victims_text(first)
    heading = f"{victims[0].upper()}{victims[1:]}{SCOPE_WORDS[first['scope']]}"
    return ProfileLine(
        date, None, f"{'; '.join(statements)}.", sources=sources, heading=heading, key=readable(first["event_id"])
    )


def events_section(events: pd.DataFrame, name: str = "events", title: str = "Events") -> ProfileSection:
    """Return the section of events, each with the larger event that it is part of."""
    lines = tuple(
        ProfileLine(
            when_text(row["date_start"], row["date_end"], row["date_precision"]),
            *(row["event_id"], _event_text(row, name), None, row["sources"]),
            key=row["event_id"],
            doubt=doubt(row["basis"]),
        )
        for row in records(events)
    )
    return ProfileSection(name, title, lines, lines, newest_last=True)


def _event_text(row: Row, section: str) -> str:
    """Return the summary of an event and, unless the section is that of its parts, the larger event it is part of."""
    is_part = section != "parts" and has_value(row["part_of"])
    return f"{row['summary']} Part of {row['part_of']}." if is_part else row["summary"]


def control_section(name: str, title: str, control: pd.DataFrame) -> ProfileSection:
    """Return the section of statements of control, each of which begins an interval."""
    lines: list[ProfileLine] = []
    for row in records(control, "date_start", "date_end"):
        is_doubtful = row["basis"] in ("claimed", "disputed")
        holder = readable(row["holder"])
        if holder and not is_doubtful:
            holder += f" ({row['basis']})"
        lines.append(
            ProfileLine(
                when_text(row["date_start"], row["date_end"], row["date_precision"]),
                row["place"],
                holder or "holder unknown",
                *(row["according_to"], row["sources"]),
                heading=row["place"],
                doubt=row["basis"] if is_doubtful else "",
                note=readable(row["note"]),
            )
        )
    return ProfileSection(name, title, tuple(lines), tuple(lines), newest_last=True)


def fate_line(row: Row) -> str:
    """Return what became of a person: "killed by 2013-02-28 (reported)"; nothing if it is not stated."""
    if not has_value(row["fate"]):
        return ""
    text = fate_text(*(readable(row[column]) for column in ("fate", "fate_date", "fate_precision")))
    return f"{text}{'' if has_value(row['fate_date']) else ', date not stated'} ({row['fate_basis']})"


def people_section(people: pd.DataFrame) -> ProfileSection:
    """Return the section of the people of a group and their posts."""
    lines = tuple(
        ProfileLine(
            span_text(row["date_start"], row["date_end"]) or None,
            row["person"],
            "; ".join(filter(None, (row["role"], fate_line(row)))),
            sources=row["sources"],
            heading=row["person"],
        )
        for row in records(people)
    )
    return ProfileSection("people", "People", lines, lines)


def strengths_section(strengths: pd.DataFrame) -> ProfileSection:
    """Return the section of numbers of troops, vehicles and aircraft."""
    lines = tuple(
        ProfileLine(
            row["as_of"],
            row["what"],
            f"{figure_text({**row, 'best': None})}, {row['status']}",  # strengths have no best
            *(row["according_to"], row["sources"]),
            heading=f"{row['group']}, {row['what']}",
        )
        for row in records(strengths, "as_of")
    )
    return ProfileSection("strengths", "Strengths", lines, lines, newest_last=True)


def relations_section(relations: pd.DataFrame) -> ProfileSection:
    """Return the section of relations with other groups."""
    in_order = relations.assign(first=relations["date_start"].fillna(relations["first_reported"]))
    lines = tuple(
        ProfileLine(
            relation_text(*(readable(row[column]) for column in RELATION_DATES)) or None,
            row["relation"],
            f"{row['group']} {row['relation'].replace('-', ' ')} {row['other']}: {row['summary']}",
            sources=row["sources"],
            doubt=doubt(row["basis"]),
        )
        for row in records(in_order, "first", "date_end")
    )
    return ProfileSection("relations", "Relations", lines, lines, newest_last=True)
