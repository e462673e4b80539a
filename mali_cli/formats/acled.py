"""ACLED, in every layout from its first version to today's."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import DATE_FORMS, DayParser, month_bounds
from mali_cli.formats.record_parts import DATE_FIELDS, RecordPart
from mali_cli.formats.records import (
    ANYTHING,
    VISIBLE_ASCII,
    CasualtyEstimate,
    Point,
    RecordError,
    join_notes,
    parse_coordinates,
    parse_count,
    precision_without_location,
    split_list,
    strip_float_suffix,
    strip_key,
)
from mali_cli.model import schema
from mali_cli.model.civilian_kinds import civilian_kind
from mali_cli.model.interactions import interaction
from mali_cli.model.names import normalize_name
from mali_cli.model.vocabulary import ZERO_OR_NOT_STATED

PLACE_PRECISION = {"1": "place", "2": "near", "3": "region", "": None}
# Columns of the versions before 2017, and of shapefiles, which cut names to ten letters
OTHER_COLUMN_NAMES = {
    **{"ally_actor_1": "assoc_actor_1", "ally_actor_2": "assoc_actor_2", "geo_precis": "geo_precision"},
    **{"event_id_c": "event_id_cnty", "event_id_n": "event_id_no_cnty", "time_preci": "time_precision"},
    **{"disorder_t": "disorder_type", "sub_event_": "sub_event_type", "interactio": "interaction"},
    **{"assoc_acto": "assoc_actor_1", "assoc_ac_1": "assoc_actor_2", "civilian_t": "civilian_targeting"},
    **{"source_sca": "source_scale"},
}
# Before 2019 the event type held what is now the sub-event type.
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
DEMONSTRATIONS = "riots/protests"
DEMONSTRATION_TYPES = {"5": "Riots", "6": "Protests"}  # by the code of the first actor, or of the second
WEEK_MARGIN = datetime.timedelta(days=3)

# Every layout has these columns.
LAYOUT_COLUMNS = frozenset(
    {"event_id_cnty", "event_date", "event_type", "actor1", "country", "admin1", "location", "fatalities"}
)


class Acled(FormatAdapter):
    """A file of ACLED."""

    name = "ACLED"
    claimant, claimant_kind = "ACLED", "ngo"
    required = frozenset({"event_date", "event_type"})
    required_one_of = (
        ("actor1", "sub_event_type", "event_id_cnty", "fatalities"),
        ("country", "admin1", "location", "latitude"),
    )
    taken_without: ClassVar = {
        "time_precision": "every date is taken as the day of the event",
        "geo_precision": "how closely places are known is not stated",
        "actor1": "no event names its sides",
        "location": "the place of an event is its region or country",
        "fatalities": "no number of killed is given",
    }
    location_columns = ("country", "admin1", "location", "latitude", "longitude", "admin2")
    all_columns = frozenset(
        {
            *("event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type"),
            *("actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction"),
            *("civilian_targeting", "iso", "region", "country", "admin1", "admin2", "admin3", "location"),
            *("latitude", "longitude", "geo_precision", "source", "source_scale", "notes", "fatalities", "tags"),
            *("timestamp", "population_1km", "population_2km", "population_5km", "population_best"),
            *("gwno", "data_id", "iso3", "event_id_no_cnty"),
        }
    )
    dedup_only_columns = frozenset({"timestamp"})
    key = "event_id_cnty"
    date_columns = ("event_date",)
    actor_columns = ("actor1", "assoc_actor_1", "actor2", "assoc_actor_2")
    separator = ";"
    monadic = True
    source_columns = ("source",)

    @classmethod
    def canonical_column(cls, column: str) -> str:
        return OTHER_COLUMN_NAMES.get(column, column)

    @property
    def version(self) -> str:
        if self.lacks_columns(LAYOUT_COLUMNS):
            return "some of its columns"
        if "disorder_type" in self.column_index:
            return "the layout of 2023 and later"
        if "sub_event_type" in self.column_index:
            return "the layout of 2019 to 2023"
        return "the layout of 2017 and 2018" if "data_id" in self.column_index else "the layout before 2017"

    def setup(self) -> None:
        events = schema.table("events")
        self.event_types = {normalize_name(name): name for name in events.column("event_type").enum}
        self.sub_event_types = {normalize_name(name): name for name in events.column("sub_event_type").enum}
        self.disorder_types = {normalize_name(name): name for name in events.column("disorder_type").enum}

    def record_parts(self) -> tuple[RecordPart, ...]:
        types = ("event_type", "sub_event_type")
        # Only files of before 2019, which have no sub-event types, say by codes of the actors what a demonstration is.
        codes = () if "sub_event_type" in self.column_index else ("inter1", "inter2")
        side_1, side_2 = (("actor1", "assoc_actor_1", "country"), ("actor2", "assoc_actor_2", "country"))
        optional = partial(RecordPart, optional=True)
        return (
            RecordPart(("key",), (self.key,), partial(strip_key, self.key), verbatim=VISIBLE_ASCII),
            RecordPart(DATE_FIELDS, ("event_date", "time_precision"), self._parse_dates),
            RecordPart(types, (*types, *codes), self._parse_types),
            RecordPart((), ("geo_precision", "latitude", "longitude"), _check_place),
            optional(("point", "place_precision"), ("geo_precision", *self.location_columns), self._parse_place),
            optional(("inflicted_by",), ("actor1", "actor2", "country"), self._perpetrators, ("event_type", "era")),
            RecordPart(("figures",), ("fatalities",), _figures, ("inflicted_by",)),
            optional(("side_a",), side_1, self._parse_side, ("era",)),
            optional(("side_b",), side_2, self._parse_side, ("era",)),
            optional(("civilian_kind",), ("assoc_actor_1", "assoc_actor_2"), _civilian_kinds),
            optional(("summary",), ("notes",), str, verbatim=ANYTHING),
            optional(("note",), ("civilian_targeting", "tags"), _note),
            optional(("civilian_targeting",), ("civilian_targeting",), _civilian_targeting),
            optional(("disorder_type",), ("disorder_type",), self._disorder_type),
            optional(("interaction",), ("interaction",), interaction),
            optional(("sources",), ("source",), _sources),
            optional(("version_timestamp",), ("timestamp",), _timestamp),
        )

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        cell = self.cell_getter(record)
        date, year = self.parse_day(cell("event_date").strip()), cell("year").strip()
        if date and year and year != str(date.year):
            yield "year", cell("year"), f"this is not the year of event_date, {date.year}."
        event_type, sub_type = (normalize_name(cell(column)) for column in ("event_type", "sub_event_type"))
        if event_type and event_type not in self.event_types and event_type not in {*OLD_TYPES, DEMONSTRATIONS}:
            yield "event_type", cell("event_type"), "ACLED's codebook has no such type."
        if sub_type and sub_type not in self.sub_event_types:
            yield "sub_event_type", cell("sub_event_type"), "ACLED's codebook has no such type."

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        country, region, location, latitude, longitude, admin2 = cells
        name = location.strip()
        if "location" not in self.column_index:
            name = region.strip() or country.strip()
        if not name:
            return None
        return Point(
            self.crosswalk.country_name(country),
            region.strip(),
            name,
            *parse_coordinates(latitude, longitude),
            self.crosswalk.admin2_name(admin2),
        )

    def _parse_dates(self, date: str, time_precision: str) -> tuple[str, str, str, str]:
        """Return first day, last day, date precision and era of names."""
        if "time_precision" not in self.column_index:
            time_precision = "1"
        dates = _dates(self.parse_day, date, time_precision)
        return (*dates, self.crosswalk.era(dates[0]))

    def _parse_place(self, geo_precision: str, *location: str) -> tuple[Point | None, str | None]:
        """Return the point and how closely it is known."""
        precision, point = _place_precision(geo_precision), self.parse_location(location)
        if "location" not in self.column_index:
            precision = precision or precision_without_location(point)
        return point, precision if point else None

    def _parse_side(self, actor: str, associates: str, country: str, era: str) -> tuple[str, ...]:
        """Return the actor and its associates, without those that are civilian kinds.

        An actor is always a side, even "Private Security Forces (Mali)": these may take part in a fight.
        """
        country_name = self.crosswalk.country_name(country)
        names = [*split_list(actor), *(name for name in split_list(associates) if civilian_kind(name) is None)]
        return tuple(self.crosswalk.group_key(name, country_name, era) for name in names)

    def _perpetrators(self, actor1: str, actor2: str, country: str, event_type: str | None, era: str) -> str | None:
        """Return who inflicted the deaths of a one-sided event, in which civilians alone are on the other side.

        The records of a monadic export do not say which of their actors is which.
        """
        if "actor2" not in self.column_index:
            return None
        if event_type != "Violence against civilians" and self._parse_side(actor2, "", country, era) != ("Civilians",):
            return None
        return ";".join(self._parse_side(actor1, "", country, era)) or None

    def _disorder_type(self, cell: str) -> str | None:
        types = (normalize_name(name).replace("demostrations", "demonstrations") for name in split_list(cell))
        return self.disorder_types.get("; ".join(types))

    def _parse_types(self, type_cell: str, sub_cell: str, *inter: str) -> tuple[str | None, str | None]:
        event_type, sub_type = normalize_name(type_cell), normalize_name(sub_cell)
        types = self._match_types(event_type, sub_type, list(map(strip_float_suffix, inter)))
        if event_type and types[0] is None and event_type != DEMONSTRATIONS:
            self.unknown_event_types[type_cell.strip()] = None
        if sub_type and sub_type not in self.sub_event_types:
            self.unknown_event_types[sub_cell.strip()] = None
        return types

    def _match_types(self, event_type: str, sub_type: str, inter: list[str]) -> tuple[str | None, str | None]:
        if event_type in self.event_types:
            return self.event_types[event_type], self.sub_event_types.get(sub_type)
        if event_type == DEMONSTRATIONS:
            return next((DEMONSTRATION_TYPES[code] for code in inter if code in DEMONSTRATION_TYPES), None), None
        return OLD_TYPES.get(event_type, (None, None))


def _dates(parse_day: DayParser, date: str, time_precision: str) -> tuple[str, str, str]:
    """Return first day, last day and date precision."""
    day = parse_day(date.strip())
    if day is None:
        raise RecordError("event_date", date, f"is not a date such as {DATE_FORMS}")
    precision = strip_float_suffix(time_precision)
    if precision == "1":
        return day.isoformat(), day.isoformat(), "day"
    if precision == "2":  # ACLED gives the middle of the week, and counts the event in the year of that day
        first = max(day - WEEK_MARGIN, day.replace(month=1, day=1))
        last = min(day + WEEK_MARGIN, day.replace(month=12, day=31))
        whole = last - first == 2 * WEEK_MARGIN
        return first.isoformat(), last.isoformat(), "week" if whole else "range"
    if precision == "3":
        first, last = month_bounds(day)
        return first.isoformat(), last.isoformat(), "month"
    raise RecordError("time_precision", time_precision, "is not 1, 2 or 3")


def _place_precision(cell: str) -> str | None:
    if strip_float_suffix(cell) not in PLACE_PRECISION:
        raise RecordError("geo_precision", strip_float_suffix(cell), "is not 1, 2 or 3")
    return PLACE_PRECISION[strip_float_suffix(cell)]


def _check_place(geo_precision: str, latitude: str, longitude: str) -> tuple[()]:
    """Raise RecordError if a part of the place cannot be read."""
    _place_precision(geo_precision)
    parse_coordinates(latitude, longitude)
    return ()


def _civilian_kinds(*associates: str) -> str | None:
    kinds = (civilian_kind(name) for cell in associates for name in split_list(cell))
    return ";".join(dict.fromkeys(filter(None, kinds))) or None


def _civilian_targeting(cell: str) -> str | None:
    # The codebook writes "Civilians targeted", the files "Civilian targeting".
    return "Civilian targeting" if cell.strip() else None


def _note(targeting: str, tags: str) -> str | None:
    return join_notes(targeting.strip(), tags.strip())


def _sources(cell: str) -> str | None:
    return ";".join(split_list(cell)) or None


def _figures(fatalities: str, inflicted_by: str | None) -> tuple[CasualtyEstimate, ...]:
    number = parse_count("fatalities", fatalities)
    if number is None:
        return ()
    stated, wording = (number, None) if number else (None, ZERO_OR_NOT_STATED)
    return (CasualtyEstimate(1, "killed", stated, stated, stated, wording=wording, inflicted_by=inflicted_by),)


def _timestamp(cell: str) -> int:
    text = cell.strip()
    return int(text) if text.isdigit() else 0
