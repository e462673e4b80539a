"""The Global Terrorism Database (GTD): attacks by groups that are not states."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import ClassVar

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.dates import FIRST_YEAR, LAST_YEAR, month_bounds
from mali_cli.formats.gtd_codes import ALL_COLUMNS, CIVILIAN_TARGETS, PLACE_PRECISION, STATE_TARGETS, event_types
from mali_cli.formats.records import (
    CasualtyEstimate,
    EventRecord,
    Point,
    RecordError,
    join_notes,
    parse_coordinates,
    precision_without_location,
    strip_float_suffix,
)

UNKNOWN_NAMES = frozenset({"", "unknown", "international", "multinational"})
UNKNOWN_NUMBERS = frozenset({"", "-9", "-99"})
NUMBER = re.compile(r"\d{1,7}(?:\.\d+)?", re.ASCII)
ROUNDED_ID = re.compile(r"[\d.]+E\+\d+", re.I)
BRACKETED = re.compile(r"(.+) \(([^()]+)\)")  # Al-Qaida in the Islamic Maghreb (AQIM), Ansar al-Dine (Mali)

# For each group that may have attacked: its name, whether it claimed the attack, and whether it is only suspected
ATTACKERS = (
    ("gname", "claimed", "guncertain1"),
    ("gname2", "claim2", "guncertain2"),
    ("gname3", "claim3", "guncertain3"),
)
# For each harm: the number of people, and the number of attackers among them
NUMBERS = (("killed", "nkill", "nkillter"), ("wounded", "nwound", "nwoundte"), ("hostage", "nhostkid", ""))
SOURCES = ("scite1", "scite2", "scite3")


class Gtd(FormatAdapter):
    """A file of the Global Terrorism Database."""

    name = "GTD"
    claimant, claimant_kind = "GTD", "expert"
    required = frozenset({"iyear"})
    required_one_of = (("attacktype1_txt", "gname", "targtype1_txt"), ("country_txt", "provstate", "city", "latitude"))
    taken_without: ClassVar = {
        "imonth": "the date of an event is its year",
        "iday": "the date of an event is its month or year",
        "specificity": "how closely places are known is not stated",
        "attacktype1_txt": "no event has a type",
        "gname": "no event names who attacked",
        "nkill": "no number of killed is given",
    }
    location_columns = ("country_txt", "provstate", "city", "latitude", "longitude")
    used_columns = frozenset(
        {*location_columns, *SOURCES, *(column for columns in ATTACKERS for column in columns)}
        | {column for _, *columns in NUMBERS for column in columns if column}
        | {"eventid", "iyear", "imonth", "iday", "approxdate", "specificity", "vicinity", "summary", "doubtterr"}
        | {"attacktype1_txt", "suicide", "targtype1_txt", "natlty1_txt", "corp1", "target1", "dbsource"}
    )
    all_columns = ALL_COLUMNS
    key = "eventid"
    date_columns = ("iyear",)
    actor_columns = tuple(name for name, _, _ in ATTACKERS)
    derives_actors = True
    separator = ";"
    source_columns = (*SOURCES, "dbsource")

    @property
    def version(self) -> str:
        return "some of its columns" if self.lacks_columns(ALL_COLUMNS) else "all 135 columns"

    def setup(self) -> None:
        self._acled_names = NameCrosswalk("ACLED")
        self._group = cache(self._parse_group)
        self._target = cache(self._parse_target)
        self._has_fractions = False

    def parse_record(self, record: list[str]) -> EventRecord:
        cell = self.cell_getter(record)
        key = strip_float_suffix(cell("eventid"))
        if not key:
            raise RecordError("eventid", "", "is blank; an event needs its id")
        if ROUNDED_ID.fullmatch(key):
            raise RecordError("eventid", key, "was rounded by a spreadsheet, so that several events have this id")
        first, last, date_precision = _dates(*map(cell, ("iyear", "imonth", "iday")))
        point = self.point(record)
        country, era = point.country if point else None, self.crosswalk.era(first)
        attackers = [
            (self._group(name, country, era), _is_yes(cell(claim)), _is_yes(cell(doubt)))
            for column, claim, doubt in ATTACKERS
            if (name := cell(column).strip()).lower() not in UNKNOWN_NAMES
        ]
        side_a = tuple(dict.fromkeys(group for group, _, _ in attackers))
        suspected = [group for group, _, doubt in attackers if doubt]
        attack, target = cell("attacktype1_txt").strip(), cell("targtype1_txt").strip()
        event_type, sub_event_type = event_types(attack, target, _is_yes(cell("suicide")))
        return EventRecord(
            key=key,
            date_start=first,
            date_end=last,
            date_precision=date_precision,
            event_type=event_type,
            sub_event_type=sub_event_type,
            point=point,
            place_precision=_place_precision(cell("specificity"), cell("vicinity"), point),
            side_a=side_a,
            side_b=self._target(target, cell("natlty1_txt").strip(), cell("corp1").strip(), country, era),
            summary=cell("summary").strip() or _summary(attack, cell("target1").strip() or target, point),
            note=_note(target, cell("approxdate").strip(), suspected, _is_yes(cell("doubtterr"))),
            sources=_sources([*map(cell, SOURCES)]) or _sources([cell("dbsource")]),
            figures=list(self._figures(cell, side_a)),
            basis="suspected" if suspected and len(suspected) == len(attackers) else "reported",
            responsibility=tuple(dict.fromkeys(group for group, claimed, _ in attackers if claimed)),
        )

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        cell = self.cell_getter(record)
        for _, column, attackers in NUMBERS:
            total, part = (_number(name, cell(name)) if name else None for name in (column, attackers))
            if total is not None and part is not None and part > total:
                yield attackers, cell(attackers), f"this is more than {column}, {cell(column)}."

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        country, region, city, latitude, longitude = cells
        names = [name.strip() for name in (city, region, country)]
        known = [name for name in names if name.lower() not in UNKNOWN_NAMES]
        if not known:
            return None
        return Point(
            self.crosswalk.country_name(country),
            names[1] if names[1] in known else "",
            known[0],
            *parse_coordinates(latitude, longitude),
        )

    def country_cell(self, record: list[str]) -> str:
        return self.cell_getter(record)("country_txt")

    def era(self, record: list[str]) -> str:
        cell = self.cell_getter(record)
        try:
            return self.crosswalk.era(_dates(*map(cell, ("iyear", "imonth", "iday")))[0])
        except RecordError:
            return self.crosswalk.era("")

    def _parse_group(self, name: str, country: str | None, era: str) -> str:
        """Return the key of a group that the file calls by its name and, in brackets, by its acronym or country."""
        spellings = [name]
        if match := BRACKETED.fullmatch(name):
            bare, bracket = match.groups()
            spellings.append(f"{bracket}: {bare}" if bracket.isupper() else bare)
        known = (spelling for spelling in spellings if self.crosswalk.known_group(spelling, country, era))
        return self.crosswalk.group_key(next(known, name), country, era)

    def _parse_target(self, target: str, nationality: str, corp: str, country: str | None, era: str) -> tuple[str, ...]:
        """Return the groups that were attacked: civilians, a group of ours, or the forces of a country."""
        if target.lower() in CIVILIAN_TARGETS:
            return (self.crosswalk.group_key("Civilians", country, era),)
        if corp and (key := self._group(corp, country, era)) in self.crosswalk.known_groups:
            return (key,)
        form = STATE_TARGETS.get(target.lower())
        if form is None or nationality.lower() in UNKNOWN_NAMES:
            return ()
        name = form.format(nationality)
        ours = self._acled_names.known_group(name, country, era)
        return (self.crosswalk.group_key(ours if ours in self.crosswalk.known_groups else name, country, era),)

    def _figures(self, cell: Callable[[str], str], attackers: Sequence[str]) -> Iterator[CasualtyEstimate]:
        """Yield the people killed, wounded and taken hostage, and the attackers among them."""
        for number, (harm, column, attackers_column) in enumerate(NUMBERS):
            total = _number(column, cell(column))
            if total is not None:
                yield self._figure(2 * number + 1, harm, harm, total, cell(column))
            part = _number(attackers_column, cell(attackers_column)) if attackers_column else None
            if part:
                figure = self._figure(2 * number + 2, f"attackers:{harm}", harm, part, cell(attackers_column))
                whole = harm if total is not None else None
                group = ";".join(attackers) or None
                yield figure._replace(part_of=whole, group=group, victims="combatant")

    def _figure(self, number: int, tally: str, harm: str, people: float, cell: str) -> CasualtyEstimate:
        """Return a figure; one with a fraction is rounded, and its wording has the number of the file."""
        if people.is_integer():
            return CasualtyEstimate(number, tally, int(people), int(people), int(people), harm=harm)
        if not self._has_fractions:
            self._has_fractions = True
            self.assumptions.append(
                "Numbers with a fraction, which GTD gives to linked attacks that were counted together, are rounded; "
                "low and high are the whole numbers around them."
            )
        low, high = math.floor(people), math.ceil(people)
        best = max(1, round(people))  # 0 would say that there was nobody
        return CasualtyEstimate(number, tally, low, best, high, wording=cell.strip(), harm=harm)


def _is_yes(cell: str) -> bool:
    return strip_float_suffix(cell) == "1"


def _dates(year_cell: str, month_cell: str, day_cell: str) -> tuple[str, str, str]:
    """Return first day, last day and date precision; month and day are 0 if they are unknown."""
    year, month, day = (
        _date_part(column, cell) for column, cell in (("iyear", year_cell), ("imonth", month_cell), ("iday", day_cell))
    )
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RecordError("iyear", year_cell, f"is not a year from {FIRST_YEAR} to {LAST_YEAR}")
    if not month:
        return f"{year}-01-01", f"{year}-12-31", "year"
    try:
        if day:
            date = datetime.date(year, month, day).isoformat()
            return date, date, "day"
        first, last = month_bounds(datetime.date(year, month, 1))
    except ValueError:
        raise RecordError("iday", day_cell, f"is not a day of {year}-{month:02}") from None
    return first.isoformat(), last.isoformat(), "month"


def _date_part(column: str, cell: str) -> int:
    text = strip_float_suffix(cell)
    if text in UNKNOWN_NUMBERS:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise RecordError(column, cell, "is not a whole number")
    return int(text)


def _place_precision(specificity: str, vicinity: str, point: Point | None) -> str | None:
    code = strip_float_suffix(specificity)
    if code in UNKNOWN_NUMBERS or point is None:
        named_by_area = point is not None and point.location in (point.region, point.country)
        return precision_without_location(point) if named_by_area else None
    if code not in PLACE_PRECISION:
        raise RecordError("specificity", code, "is not 1 to 5")
    return "near" if code == "1" and _is_yes(vicinity) else PLACE_PRECISION[code]


def _number(column: str, cell: str) -> float | None:
    """Return a number of people; None if it is unknown."""
    text = strip_float_suffix(cell)
    if text in UNKNOWN_NUMBERS:
        return None
    if not NUMBER.fullmatch(text):
        raise RecordError(column, cell, "is not a number of 0 or more, or -9 or -99 for unknown")
    return float(text)


def _summary(attack: str, target: str, point: Point | None) -> str:
    """Return a summary such as "Armed Assault: Village Chief, Konna"."""
    attack = "Attack" if attack.lower() in UNKNOWN_NAMES else attack
    where = [target if target.lower() not in UNKNOWN_NAMES else "", point.location if point else ""]
    return ": ".join(filter(None, (attack, ", ".join(filter(None, where)))))


def _note(target: str, date: str, suspected: Sequence[str], doubted: bool) -> str | None:
    return join_notes(
        target if target.lower() not in UNKNOWN_NAMES else "",
        f"date: {date}" if date else "",
        f"suspected: {', '.join(dict.fromkeys(suspected))}" if suspected else "",
        "doubted to be terrorism" if doubted else "",
    )


def _sources(cells: Sequence[str]) -> str | None:
    return ";".join(text for cell in cells if (text := cell.strip().replace(";", ","))) or None
