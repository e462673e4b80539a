"""NameCrosswalk: translate names in foreign files to ours, for groups, regions, countries and places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from mali_cli.formats.records import split_list
from mali_cli.model import schema
from mali_cli.model.names import NameIndex, normalize_name
from mali_cli.storage import raw_tables

REGIME = re.compile(r"\s*\((?:19|20)\d\d-(?:(?:19|20)\d\d)?\)", re.ASCII)  # (2013-2020), (2021-)
PLACE_KIND = re.compile(r" (?:town|village|city)$", re.I)
REGION = re.compile(r" region$", re.I)
FORMER_NAME = re.compile(r" \([^)]*\)$")  # Russia (Soviet Union), Cambodia (Kampuchea)
# Some names are used all over the world and mean our groups only in the Sahel: UCDP's one Islamic State and government
# of Russia, acronyms of three letters (PLA is an army of rebels in India too), and collective labels.
SAHEL = frozenset({"Mali", "Niger", "Burkina Faso"})
WORLDWIDE = frozenset({"is", "government of russia (soviet union)"})
ACRONYM_LENGTH = 3


class NameCrosswalk:
    """The names of our tables, and the groups that a file names.

    `matched_groups` holds the keys of our groups that occur in the file; `unknown_groups` holds, by key, the groups
    that are not in our tables with their spellings in the file. Both keep their order.
    """

    def __init__(self) -> None:
        self.unknown_groups: dict[str, dict[str, None]] = {}
        self.matched_groups: dict[str, None] = {}
        self._keys: dict[tuple[str, bool], str] = {}
        self._keys_of_cell: dict[tuple[str, bool], list[str]] = {}
        self._countries: dict[str, str | None] = {}
        self._regions: dict[str, str | None] = {}

    @cached_property
    def groups(self) -> NameIndex:
        rows = {row["group"]: [*split_list(row["name"]), *split_list(row["aliases"])] for row in _rows("groups")}
        return NameIndex("group", "", rows)

    @cached_property
    def _places(self) -> dict[str, list[dict[str, str]]]:
        """Our places by each of their normalised names."""
        places: dict[str, list[dict[str, str]]] = {}
        for row in _rows("places"):
            for name in set(map(normalize_name, (row["place"], *split_list(row["aliases"])))):
                places.setdefault(name, []).append(row)
        return places

    @cached_property
    def _our_countries(self) -> dict[str, str]:
        """Our countries by each of their names without apostrophes, which some files lose."""
        countries: dict[str, str] = {}
        for row in _rows("groups"):
            if row["kind"] == "state":
                spellings = (row["name"], *split_list(row["aliases"]), row["group"])
                countries |= {_without_apostrophes(name): row["group"] for name in spellings}
        return countries

    @cached_property
    def _our_regions(self) -> dict[str, str]:
        """Our regions by each of their normalised names."""
        regions: dict[str, str] = {}
        for row in _rows("places"):
            if row["region"]:
                regions.setdefault(normalize_name(row["region"]), row["region"])
            if row["kind"] == "region" and row["region"]:
                aliases = split_list(row["aliases"])
                regions |= {normalize_name(REGION.sub("", name)): row["region"] for name in aliases}
        return regions

    @cached_property
    def _collective_actors(self) -> frozenset[str]:
        return frozenset(row["group"] for row in _rows("groups") if row["kind"] == "collective")

    def group_key(self, name: str, country: str | None) -> str:
        """Return the key of the group that a file names in a country; a group not in our tables gets its own."""
        in_sahel = country in SAHEL
        key = self._keys.get((name, in_sahel))
        if key is None:
            key = self._keys[name, in_sahel] = self._match_group(" ".join(name.replace(";", ",").split()), in_sahel)
        return key

    def _match_group(self, name: str, in_sahel: bool) -> str:
        # A period marks a regime, not another army; what follows it may be another body (Gendarmerie).
        for spelling in (name, REGIME.sub("", name)):
            candidates = self.groups.candidates(spelling)
            if len(candidates) == 1 and (in_sahel or not self._is_worldwide(spelling, candidates[0])):
                self.matched_groups[candidates[0]] = None
                return candidates[0]
        key = REGIME.sub("", name).strip() or name
        self.unknown_groups.setdefault(key, {})[name] = None
        return key

    def _is_worldwide(self, name: str, key: str) -> bool:
        """Return whether a name outside the Sahel may mean another group."""
        if normalize_name(name) in WORLDWIDE or len(name) <= ACRONYM_LENGTH:
            return True
        return key in self._collective_actors and "(Mali)" not in name

    def group_keys(self, cell: str, country: str | None, separator: str) -> list[str]:
        """Return the keys of the groups in a cell that joins several names."""
        in_sahel = country in SAHEL
        keys = self._keys_of_cell.get((cell, in_sahel))
        if keys is None:
            keys = [self.group_key(name, country) for name in split_list(cell, separator)]
            self._keys_of_cell[cell, in_sahel] = keys
        return keys

    def country_name(self, name: str) -> str | None:
        """Return our name of a country, the file's own if we have none; None for a blank."""
        if name not in self._countries:
            text = name.strip()
            ours = self._our_countries
            key = ours.get(_without_apostrophes(text)) or ours.get(
                _without_apostrophes(FORMER_NAME.sub("", text)), text
            )
            self._countries[name] = key or None
        return self._countries[name]

    def region_name(self, name: str) -> str | None:
        """Return our name of a region, the file's own if we have none; None for a blank."""
        if name not in self._regions:
            text = name.strip()
            self._regions[name] = self._our_regions.get(normalize_name(REGION.sub("", text)), text) or None
        return self._regions[name]

    def group_spellings(self, keys: Iterable[str]) -> set[str]:
        """Return every name that a file may use for these groups, in our tables or not."""
        ours = {row["group"]: row for row in _rows("groups")}
        spellings = set(keys)
        for row in filter(None, map(ours.get, set(spellings))):
            spellings |= {row["name"], *split_list(row["aliases"])}
        return spellings

    def with_subgroups(self, keys: set[str]) -> set[str]:
        """Return the groups and all that are part of them, at any depth."""
        parents = [(row["group"], row["part_of"]) for row in _rows("groups")]
        while added := {group for group, parent in parents if parent in keys} - keys:
            keys = keys | added
        return keys

    def place_spellings(self, names: list[str]) -> set[str]:
        """Return every normalised name of our places with these names and of the places within them."""
        rows = _rows("places")
        keys = {row["place"] for name in names for row in self._places.get(normalize_name(name), ())}
        while added := {row["place"] for row in rows if row["within"] in keys} - keys:
            keys |= added
        places = [row for row in rows if row["place"] in keys]
        return {normalize_name(name) for row in places for name in (row["place"], *split_list(row["aliases"]))}

    def place_aliases(self, location: str, country: str | None) -> list[str]:
        """Return the names of our places that go by this name in the country."""
        rows = self._places.get(normalize_name(location), []) or self._places.get(
            normalize_name(PLACE_KIND.sub("", location)), []
        )
        in_country = [row for row in rows if row["country"] == country]
        return [name for row in in_country for name in (row["place"], *split_list(row["aliases"]))]


def _rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of our own tables as text."""
    return list(raw_tables.read_raw_table(schema.data_folder(), name).dicts())


def _without_apostrophes(name: str) -> str:
    return normalize_name(name).replace("'", "")
