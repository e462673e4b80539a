"""Option: how one filter is typed, completed, resolved and described; plain data, read by the layers above."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from mali_cli.model import names, schema
from mali_cli.model.names import MAX_LISTED_CHOICES


class Date(NamedTuple):
    """A year, month or day: 2012, 2012-06 or 2012-06-27."""


class PlaceDistance(NamedTuple):
    """A place and a distance in kilometres: Gao:50."""


class WholeNumber(NamedTuple):
    """A whole number of at least `minimum`."""

    minimum: int = 0


class AgeLimit(NamedTuple):
    """A length of time: 2y, 18m or 90d."""


class Words(NamedTuple):
    """Free text to search for."""


class Interaction(NamedTuple):
    """Kinds of actors of two sides, as text or as their code; see `model.interactions`."""


class Flag(NamedTuple):
    """True or False."""


class Choice(NamedTuple):
    """One of a few words, or several of them."""

    choices: tuple[str, ...]
    repeatable: bool = False


class Names(NamedTuple):
    """Names of one kind: groups, places, regions, admin2, countries, sources or claimants.

    `descendants` adds what is part of the named groups, or lies within the named places.
    """

    kind: str
    descendants: bool = False


class EnumOf:
    """Declared values of columns, each given as "table.column"."""

    def __init__(self, *columns: str) -> None:
        self.columns = [(table, column) for table, _, column in (name.partition(".") for name in columns)]

    @property
    def noun(self) -> str:
        """The word for one of the values in messages."""
        return self.columns[0][1].replace("_", " ")

    @property
    def values(self) -> list[str]:
        """All values of the columns, in the order of their declaration, without those that join several by `;`."""
        declared = (value for table, column in self.columns for value in schema.table(table).column(column).enum)
        return [value for value in declared if ";" not in value]

    @property
    def listing(self) -> str:
        """What messages say is allowed; blank if they are to list all values."""
        if len(self.columns) == 1:
            return f"`mali columns {self.columns[0][1]}` lists all." if len(self.values) > MAX_LISTED_CHOICES else ""
        (table, column), *others = self.columns
        allowed = ", ".join(schema.table(table).column(column).enum)
        finer = " and ".join(f"{schema.table(table).column(name).title}s" for table, name in others)
        return f"Allowed: {allowed}; and {finer}, which `mali columns {others[0][1]}` lists."

    def match(self, typed: str) -> str:
        """Return the value that was typed; MaliError if there is none."""
        return names.match_choice(typed, self.values, self.noun, self.listing)


class Option(NamedTuple):
    """The declaration of one filter.

    `field` is the field of Filters that holds the resolved value. It is blank where the resolver combines several
    filters explicitly (the dates of a period, an actor and its members).
    `title` describes the filter in the title of a chart; {} is the value. A title that begins with a space continues
    the description of the filter before it.
    """

    flag: str
    help: str
    value: Date | PlaceDistance | WholeNumber | AgeLimit | Words | Interaction | Flag | Choice | Names | EnumOf
    field: str = ""
    title: str = ""
    short_flag: str = ""
    alias: str = ""  # another long flag of the same option

    @property
    def repeatable(self) -> bool:
        """Whether several values may be given; a row matches if it matches any of them."""
        if isinstance(self.value, Choice):
            return self.value.repeatable
        return isinstance(self.value, Names | EnumOf | Words | Interaction)


@cache
def declared_options(filters: type) -> Mapping[str, Option]:
    """Return the options that a TypedDict of filters declares, by the name of the filter."""
    return {name: annotation.__metadata__[0] for name, annotation in filters.__annotations__.items()}
