"""ACLED's layouts, from the first versions to today's: what a record of them says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import ClassVar

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import FORMS, day, month_of
from mali_cli.formats.records import (
    CasualtyEstimate,
    EventRecord,
    Point,
    RecordError,
    Remembered,
    join_notes,
    parse_coordinate,
    parse_count,
    plain,
    strip_float_suffix,
)
from mali_cli.model import schema
from mali_cli.model.names import normalize_name

PLACE_PRECISION = {"1": "place", "2": "near", "3": "region", "": None}
# Before 2019 the event type said what is now told by the sub-event type.
OLD_TYPES: dict[str, tuple[str | None, str | None]] = {
    "battle-no change of territory": ("Battles", "Armed clash"),
    "battle-government regains territory": ("Battles", "Government regains territory"),
    "battle-non-state actor overtakes territory": ("Battles", "Non-state actor overtakes territory"),
    "battle-non-state actors overtake territory": ("Battles", "Non-state actor overtakes territory"),
    "headquarters or base established": ("Strategic developments", "Headquarters or base established"),
    "non-violent transfer of territory": ("Strategic developments", "Non-violent transfer of territory"),
    "strategic development": ("Strategic developments", None),
    "remote violence": ("Explosions/Remote violence", None),
}
OLD_DEMONSTRATIONS = {"5": "Riots", "6": "Protests"}  # of Riots/Protests, by who acted

# What `entry` looks at, in its order; where an event happened is read apart.
READ = [
    *("event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "actor1", "assoc_actor_1"),
    *("inter1", "actor2", "assoc_actor_2", "civilian_targeting", "country", "geo_precision", "source", "notes"),
    *("fatalities", "tags", "timestamp"),
]


class Acled(FormatAdapter):
    """A file of ACLED; `columns` are its own names in our spelling."""

    name = "ACLED"
    claimant, claimant_kind = "ACLED", "ngo"
    required = frozenset(
        {"event_id_cnty", "event_date", "time_precision", "event_type", "actor1", "actor2", "country"}
        | {"location", "latitude", "longitude", "fatalities"}
    )
    used_columns = frozenset(READ) | {"admin1", "location", "latitude", "longitude"}
    known_columns = used_columns | {
        *("gwno", "data_id", "iso", "iso3", "event_id_no_cnty", "year", "disorder_type", "inter2", "interaction"),
        *("region", "admin2", "admin3", "source_scale"),
        *("population_1km", "population_2km", "population_5km", "population_best"),
    }
    dedup_only_columns = frozenset({"timestamp"})
    columns_used_only_for: ClassVar = {
        "summary": frozenset({"notes"}),
        "note": frozenset({"civilian_targeting", "tags"}),
        "sources": frozenset({"source"}),
    }
    key = "event_id_cnty"
    date_columns = ("event_date",)
    actor_columns = ("actor1", "assoc_actor_1", "actor2", "assoc_actor_2")
    location_columns = ("country", "admin1", "location", "latitude", "longitude")
    separator = ";"
    monadic = True
    source_columns = ("source",)

    @classmethod
    def canonical_column(cls, column: str) -> str:
        return {"geo_precis": "geo_precision", "ally_actor_1": "assoc_actor_1", "ally_actor_2": "assoc_actor_2"}.get(
            column, column
        )

    @property
    def version(self) -> str:
        if "disorder_type" in self.column_index:
            return "the layout of 2023 and later"
        if "sub_event_type" in self.column_index:
            return "the layout of 2019 to 2023"
        return "the layout of 2017 and 2018" if "data_id" in self.column_index else "the layout before 2017"

    def setup(self) -> None:
        self.subs = {normalize_name(sub): sub for sub in schema.table("events").column("sub_event_type").enum}
        self.kinds = {normalize_name(kind): kind for kind in schema.table("events").column("event_type").enum}
        self._read = self.column_getter(READ)
        # A record is told part by part, each by a few cells that stand so in many records.
        self._days = Remembered(_dated)
        self._types = Remembered(self._typed)
        self._exactness = Remembered(_place_precision)
        self._sides = Remembered(self._side)
        self._notes = Remembered(lambda cells: join_notes(*map(plain, cells)))
        self._figures = Remembered(_figures)

    def parse_record(self, record: list[str]) -> EventRecord:
        id_, date, exactness, kind, sub, actor1, with1, inter1, actor2, with2, targeting, *rest = self._read(record)
        country, precision, source, notes, dead, tags, stamp = rest
        key = plain(id_)
        if not key:
            raise RecordError("event_id_cnty", "", "is blank; an event needs its id")
        date_start, date_end, date_precision = self._days[date, exactness]
        event_type, sub_event_type = self._types[kind, sub, inter1]
        place_precision = self._exactness[precision]
        point = self.point(record)
        figures = self._figures[dead]
        return EventRecord(
            key,
            date_start,
            date_end,
            date_precision,
            event_type,
            sub_event_type,
            point,
            place_precision if point else None,
            self._sides[actor1, with1, country],
            self._sides[actor2, with2, country],
            notes,
            self._notes[targeting, tags],
            source or None,
            figures,
            _stamp(plain(stamp)),
        )

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        cell = self.cells(record)
        date, year = day(plain(cell("event_date"))), plain(cell("year"))
        if date and year and year != str(date.year):
            yield "year", cell("year"), f"this is not the year of event_date, {date.year}."
        kind, sub = normalize_name(plain(cell("event_type"))), normalize_name(plain(cell("sub_event_type")))
        if kind and kind not in self.kinds and kind not in OLD_TYPES and kind != "riots/protests":
            yield "event_type", cell("event_type"), "ACLED's codebook has no such type."
        if sub and sub not in self.subs:
            yield "sub_event_type", cell("sub_event_type"), "ACLED's codebook has no such type."

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        country, region, location, latitude, longitude = cells
        if not plain(location):
            return None
        return Point(
            self.concordance.country(country),
            plain(region),
            plain(location),
            parse_coordinate("latitude", latitude, 90),
            parse_coordinate("longitude", longitude, 180),
        )

    def _side(self, cells: tuple[str, str, str]) -> tuple[str, ...]:
        actor, others, country = cells
        here = self.concordance.country(country)
        return (*self.concordance.actors(actor, here, ";"), *self.concordance.actors(others, here, ";"))

    def _typed(self, cells: tuple[str, str, str]) -> tuple[str | None, str | None]:
        kind, sub, inter = cells
        found = self._type_of(normalize_name(plain(kind)), normalize_name(plain(sub)), strip_float_suffix(inter))
        if plain(kind) and found[0] is None and normalize_name(plain(kind)) != "riots/protests":
            self.unknown_event_types[plain(kind)] = None
        if plain(sub) and normalize_name(plain(sub)) not in self.subs:
            self.unknown_event_types[plain(sub)] = None
        return found

    def _type_of(self, kind: str, sub: str, inter: str) -> tuple[str | None, str | None]:
        if kind in self.kinds:
            return self.kinds[kind], self.subs.get(sub)
        if kind == "riots/protests":
            return OLD_DEMONSTRATIONS.get(inter), None
        return OLD_TYPES.get(kind, (None, None))


def _dated(cells: tuple[str, str]) -> tuple[str, str, str]:
    date, precision = cells
    at = day(plain(date))
    if at is None:
        raise RecordError("event_date", date, f"is no date such as {FORMS}")
    exactness = strip_float_suffix(precision)
    if exactness == "1":
        return at.isoformat(), at.isoformat(), "day"
    if exactness == "2":  # the middle of the week is what ACLED notes
        around = datetime.timedelta(days=3)
        return (at - around).isoformat(), (at + around).isoformat(), "week"
    if exactness == "3":
        first, last = month_of(at)
        return first.isoformat(), last.isoformat(), "month"
    raise RecordError("time_precision", precision, "is not 1, 2 or 3")


def _place_precision(cell: str) -> str | None:
    if strip_float_suffix(cell) not in PLACE_PRECISION:
        raise RecordError("geo_precision", strip_float_suffix(cell), "is not 1, 2 or 3")
    return PLACE_PRECISION[strip_float_suffix(cell)]


def _figures(dead: str) -> tuple[CasualtyEstimate, ...]:
    number = parse_count("fatalities", dead)
    if number is None:
        return ()
    if number:
        return (CasualtyEstimate(1, "killed", number, number, number),)
    return (CasualtyEstimate(1, "killed", None, None, None, wording="0 or not stated"),)


def _stamp(text: str) -> int:
    return int(text) if text.isdigit() else 0
