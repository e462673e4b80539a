"""The pages of the site as a person uses them: home, search, tables, cards and questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from mali_cli.dataset import Dataset
from mali_cli.model import schema
from mali_cli.site.canned_queries import canned_queries
from tests.support import accessibility
from tests.support.browser import Browser
from tests.support.served_site import DATABASE, Site, follow, text_of, wait_until

EVENT = "2012-11-16-gao-offensive"
KINDS_OF_PAGES = [
    "/", f"/{DATABASE}", f"/{DATABASE}/events?event_type=Battles", f"/{DATABASE}/casualties", f"/{DATABASE}/events/{EVENT}",
    f"/{DATABASE}/groups/MNLA", f"/{DATABASE}/relations/4", f"/{DATABASE}/holders-on-a-day?on=2015-07-01",
    f"/{DATABASE}/losses-by-country", f"/{DATABASE}/events-of-a-place?place=Konnaa", f"/{DATABASE}?sql=select+1", "/-/search?q=gao",
    "/-/search?q=Konnaa", "/nowhere",
]  # fmt: skip


def texts_of(driver: Any, selector: str) -> list[str]:
    return [element.text for element in driver.find_elements(By.CSS_SELECTOR, selector)]


# Home and search


def test_the_home_page_has_the_map_the_timeline_and_one_search(page: Callable[[str], Any]) -> None:
    driver = page("/")
    assert len(driver.find_elements(By.CSS_SELECTOR, "input[type=search]")) == 1
    for tab, mark in (("Map", "svg.chart [aria-label^='Gao']"), ("Timeline", "svg.chart [aria-label^='2012']")):
        driver.find_element(By.LINK_TEXT, tab).click()
        driver.switch_to.frame("chart")
        assert wait_until(driver, lambda d, mark=mark: d.find_elements(By.CSS_SELECTOR, mark))
        assert "2012 to 2024" in driver.find_element(By.TAG_NAME, "body").text  # as the page of the command
        driver.switch_to.default_content()
    box = driver.find_element(By.ID, "search")
    box.send_keys("kidal")
    box.submit()
    assert wait_until(driver, lambda d: text_of(d, "h1") == "Search for “kidal”")
    assert driver.find_element(By.ID, "search").get_attribute("value") == "kidal"


def test_the_search_finds_places_groups_people_and_events(page: Callable[[str], Any], war: Dataset) -> None:
    assert texts_of(page("/-/search?q=menaka"), "dl.found dt")[0] == "Ménaka"
    driver = page("/-/search?q=gao")
    headings = texts_of(driver, "h2")
    assert [heading.partition(" (")[0] for heading in headings] == ["Places", "Groups", "Events"]
    number = int(headings[-1].partition("(")[2].removesuffix(")"))
    assert number >= war.events(text="gao")["summary"].str.contains("Gao").sum() > 25
    assert len(driver.find_elements(By.CSS_SELECTOR, "tbody tr")) == 25
    follow(driver.find_element(By.LINK_TEXT, f"All {number} events"))
    assert wait_until(driver, lambda d: len(d.find_elements(By.CSS_SELECTOR, "tbody tr")) == number)
    driver = page("/-/search?q=iyad")
    follow(driver.find_element(By.LINK_TEXT, "Iyad Ag Ghaly"))
    assert wait_until(driver, lambda d: text_of(d, "h1") == "Iyad Ag Ghaly")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("Konnaa", "Nothing matches. Did you mean Konna?"),
        ('zz" OR (x', "Nothing matches."),
        (" ", "Type a name or some"),
    ],
)
def test_a_search_without_a_match_says_so(page: Callable[[str], Any], typed: str, message: str) -> None:
    driver = page("/-/search")
    driver.find_element(By.ID, "search").send_keys(typed)
    driver.find_element(By.ID, "search").submit()
    assert wait_until(driver, lambda d: text_of(d, "main p").startswith(message))


# Tables and cards


def test_events_are_in_the_order_of_a_reader(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(
        f"/{DATABASE}/events?event_id__in=2012-11-19-menaka-mujao,2013-01-13-gao-air-strikes,{EVENT}&_sort=event_id"
    )
    headings = texts_of(driver, "thead th:not([hidden])")
    assert headings == ["when", "where", "who → whom", "what happened", "killed", "basis", "more"]
    row = next(row for row in driver.find_elements(By.CSS_SELECTOR, "tbody tr") if "ambush" in row.text)
    cells = [cell.text for cell in row.find_elements(By.CSS_SELECTOR, "td:not([hidden])")]
    assert cells[:3] == ["2012-11-16", "Gao", "MNLA → MUJAO"]
    assert cells[4:] == ["25 (13-25+)", "reported", "more"]
    row.find_element(By.TAG_NAME, "summary").click()
    assert "event type\nBattles" in row.find_element(By.CLASS_NAME, "col-more").text


def test_a_date_is_as_exact_as_it_is_known(site: Site) -> None:
    for path, text in (
        ("events?date_precision=by&_size=3", r">by \d{4}-\d\d-\d\d<"),
        ("casualties?date_precision=year&_size=1", r">\d{4}<"),
    ):
        assert re.search(text, site.get(f"/{DATABASE}/{path}")), path


def test_the_page_of_an_event_is_its_card_with_figures_claimants_and_sources(
    page: Callable[[str], Any], war: Dataset
) -> None:
    driver = page(f"/{DATABASE}/events/{EVENT}")
    assert text_of(driver, "h1") == war.table("events").set_index("event_id").at[EVENT, "summary"]
    facts = dict(zip(texts_of(driver, ".facts dt"), texts_of(driver, ".facts dd"), strict=True))
    assert facts["when"] == "2012-11-16"
    assert facts["sides"] == "MNLA against MUJAO"
    assert facts["killed"] == "25 (13-25+)"
    figures = "\n".join(texts_of(driver, "ul.lines"))
    assert "MUJAO: 13 killed according to azawad-wiki; 1 (only one) according to Malian security source" in figures
    links = {link.text: link.get_attribute("href") for link in driver.find_elements(By.CSS_SELECTOR, "main a")}
    for name, path in (("Gao", "places/Gao"), ("MNLA", "groups/MNLA"), ("wikipedia#125", "references/wikipedia~23125")):
        assert links[name].endswith(f"/{DATABASE}/{path}")
    follow(driver.find_element(By.LINK_TEXT, "MUJAO"))
    assert wait_until(driver, lambda d: text_of(d, "h1") == "MUJAO")
    assert any(heading.startswith("Events (") for heading in texts_of(driver, "h2"))


# Questions


def test_questions_use_no_words_of_databases(page: Callable[[str], Any]) -> None:
    for query in canned_queries():
        driver = page(f"/{DATABASE}/{query.name}?{query.example}")
        shown = text_of(driver, "body").lower()
        assert not [word for word in ("query", "queries", "parameter", "select ", "null") if word in shown], query.name
        assert shown.count("sql") == 1  # the heading of what is folded
        assert driver.title.startswith(query.title)


def test_a_form_suggests_names_and_is_kept(site: Site, browser: Browser) -> None:
    driver = browser.open(f"{site.address}/{DATABASE}/events-of-a-place?place=Konnaa&from=2013&to=2013-02")
    values = {name: driver.find_element(By.NAME, name).get_attribute("value") for name in ("place", "from", "to")}
    assert values == {"place": "Konnaa", "from": "2013", "to": "2013-02"}
    assert driver.find_element(By.NAME, "place").get_attribute("aria-invalid") == "true"
    names = driver.execute_script("return [...document.querySelector('[name=place]').list.options].map((o) => o.value)")
    assert {"Konna", "Ménaka", "Kidal"} <= set(names)
    follow(driver.find_element(By.LINK_TEXT, "Konna"))
    assert wait_until(driver, lambda d: text_of(d, ".count").endswith(" events"))
    assert driver.find_element(By.NAME, "to").get_attribute("value") == "2013-02"


def test_a_form_is_kept_if_a_date_is_invalid(browser: Browser, site: Site) -> None:
    driver = browser.open(f"{site.address}/{DATABASE}/allies-and-enemies?group=MNLA&relation=fought&on=2012-5")
    assert text_of(driver, ".problem").startswith("On takes a year, month or day")
    values = {name: driver.find_element(By.NAME, name).get_attribute("value") for name in ("group", "relation", "on")}
    assert values == {"group": "MNLA", "relation": "fought", "on": "2012-5"}
    assert "--" not in text_of(driver, "main")


def test_holders_have_since_age_and_basis(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(f"/{DATABASE}/holders-on-a-day?on=2015-07-01&region=Timbuktu")
    assert {"place", "held by", "since", "as of", "basis"} <= set(texts_of(driver, "thead th"))
    expected = war.control(on="2015-07-01", region="Timbuktu")
    assert text_of(driver, ".count") == f"{len(expected)} holders"
    old = expected[expected["status"] == "last known"].iloc[0]
    as_of = f"{old['as_of'].date()}, last known ({old['age_years']} years)"
    assert as_of in texts_of(driver, "td.col-as-of")
    follow(driver.find_element(By.LINK_TEXT, "Map of the holders"))
    driver.switch_to.frame("holders-map")
    assert "2015-07-01" in wait_until(driver, lambda d: text_of(d, "h1"))
    driver.switch_to.default_content()


def test_a_long_answer_is_shown_in_part(page: Callable[[str], Any], war: Dataset) -> None:
    driver = page(f"/{DATABASE}/events-of-a-place")
    assert len(driver.find_elements(By.CSS_SELECTOR, "tbody tr")) == 100
    assert text_of(driver, ".count") == f"{len(war.table('events'))} events; the first 100. Show all"
    follow(driver.find_element(By.LINK_TEXT, "Show all"))
    assert wait_until(driver, lambda d: len(d.find_elements(By.CSS_SELECTOR, "tbody tr")) > 600)


# Everybody


@pytest.fixture
def scheme(request: pytest.FixtureRequest, browser: Browser) -> Iterator[str]:
    feature = {"features": [{"name": "prefers-color-scheme", "value": request.param}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    yield request.param
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 375)], indirect=["scheme"])
def test_every_kind_of_page_is_accessible_and_fits_the_screen(
    browser: Browser, site: Site, scheme: str, width: int
) -> None:
    browser.size(width, 900)
    found = {}
    for path in KINDS_OF_PAGES:
        driver = browser.open(site.address + path)
        found[path] = accessibility.problems(driver)
        if driver.execute_script("return document.documentElement.scrollWidth > innerWidth"):
            found[path].append("wider than the screen")
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert browser.requests_elsewhere == []


def test_the_title_of_the_dataset_leads_home(page: Callable[[str], Any]) -> None:
    driver = page(f"/{DATABASE}/groups")
    follow(driver.find_element(By.LINK_TEXT, "The Mali War"))
    assert wait_until(driver, lambda d: text_of(d, "h1") == schema.datapackage()["title"])
