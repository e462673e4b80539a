"""Every date form of foreign files is read, and none depends on the locale."""

from __future__ import annotations

import datetime
import locale
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.storage.convert import convert
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    FOLDER,
    assert_as_expected,
    edited,
    raw,
    where,
)
from tests.support.quirks import (
    of_columns,
)

Run = Callable[..., subprocess.CompletedProcess[str]]

# Every date form, for strftime
DATES = {
    "2022-02-23": "%Y-%m-%d",
    "23 February 2022": "%d %B %Y",
    "23 Feb 2022": "%d %b %Y",
    "23-Feb-22": "%d-%b-%y",
    "23-February-2022": "%d-%B-%Y",
    "23/02/2022": "%d/%m/%Y",
    "2022-02-23 00:00:00.000": "%Y-%m-%d 00:00:00.000",
    "2022-02-23T00:00:00": "%Y-%m-%dT00:00:00",
    "2022/02/23": "%Y/%m/%d",
    "23-02-2022": "%d-%m-%Y",
    "23-02-22": "%d-%m-%y",
    "23.02.2022": "%d.%m.%Y",
    "02/23/2022": "%m/%d/%Y",
    "February 23, 2022": "%B %d, %Y",
}


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def formatted(day: datetime.date, form: str) -> str:
    """strftime with English names, whatever the locale."""
    month = MONTHS[day.month - 1]
    return day.strftime(form.replace("%B", month).replace("%b", month[:3]))


POSITIONS = [("acled_a3", "event_date"), ("acled_a4", "event_date"), ("ucdp_u1", "date_start date_end"), ("un_fatalities", "incident_date")]  # fmt: skip


@pytest.mark.parametrize("form", DATES.values(), ids=DATES)
@pytest.mark.parametrize(("name", "columns"), POSITIONS)
def test_every_date_form_is_read(tmp_path: Path, name: str, columns: str, form: str) -> None:
    data = of_columns(columns, lambda cell: formatted(datetime.date.fromisoformat(cell), form))(raw(name))
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "dates.csv", data)), name)


@pytest.mark.parametrize("name", ["acled_a1", "acled_a2"])
def test_a_day_below_ten_may_have_one_digit(tmp_path: Path, name: str) -> None:
    data = of_columns("event_date", lambda cell: cell.removeprefix("0"))(raw(name))
    assert_as_expected(foreign.tables(foreign.store(tmp_path / "dates.csv", data)), name)


@pytest.mark.parametrize(
    ("written_so", "day"),
    [
        ("25-Aug-03", "2003-08-25"),
        ("12-Jun-97", "1997-06-12"),
        ("05/04/2012", "2012-04-05"),
        ("29/02/2012", "2012-02-29"),
        ("01 May 2025", "2025-05-01"),
        ("31-December-2018", "2018-12-31"),
    ],
)
def test_dates_are_day_first_and_in_the_right_century(tmp_path: Path, written_so: str, day: str) -> None:
    path = foreign.store(tmp_path / "dates.csv", edited("acled_a3", where("MLI9306", event_date=written_so)))
    [event] = [event for event in foreign.tables(path)["events"] if event["event_id"] == "MLI9306"]
    assert (event["date_start"], event["date_end"], event["date_precision"]) == (day, day, "day")


def test_a_file_with_both_orders_of_day_and_month_is_refused(tmp_path: Path, mali: Run) -> None:
    path = foreign.store(tmp_path / "dates.csv", edited("acled_a0", where("9005MLI", EVENT_DATE="04/13/2012")))
    done = mali("events", "--data", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"mali: {path} has dates with the day first, \d\d/\d\d/2012 \(record \d\), and with the month first, "
        r"04/13/2012 \(record 5\); save it with dates such as 2019-12-31.\n",
        done.stderr,
    )


def test_an_order_that_no_date_shows_is_the_day_first_and_a_note_says_so(tmp_path: Path) -> None:
    def on_day_4(row: dict[str, str]) -> None:
        row["event_date"] = f"05/04/{row['year']}"

    path = foreign.store(tmp_path / "dates.csv", edited("acled_a3", on_day_4))
    answer = load(path).answer("events")
    of_days = answer.frame[answer.frame["date_precision"] == "day"]
    assert set(of_days["date_start"].dt.strftime("%m-%d")) == {"04-05"}
    note = "Dates such as 04/05/2019 are read with the day first; no date of the file shows the order."
    assert note in answer.notes
    # It is kept in what the file is converted to, from one form to the next.
    source = path
    for form in ("csv", "sqlite", "parquet"):
        convert(load(source).backend, tmp_path / form, form)
        source = tmp_path / form
        for filters in ({}, {"since": "2012"}):
            assert load(source).answer("events", **filters).notes.count(note) == 1
    assert load(path).answer("casualties", by="year").notes.count(note) == 1
    assert load().answer("compare", name=load(path)).notes.count(note) == 1


def test_a_week_over_new_year_is_counted_in_the_year_of_its_middle() -> None:
    sums = load(FOLDER / "acled_a1.csv").casualties(by="year")
    assert sums["year"].notna().all()


@pytest.mark.parametrize("more", [[], ["--place", "Ber"], ["--by", "year"]])
def test_a_file_most_of_whose_records_cannot_be_read_is_an_error(tmp_path: Path, mali: Run, more: list[str]) -> None:
    path = foreign.store(tmp_path / "dates.csv", of_columns("event_date", lambda cell: "in spring")(raw("acled_a3")))
    done = mali("events", "--data", str(path), "--quiet", *more)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.match(rf"mali: {path}: (\d) of \1 records( that may match)? cannot be read: record 1, ", done.stderr)


def test_month_names_are_english_whatever_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = shutil.which("localedef")
    if not maker:
        pytest.skip("no localedef on this machine to make a French locale")
    made = subprocess.run([maker, "-i", "fr_FR", "-f", "UTF-8", tmp_path / "fr_FR.UTF-8"], capture_output=True, check=False)  # fmt: skip
    monkeypatch.setenv("LOCPATH", str(tmp_path))
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "fr_FR.UTF-8")
    except locale.Error:
        pytest.skip(f"no French locale on this machine: {made.stderr!r}")
    try:
        assert datetime.date(2012, 2, 1).strftime("%B") == "février"
        for name in ("acled_a1", "acled_a2"):
            assert_as_expected(foreign.tables(FOLDER / f"{name}.csv"), name)
    finally:
        monkeypatch.undo()
        locale.setlocale(locale.LC_ALL, before)
