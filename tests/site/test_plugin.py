"""Links in cells, error pages, and the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from selenium.webdriver.common.by import By

from mali_cli.dataset import Dataset
from tests.support.browser import Browser
from tests.support.served_site import DATABASE, Site, count_map_points, follow, text_of, wait_until

# Links


def test_a_foreign_key_shows_a_label_and_links_to_its_row(page: Callable[[str], Any], war: Dataset) -> None:
    event = "2012-11-16-gao-offensive"
    driver = page(f"/{DATABASE}/casualties?event_id={event}")
    summary = war.table("events").set_index("event_id").at[event, "summary"]
    cells = driver.find_elements(By.CSS_SELECTOR, "td.col-event_id a")
    assert len(cells) == len(war.table("casualties").query("event_id == @event"))
    assert {cell.text for cell in cells} == {summary}
    follow(cells[0])
    assert wait_until(driver, lambda d: text_of(d, "h1") == summary)


def test_each_key_of_a_list_links_to_its_row(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}/events?event_id__contains=konna-captured")
    cell = driver.find_element(By.CSS_SELECTOR, "td.col-who-whom")
    assert cell.text.startswith("AQIM; Ansar Dine; MUJAO → ")
    follow(cell.find_element(By.LINK_TEXT, "Ansar Dine"))
    assert wait_until(driver, lambda d: text_of(d, "h1") == "Ansar Dine")
    driver.back()
    driver.find_element(By.CSS_SELECTOR, "td.col-more summary").click()
    reference = driver.find_element(By.CSS_SELECTOR, "td.col-more").find_element(By.PARTIAL_LINK_TEXT, "#")
    key = reference.text
    follow(reference)
    assert wait_until(driver, lambda d: text_of(d, "h1") == key)


def test_keys_in_results_of_queries_link_to_their_rows(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}/deadliest-events?at_least=100")
    cell = next(c for c in driver.find_elements(By.CSS_SELECTOR, "td.col-place") if "; " in c.text)
    assert cell.text == "Tamalat; Inchinane"
    links = {
        link.text: link.get_attribute("href").rpartition(f"/{DATABASE}/")[2]
        for link in driver.find_elements(By.CSS_SELECTOR, ".rows-and-columns td a")
    }
    assert links["Inchinane"] == "places/Inchinane"
    assert links["MSA"] == "groups/MSA"
    assert "events/2013-01-11-konna-recaptured" in links.values()
    for cell in page(f"/{DATABASE}/holders-on-a-day?on=2012-07-01").find_elements(By.CSS_SELECTOR, "td.col-holder"):
        assert bool(cell.find_elements(By.TAG_NAME, "a")) == (cell.text != "unknown"), cell.text
    driver = page(f"/{DATABASE}/deadliest-events?at_least=100")
    follow(driver.find_element(By.LINK_TEXT, "Islamic State in the Sahel"))
    assert wait_until(driver, lambda d: text_of(d, "h1") == "Islamic State in the Sahel")


# Errors


def test_an_error_page_has_the_title_of_the_query(browser: Browser, site: Site) -> None:
    driver = browser.open(f"{site.address}/{DATABASE}/events-of-a-place?from=%3Cb%3E2012")
    assert text_of(driver, "h1") == "What happened at a place?"
    assert "such as 2012, 2012-06 or 2012-06-27, not '<b>2012'." in text_of(driver, "main")
    assert browser.requests_elsewhere == []


# The map


def test_the_map_has_the_points_of_mali_map(page: Callable[[str], Any], war: Dataset, browser: Browser) -> None:
    driver = page(f"/{DATABASE}/events")
    mapped = war.map()
    number = int(mapped.loc[mapped["latitude"].notna(), "events"].sum())
    assert count_map_points(driver) == number
    assert {image.get_attribute("alt") for image in driver.find_elements(By.CSS_SELECTOR, "img[tabindex]")} == {"Event"}
    assert [address for address in browser.requests if "/-/outlines/" in address]
    loaded = "return [...document.querySelectorAll('.leaflet-tile')].filter(tile => tile.naturalWidth == 256).length"
    assert wait_until(driver, lambda d: d.execute_script(loaded)) > 0


def test_there_is_no_map_if_no_row_has_coordinates(page: Callable[[str], Any], site: Site) -> None:
    [row] = site.get(f"/{DATABASE}/events.json", event_type="Riots", place_precision="area", _shape="array")
    assert row["latitude"] is None
    driver = page(f"/{DATABASE}/events?event_type=Riots&place_precision=area")
    assert driver.find_elements(By.CSS_SELECTOR, "td.col-summary")
    wait_until(driver, lambda d: d.execute_script("return typeof L") != "undefined")
    wait_until(driver, lambda d: not d.find_elements(By.CLASS_NAME, "leaflet-container"))


def test_the_map_is_not_drawn_around_one_event_far_away(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}/events")
    count_map_points(driver)
    addresses = driver.execute_script("return [...document.querySelectorAll('.leaflet-tile')].map((tile) => tile.src)")
    assert {address.rpartition("/outlines/")[2].partition("/")[0] for address in addresses} >= {"4"}


def test_places_have_no_map_with_pins_for_whole_countries(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}/places?kind=country")
    assert driver.find_elements(By.CSS_SELECTOR, "td.col-place")
    assert not driver.find_elements(By.CSS_SELECTOR, ".leaflet-container")
