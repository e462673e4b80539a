"""UCDP's Georeferenced Event Dataset (GED), yearly and candidate releases."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import ClassVar

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import DATE_FORMS, DayParser, month_bounds
from mali_cli.formats.records import (
    CasualtyEstimate,
    EventRecord,
    Point,
    RecordError,
    join_notes,
    parse_coordinate,
    parse_count,
    precision_without_location,
    strip_float_suffix,
)

# The 49 columns of the current layout, for candidate releases without a header.
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

ONE_SIDED = "one-sided violence"
VIOLENCE = {
    "1": ("Battles", "state-based violence"),
    "2": ("Battles", "non-state violence"),
    "3": ("Violence against civilians", ONE_SIDED),
}
PLACE_PRECISION = {"1": "place", "2": "near", "3": "district", "4": "region", "5": "area", "6": "country", "7": "area"}
DATE_PRECISION = {"1": "day", "2": "range", "3": "range", "4": "range", "5": "range"}

YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
ESTIMATE = ("low", "best", "high")
DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")

# The columns that parse_record unpacks, in its order; the location is parsed apart.
RECORD_COLUMNS = [
    *("id", "type_of_violence", "where_prec", "country", "side_a", "side_b", "code_status"),
    *("date_start", "date_end", "date_prec", "source_headline", "dyad_name", "conflict_name"),
    *("where_description", "event_clarity"),
    *("source_article", "source_original", *ESTIMATE, *DEATHS),
]

# Every layout has these columns.
LAYOUT_COLUMNS = frozenset(RECORD_COLUMNS) - {"code_status", "source_headline", "where_description", "event_clarity"}


class Ucdp(FormatAdapter):
    """A file of UCDP GED."""

    name = "UCDP"
    claimant, claimant_kind = "UCDP", "expert"
    required = frozenset({"type_of_violence"})
    required_one_of = (("date_start", "year"), ("country", "where_coordinates", "adm_1", "latitude"))
    taken_without: ClassVar = {
        "date_start": "the date of an event is its year",
        "date_end": "an event of several days is dated by its first",
        "date_prec": "dates are taken as exact",
        "where_prec": "how closely places are known is not stated",
        "where_coordinates": "the place of an event is its district, region or country",
        "side_a": "no event names its sides",
        "best": "no best number of killed is given",
    }
    location_columns = ("country", "adm_1", "where_coordinates", "adm_2", "latitude", "longitude")
    used_columns = frozenset({*RECORD_COLUMNS, *location_columns})
    all_columns = frozenset(CANDIDATE_HEADER) | {"iso3"}
    headerless = (CANDIDATE_HEADER,)
    key = "id"
    date_columns: tuple[str, ...] = ("date_start", "date_end")
    actor_columns = ("side_a", "side_b")
    separator = ", "
    columns_used_only_for: ClassVar = {
        "summary": frozenset({"source_headline"}),
        "note": frozenset({"where_description", "code_status", "event_clarity"}),
        "sources": frozenset({"source_article", "source_original"}),
    }
    flag_columns = (("deaths_civilians", "Civilians"),)
    source_columns = ("source_article", "source_original")

    @classmethod
    def canonical_columns(cls, header: list[str]) -> list[str]:
        columns = super().canonical_columns(header)
        if "date_start" not in columns:  # files of a few columns have one date
            columns = ["date_start" if column == "date" else column for column in columns]
        return columns

    @property
    def version(self) -> str:
        if self.lacks_columns(LAYOUT_COLUMNS):
            return "some of the columns of GED"
        return "GED with relid" if "relid" in self.column_index else "GED up to 19.1"

    def setup(self) -> None:
        columns = RECORD_COLUMNS
        self._dates = cache(partial(_dates, self.parse_day, frozenset(self.column_index)))
        if "date_start" not in self.column_index:
            columns = ["year" if column == "date_start" else column for column in RECORD_COLUMNS]
            self.date_columns = ("year",)
            self._dates = cache(_dates_of_year)
        self._record_cells = self.column_getter(columns)
        self._has_precision = "where_prec" in self.column_index
        self._violence = cache(_violence)
        self._place_precision = cache(_place_precision)
        self._sides = cache(self._parse_sides)
        self._numbers = cache(_numbers)

    def parse_record(self, record: list[str]) -> EventRecord:
        id_, violence, where_prec, country, name_a, name_b, status, start, end, date_prec, *rest = self._record_cells(
            record
        )
        headline, dyad, conflict, description, clarity, article, original, *numbers = rest
        key = id_.strip()
        if not key:
            raise RecordError("id", "", "is blank; an event needs its id")
        event_type, violence_type = self._violence(violence)
        point = self.point(record)
        place_precision = (
            self._place_precision(where_prec) if self._has_precision else precision_without_location(point)
        )
        date_start, date_end, date_precision = self._dates(start, end, date_prec)
        side_a, side_b = self._sides(name_a, name_b, country, self.crosswalk.era(date_start))
        return EventRecord(
            key=key,
            date_start=date_start,
            date_end=date_end,
            date_precision=date_precision,
            event_type=event_type,
            sub_event_type=None,
            point=point,
            place_precision=place_precision if point else None,
            side_a=side_a,
            side_b=side_b,
            summary=headline or ", ".join(filter(None, (dyad or conflict, point.location if point else ""))),
            note=_note(violence_type, description, status, clarity),
            sources=article or original or None,
            figures=self._figures(self._numbers(*numbers), side_a, side_b, violence_type == ONE_SIDED),
        )

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        cell = self.cell_getter(record)
        deaths = [parse_count(column, cell(column)) or 0 for column in DEATHS]
        best = parse_count("best", cell("best"))
        if best is not None and sum(deaths) != best:
            yield "best", cell("best"), f"this is not the sum of {', '.join(DEATHS)}, {sum(deaths)}."

    def parse_location(self, cells: tuple[str, ...]) -> Point | None:
        country, region, location, district, latitude, longitude = cells
        name = next(filter(None, map(str.strip, (location, district, region, country))), "")
        if not name:
            return None
        return Point(
            self.crosswalk.country_name(country),
            region.strip(),
            name,
            parse_coordinate("latitude", latitude, 90),
            parse_coordinate("longitude", longitude, 180),
            self.crosswalk.admin2_name(district),
        )

    def _parse_sides(self, name_a: str, name_b: str, country: str, era: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        country_name = self.crosswalk.country_name(country)
        side_a, side_b = (
            self.crosswalk.group_keys(name, country_name, era, self.separator) for name in (name_a, name_b)
        )
        return tuple(dict.fromkeys(side_a)), tuple(dict.fromkeys(side_b))

    def _figures(
        self, numbers: Sequence[int | None], side_a: Sequence[str], side_b: Sequence[str], one_sided: bool
    ) -> list[CasualtyEstimate]:
        """Return UCDP's estimate of all killed, and as parts of it each of its four columns that is not 0."""
        if not numbers:
            return []
        low, best, high, deaths_a, deaths_b, deaths_civilians, deaths_unknown = numbers
        figures = [CasualtyEstimate(1, "killed", low, best, high)]
        a, b = ";".join(side_a) or None, ";".join(side_b) or None
        parts = (
            (deaths_a, "side_a:killed", a, "combatant", None),
            (deaths_b, "side_b:killed", b, "combatant", None),
            (deaths_civilians, "civilians:killed", "Civilians", "civilian", a if one_sided else None),
            (deaths_unknown, "unknown:killed", None, None, None),
        )
        for number, (deaths, tally, group, victims, inflicted_by) in enumerate(parts, 2):
            if not deaths:
                continue
            if group == "Civilians":
                self.crosswalk.matched_groups["Civilians"] = None
            figures.append(
                CasualtyEstimate(
                    number,
                    tally,
                    low=None,
                    best=deaths,
                    high=None,
                    part_of="killed",
                    group=group,
                    victims=victims,
                    inflicted_by=inflicted_by,
                )
            )
        return figures


def _note(violence_type: str, description: str, status: str, clarity: str) -> str | None:
    status = status.strip()
    return join_notes(
        violence_type,
        description.strip(),
        "" if status.lower() == "clear" else status,
        "summary report" if strip_float_suffix(clarity) == "2" else "",
    )


def _violence(cell: str) -> tuple[str, str]:
    """Return the event type and UCDP's type of violence."""
    if strip_float_suffix(cell) not in VIOLENCE:
        raise RecordError("type_of_violence", cell, "is not 1, 2 or 3")
    return VIOLENCE[strip_float_suffix(cell)]


def _place_precision(cell: str) -> str:
    if strip_float_suffix(cell) not in PLACE_PRECISION:
        raise RecordError("where_prec", strip_float_suffix(cell), "is not 1 to 7")
    return PLACE_PRECISION[strip_float_suffix(cell)]


def _numbers(*cells: str) -> tuple[int | None, ...]:
    """Return the numbers of ESTIMATE and DEATHS; an empty tuple if there is no estimate."""
    estimate = tuple(parse_count(column, cell) for column, cell in zip(ESTIMATE, cells, strict=False))
    if estimate == (None, None, None):
        return ()
    deaths = cells[len(ESTIMATE) :]
    return (*estimate, *(parse_count(column, cell) for column, cell in zip(DEATHS, deaths, strict=True)))


def _dates_of_year(year: str, end: str, date_prec: str) -> tuple[str, str, str]:
    """Return the first and the last day of a year, and the precision."""
    cell = strip_float_suffix(year)
    if not YEAR.fullmatch(cell):
        raise RecordError("year", year, "is not a year such as 2019")
    return f"{cell}-01-01", f"{cell}-12-31", "year"


def _dates(parse_day: DayParser, columns: frozenset[str], start: str, end: str, date_prec: str) -> tuple[str, str, str]:
    """Return first day, last day and date precision."""
    if "date_end" not in columns:
        end = start
    first, last = parse_day(start.strip()), parse_day(end.strip())
    if first is None or last is None:
        column, cell = ("date_start", start) if first is None else ("date_end", end)
        raise RecordError(column, cell, f"is not a date such as {DATE_FORMS}")
    if last < first:
        raise RecordError("date_end", end, f"is before date_start, {start}")
    if "date_prec" not in columns:
        return first.isoformat(), last.isoformat(), "day" if first == last else "range"
    code = strip_float_suffix(date_prec)
    if code not in DATE_PRECISION:
        raise RecordError("date_prec", code, "is not 1 to 5")
    precision = DATE_PRECISION[code]
    if code == "3" and last - first == datetime.timedelta(days=6):
        precision = "week"
    elif code == "4" and (first, last) == month_bounds(first):
        precision = "month"
    elif code == "5" and (first, last) == (first.replace(month=1, day=1), first.replace(month=12, day=31)):
        precision = "year"
    return first.isoformat(), last.isoformat(), precision
