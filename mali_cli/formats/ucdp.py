"""UCDP's Georeferenced Event Dataset, yearly and candidate: what a record of it says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
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

# The 49 columns of today, for the releases that come without a header.
CANDIDATE_HEADER = [
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id"),
    *("conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id"),
    *("side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources"),
    *("source_article", "source_office", "source_date", "source_headline", "source_original", "where_prec"),
    *("where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude", "geom_wkt"),
    *("priogrid_gid", "country", "country_id", "region", "event_clarity", "date_prec", "date_start"),
    *("date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high", "low"),
    *("gwnoa", "gwnob"),
]

VIOLENCE = {
    "1": ("Battles", "state-based violence"),
    "2": ("Battles", "non-state violence"),
    "3": ("Violence against civilians", "one-sided violence"),
}
PLACE_PRECISION = {"1": "place", "2": "near", "3": "district", "4": "region", "5": "area", "6": "country", "7": "area"}

ESTIMATE = ("low", "best", "high")
DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")

# What `entry` looks at, in its order; where an event happened is read apart.
READ = [
    *("id", "type_of_violence", "where_prec", "country", "side_a", "side_b", "code_status"),
    *("date_start", "date_end", "date_prec", "source_headline", "dyad_name", "where_description", "event_clarity"),
    *("source_article", "source_original", *ESTIMATE, *DEATHS),
]


class Ucdp(FormatAdapter):
    """A file of UCDP GED."""

    name = "UCDP"
    claimant, claimant_kind = "UCDP", "expert"
    required = frozenset(
        {"id", "type_of_violence", "side_a", "side_b", "dyad_name", "where_prec", "where_coordinates", "adm_1"}
        | {"latitude", "longitude", "country", "date_prec", "date_start", "date_end", "best", "high", "low"}
        | {"deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"}
    )
    used_columns = (
        required
        | {"adm_2", "where_description", "code_status", "event_clarity"}
        | {*("source_article", "source_original", "source_headline")}
    )
    known_columns = frozenset(CANDIDATE_HEADER) | {"iso3"}
    key = "id"
    date_columns = ("date_start", "date_end")
    actor_columns = ("side_a", "side_b")
    location_columns = ("country", "adm_1", "where_coordinates", "adm_2", "latitude", "longitude")
    separator = ", "
    columns_used_only_for: ClassVar = {
        "summary": frozenset({"source_headline"}),
        "note": frozenset({"where_description", "code_status", "event_clarity"}),
        "sources": frozenset({"source_article", "source_original"}),
    }
    flag_columns = (("deaths_civilians", "Civilians"),)
    source_columns = ("source_article", "source_original")

    @property
    def version(self) -> str:
        return "GED with relid" if "relid" in self.column_index else "GED up to 19.1"

    def setup(self) -> None:
        self._read = self.column_getter(READ)
        # A record is told part by part, each by a few cells that stand so in many records.
        self._violence = Remembered(_violence)
        self._exactness = Remembered(_place_precision)
        self._sides = Remembered(self._both_sides)
        self._days = Remembered(_dated)
        self._numbers = Remembered(_numbers)

    def parse_record(self, record: list[str]) -> EventRecord:
        id_, violence, exactness, country, name_a, name_b, status, start, end, precision, *rest = self._read(record)
        headline, dyad, where, clarity, article, original, *numbers = rest
        key = plain(id_)
        if not key:
            raise RecordError("id", "", "is blank; an event needs its id")
        event_type, kind = self._violence[violence]
        place_precision = self._exactness[exactness]
        point = self.point(record)
        side_a, side_b = self._sides[name_a, name_b, country]
        date_start, date_end, date_precision = self._days[start, end, precision]
        status = plain(status)
        return EventRecord(
            key,
            date_start,
            date_end,
            date_precision,
            event_type,
            None,
            point,
            place_precision if point else None,
            side_a,
            side_b,
            headline or ", ".join(filter(None, (dyad, point.location if point else ""))),
            join_notes(
                kind,
                plain(where),
                "" if status.lower() == "clear" else status,
                "summary report" if strip_float_suffix(clarity) == "2" else "",
            ),
            article or original or None,
            self._figures(self._numbers[tuple(numbers)], side_a, side_b, one_sided=kind == VIOLENCE["3"][1]),
        )

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        cell = self.cells(record)
        parts = [parse_count(c, cell(c)) or 0 for c in DEATHS]
        best = parse_count("best", cell("best"))
        if best is not None and sum(parts) != best:
            yield "best", cell("best"), f"this is not the sum of {', '.join(DEATHS)}, {sum(parts)}."

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        country, region, location, district, latitude, longitude = cells
        name = next(filter(None, map(plain, (location, district, region, country))), "")
        if not name:
            return None
        return Point(
            self.concordance.country(country),
            plain(region),
            name,
            parse_coordinate("latitude", latitude, 90),
            parse_coordinate("longitude", longitude, 180),
        )

    def _both_sides(self, cells: tuple[str, str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        name_a, name_b, country = cells
        here = self.concordance.country(country)
        a, b = (self.concordance.actors(name, here, self.separator) for name in (name_a, name_b))
        return tuple(dict.fromkeys(a)), tuple(dict.fromkeys(b))

    def _figures(
        self, numbers: Sequence[int | None], side_a: Sequence[str], side_b: Sequence[str], one_sided: bool
    ) -> list[CasualtyEstimate]:
        """UCDP's estimate of the whole, and its four columns as parts of it where they count anybody."""
        if not numbers:
            return []
        low, best, high, of_a, of_b, of_civilians, of_others = numbers
        figures = [CasualtyEstimate(1, "killed", low, best, high)]
        a, b = ";".join(side_a) or None, ";".join(side_b) or None
        parts = (
            (of_a, "side_a:killed", a, "combatant", None),
            (of_b, "side_b:killed", b, "combatant", None),
            (of_civilians, "civilians:killed", "Civilians", "civilian", a if one_sided else None),
            (of_others, "unknown:killed", None, None, None),
        )
        for at, (dead, tally, group, victims, by) in enumerate(parts, 2):
            if dead:
                if group == "Civilians":
                    self.concordance.met["Civilians"] = None
                figures.append(
                    CasualtyEstimate(
                        at, tally, None, dead, None, None, "killed", group, victims=victims, inflicted_by=by
                    )
                )
        return figures


def _violence(cell: str) -> tuple[str, str]:
    if strip_float_suffix(cell) not in VIOLENCE:
        raise RecordError("type_of_violence", cell, "is not 1, 2 or 3")
    return VIOLENCE[strip_float_suffix(cell)]


def _place_precision(cell: str) -> str:
    if strip_float_suffix(cell) not in PLACE_PRECISION:
        raise RecordError("where_prec", strip_float_suffix(cell), "is not 1 to 7")
    return PLACE_PRECISION[strip_float_suffix(cell)]


def _numbers(cells: tuple[str, ...]) -> tuple[int | None, ...]:
    """What the columns of ESTIMATE and DEATHS tell; nothing where there is no estimate."""
    told = tuple(parse_count(column, cell) for column, cell in zip(ESTIMATE, cells, strict=False))
    if told == (None, None, None):
        return ()
    return (*told, *(parse_count(column, cell) for column, cell in zip(DEATHS, cells[len(told) :], strict=True)))


def _dated(cells: tuple[str, str, str]) -> tuple[str, str, str]:
    start, end, precision = cells[0], cells[1], strip_float_suffix(cells[2])
    first, last = day(plain(start)), day(plain(end))
    if first is None or last is None:
        column, cell = ("date_start", start) if first is None else ("date_end", end)
        raise RecordError(column, cell, f"is no date such as {FORMS}")
    if last < first:
        raise RecordError("date_end", end, f"is before date_start, {start}")
    words = {"1": "day", "2": "range", "3": "range", "4": "range", "5": "range"}
    if precision not in words:
        raise RecordError("date_prec", precision, "is not 1 to 5")
    word = words[precision]
    if precision == "3" and last - first == datetime.timedelta(days=6):
        word = "week"
    elif precision == "4" and (first, last) == month_of(first):
        word = "month"
    elif precision == "5" and (first, last) == (first.replace(month=1, day=1), first.replace(month=12, day=31)):
        word = "year"
    return first.isoformat(), last.isoformat(), word
