"""UCDP's Georeferenced Event Dataset (GED), yearly and candidate releases."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import DATE_FORMS, DayParser, month_bounds
from mali_cli.formats.record_parts import DATE_FIELDS, RecordPart
from mali_cli.formats.records import (
    VISIBLE_ASCII,
    CasualtyEstimate,
    Point,
    RecordError,
    join_notes,
    parse_coordinates,
    parse_count,
    precision_without_location,
    strip_float_suffix,
    strip_key,
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
# Shapefiles cut names to ten letters. Two columns of conflicts then have one name, so that neither is recognised.
NAMES_BY_TEN_LETTERS = {name[:10]: name for name in CANDIDATE_HEADER if not name.startswith("conflict_")}

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

# Every layout has these columns.
LAYOUT_COLUMNS = frozenset(
    {
        *("id", "type_of_violence", "where_prec", "country", "side_a", "side_b"),
        *("date_start", "date_end", "date_prec", "dyad_name", "conflict_name"),
        *("source_article", "source_original", *ESTIMATE, *DEATHS),
    }
)


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
    all_columns = frozenset(CANDIDATE_HEADER) | {"iso3"}
    headerless = (CANDIDATE_HEADER,)
    key = "id"
    date_columns: tuple[str, ...] = ("date_start", "date_end")
    actor_columns = ("side_a", "side_b")
    separator = ", "
    flag_columns = (("deaths_civilians", "Civilians"),)
    source_columns = ("source_article", "source_original")

    @classmethod
    def canonical_column(cls, column: str) -> str:
        return NAMES_BY_TEN_LETTERS.get(column, column)

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
        if "date_start" not in self.column_index:
            self.date_columns = ("year",)

    def record_parts(self) -> tuple[RecordPart, ...]:
        dates = RecordPart(DATE_FIELDS, ("date_start", "date_end", "date_prec"), self._parse_dates)
        if "date_start" not in self.column_index:
            dates = RecordPart(DATE_FIELDS, ("year",), self._parse_year)
        optional = partial(RecordPart, optional=True)
        summary_columns = ("source_headline", "dyad_name", "conflict_name")
        return (
            RecordPart(("key",), (self.key,), partial(strip_key, self.key), verbatim=VISIBLE_ASCII),
            RecordPart(("event_type", "violence_type"), ("type_of_violence",), _violence),
            RecordPart((), ("where_prec", "latitude", "longitude"), self._check_place),
            optional(("point", "place_precision"), ("where_prec", *self.location_columns), self._parse_place),
            dates,
            optional(("side_a", "side_b"), ("side_a", "side_b", "country"), self._parse_sides, ("era",)),
            optional(("summary",), summary_columns, _summary, ("point",)),
            optional(("note",), ("where_description", "code_status", "event_clarity"), _note, ("violence_type",)),
            optional(("sources",), ("source_article", "source_original"), _sources),
            RecordPart(("figures",), (*ESTIMATE, *DEATHS), self._parse_figures, ("side_a", "side_b", "violence_type")),
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
            *parse_coordinates(latitude, longitude),
            self.crosswalk.admin2_name(district),
        )

    def _parse_dates(self, start: str, end: str, date_prec: str) -> tuple[str, str, str, str]:
        """Return first day, last day, date precision and era of names."""
        dates = _dates(self.parse_day, frozenset(self.column_index), start, end, date_prec)
        return (*dates, self.crosswalk.era(dates[0]))

    def _parse_year(self, year: str) -> tuple[str, str, str, str]:
        """Return the first and the last day of a year, the precision and the era of names."""
        cell = strip_float_suffix(year)
        if not YEAR.fullmatch(cell):
            raise RecordError("year", year, "is not a year such as 2019")
        return f"{cell}-01-01", f"{cell}-12-31", "year", self.crosswalk.era(f"{cell}-01-01")

    def _check_place(self, where_prec: str, latitude: str, longitude: str) -> tuple[()]:
        """Raise RecordError if a part of the place cannot be read."""
        parse_coordinates(latitude, longitude)
        if "where_prec" in self.column_index:
            _place_precision(where_prec)
        return ()

    def _parse_place(self, where_prec: str, *location: str) -> tuple[Point | None, str | None]:
        """Return the point and how closely it is known."""
        point = self.parse_location(location)
        has_precision = "where_prec" in self.column_index
        precision = _place_precision(where_prec) if has_precision else precision_without_location(point)
        return point, precision if point else None

    def _parse_sides(self, name_a: str, name_b: str, country: str, era: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        country_name = self.crosswalk.country_name(country)
        side_a, side_b = (
            self.crosswalk.group_keys(name, country_name, era, self.separator) for name in (name_a, name_b)
        )
        return tuple(dict.fromkeys(side_a)), tuple(dict.fromkeys(side_b))

    def _parse_figures(self, *given: Any) -> tuple[CasualtyEstimate, ...]:
        """Return UCDP's estimate of all killed, and as parts of it each of its four columns that is not 0."""
        *cells, side_a, side_b, violence_type = given
        numbers = _numbers(*cells)
        if not numbers:
            return ()
        low, best, high, deaths_a, deaths_b, deaths_civilians, deaths_unknown = numbers
        figures = [CasualtyEstimate(1, "killed", low, best, high)]
        a, b = ";".join(side_a) or None, ";".join(side_b) or None
        parts = (
            (deaths_a, "side_a:killed", a, "combatant", None),
            (deaths_b, "side_b:killed", b, "combatant", None),
            (deaths_civilians, "civilians:killed", "Civilians", "civilian", a if violence_type == ONE_SIDED else None),
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
        return tuple(figures)


def _summary(headline: str, dyad: str, conflict: str, point: Point | None) -> str:
    return headline or ", ".join(filter(None, (dyad or conflict, point.location if point else "")))


def _sources(article: str, original: str) -> str | None:
    return article or original or None


def _note(description: str, status: str, clarity: str, violence_type: str) -> str | None:
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
