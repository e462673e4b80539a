"""The database of the site: its columns and search agree with the commands, whatever file it was made from."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from selenium.webdriver.common.by import By

from mali_cli.dataset import Dataset, load
from mali_cli.model import schema
from mali_cli.model.names import normalize_name
from mali_cli.site import database
from mali_cli.storage import convert
from tests.support.browser import Browser
from tests.support.lookalikes import FOLDER as LOOKALIKES
from tests.support.lookalikes import NAMES
from tests.support.served_site import (
    DATABASE,
    INVENTED,
    Site,
    command_rows,
    count_map_points,
    open_database,
    serve_site,
    text_of,
    wait_until,
)


@pytest.mark.parametrize("name", ["curated", *NAMES])
def test_events_have_the_columns_of_the_command_and_the_points_of_the_map(name: str, tmp_path: Path) -> None:
    format_in = {"ucdp_candidate_headless": "ucdp"}.get(name)
    path = schema.data_folder() if name == "curated" else LOOKALIKES / f"{name}.csv"
    with contextlib.closing(open_database(load(path, format_in), tmp_path)) as connection:
        table = pd.read_sql("SELECT * FROM events ORDER BY date_start, date_end, event_id", connection)
        figures = pd.read_sql("SELECT * FROM casualties", connection)
    dataset = load(path, format_in)
    expected = dataset.events()
    flags = [column.name for column in database.FATALITY_COLUMNS]
    assert sorted(table.columns) == sorted([*expected.columns, *flags])
    shown = dataset.answer("events")
    assert shown.load_display_columns is not None
    expected_flags = shown.load_display_columns(shown.frame)[flags].astype("Int64")
    assert table[flags].astype("Int64").equals(expected_flags.reset_index(drop=True))
    assert figures["date_precision"].notna().all()
    coordinates = list(database.COORDINATES)
    for column in expected.columns.difference(coordinates):
        cells, expected_cells = (
            [None if pd.isna(value) else value for value in frame[column].astype(object)] for frame in (table, expected)
        )
        assert cells == [str(v.date()) if isinstance(v, pd.Timestamp) else v for v in expected_cells], column
    has_point = table[coordinates].notna().all(axis=1).to_numpy()
    assert (table.loc[has_point, coordinates].to_numpy() == expected.loc[has_point, coordinates].to_numpy()).all()
    mapped = dataset.map()
    assert has_point.sum() == mapped.loc[mapped["latitude"].notna(), "events"].sum()


# Search


def test_the_search_ignores_accents(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(f"/{DATABASE}/events")
    box = driver.find_element(By.CSS_SELECTOR, "input[name=_search]")
    box.send_keys("menaka")
    box.submit()
    wait_until(driver, lambda d: "matches" in text_of(d, ".count"))
    columns = database.searchable_columns(schema.table("events"))
    texts = war.table("events")[columns].fillna("").agg(" ".join, axis=1)
    number = int(texts.map(lambda text: bool(re.search(r"\bmenaka\b", normalize_name(text)))).sum())
    assert number > 5
    assert text_of(driver, ".count") == f'{number} events where search matches "menaka"'


def test_the_search_in_summaries_matches_that_of_the_command(site: Site, war: Dataset) -> None:
    for text in ("bridge", "french soldiers", "Édouard"):
        rows = site.get(f"/{DATABASE}/events.json", _search_summary=text, _shape="array", _size="max", _col="event_id")
        events = war.events(text=text)
        patterns = [re.compile(rf"\b{word}\b") for word in normalize_name(text).split()]
        # The command also matches parts of words.
        has_whole_words = pd.Series(
            [all(pattern.search(normalize_name(summary)) for pattern in patterns) for summary in events["summary"]]
        )
        assert has_whole_words.any()
        assert {row["event_id"] for row in rows} == set(events["event_id"][has_whole_words])


# Files and folders


def test_a_foreign_file_is_served_with_the_queries_it_has_rows_for(tmp_path: Path, browser: Browser) -> None:
    with serve_site(tmp_path / "t", "--data", str(INVENTED)) as site:
        driver = browser.open(f"{site.address}/")
        assert text_of(driver, "h1") == "ACLED: invented.csv"
        titles = [link.text for link in driver.find_elements(By.CSS_SELECTOR, ".questions li a")]
        assert "What happened at a place?" in titles
        assert "Who held each place on a given day?" not in titles
        assert "How many people has each country lost?" not in titles
        rows = site.get("/invented/deadliest-events.json", at_least="1", _shape="array")
        command = ["events", "--data", str(INVENTED), "--min-killed", "1", "--sort", "-killed_best"]
        assert [row["event_id"] for row in rows] == [row["event_id"] for row in command_rows(command)]
        driver = browser.open(f"{site.address}/invented/events")
        assert count_map_points(driver) == load(INVENTED).map().dropna(subset="latitude")["events"].sum()
        assert browser.errors == []
        assert browser.requests_elsewhere == []


def test_a_converted_file_is_served_from_a_copy(tmp_path: Path) -> None:
    file = tmp_path / "Ma Guerre.db"
    convert.convert(load(schema.data_folder()).backend, file, "sqlite")
    before = file.read_bytes()
    with serve_site(tmp_path / "t", "--data", str(file)) as site:
        assert site.get(f"/{DATABASE}/events.json", _size="0")["filtered_table_rows_count"] == len(
            load().table("events")
        )
        assert len(site.get(f"/{DATABASE}/losses-by-country.json", _shape="array")) > 20
        site.stop()
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Ma Guerre.db", "t"]


def test_a_database_of_another_program_is_refused(
    mali: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (a)")
    done = mali("serve", "--data", str(tmp_path / "other.db"))
    assert done.returncode == 1
    assert done.stderr == (f"mali: {tmp_path}/other.db was not made by `mali convert`: it has no table datapackage.\n")
