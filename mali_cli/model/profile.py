"""The profile of one event, group, place, person or source: facts, and sections of lines. Output lays it out."""

from __future__ import annotations

from typing import NamedTuple

# The sections of each kind of profile, as the column `section` and --section name them; the first holds the facts.
SECTIONS = {
    "event": ("event", "parts", "figures", "control"),
    "group": ("group", "people", "strengths", "relations", "events", "losses"),
    "place": ("place", "holders", "events", "figures"),
    "person": ("person", "events"),
    "source": ("source", "events", "figures", "control", "groups", "people", "relations", "strengths"),
}


class ProfileLine(NamedTuple):
    """A line of a section. The first five fields are columns of 'page'; the others are for reading."""

    date: str | None
    item: str | None
    text: str
    according_to: str | None = None
    sources: str | None = None
    heading: str = ""  # what the text is about, such as the person or the place
    key: str = ""  # the event that `mali show` takes
    doubt: str = ""  # disputed, claimed, denied ...; empty for what is reported without doubt
    note: str = ""


class ProfileSection(NamedTuple):
    """A section; `rows` are those of CSV and the library, `lines` those of the page, with one line a tally."""

    name: str  # value of the column `section` and of --section
    title: str
    rows: tuple[ProfileLine, ...]
    lines: tuple[ProfileLine, ...]
    newest_last: bool = False  # in the order of their dates
    is_short: bool = False  # never cut to a few lines


class Profile(NamedTuple):
    """Everything about one thing. `facts` are pairs of a label and a text; the first section holds them as rows."""

    kind: str  # event, group, place, person or source
    name: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    sources: str
    sections: tuple[ProfileSection, ...]
