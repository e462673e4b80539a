"""Cards: the profile of an event, a group, a place, a person or a source, with links to what it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mali_cli.model.profile import Profile, ProfileLine

if TYPE_CHECKING:
    from markupsafe import Markup

    from mali_cli.dataset import Dataset

# The tables whose rows have a profile: its kind, and the column with its name.
PROFILES = {
    "events": ("event", "event_id"),
    "groups": ("group", "group"),
    "places": ("place", "place"),
    "people": ("person", "person"),
    "documents": ("source", "document"),
    "references": ("source", "reference"),
}
PROSE = ("note", "also")  # facts without names to link
KEYS = {"people": "person", "places": "place", "groups": "group"}  # of names in texts; a group comes before a place
FIRST_LINES = 10  # of a section; the others are folded
BETWEEN_NAMES = re.compile(r"(; |, | against | and | \()")
RowAddress = Callable[[str, str], str]  # of a table and a key


class CardLine(NamedTuple):
    """A line of a section."""

    date: str
    heading: Markup
    text: Markup
    doubt: str
    note: str
    according_to: str
    event: Markup
    sources: Markup


class CardSection(NamedTuple):
    """A section: its first lines, and the others."""

    title: str
    total: int
    first: list[CardLine]
    more: list[CardLine]


class Card(NamedTuple):
    """What the page of a row shows."""

    kind: str
    name: str
    summary: str
    facts: list[tuple[str, Markup]]
    sources: Markup
    sections: list[CardSection]


class Linker:
    """Links names in texts to their pages."""

    def __init__(self, dataset: Dataset, address: RowAddress) -> None:
        self.address = address
        self.tables = {str(key): table for table in KEYS for key in dataset.table(table)[KEYS[table]]}

    def link(self, table: str, key: str, text: str = "") -> Markup:
        """Return a link to a row."""
        from markupsafe import Markup

        return Markup('<a href="{}">{}</a>').format(self.address(table, key), text or key)

    def names(self, text: str) -> Markup:
        """Return a text in which each group, place and person is a link, if it stands alone between commas."""
        from markupsafe import Markup

        parts = BETWEEN_NAMES.split(text)
        return Markup("").join(self.link(self.tables[part], part) if part in self.tables else part for part in parts)

    def sources(self, text: str | None) -> Markup:
        """Return the keys of sources as links."""
        from markupsafe import Markup

        keys = [key.strip() for key in (text or "").split(";") if key.strip()]
        return Markup(", ").join(self.link("references" if "#" in key else "documents", key) for key in keys)


def card(profile: Profile, killed: str, linker: Linker) -> Card:
    """Return a profile as a card, with the number of people killed among the facts of an event."""
    sections = []
    for section in profile.sections:
        lines = [_line(line, linker, profile) for line in section.lines]
        cut = len(lines) if section.is_short else FIRST_LINES
        if lines:
            sections.append(CardSection(section.title, len(lines), lines[:cut], lines[cut:]))
    facts = [(label, _plain(text) if label in PROSE else linker.names(text)) for label, text in profile.facts]
    if killed:
        position = next((i for i, (label, _) in enumerate(facts) if label == "basis"), len(facts))
        facts.insert(position, ("killed", _plain(killed)))
    return Card(profile.kind, profile.name, profile.summary, facts, linker.sources(profile.sources), sections)


def _line(line: ProfileLine, linker: Linker, profile: Profile) -> CardLine:
    has_event = line.key and line.key != profile.name
    return CardLine(
        line.date or "",
        linker.names(line.heading),
        # The text of an event names it, so it is the link.
        linker.link("events", line.key, line.text) if has_event and not line.heading else linker.names(line.text),
        line.doubt,
        line.note,
        (line.according_to or "").replace(";", ", "),
        linker.link("events", line.key, "event") if has_event and line.heading else _plain(""),
        linker.sources(line.sources),
    )


def _plain(text: str) -> Markup:
    from markupsafe import escape

    return escape(text)
