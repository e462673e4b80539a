"""GDELT's events, versions 1.0 and 2.0: acts that a program finds in the news, coded in CAMEO."""

from __future__ import annotations

import re
from functools import cache
from typing import ClassVar

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import DATE_FORMS
from mali_cli.formats.records import EventRecord, Point, RecordError, parse_coordinate, strip_float_suffix

ACTOR = [
    *("code", "name", "countrycode", "knowngroupcode", "ethniccode", "religion1code", "religion2code"),
    *("type1code", "type2code", "type3code"),
]
GEO = ["type", "fullname", "countrycode", "adm1code", "adm2code", "lat", "long", "featureid"]
# The 61 columns of version 2.0, whose files have no header; version 1.0 lacks the three of the second-order divisions.
HEADER_2 = [
    *("globaleventid", "sqldate", "monthyear", "year", "fractiondate"),
    *(f"actor{number}{column}" for number in (1, 2) for column in ACTOR),
    *("isrootevent", "eventcode", "eventbasecode", "eventrootcode", "quadclass", "goldsteinscale"),
    *("nummentions", "numsources", "numarticles", "avgtone"),
    *(f"{place}geo_{column}" for place in ("actor1", "actor2", "action") for column in GEO),
    *("dateadded", "sourceurl"),
]
HEADER_1 = [column for column in HEADER_2 if not column.endswith("adm2code")]

# The roots of CAMEO's codes, and what they are to us; words and diplomacy have no event type.
ROOTS: dict[str, tuple[str, str | None]] = {
    "01": ("Public statement", None),
    "02": ("Appeal", None),
    "03": ("Intent to cooperate", None),
    "04": ("Consultation", None),
    "05": ("Diplomatic cooperation", None),
    "06": ("Material cooperation", None),
    "07": ("Aid", None),
    "08": ("Concession", None),
    "09": ("Investigation", None),
    "10": ("Demand", None),
    "11": ("Disapproval", None),
    "12": ("Rejection", None),
    "13": ("Threat", None),
    "14": ("Protest", "Protests"),
    "15": ("Show of force", "Strategic developments"),
    "16": ("Reduction of relations", None),
    "17": ("Coercion", "Strategic developments"),
    "18": ("Assault", "Violence against civilians"),
    "19": ("Fight", "Battles"),
    "20": ("Mass violence", "Violence against civilians"),
}
# Codes within a root that are another type of ours, and those that have a sub-event type
EXCEPTIONS = {
    "145": ("Riots", None),
    "171": ("Strategic developments", "Looting/property destruction"),
    "173": ("Strategic developments", "Arrests"),
    "175": ("Violence against civilians", None),
    "181": ("Violence against civilians", "Abduction/forced disappearance"),
    "1821": ("Violence against civilians", "Sexual violence"),
    "183": ("Explosions/Remote violence", None),
    "1831": ("Explosions/Remote violence", "Suicide bomb"),
    "1833": ("Explosions/Remote violence", "Remote explosive/landmine/IED"),
    "191": ("Strategic developments", None),
    "194": ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    "195": ("Explosions/Remote violence", "Air/drone strike"),
    "2041": ("Explosions/Remote violence", "Chemical weapon"),
}
CAMEO = re.compile(r"\d{2,4}", re.ASCII)
PLACE_PRECISION = {"1": "country", "2": "region", "3": "place", "4": "place", "5": "region"}
INVERTED_NAME = re.compile(r".*\b(?:of|the|republic)", re.I)  # the end of "Vietnam, Republic Of"

RECORD_COLUMNS = [
    *("globaleventid", "sqldate", "actor1name", "actor2name", "eventcode", "eventbasecode", "eventrootcode"),
    *("nummentions", "numarticles", "actiongeo_type", "actiongeo_fullname", "sourceurl"),
]


class Gdelt(FormatAdapter):
    """A file of GDELT's events."""

    name = "GDELT"
    claimant, claimant_kind = "GDELT", "media"
    required = frozenset({"sqldate"})
    required_one_of = (("eventcode", "eventbasecode", "eventrootcode"),)
    taken_without: ClassVar = {
        "actor1name": "no event names who acted",
        "actiongeo_fullname": "no event has a place",
    }
    location_columns = ("actiongeo_type", "actiongeo_fullname", "actiongeo_lat", "actiongeo_long")
    used_columns = frozenset({*RECORD_COLUMNS, *location_columns})
    all_columns = frozenset(HEADER_2)
    headerless = (HEADER_2, HEADER_1)
    key = "globaleventid"
    date_columns = ("sqldate",)
    actor_columns = ("actor1name", "actor2name")
    separator = ";"
    source_columns = ("sourceurl",)

    @property
    def version(self) -> str:
        return "events 2.0" if "actiongeo_adm2code" in self.column_index else "events 1.0"

    def setup(self) -> None:
        self.parse_day.reads_digits = True
        self.assumptions.append(
            "GDELT's records are what a program reads in the news: mentions are not events, several records may report "
            "one event, and none says how many were killed."
        )
        self._record_cells = self.column_getter(RECORD_COLUMNS)
        self._act = cache(_act)

    def parse_record(self, record: list[str]) -> EventRecord:
        id_, date, name1, name2, *rest = self._record_cells(record)
        code, base, root, mentions, articles, geo_type, place, url = rest
        key = strip_float_suffix(id_)
        if not key:
            raise RecordError("globaleventid", "", "is blank; an event needs its id")
        day = self.parse_day(strip_float_suffix(date))
        if day is None:
            raise RecordError("sqldate", date, f"is not a date such as 20120401, {DATE_FORMS}")
        act, event_type, sub_event_type = self._act(code.strip() or base.strip(), root.strip())
        point = self.point(record)
        country, era = point.country if point else None, self.crosswalk.era(day.isoformat())
        return EventRecord(
            key=key,
            date_start=day.isoformat(),
            date_end=day.isoformat(),
            date_precision="day",
            event_type=event_type,
            sub_event_type=sub_event_type,
            point=point,
            place_precision=PLACE_PRECISION.get(strip_float_suffix(geo_type)) if point else None,
            side_a=tuple(self.crosswalk.group_keys(name1, country, era, self.separator)),
            side_b=tuple(self.crosswalk.group_keys(name2, country, era, self.separator)),
            summary=", ".join(filter(None, (act, place.strip()))),
            note=_note(mentions, articles),
            sources=url.strip().replace(";", "%3B") or None,
            figures=(),
        )

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        geo_type, full_name, latitude, longitude = cells
        parts = [part.strip() for part in full_name.split(", ") if part.strip()]
        if not parts:
            return None
        if len(parts) > 1 and INVERTED_NAME.fullmatch(parts[-1]):
            parts[-2:] = [", ".join(parts[-2:])]
        if strip_float_suffix(geo_type) == "1":
            parts = [", ".join(parts)]
        region = "" if len(parts) < 2 else parts[1] if len(parts) > 2 else parts[0]
        return Point(
            self.crosswalk.country_name(parts[-1]),
            region.rstrip("*"),
            parts[0],
            parse_coordinate("actiongeo_lat", latitude, 90),
            parse_coordinate("actiongeo_long", longitude, 180),
        )

    def country_cell(self, record: list[str]) -> str:
        point = self.point(record)
        return point.country or "" if point else ""


def _act(code: str, root: str) -> tuple[str, str | None, str | None]:
    """Return what a CAMEO code means, or else its root; the event type; and the sub-event type."""
    # Programs that take the codes for numbers drop the first 0; a code has three or four digits, its root two.
    digits = strip_float_suffix(code).zfill(3) if code else strip_float_suffix(root).zfill(2)
    if digits[:2] not in ROOTS:
        digits = f"0{digits}"
    if not CAMEO.fullmatch(digits) or digits[:2] not in ROOTS:
        raise RecordError("eventcode", code, "is not a code of CAMEO, whose roots are 01 to 20")
    name, event_type = ROOTS[digits[:2]]
    types = EXCEPTIONS.get(digits[:4]) or EXCEPTIONS.get(digits[:3]) or (event_type, None)
    return f"{name} (CAMEO {digits})", *types


def _note(mentions: str, articles: str) -> str | None:
    """Return a note such as "4 mentions in 2 articles"."""
    counts = [(strip_float_suffix(mentions), "mention"), (strip_float_suffix(articles), "article")]
    return " in ".join(f"{count} {noun}{'' if count == '1' else 's'}" for count, noun in counts if count) or None
