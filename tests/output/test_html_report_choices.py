"""HTML reports: what is chosen stands in the address, and filters, years, charts and list agree with the events command."""

from __future__ import annotations

import base64
import datetime
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.model.date_text import when_text
from mali_cli.queries.entities import towns_of_buildings
from tests.support.browser import NARROW, Browser
from tests.support.report_page import (
    CHART_COMMANDS,
    CONTROL_COMMAND,
    MAIN,
    ReportPage,
    csv_rows,
    make_report,
)

Run = Callable[..., subprocess.CompletedProcess[str]]
MENAKA = "2012-11-19-menaka-captured"
OPEN_EVENT = "document.querySelector('#events details[open] .event-details')"


@pytest.fixture(scope="module")
def war(mali: Run) -> list[dict[str, str]]:
    """The events of the map, as the events command lists them."""
    return csv_rows(mali, "events", *CHART_COMMANDS["map"][1:])


def first_mark(page: ReportPage, name: str = "") -> int:
    """Return the row of the first mark, or of that of a place."""
    script = """const { rows } = JSON.parse(document.getElementById('data').textContent).charts[0];
        return [...document.querySelectorAll('.chart-section:first-child svg [role=button]')]
            .map((e) => Number(e.dataset.row)).find((row) => !arguments[0] || rows[row].name === arguments[0])"""
    return int(page.run(script, name))


def keys_of(rows: list[dict[str, str]]) -> set[str]:
    return {row["event_id"] for row in rows}


def test_a_choice_is_in_the_address_and_back_undoes_it(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    everything = page.count
    page.click(first_mark(page))
    place = page.tooltip[0]
    chosen = page.count
    assert page.choice == f"place={place}"
    page.search("drone")
    assert page.choice == f"q=drone&place={place}"
    both = page.count
    page.choose("type", "Battles")
    page.back()
    page.wait("!location.hash.includes('type')")
    assert page.count == both
    page.back()
    page.wait("!location.hash.includes('q')")
    assert page.count == chosen
    assert page.driver.find_element("id", "search-input").get_attribute("value") == ""
    page.back()
    page.wait("!location.hash")
    assert page.count == everything
    assert ReportPage(browser, pages["map"], f"place={place}&q=drone").count == both  # as when the address is sent
    assert browser.console == []


def test_each_event_has_a_link(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    page.search(MENAKA)
    page.open_event(MENAKA)
    link = page.driver.find_element("css selector", ".event-link a").get_attribute("href")
    assert link == f"{pages['map'].as_uri()}#event={MENAKA}"
    assert page.choice.endswith(f"&event={MENAKA}")
    browser.driver.get("about:blank")
    page = ReportPage(browser, pages["map"], f"event={MENAKA}")
    page.wait(OPEN_EVENT)
    assert MENAKA in page.text("#events details[open]")
    assert " of " not in page.count
    assert page.run("const box = document.querySelector('#events details[open]').getBoundingClientRect();"
                    "return box.bottom > 0 && box.top < innerHeight")  # fmt: skip


def test_filters_find_what_the_events_command_finds(browser: Browser, pages: dict[str, Path], mali: Run, war: list[dict[str, str]]) -> None:  # fmt: skip
    page = ReportPage(browser, pages["map"], "type=Battles&basis=disputed")
    expected = [row for row in war if row["event_type"] == "Battles" and row["basis"] == "disputed"]
    assert set(page.listed_keys) == keys_of(expected)
    assert page.count == f"{len(expected)} of {len(war)} events: Battles, disputed"
    page.press("clear")
    page.choose("actor", "MNLA")
    sides = ("side_a", "side_b", "responsibility")
    expected = [row for row in war if any("MNLA" in row[side].split(";") for side in sides)]
    assert set(page.listed_keys) == keys_of(expected)
    option = page.run("return document.querySelector('#actor-menu').selectedOptions[0].text")
    assert option == f"MNLA ({len(expected)})"
    page.press("clear")
    page.choose("type", "Air/drone strike")
    assert page.choice == "type=Explosions/Remote violence: Air/drone strike"
    assert set(page.listed_keys) == keys_of([row for row in war if row["sub_event_type"] == "Air/drone strike"])


def test_the_years_filter_as_from_and_to_do(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    expected = csv_rows(mali, "events", "--from", "2013", "--to", "2014")
    page = ReportPage(browser, pages["map"], "from=2013&to=2014")
    assert set(page.listed_keys) == keys_of(expected)
    assert page.count.endswith(" events: 2013 to 2014")
    assert page.text("#year-text") == "2013 to 2014"
    page.driver.find_element("id", "year-to").send_keys("\ue012")  # an arrow key moves a slider by a year
    assert page.choice == "from=2013&to=2013"
    assert set(page.listed_keys) == keys_of(csv_rows(mali, "events", "--on", "2013"))
    assert page.driver.find_element("id", "year-to").get_attribute("aria-valuetext") == "2013"


def test_a_brush_across_the_bars_chooses_years(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    page.run("document.getElementById('year-bars').scrollIntoView({block: 'center'})")
    bars = page.driver.find_elements("css selector", "#year-bars rect")
    brush = page.driver.find_element("id", "year-bars")
    width = brush.size["width"] / len(bars)
    start = -brush.size["width"] / 2 + width * 1.5
    page._actions().move_to_element_with_offset(brush, start, 0).click_and_hold().move_by_offset(
        2 * width, 0
    ).release().perform()
    assert page.choice == "from=2013&to=2015"
    outside = page.run(
        "return [...document.querySelectorAll('#year-bars rect')].map((e) => e.classList.contains('outside'))"
    )
    assert outside == [not 1 <= i <= 3 for i in range(len(bars))]


def test_map_and_timeline_filter_each_other(
    browser: Browser, pages: dict[str, Path], war: list[dict[str, str]]
) -> None:
    page = ReportPage(browser, pages["map"], "place=Gao&period=2013")
    in_gao = {"Gao", *(name for name, town in towns_of_buildings(load().table("places")).items() if town == "Gao")}
    expected = [row for row in war if row["place"] in in_gao and row["date_start"][:4] == row["date_end"][:4] == "2013"]
    areal = ("region", "area", "country", "district")
    expected = [row for row in expected if row["place_precision"] not in areal]
    assert set(page.listed_keys) == keys_of(expected)
    assert page.count == f"{len(expected)} of {len(war)} events: Gao, 2013"
    bars = """const data = JSON.parse(document.getElementById('data').textContent).charts[1];
        return Object.fromEntries([...document.querySelectorAll('.chart-section.timeline svg.wide [role=button]')]
            .map((e) => [data.rows[e.dataset.row].name, e.classList.contains('dimmed')]))"""
    page = ReportPage(browser, pages["map"], "place=Gao")
    years = {row["date_start"][:4] for row in war if row["place"] in in_gao and row["place_precision"] not in areal}
    assert {year for year, is_dimmed in page.run(bars).items() if not is_dimmed} <= years
    assert any(page.run(bars).values())
    page = ReportPage(browser, pages["timeline"])
    assert page.run("return document.querySelector('.chart-section.map h2').textContent.toLowerCase()").endswith(
        "events by place"
    )


def test_names_fade_with_their_marks(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"], "place=Gao")
    names = page.run(f"""return [...document.querySelectorAll('{MAIN} svg.wide text')]
        .filter((e) => /: \\d+$/.test(e.textContent)).map((e) => [e.textContent, e.classList.contains('dimmed')])""")
    assert len(names) > 5
    assert [name for name, is_dimmed in names if not is_dimmed] == [
        name for name, _ in names if name.startswith("Gao: ")
    ]


def test_what_is_not_on_the_map_is_said_with_its_reason(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = ReportPage(browser, pages["map"])
    result = csv_rows(mali, *CHART_COMMANDS["map"])
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => Number(e.dataset.row))"
    marks = set(page.run(script, f"{MAIN} [data-row]"))
    unplotted = [row for i, row in enumerate(result) if i not in marks]
    without = sum(int(row["events"]) for row in unplotted if not row["latitude"])
    beyond = sum(int(row["events"]) for row in unplotted if row["latitude"])
    assert page.text("#unplotted-map") == (
        f"{without + beyond} events not on the map: {without} without a point or a box, {beyond} beyond its edge"
    )
    page.press("unplotted-map")
    assert page.count.endswith(" events: not on the map")
    assert page.choice == "off=map"


def test_the_csv_is_that_of_the_events_command(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = ReportPage(browser, pages["map"], "from=2012&to=2012&sort=earliest")
    page.run("URL.createObjectURL = (blob) => { blob.text().then((text) => { window.written = text; }); return '#'; };"
             "HTMLAnchorElement.prototype.click = function () { window.file = this.download; }")  # fmt: skip
    page.press("csv")
    page.wait("window.written")
    assert page.run("return window.file") == "events.csv"
    assert page.run("return window.written") == mali("events", "--on", "2012", "-f", "csv", "--quiet").stdout


def test_a_page_says_how_it_was_made_and_cited(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["control"])
    page.run("document.getElementById('reproduce').open = true")
    words = page.text("#command").split()
    assert words[:4] == ["mali", *CONTROL_COMMAND]
    assert f"Result of `{page.text('#command')}`" in page.text("#reproduce p")
    assert page.text("#bibtex").startswith("@dataset{mali-")


def when(row: dict[str, str]) -> str:
    return when_text(*(datetime.date.fromisoformat(row[name]) for name in ("since", "since_by")), "range")


def test_the_holder_of_a_place_comes_first(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = ReportPage(browser, pages["control"], "place=Gao")
    rows = csv_rows(mali, "control", "--on", CONTROL_COMMAND[2], "--place", "Gao")
    rows = [row for row in rows if row["place"] == "Gao"]
    cards = page.run("return [...document.querySelectorAll('#holders .holder')].map((e) => e.innerText)")
    assert len(cards) == len(rows) > 0
    for row, card in zip(rows, cards, strict=True):
        assert card.startswith(f"since {when(row)}")
        assert row["holder"].replace(";", "; ") in card
        assert row["basis"] in card
        assert row["note"] in card
        assert all(f"[{key}]" in card for key in row["sources"].split(";"))
    i = next(i for i, row in enumerate(csv_rows(mali, *CONTROL_COMMAND)) if row["place"] == "Gao")
    page.point_at(i)
    row = next(row for row in rows if row["basis"] != "present")
    tip = "\n".join(page.tooltip)
    assert f"since {row['since']}" in tip
    assert f"basis: {row['basis']}" in tip
    assert row["note"] in tip
    assert row["sources"].replace(";", ", ") in tip


def test_a_map_is_zoomed_and_moved(browser: Browser, pages: dict[str, Path]) -> None:
    browser.size(*NARROW)
    page = ReportPage(browser, pages["map"])

    def box(row: int) -> dict[str, float]:
        return dict(page.mark(row).rect)

    one, other = (first_mark(page, name) for name in ("Gao", "Timbuktu"))
    first, before = box(one), [box(i) for i in (one, other)]
    zoom_in, zoom_out, reset = page.driver.find_elements("css selector", f"{MAIN} .zoom button")
    assert not zoom_out.is_enabled()
    for _ in range(2):
        zoom_in.send_keys("\ue007")
    after = [box(i) for i in (one, other)]
    distances = [((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5 for a, b in (before, after)]
    assert distances[1] > 2 * distances[0]  # drawn apart,
    assert first["width"] < after[0]["width"] < 2 * first["width"]  # but not as much larger
    assert page.run("return location.hash") == ""  # a button is no choice
    svg = page.driver.find_element("css selector", f"{MAIN} svg.narrow")
    page._actions().move_to_element(svg).click_and_hold().move_by_offset(40, 20).release().perform()
    moved = box(one)
    assert round(moved["x"] - after[0]["x"]) == 40
    assert round(moved["y"] - after[0]["y"]) == 20
    assert page.run("return location.hash") == ""  # neither is the end of a drag
    reset.send_keys("\ue007")
    assert {name: round(value) for name, value in box(one).items()} == {
        name: round(value) for name, value in first.items()
    }
    pinch(page, page.mark(other))
    assert box(other)["width"] > before[1]["width"]


def pinch(page: ReportPage, mark: object) -> None:
    """Spread two fingers around a mark, which so stays in sight."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.actions.pointer_input import PointerInput

    chains = ActionChains(page.driver)
    fingers = [PointerInput("touch", f"finger{i}") for i in range(2)]
    chains.w3c_actions.devices = fingers
    for finger, side in zip(fingers, (-1, 1), strict=True):
        finger.create_pointer_move(duration=0, x=20 * side, y=0, origin=mark)
        finger.create_pointer_down(button=0)
        finger.create_pointer_move(duration=50, x=80 * side, y=0, origin=mark)
        finger.create_pointer_up(0)
    chains.w3c_actions.perform()


def test_at_most_eight_sheets_are_printed(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
    sheets = re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"]))
    assert 4 <= len(sheets) <= 8
    assert page.run("return document.getElementById('print-limit').textContent") == (
        "The first 300 of these events are printed."
    )
    assert page.run("return document.querySelectorAll('#events > li').length") >= 300


def test_no_match_says_that_all_words_must_occur(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"], "q=gao nosuchword")
    assert page.count.startswith("0 of ")
    assert page.text("#no-match").startswith("All words must occur")


def test_a_zero_of_a_foreign_file_is_given_as_what_it_is(browser: Browser, tmp_path: Path) -> None:
    file = make_report(tmp_path / "map.html", "map", "--data", "tests/lookalikes/acled_a0.csv")
    page = ReportPage(browser, file)
    assert page.driver.title.startswith("acled_a0.csv: ")
    assert "killed: 0 or not stated" in page.text("#events")
    assert "no number given" not in page.text("#events")


def test_every_control_has_a_name(browser: Browser, pages: dict[str, Path]) -> None:
    ReportPage(browser, pages["map"])
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    names: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if not node["ignored"]:
            names[node["role"]["value"]].add(node.get("name", {}).get("value", "").strip())
    for role in ("button", "combobox", "searchbox", "slider", "link", "region"):
        assert names[role]
        assert "" not in names[role], role
    assert {"Zoom in", "Zoom out", "Download these events (CSV)"} <= names["button"]
    assert {"Event type", "Side", "Basis", "Sort events"} <= names["combobox"]
    assert {"From", "To"} == names["slider"]
