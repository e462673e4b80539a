"""Files that count events by week or month: ACLED's weekly workbooks, the monthly ones on HDX, and HDX HAPI."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import ClassVar, NamedTuple

from mali_cli.formats.base import FILE_COLUMN, FormatAdapter
from mali_cli.formats.crosswalk import NameCrosswalk
from mali_cli.formats.dates import DATE_FORMS, FIRST_YEAR, LAST_YEAR, MONTH_NUMBERS, month_bounds
from mali_cli.formats.records import RecordError, parse_coordinate, parse_count, split_list, strip_float_suffix
from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from mali_cli.model.vocabulary import CIVILIAN_TARGETING, DEMONSTRATIONS, POLITICAL_VIOLENCE

WEEK = datetime.timedelta(days=6)
SATURDAY = 5  # the weekday on which ACLED's weeks begin
COUNTED_BY_WORD = {
    "civilian": CIVILIAN_TARGETING,  # before "political violence": a name may have both
    "demonstration": DEMONSTRATIONS,
    "political violence": POLITICAL_VIOLENCE,
}


class AggregateRecord(NamedTuple):
    """One record of a file of counts, with the columns of the table `aggregates` except its key and the file."""

    date_start: str
    date_end: str
    country: str | None
    region: str | None
    admin2: str | None
    event_type: str | None
    sub_event_type: str | None
    disorder_type: str | None
    events: int
    killed: int | None
    population: int | None = None
    latitude: float | None = None
    longitude: float | None = None


class AggregateFormat(FormatAdapter):
    """A layout of counts. All of them come from ACLED."""

    claimant, claimant_kind = "ACLED", "ngo"
    key = "events"  # there are no ids
    actor_columns = location_columns = ()
    separator = ";"

    def setup(self) -> None:
        events = schema.table("events")
        self.event_types = {normalize_name(name): name for name in events.column("event_type").enum}
        self.sub_event_types = {normalize_name(name): name for name in events.column("sub_event_type").enum}
        self.crosswalk = NameCrosswalk("ACLED")
        self._day = cache(self.parse_day)

    @property
    def version(self) -> str:
        return f"{len(self.column_index)} columns"

    @classmethod
    def canonical_column(cls, column: str) -> str:
        return column.replace("-", "_")

    def parse_aggregate(self, record: list[str], file: Path) -> AggregateRecord:
        """Return the counts of a record; RecordError if it cannot be read."""
        raise NotImplementedError

    def date(self, column: str, cell: str) -> datetime.date:
        """Return the date of a cell; RecordError if it is none."""
        day = self._day(cell.strip())
        if day is None:
            raise RecordError(column, cell, f"is not a date such as {DATE_FORMS}")
        return day

    def known_type(self, cell: str, types: dict[str, str]) -> str | None:
        """Return an event type of ACLED as we spell it; one that it does not have is kept and noted."""
        text = cell.strip()
        if text and normalize_name(text) not in types:
            self.unknown_event_types[text] = None
        return types.get(normalize_name(text), text) or None

    def numbers(self, record: list[str]) -> tuple[int, int | None]:
        """Return the number of events, and of people killed: None if it is 0, which is none or not stated."""
        cell = self.cell_getter(record)
        events = parse_count("events", cell("events"))
        if events is None:
            raise RecordError("events", "", "is blank; it is what the file counts")
        return events, parse_count("fatalities", cell("fatalities")) or None


class WeeklyAggregates(AggregateFormat):
    """ACLED's aggregated data: a workbook for each part of the world, by week, region and sub-event type."""

    name = "ACLED weekly aggregates"
    required = frozenset({"week", "country", "events"})
    required_one_of = (("event_type", "sub_event_type"),)
    used_columns = required | {
        *("admin1", "event_type", "sub_event_type", "fatalities", "population_exposure", "disorder_type"),
        *("centroid_latitude", "centroid_longitude"),
    }
    all_columns = used_columns | {"region", "id"}
    taken_without: ClassVar = {"fatalities": "no number of killed is given"}
    date_columns = ("week",)

    def parse_aggregate(self, record: list[str], file: Path) -> AggregateRecord:
        cell = self.cell_getter(record)
        first = self.date("week", cell("week"))
        events, killed = self.numbers(record)
        return AggregateRecord(
            first.isoformat(),
            (first + WEEK).isoformat(),
            self.crosswalk.country_name(cell("country")),
            self.crosswalk.region_name(cell("admin1")),
            None,
            self.known_type(cell("event_type"), self.event_types),
            self.known_type(cell("sub_event_type"), self.sub_event_types),
            "; ".join(split_list(cell("disorder_type"))) or None,
            events,
            killed,
            parse_count("population_exposure", cell("population_exposure")),
            parse_coordinate("centroid_latitude", cell("centroid_latitude"), 90),
            parse_coordinate("centroid_longitude", cell("centroid_longitude"), 180),
        )

    def validate_record(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        week = self.cell_getter(record)("week")
        if self.date("week", week).weekday() != SATURDAY:
            yield "week", week, "this is not a Saturday, on which ACLED's weeks begin."


class MonthlyAggregates(AggregateFormat):
    """The files on HDX, one each for political violence, demonstrations and civilian targeting, which only names say.

    ACLED has the same counts by country and year, without `month`.
    """

    name = "ACLED monthly aggregates"
    required = frozenset({"country", "year", "events"})
    used_columns = required | {"month", "admin1", "admin2", "admin1_pcode", "admin2_pcode", "fatalities"}
    all_columns = used_columns | {"iso3"}
    taken_without: ClassVar = {
        "month": "each record counts a year",
        "fatalities": "no number of killed is given",
    }
    date_columns = ("year",)

    @classmethod
    def matches_header(cls, header: list[str]) -> bool:
        columns = {column for column in cls.canonical_columns(header) if column}
        return cls.required <= columns and ("month" in columns or columns <= cls.all_columns)

    def setup(self) -> None:
        super().setup()
        self._period = cache(_period)
        self._counted = cache(_counted)

    def parse_aggregate(self, record: list[str], file: Path) -> AggregateRecord:
        cell = self.cell_getter(record)
        first, last = self._period(cell("year"), cell("month") if "month" in self.column_index else None)
        events, killed = self.numbers(record)
        country = self.crosswalk.country_name(cell("country"))
        region = self.crosswalk.region_name(cell("admin1"), cell("admin1_pcode"))
        admin2 = self.crosswalk.admin2_name(cell("admin2"), cell("admin2_pcode"))
        return AggregateRecord(first, last, country, region, admin2, None, None, self._counted(file), events, killed)


class HapiAggregates(AggregateFormat):
    """The conflict events of the HDX Humanitarian API, by month, area and what is counted."""

    name = "HDX HAPI conflict events"
    required = frozenset({"location_code", "event_type", "events", "reference_period_start", "reference_period_end"})
    used_columns = required | {
        *("provider_admin1_name", "provider_admin2_name", "admin1_name", "admin2_name", "fatalities", "error"),
        *("location_name", "admin1_code", "admin2_code"),
    }
    all_columns = used_columns | {
        *("has_hrp", "in_gho", "admin_level", "warning"),
        *("dataset_hdx_id", "resource_hdx_id", "location_ref", "admin1_ref", "admin2_ref"),
    }
    taken_without: ClassVar = {"fatalities": "no number of killed is given"}
    date_columns = ("reference_period_start", "reference_period_end")

    def parse_aggregate(self, record: list[str], file: Path) -> AggregateRecord:
        cell = self.cell_getter(record)
        first, last = (self.date(column, cell(column)) for column in self.date_columns)
        if last < first:
            raise RecordError("reference_period_end", cell("reference_period_end"), "is before the start")
        if error := cell("error").strip():
            raise RecordError("error", error, "marks a record that HAPI leaves out")
        events, killed = self.numbers(record)
        region = cell("provider_admin1_name").strip() or cell("admin1_name")
        admin2 = cell("provider_admin2_name").strip() or cell("admin2_name")
        return AggregateRecord(
            first.isoformat(),
            last.isoformat(),
            self.crosswalk.country_name(cell("location_name").strip() or cell("location_code")),
            self.crosswalk.region_name(region, cell("admin1_code")),
            self.crosswalk.admin2_name(admin2, cell("admin2_code")),
            None,
            None,
            _category(cell("event_type")),
            events,
            killed,
        )


AGGREGATE_FORMATS: tuple[type[AggregateFormat], ...] = (WeeklyAggregates, HapiAggregates, MonthlyAggregates)


def _period(year_cell: str, month_cell: str | None) -> tuple[str, str]:
    """Return the first and the last day of a month, whose name or number is given, or of a year."""
    year = strip_float_suffix(year_cell)
    if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= LAST_YEAR):
        raise RecordError("year", year_cell, f"is not a year from {FIRST_YEAR} to {LAST_YEAR}")
    if month_cell is None:
        return f"{year}-01-01", f"{year}-12-31"
    text = strip_float_suffix(month_cell).lower()
    month = int(text) if text in map(str, range(1, 13)) else MONTH_NUMBERS.get(text)
    if month is None:
        raise RecordError("month", month_cell, "is not a month such as January")
    first, last = month_bounds(datetime.date(int(year), month, 1))
    return first.isoformat(), last.isoformat()


def _counted(file: Path) -> str | None:
    """Return what a file on HDX counts, by the words of its name; None if it has been renamed."""
    words = re.sub(r"[\W_]+", " ", file.name.lower())
    return next((counted for word, counted in COUNTED_BY_WORD.items() if word in words), None)


def _category(cell: str) -> str:
    """Return what a record of HAPI counts, such as political_violence."""
    categories = {normalize_name(name): name for name in (POLITICAL_VIOLENCE, DEMONSTRATIONS, CIVILIAN_TARGETING)}
    text = normalize_name(cell.replace("_", " "))
    category = categories.get(text) or categories.get(f"{text}s")
    if category is None:
        raise RecordError("event_type", cell, "is not political_violence, demonstration or civilian_targeting")
    return category


def file_of_record(adapter: FormatAdapter, record: list[str], path: Path) -> tuple[int, Path, str]:
    """Return the number and the path of the file that a record is from, and where in it, if there are several files."""
    number, _, place = adapter.cell_getter(record)(FILE_COLUMN).partition(":")
    return (int(number), Path(place.rpartition(", record ")[0]), place) if place else (1, path, "")
