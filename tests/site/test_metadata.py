"""What the pages show of the declarations: titles, descriptions, columns and facets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from mali_cli.dataset import Dataset, load
from mali_cli.model import schema
from mali_cli.site import database, metadata
from mali_cli.site.canned_queries import canned_queries
from tests.support.browser import NARROW, Browser
from tests.support.served_site import DATABASE, INVENTED, follow, text_of, wait_until


def test_the_home_page_has_the_title_and_the_queries(page: Callable[[str], Any]) -> None:
    driver = page("/")
    assert text_of(driver, "h1") == schema.datapackage()["title"]
    assert schema.datapackage()["description"] in text_of(driver, ".description")
    titles = [link.text for link in driver.find_elements(By.CSS_SELECTOR, ".questions li a")]
    assert titles == [query.title for query in canned_queries()]
    assert len(titles) >= 10
    assert "Attribution-ShareAlike" in text_of(driver, "footer")


def test_the_tables_are_listed_and_auxiliary_ones_hidden(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}")
    links = driver.find_elements(By.CSS_SELECTOR, "dl.tables a")
    names = [link.get_attribute("href").rpartition("/")[2] for link in links]
    assert names == [*schema.table_names(), database.CASUALTIES_BY_COUNTRY]


def test_a_table_describes_its_columns_as_declared(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}/groups")
    assert text_of(driver, "h1") == "Groups"
    names, descriptions = (
        [
            element.get_attribute("textContent")
            for element in driver.find_elements(By.CSS_SELECTOR, f".column-descriptions {tag}")
        ]
        for tag in ("dt", "dd")
    )
    declared = [(column.name, column.description) for column in schema.table("groups").columns]
    assert list(zip(names, descriptions, strict=True)) == declared


def test_a_facet_filters(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(f"/{DATABASE}/events")
    number = len(war.events(type="Battles"))
    driver.find_element(By.XPATH, "//summary[text()='event type']").click()
    follow(driver.find_element(By.CSS_SELECTOR, ".facet-results").find_element(By.LINK_TEXT, "Battles"))
    assert wait_until(driver, lambda d: "where" in text_of(d, ".count"))
    assert text_of(driver, ".count") == f'{number} events where event_type = "Battles"'
    types = driver.find_elements(By.XPATH, "//td//dt[text()='event type']/following-sibling::dd")
    assert {cell.get_attribute("textContent") for cell in types} == {"Battles"}


@pytest.mark.parametrize("path", ["", f"{DATABASE}", f"{DATABASE}/events", f"{DATABASE}/deadliest-events?at_least=40", f"{DATABASE}/events/2013-01-10-konna-captured"])  # fmt: skip
def test_no_page_is_wider_than_a_phone(page: Callable[[str], Any], browser: Browser, path: str) -> None:
    browser.size(*NARROW)
    driver = page(f"/{path}")
    assert driver.execute_script("return document.documentElement.scrollWidth") <= NARROW[0]


def test_openstreetmap_tiles_are_used_only_with_the_option(tmp_path: Path) -> None:
    path = database.build_database(load(INVENTED), tmp_path)
    plugins = {
        tiles: metadata.metadata(path, {"title": ""}, curated=False, tiles=tiles)["plugins"] for tiles in (True, False)
    }
    assert plugins[True] == {}  # the default of the map plugin: OpenStreetMap
    assert plugins[False]["datasette-cluster-map"]["tile_layer"].startswith("/-/")


def test_every_column_with_a_vocabulary_is_a_facet(tmp_path: Path) -> None:
    path = database.build_database(load(INVENTED), tmp_path)
    properties = metadata.metadata(path, {"title": "", "licenses": "mine"}, curated=False, tiles=False)
    tables = properties["databases"][path.stem]["tables"]
    for name in schema.table_names():
        columns = {column.name for column in schema.table(name).columns if column.enum and column.type != "list"}
        assert columns <= set(tables[name]["facets"])
