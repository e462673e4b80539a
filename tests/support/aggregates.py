"""Files of counts as ACLED, HDX and HAPI have them. All numbers are invented."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mali_cli.dataset import Dataset, load
from tests.support.lookalikes import store, written

Row = tuple[object, ...]

WEEKLY_HEADER = (
    *("WEEK", "REGION", "COUNTRY", "ADMIN1", "EVENT_TYPE", "SUB_EVENT_TYPE", "EVENTS", "FATALITIES"),
    *("POPULATION_EXPOSURE", "DISORDER_TYPE", "ID", "CENTROID_LATITUDE", "CENTROID_LONGITUDE"),
)
MONTHLY_HEADER = (
    *("Country", "Admin1", "Admin2", "ISO3", "Admin2 Pcode", "Admin1 Pcode", "Month", "Year", "Events", "Fatalities"),
)
HAPI_HEADER = (
    *("location_code", "has_hrp", "in_gho", "provider_admin1_name", "provider_admin2_name", "admin1_code"),
    *("admin1_name", "admin2_code", "admin2_name", "admin_level", "event_type", "events", "fatalities"),
    *("reference_period_start", "reference_period_end", "dataset_hdx_id", "resource_hdx_id", "warning", "error"),
)
WEEKLY_NAME = "Africa_aggregated_data_up_to-2024-02-03"
MONTHLY_NAME = "mali_hrp_political_violence_events_and_fatalities_by_month-year_as-of-01jul2024"


CENTROIDS = {  # latitude and longitude
    "Mopti": (14.9, -3.6),
    "Tombouctou": (19.6, -3.7),
    "Bamako": (12.6, -8.0),
    "Gao": (16.6, 0.3),
    "Tillaberi": (14.3, 1.9),
}


def week(first: str, admin1: str, event_type: str, sub_type: str, events: object, killed: object, disorder: str) -> Row:
    country = "Niger" if admin1 == "Tillaberi" else "Mali"
    counted = (first, "Western Africa", country, admin1, event_type, sub_type, events, killed, 900, disorder, 7)
    return (*counted, *CENTROIDS[admin1])


CLASH, ATTACK = ("Battles", "Armed clash"), ("Violence against civilians", "Attack")
VIOLENCE = "Political violence"
WEEKS = [
    week("2023-12-23", "Mopti", *CLASH, 3, 7, VIOLENCE),
    week("2023-12-30", "Mopti", *CLASH, 2, 5, VIOLENCE),
    week("2024-01-06", "Tombouctou", *ATTACK, 4, 0, VIOLENCE),
    week("2024-01-06", "Bamako", "Protests", "Excessive force against protesters", 1, 2, f"{VIOLENCE}; Demonstrations"),
    week("2024-02-03", "Tillaberi", "Strategic developments", "Arrests", 2, 0, "Strategic developments"),
]
MONTHS = [
    ("Mali", "Gao", "Ansongo", "MLI", "ML0702", "ML07", "January", 2024, 4, 11),
    ("Mali", "Gao", "Gao", "MLI", "ML0701", "ML07", "January", 2024, 1, 0),
    ("Mali", "Gao", "Gao", "MLI", "ML0701", "ML07", "February", 2024, 0, 0),
]


def hapi(kind: str, events: object, killed: object, month: int, error: str = "") -> Row:
    last = {1: 31, 2: 29}[month]
    return (
        *("MLI", "Y", "Y", "Tombouctou", "Goundam", "ML06", "Tombouctou", "ML0603", "Goundam", 2, kind, events, killed),
        *(f"2024-0{month}-01", f"2024-0{month}-{last}", "a", "b", "", error),
    )


HAPI = [
    hapi("political_violence", 4, 11, 1),
    hapi("civilian_targeting", 2, 6, 1),
    hapi("demonstration", 3, "", 1),
    hapi("political_violence", 1, 0, 2),
]


def csv_file(folder: Path, name: str, header: Row, rows: Iterable[Row]) -> Path:
    return store(folder / f"{name}.csv", written([header, *rows]))


def weekly(folder: Path, rows: Iterable[Row] = WEEKS, name: str = WEEKLY_NAME) -> Dataset:
    return load(csv_file(folder, name, WEEKLY_HEADER, rows))
