"""The form of a canned query: its boxes with names to choose from, and what is wrong with what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mali_cli.errors import MaliError
from mali_cli.model import names, schema
from mali_cli.model.names import NameIndex, normalize_name
from mali_cli.site import functions
from mali_cli.site.canned_queries import CannedQuery

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset

DATE_HINT = "2012, 2012-06 or 2012-06-27"
DAY_HINT = "a day such as 2012-07-01"
MAX_NAMES = 2000  # in the list below a box; a browser is slow with more
OPTION = re.compile(r"--(\w+)|^(at_least)\b")


class Field(NamedTuple):
    """A box of a form: free text, a name of the tables, or one of a few words."""

    label: str
    hint: str = ""
    names: str = ""  # groups, places, regions, countries or sources
    vocabulary: tuple[str, str] | None = None  # the table and the column whose words are allowed
    words: tuple[str, ...] = ()  # those of them that the query takes; all if empty

    @property
    def choices(self) -> tuple[str, ...]:
        """The words to choose from; none for a box that takes text."""
        if self.words or self.vocabulary is None:
            return self.words
        table, column = self.vocabulary
        return schema.table(table).column(column).enum


FIELDS = {
    "place": Field("Place", "and everything within it", names="places"),
    "region": Field("Region", names="regions"),
    "group": Field("Group", "and everything that is part of it", names="groups"),
    "name": Field("Name", "any name or abbreviation", names="groups"),
    "against": Field("Against", "on the other side; needs a group", names="groups"),
    "country": Field("Nationality", "of the victims", names="countries"),
    "source": Field("Source", "a document, or a reference such as almanac#52", names="sources"),
    "from": Field("From", DATE_HINT),
    "to": Field("To", DATE_HINT),
    "on": Field("On", DATE_HINT),
    "at_least": Field("At least this many killed", "a number"),
    "harm": Field("What happened to them", vocabulary=("casualties", "harm")),
    "relation": Field("Relation", vocabulary=("relations", "relation")),
    "fate": Field("Fate", vocabulary=("people", "fate")),
}
OWN_FIELDS = {
    ("holders-on-a-day", "on"): Field("On", DAY_HINT),
    ("allies-and-enemies", "relation"): FIELDS["relation"]._replace(words=("ally-of", "fought")),
}


class Problem(NamedTuple):
    """Why a form cannot be answered: the box it is about, if one, and names that may have been meant."""

    parameter: str
    message: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.suggestions:
            return self.message
        return f"{self.message} Did you mean {names.join_or(list(self.suggestions))}?"


def field_of(query: CannedQuery, parameter: str) -> Field:
    """Return the box of a parameter."""
    return OWN_FIELDS.get((query.name, parameter)) or FIELDS[parameter]


def find_problem(query: CannedQuery, arguments: Mapping[str, str], dataset: Dataset) -> Problem | None:
    """Return what is wrong with the arguments of a query: an invalid date or number, or a name that nothing has."""
    try:
        functions.validate_arguments(query.sql, arguments)
    except MaliError as error:
        return _problem_of_error(query, str(error))
    for parameter in query.example_values:
        typed = arguments.get(parameter, "").strip()
        problem = _problem_of_name(parameter, typed, field_of(query, parameter), dataset) if typed else None
        if problem:
            return problem
    if arguments.get("against", "").strip() and not arguments.get("group", "").strip():
        return Problem("group", "Against needs a group: the two are on opposite sides.")
    return None


def _problem_of_error(query: CannedQuery, message: str) -> Problem:
    """Return an error about an option as one about the box with its name."""
    match = OPTION.search(message)
    parameter = (match[1] or match[2]) if match else ""

    def label(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return field_of(query, name).label if name in FIELDS else match[0]

    return Problem(parameter, OPTION.sub(label, message))


def _problem_of_name(parameter: str, typed: str, field: Field, dataset: Dataset) -> Problem | None:
    if field.choices:
        if normalize_name(typed) in map(normalize_name, field.choices):
            return None
        return Problem(parameter, f"{field.label} takes {names.join_or(list(field.choices))}, not {typed!r}.")
    if not field.names:
        return None
    try:
        dataset.resolver.canonical_names(field.names, typed)
    except MaliError:
        index: NameIndex = getattr(dataset.resolver, field.names)
        if index.candidates(typed):  # several have this name, and all are meant
            return None
        suggestions = tuple(index.suggestions(typed))
        return Problem(parameter, f"No {index.noun} is called {typed!r}.", suggestions)
    return None


def list_names(dataset: Dataset, kind: str) -> list[tuple[str, str]]:
    """Return the names of a kind for the list below a box, each with its long name or a blank."""
    index: NameIndex = getattr(dataset.resolver, kind)
    long_names: dict[str, Any] = {}
    if kind in ("groups", "sources"):
        table, key, name = ("groups", "group", "name") if kind == "groups" else ("documents", "document", "title")
        frame = dataset.table(table)
        long_names = dict(zip(frame[key], frame[name].fillna(""), strict=True))
    keys = sorted(index.keys, key=normalize_name)[:MAX_NAMES]
    return [(key, long_names.get(key, "") if long_names.get(key) != key else "") for key in keys]
