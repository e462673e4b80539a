"""NameCrosswalk: translate names in foreign files to ours, for groups, regions, countries and places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import product

from mali_cli.formats.concordance import Concordance
from mali_cli.formats.records import split_list
from mali_cli.model import schema
from mali_cli.model.administrative_areas import bare_area_name, other_area_names
from mali_cli.model.country_codes import ISO_CODES
from mali_cli.model.names import NameIndex, normalize_name
from mali_cli.storage import raw_tables

REGIME = re.compile(r"\s*\((?:19|20)\d\d-(?:(?:19|20)\d\d)?\)", re.ASCII)  # (2013-2020), (2021-)
PLACE_KIND = re.compile(r" (?:town|village|city)$", re.I)
BRACKET = re.compile(r" \([^)]*\)$")  # Russia (Soviet Union), Civilians (Niger)
AND_OR = " and/or "
# Some names are used all over the world and mean our groups only in the Sahel: acronyms of three letters (PLA is an
# army of rebels in India too), acronyms before a name that is not ours, and collective labels.
SAHEL = frozenset({"Mali", "Niger", "Burkina Faso"})
ACRONYM_LENGTH = 3


class NameCrosswalk:
    """The names of our tables and of the concordance for one format, and the groups that a file names.

    Without a format, the names of all formats are translated, to groups of our tables only. `matched_groups` holds the
    keys of known groups that occur in the file; `unknown_groups` holds, by key, the others with their spellings in the
    file. Both keep their order.
    """

    def __init__(self, format_name: str | None = None) -> None:
        self.format_name = format_name
        self.unknown_groups: dict[str, dict[str, None]] = {}
        self.matched_groups: dict[str, None] = {}
        self._keys: dict[tuple[str, str | None, str], str] = {}
        self._keys_of_cell: dict[tuple[str, str | None, str], list[str]] = {}
        self._countries: dict[str, str | None] = {}
        self._regions: dict[tuple[str, str], str | None] = {}

    @property
    def _our_groups(self) -> dict[str, dict[str, str]]:
        return _our_groups()

    @property
    def _concordance(self) -> Concordance:
        return _concordance(self.format_name)

    @cached_property
    def known_groups(self) -> dict[str, dict[str, str]]:
        """The rows of all groups that have a name in our tables or in the concordance, by key."""
        return {**(self._concordance.file_groups if self.format_name else {}), **self._our_groups}

    @property
    def _names(self) -> NameIndex:
        return _our_group_names()

    @cached_property
    def _civilians(self) -> frozenset[str]:
        return frozenset(key for key, row in self._our_groups.items() if row["kind"] == "civilian")

    @cached_property
    def _our_regions(self) -> dict[str, str]:
        """Our regions by each of their normalised names."""
        return _areas_by_name("region")

    @cached_property
    def _our_admin2(self) -> dict[str, str]:
        """Our second-level areas by each of their normalised names."""
        return _areas_by_name("admin2")

    def era(self, day: str) -> str:
        """Return the first day of the period in which every name means the same as on this day; the first is blank."""
        return self._concordance.era(day)

    def group_key(self, name: str, country: str | None, day: str) -> str:
        """Return the key of the group that a file names in a country on a day; an unknown group gets its own."""
        key = self._keys.get((name, country, day))
        if key is None:
            text = " ".join(name.replace(";", ",").split())
            key = self.known_group(text, country, day)
            if key:
                self.matched_groups[key] = None
            else:
                key = REGIME.sub("", text).strip() or text
                self.unknown_groups.setdefault(key, {})[text] = None
            self._keys[name, country, day] = key
        return key

    def group_keys(self, cell: str, country: str | None, day: str, separator: str) -> list[str]:
        """Return the keys of the groups in a cell that joins several names."""
        keys = self._keys_of_cell.get((cell, country, day))
        if keys is None:
            keys = [self.group_key(name, country, day) for name in split_list(cell, separator)]
            self._keys_of_cell[cell, country, day] = keys
        return keys

    def groups_called(self, name: str) -> list[str]:
        """Return the keys of the known groups that a name means in any country on any day."""
        contexts = list(product((None, *sorted(SAHEL)), self._concordance.eras))
        for spelling in (name, f"{name} (Mali)"):
            keys = {self.known_group(spelling, country, day) for country, day in contexts}
            if known := self.known_groups.keys() & keys:
                return sorted(known)
        return []

    def known_group(self, name: str, country: str | None, day: str) -> str | None:
        """Return the group of our tables or of the concordance that a name means."""
        # A period marks a regime, not another army; what follows it may be another body (Gendarmerie).
        bare = REGIME.sub("", name)
        for spelling in (name, bare):
            if key := self._group_called(spelling, country, day):
                return key
        if AND_OR in bare:
            return self._concordance.joint_group(self.known_group(part, country, day) for part in bare.split(AND_OR))
        acronym, colon, full_name = bare.partition(": ")
        if colon:
            parts = [full_name, BRACKET.sub("", full_name), *([acronym] if country in SAHEL else ())]
            keys = {self._group_called(part, country, day) for part in parts} - {None}
            return keys.pop() if len(keys) == 1 else None
        key = self._group_called(BRACKET.sub("", bare), country, day)
        return key if key and key in self._civilians else None

    def _group_called(self, name: str, country: str | None, day: str) -> str | None:
        """Return the group that has exactly this name."""
        if key := self._concordance.group(name, country, day):
            return key
        candidates = self._names.candidates(name)
        if len(candidates) == 1 and (country in SAHEL or not self._is_worldwide(name, candidates[0])):
            return candidates[0]
        return None

    def _is_worldwide(self, name: str, key: str) -> bool:
        """Return whether a name outside the Sahel may mean another group."""
        return len(name) <= ACRONYM_LENGTH or self._our_groups[key]["kind"] == "collective"

    def country_name(self, name: str) -> str | None:
        """Return our name of a country, the file's own if we have none; None for a blank."""
        if name not in self._countries:
            text = name.strip()
            ours = _our_countries()
            key = ours.get(_without_apostrophes(text)) or ours.get(_without_apostrophes(BRACKET.sub("", text)), text)
            self._countries[name] = key or None
        return self._countries[name]

    def region_name(self, name: str, code: str = "") -> str | None:
        """Return ours for a region's name, or else for its P-code; the file's own if we have none; None for a blank."""
        if (name, code) not in self._regions:
            self._regions[name, code] = _area_name(self._our_regions, name, code)
        return self._regions[name, code]

    def admin2_name(self, name: str, code: str = "") -> str | None:
        """Return our name of a second-level area, as of a region."""
        return _area_name(self._our_admin2, name, code)

    def group_spellings(self, keys: Iterable[str]) -> set[str]:
        """Return names for these groups such that every name that a file may use for one contains one of them."""
        spellings = set(keys)
        for row in filter(None, map(self.known_groups.get, set(spellings))):
            spellings |= {row["name"], *split_list(row["aliases"]), *self._concordance.names(row["group"])}
        return spellings

    def with_subgroups(self, keys: Iterable[str]) -> set[str]:
        """Return the groups, all that are part of them at any depth, and the joint groups that belong to these."""
        keys = set(keys)
        parents = [(group, row["part_of"]) for group, row in self.known_groups.items()]
        while added := {group for group, parent in parents if parent in keys} - keys:
            keys |= added
        return keys | self.joint_groups(keys)

    def joint_groups(self, keys: Iterable[str]) -> frozenset[str]:
        """Return the groups that belong to one of these and to another, such as "JNIM and/or Islamic State"."""
        if not self.format_name:
            return frozenset()
        groups = self._concordance.joint_groups
        return frozenset(key for key, parts in groups.items() if not parts.isdisjoint(keys))

    def place_spellings(self, names: list[str]) -> set[str]:
        """Return every normalised name of our places with these names and of the places within them."""
        rows = our_rows("places")
        keys = {row["place"] for name in names for row in _our_places().get(normalize_name(name), ())}
        while added := {row["place"] for row in rows if row["within"] in keys} - keys:
            keys |= added
        places = [row for row in rows if row["place"] in keys]
        return {normalize_name(name) for row in places for name in (row["place"], *split_list(row["aliases"]))}

    def place_aliases(self, location: str, country: str | None) -> list[str]:
        """Return the names of our places that go by this name in the country."""
        rows = _our_places().get(normalize_name(location), []) or _our_places().get(
            normalize_name(PLACE_KIND.sub("", location)), []
        )
        in_country = [row for row in rows if row["country"] == country]
        return [name for row in in_country for name in (row["place"], *split_list(row["aliases"]))]


@cache
def _our_groups() -> dict[str, dict[str, str]]:
    return {row["group"]: row for row in our_rows("groups")}


@cache
def _our_group_names() -> NameIndex:
    names = {key: [*split_list(row["name"]), *split_list(row["aliases"])] for key, row in _our_groups().items()}
    return NameIndex("group", "", names)


@cache
def _our_places() -> dict[str, list[dict[str, str]]]:
    """Return our places by each of their normalised names."""
    places: dict[str, list[dict[str, str]]] = {}
    for row in our_rows("places"):
        for name in set(map(normalize_name, (row["place"], *split_list(row["aliases"])))):
            places.setdefault(name, []).append(row)
    return places


@cache
def _our_countries() -> dict[str, str]:
    """Return our countries by their codes and by each of their names without apostrophes, which some files lose."""
    countries = {normalize_name(code): country for country, codes in ISO_CODES.items() for code in codes}
    for row in our_rows("groups"):
        if row["kind"] == "state":
            spellings = (row["name"], *split_list(row["aliases"]), row["group"])
            countries |= {_without_apostrophes(name): row["group"] for name in spellings}
    return countries


@cache
def _concordance(format_name: str | None) -> Concordance:
    return Concordance(format_name, _our_groups())


@cache
def our_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of our own tables as text."""
    return list(raw_tables.read_raw_table(schema.data_folder(), name).dicts())


@cache
def _areas_by_name(column: str) -> dict[str, str]:
    """Return our regions or second-level areas by each of their normalised names; a name of its own comes first."""
    rows = [row for row in our_rows("places") if row[column]]
    names = {
        normalize_name(name): row[column]
        for row in rows
        for name in other_area_names(row[column], (row["place"], *split_list(row["aliases"])))
    }
    return names | {normalize_name(row[column]): row[column] for row in rows}


def _area_name(ours: dict[str, str], name: str, code: str) -> str | None:
    text = name.strip()
    found = ours.get(normalize_name(bare_area_name(text)))
    return found or (ours.get(normalize_name(code)) if code else None) or text or None


def _without_apostrophes(name: str) -> str:
    return normalize_name(name).replace("'", "")
