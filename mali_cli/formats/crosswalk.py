"""The names that foreign files use -> ours: groups, regions, countries and places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from mali_cli.formats.records import plain
from mali_cli.model import schema
from mali_cli.model.names import NameIndex, normalize_name
from mali_cli.storage import raw_tables

REGIME = re.compile(r"\s*\((?:19|20)\d\d-(?:(?:19|20)\d\d)?\)", re.ASCII)  # (2013-2020), (2021-)
KIND_OF_PLACE = re.compile(r" (?:town|village|city)$", re.I)
REGION = re.compile(r" region$", re.I)
# Only there are the names meant that are used all over the world: UCDP's one Islamic State and government of Russia,
# acronyms of three letters (PLA is an army of rebels in India too), and words for a crowd.
SAHEL = frozenset({"Mali", "Niger", "Burkina Faso"})
WORLDWIDE = frozenset({"is", "government of russia (soviet union)"})
ACRONYM_LENGTH = 3
FORMER_NAME = re.compile(r" \([^)]*\)$")  # Russia (Soviet Union), Cambodia (Kampuchea)


class NameCrosswalk:
    """Our tables' names, and what was met in a file beyond them.

    `unknown` gathers the groups of which our tables know nothing, with the spellings in the file.
    """

    def __init__(self) -> None:
        self.unknown: dict[str, dict[str, None]] = {}
        self.met: dict[str, None] = {}
        self._actors: dict[tuple[str, bool], str] = {}
        self._cells: dict[tuple[str, bool], list[str]] = {}
        self._countries: dict[str, str | None] = {}
        self._regions: dict[str, str | None] = {}

    @cached_property
    def groups(self) -> NameIndex:
        return _names("group", "groups", "group", "name", "aliases")

    @cached_property
    def places(self) -> dict[str, list[dict[str, str]]]:
        """Our places by each folded name."""
        known: dict[str, list[dict[str, str]]] = {}
        for row in raw_tables.read_raw_table(schema.data_folder(), "places").dicts():
            for name in {normalize_name(name) for name in (row["place"], *_split(row["aliases"]))}:
                known.setdefault(name, []).append(row)
        return known

    @cached_property
    def _our_countries(self) -> dict[str, str]:
        """Countries by each folded name, apostrophes aside, which some files lose."""
        known: dict[str, str] = {}
        for row in raw_tables.read_raw_table(schema.data_folder(), "groups").dicts():
            if row["kind"] == "state":
                known |= {_bare(name): row["group"] for name in (row["name"], *_split(row["aliases"]), row["group"])}
        return known

    @cached_property
    def _our_regions(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for row in raw_tables.read_raw_table(schema.data_folder(), "places").dicts():
            if row["region"]:
                known.setdefault(normalize_name(row["region"]), row["region"])
            if row["kind"] == "region" and row["region"]:
                known |= {normalize_name(REGION.sub("", name)): row["region"] for name in _split(row["aliases"])}
        return known

    def actor(self, name: str, country: str | None) -> str:
        """The key of a group by the name in a file; one of which we know nothing is a group of its own."""
        here = country in SAHEL
        found = self._actors.get((name, here))
        if found is None:
            found = self._actors[name, here] = self._actor(" ".join(name.replace(";", ",").split()), here)
        return found

    def _actor(self, name: str, in_sahel: bool) -> str:
        # A period marks a regime, not another army; what follows it may be another body (Gendarmerie).
        for spelling in (name, REGIME.sub("", name)):
            meant = self.groups.candidates(spelling)
            if len(meant) == 1 and (in_sahel or not self._worldwide(spelling, meant[0])):
                self.met[meant[0]] = None
                return meant[0]
        key = REGIME.sub("", name).strip() or name
        self.unknown.setdefault(key, {})[name] = None
        return key

    def _worldwide(self, name: str, key: str) -> bool:
        """Whether a name outside the Sahel may well be that of others."""
        if normalize_name(name) in WORLDWIDE or len(name) <= ACRONYM_LENGTH:
            return True
        return key in self._collective_actors and "(Mali)" not in name

    @cached_property
    def _collective_actors(self) -> frozenset[str]:
        rows = raw_tables.read_raw_table(schema.data_folder(), "groups").dicts()
        return frozenset(row["group"] for row in rows if row["kind"] == "collective")

    def actors(self, cell: str, country: str | None, separator: str) -> list[str]:
        """The groups in a cell that joins several names."""
        here = country in SAHEL
        found = self._cells.get((cell, here))
        if found is None:
            found = [self.actor(name, country) for name in cell.split(separator) if plain(name)]
            self._cells[cell, here] = found
        return found

    def country(self, name: str) -> str | None:
        """Our name of a country, the file's own where we have none; None for a blank."""
        if name not in self._countries:
            text = plain(name)
            ours = self._our_countries
            self._countries[name] = ours.get(_bare(text)) or ours.get(_bare(FORMER_NAME.sub("", text)), text) or None
        return self._countries[name]

    def region(self, name: str) -> str | None:
        if name not in self._regions:
            text = plain(name)
            self._regions[name] = self._our_regions.get(normalize_name(REGION.sub("", text)), text) or None
        return self._regions[name]

    def spellings(self, keys: Iterable[str]) -> set[str]:
        """Every name by which a file may call one of these, groups of ours or not."""
        ours = {row["group"]: row for row in raw_tables.read_raw_table(schema.data_folder(), "groups").dicts()}
        return {
            name
            for key in keys
            for name in (key, *((ours[key]["name"], *_split(ours[key]["aliases"])) if key in ours else ()))
        }

    def with_parts(self, keys: set[str]) -> set[str]:
        """The groups and all that is part of them, at any depth."""
        rows = [
            (row["group"], row["part_of"]) for row in raw_tables.read_raw_table(schema.data_folder(), "groups").dicts()
        ]
        while more := {group for group, above in rows if above in keys} - keys:
            keys = keys | more
        return keys

    def spellings_of_places(self, typed: list[str]) -> set[str]:
        """Every folded name of our places of these names and of what lies within them."""
        rows = list(raw_tables.read_raw_table(schema.data_folder(), "places").dicts())
        keys = {row["place"] for text in typed for row in self.places.get(normalize_name(text), ())}
        while more := {row["place"] for row in rows if row["within"] in keys} - keys:
            keys |= more
        return {
            normalize_name(n) for row in rows if row["place"] in keys for n in (row["place"], *_split(row["aliases"]))
        }

    def place_names(self, location: str, country: str | None) -> list[str]:
        """What our table knows a place of that name as, so that any spelling finds it."""
        rows = self.places.get(normalize_name(location), []) or self.places.get(
            normalize_name(KIND_OF_PLACE.sub("", location)), []
        )
        return [name for row in rows if row["country"] == country for name in (row["place"], *_split(row["aliases"]))]


def _names(noun: str, table: str, key: str, *columns: str) -> NameIndex:
    rows = raw_tables.read_raw_table(schema.data_folder(), table).dicts()
    return NameIndex(noun, "", {row[key]: [n for column in columns for n in _split(row[column])] for row in rows})


def _split(cell: str) -> Iterable[str]:
    return cell.split(";") if cell else ()


def _bare(name: str) -> str:
    return normalize_name(name).replace("'", "")
