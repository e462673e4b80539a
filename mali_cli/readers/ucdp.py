"""UCDP's Georeferenced Event Dataset, yearly and candidate: what a record of it says."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import ClassVar

from mali_cli.readers.dates import FORMS, day, month_of
from mali_cli.readers.entries import Entry, Fault, Figure, Point, code, degrees, joined, plain, whole_number
from mali_cli.readers.formats import Format

# The 49 columns of today, for the releases that come without a header.
HEADLESS = [
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

DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")


class Ucdp(Format):
    """A file of UCDP GED."""

    name = "UCDP"
    giver, giver_kind = "UCDP", "expert"
    required = frozenset(
        {"id", "type_of_violence", "side_a", "side_b", "dyad_name", "where_prec", "where_coordinates", "adm_1"}
        | {"latitude", "longitude", "country", "date_prec", "date_start", "date_end", "best", "high", "low"}
        | {"deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"}
    )
    reads = (
        required
        | {"adm_2", "where_description", "code_status", "event_clarity"}
        | {*("source_article", "source_original", "source_headline")}
    )
    known = frozenset(HEADLESS) | {"iso3"}
    key = "id"
    days = ("date_start", "date_end")
    roles = ("side_a", "side_b")
    spot = ("country", "adm_1", "where_coordinates", "adm_2", "latitude", "longitude")
    separator = ", "
    only_for: ClassVar = {
        "summary": frozenset({"source_headline"}),
        "note": frozenset({"where_description", "code_status", "event_clarity"}),
        "sources": frozenset({"source_article", "source_original"}),
    }
    also_names = (("deaths_civilians", "Civilians"),)
    told_by = ("source_article", "source_original")

    @property
    def version(self) -> str:
        return "GED with relid" if "relid" in self.at else "GED up to 19.1"

    def prepare(self) -> None:
        self._days: dict[tuple[str, str, str], tuple[str, str, str]] = {}

    def entry(self, record: list[str]) -> Entry:
        cell = self.cells(record)
        key = plain(cell("id"))
        if not key:
            raise Fault("id", "", "is blank; an event needs its id")
        violence = VIOLENCE.get(code(cell("type_of_violence")))
        if violence is None:
            raise Fault("type_of_violence", cell("type_of_violence"), "is not 1, 2 or 3")
        precision = code(cell("where_prec"))
        if precision not in PLACE_PRECISION:
            raise Fault("where_prec", cell("where_prec"), "is not 1 to 7")
        point = self.point(record)
        country = self.concordance.country(cell("country"))
        sides = [self.concordance.actors(cell(side), country, ", ") for side in self.roles]
        status = plain(cell("code_status"))
        dates = cell("date_start"), cell("date_end"), code(cell("date_prec"))
        if dates not in self._days:
            self._days[dates] = _dated(*dates)
        date_start, date_end, date_precision = self._days[dates]
        where = point.location if point else ""
        return Entry(
            key,
            date_start,
            date_end,
            date_precision,
            violence[0],
            None,
            point,
            PLACE_PRECISION[precision] if point else None,
            sides[0],
            sides[1],
            cell("source_headline") or ", ".join(filter(None, (cell("dyad_name"), where))),
            joined(
                violence[1],
                plain(cell("where_description")),
                "" if status.lower() == "clear" else status,
                "summary report" if code(cell("event_clarity")) == "2" else "",
            ),
            cell("source_article") or cell("source_original") or None,
            self._figures(cell, sides, one_sided=violence[1] == VIOLENCE["3"][1]),
        )

    def against_rules(self, record: list[str]) -> Iterator[tuple[str, str, str]]:
        cell = self.cells(record)
        parts = [whole_number(c, cell(c)) or 0 for c in DEATHS]
        best = whole_number("best", cell("best"))
        if best is not None and sum(parts) != best:
            yield "best", cell("best"), f"this is not the sum of {', '.join(DEATHS)}, {sum(parts)}."

    def locate(self, cells: tuple[str, ...]) -> Point | None:
        country, region, location, district, latitude, longitude = cells
        name = next(filter(None, map(plain, (location, district, region, country))), "")
        if not name:
            return None
        return Point(
            self.concordance.country(country),
            plain(region),
            name,
            degrees("latitude", latitude, 90),
            degrees("longitude", longitude, 180),
        )

    def _figures(self, cell: Callable[[str], str], sides: list[list[str]], one_sided: bool) -> list[Figure]:
        """UCDP's estimate of the whole, and its four columns as parts of it where they count anybody."""
        low, best, high = (whole_number(column, cell(column)) for column in ("low", "best", "high"))
        if low is None and best is None and high is None:
            return []
        figures = [Figure(1, "killed", low, best, high)]
        side_a, side_b = (";".join(dict.fromkeys(side)) or None for side in sides)
        parts = (
            ("deaths_a", "side_a:killed", side_a, "combatant", None),
            ("deaths_b", "side_b:killed", side_b, "combatant", None),
            ("deaths_civilians", "civilians:killed", "Civilians", "civilian", side_a if one_sided else None),
            ("deaths_unknown", "unknown:killed", None, None, None),
        )
        for at, (column, tally, group, victims, by) in enumerate(parts, 2):
            dead = whole_number(column, cell(column))
            if dead:
                if group == "Civilians":
                    self.concordance.met["Civilians"] = None
                figures.append(
                    Figure(at, tally, None, dead, None, None, "killed", group, victims=victims, inflicted_by=by)
                )
        return figures


def _dated(start: str, end: str, precision: str) -> tuple[str, str, str]:
    first, last = day(plain(start)), day(plain(end))
    if first is None or last is None:
        column, cell = ("date_start", start) if first is None else ("date_end", end)
        raise Fault(column, cell, f"is no date such as {FORMS}")
    if last < first:
        raise Fault("date_end", end, f"is before date_start, {start}")
    words = {"1": "day", "2": "range", "3": "range", "4": "range", "5": "range"}
    if precision not in words:
        raise Fault("date_prec", precision, "is not 1 to 5")
    word = words[precision]
    if precision == "3" and last - first == datetime.timedelta(days=6):
        word = "week"
    elif precision == "4" and (first, last) == month_of(first):
        word = "month"
    elif precision == "5" and (first, last) == (first.replace(month=1, day=1), first.replace(month=12, day=31)):
        word = "year"
    return first.isoformat(), last.isoformat(), word
