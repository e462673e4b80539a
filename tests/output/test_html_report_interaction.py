"""HTML reports in use: pointing, clicking, searching and the keyboard."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import mali_cli
from mali_cli.model import schema
from mali_cli.queries.entities import towns_of_buildings
from tests.support.browser import NARROW, Browser
from tests.support.report_page import (
    CHART_COMMANDS,
    CONTROL_COMMAND,
    MAIN,
    ReportPage,
    csv_rows,
    expected_description,
    expected_lines,
    make_report,
    plotted_rows,
)
from tests.support.tables import write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("name", ["map", "timeline", "control"])
def test_every_mark_shows_the_numbers_of_its_row(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:  # fmt: skip
    page = ReportPage(browser, pages[name])
    result = csv_rows(mali, *(CHART_COMMANDS | {"control": CONTROL_COMMAND})[name])
    plotted = plotted_rows("timeline" if name == "timeline" else "map", result)
    in_boxes = {i for i, row in enumerate(result) if row.get("place") and not row["latitude"]}
    script = """return [...document.querySelectorAll(arguments[0])].map((e) => [e.dataset.row, e.getAttribute('aria-label')])"""
    for width in ("wide", "narrow"):
        labels = {int(row): label for row, label in page.run(script, f"{MAIN} svg.{width} [role=button]")}
        assert labels == {i: expected_description(result[i]) for i in labels}
        assert set(labels) <= set(plotted) | in_boxes
        notes = page.text("#charts")
        assert all(result[i]["place"] in notes for i in set(plotted) - set(labels))  # outside the map
    for i in list(labels)[:8]:
        page.point_at(i)
        if page.tooltip[0] != expected_lines(result[i])[0]:  # it is under a smaller circle: the next click selects it
            assert re.search(rf"^Also here: .*\b{result[i]['place']}\b", page.tooltip[-1])
            for _ in range(4):
                page.click(i)
                if page.count.endswith(f": {result[i]['place']}"):
                    break
        expected = expected_lines(result[i])
        assert page.tooltip[: len(expected)] == expected


@pytest.mark.parametrize("name", ["map", "timeline"])
def test_a_click_filters_the_list_and_a_second_click_clears_the_filter(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:  # fmt: skip
    page = ReportPage(browser, pages[name])
    result = csv_rows(mali, *CHART_COMMANDS[name])
    i = max(plotted_rows(name, result), key=lambda i: int(result[i]["events"]))
    everything = page.count
    page.click(i)
    label = result[i].get("place") or result[i]["period"]
    assert page.count == f"{result[i]['events']} of {everything}: {label}"
    listed = page.listed_keys
    assert len(listed) == int(result[i]["events"])
    events = {row["event_id"]: row for row in csv_rows(mali, "events", "--from", "2012")}
    towns = towns_of_buildings(mali_cli.load().table("places"))
    for key in listed:
        if name == "map":
            assert towns[events[key]["place"]] == label  # a building is drawn at its town
        else:
            assert events[key]["date_start"][:7] == events[key]["date_end"][:7] == label
    for _ in range(sum(line.count(",") + 1 for line in page.tooltip if line.startswith("Also here"))):
        page.click(i)
        assert page.count.endswith(f": {page.tooltip[0]}")
    page.click(i)
    assert page.count == everything
    page.click(i)
    page.keys("\ue00c")  # Escape
    assert page.count == everything


def test_a_tap_shows_the_numbers_and_filters_the_list(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.actions.pointer_input import PointerInput

    browser.size(*NARROW)
    page = ReportPage(browser, pages["timeline"])
    result = csv_rows(mali, *CHART_COMMANDS["timeline"])
    i = max(plotted_rows("timeline", result), key=lambda i: int(result[i]["events"]))
    finger = ActionBuilder(page.driver, mouse=PointerInput("touch", "finger"))
    finger.pointer_action.move_to(page.mark(i)).pointer_down().pointer_up()
    finger.perform()
    page.wait("document.getElementById('count').textContent.includes(' of ')")
    assert page.count.endswith(f"events: {result[i]['period']}")
    assert page.tooltip == expected_lines(result[i])


def test_events_in_no_mark_can_be_listed(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = ReportPage(browser, pages["map"])
    result = csv_rows(mali, *CHART_COMMANDS["map"])
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.dataset.row)"
    marks = {int(row) for row in page.run(script, f"{MAIN} [data-row]")}
    unplotted = sum(int(row["events"]) for i, row in enumerate(result) if i not in marks)
    button = page.driver.find_element("id", "unplotted-map")
    assert button.text.startswith(f"{unplotted} events")
    page.press("unplotted-map")
    assert page.count.startswith(f"{unplotted} of ")
    assert len(page.listed_keys) == unplotted


def test_search_ignores_case_and_accents(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = ReportPage(browser, pages["map"])
    result = csv_rows(mali, *CHART_COMMANDS["map"])
    page.search("Me\u0301naka")
    typed = page.listed_keys
    assert page.count == f"{len(typed)} of {sum(int(row['events']) for row in result)} events: “Me\u0301naka”"
    shown = {words: page.matching_keys(words) for words in ("Ménaka", "menaka", "MENAKA")}
    assert all(keys == typed for keys in shown.values())
    expected_keys = {row["event_id"] for row in csv_rows(mali, "events", "--from", "2012", "--text", "menaka")}
    assert (
        expected_keys <= set(shown["menaka"]) < {row["event_id"] for row in csv_rows(mali, "events", "--from", "2012")}
    )
    i = next(i for i, row in enumerate(result) if row["place"] == "Ménaka")
    other_row = next(i for i, row in enumerate(result) if row["place"] == "Bamako")
    assert "dimmed" not in (page.mark(i).get_attribute("class") or "")
    assert "dimmed" in page.mark(other_row).get_attribute("class")
    assert page.matching_keys('menaka 2012-11 "more than') == []
    by_figure = page.matching_keys("menaka more than 100 islamists")  # words of a figure, in any order
    assert "2012-11-19-menaka-captured" in by_figure
    by_key = page.matching_keys("wikipedia#126")
    assert "2012-11-19-menaka-captured" in by_key
    assert set(by_key) <= set(page.matching_keys("#126"))
    page.search("nosuchword")
    assert page.count.startswith("0 of ")
    page.press("clear")
    assert " of " not in page.count


SHOWN_TEXTS = """document.querySelectorAll('#events details').forEach((box) => box.open = true);
    const done = arguments[0], all = () => document.querySelectorAll('#events details').length;
    const wait = () => document.querySelectorAll('#events .event-details').length < all() ? setTimeout(wait, 20) : done(
        [...document.querySelectorAll('#events > li')].map((item) => {
            const walk = document.createTreeWalker(item, NodeFilter.SHOW_TEXT), texts = [];
            while (walk.nextNode()) {
                const parent = walk.currentNode.parentElement;
                if (!parent.closest('dt, h2')) texts.push(walk.currentNode.textContent.trim());
            }
            return texts;
        }));
    wait();"""

LABELS = {
    *(
        "killed",
        "killed:",
        "killed: no number given",
        "killed: not stated",
        "died:",
        "place not stated",
        "victims not stated",
    ),
    *(":", ".", "?", ";", "Link to this event", "According to", "Claimant not stated.", "Inflicted by", "Cause:"),
}


def test_search_finds_what_is_shown_and_nothing_else(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    keys = page.listed_keys
    shown = dict(zip(keys, page.driver.execute_async_script(SHOWN_TEXTS), strict=True))
    types = schema.table("events").column("sub_event_type").allowed_by_parent
    not_searched = {*LABELS, *types, *(f"{type}: {sub}" for type, subs in types.items() for sub in subs)}
    searchable = {key: "\n".join(text for text in texts if text not in not_searched) for key, texts in shown.items()}
    hidden = ("current", "event", "day", "place", "scope", "hostile", "16.27", "true", "month", "killed", "note", "key")
    for word in (
        *hidden,
        "within",
        "claimed",
        "wounded",
        "party",
        "region",
        "kidal",
        "resident",
        "2012-07",
        "afp",
        "cnn",
        "drone",
    ):
        begins = re.compile(rf"(?<!\w){re.escape(word)}", re.I)
        assert page.matching_keys(word) == [key for key in keys if begins.search(searchable[key])], word


def test_search_ignores_the_labels_of_the_page(browser: Browser, tmp_path: Path) -> None:
    events = [
        {"event_id": "e1", "place": "Gao", "note": "Also reported elsewhere.", "responsibility": "MNLA"},
        {"event_id": "e2", "date_precision": "by"},
    ]
    figures = [
        {"event_id": "e1", "low": 1200, "best": 1234, "high": 1300, "who": "herders", "group": "MNLA"},
        {"event_id": "e1", "n": 2, "cause": "illness"},
        {"event_id": "e1", "n": 5, "harm": "wounded", "status": "revised", "inflicted_by": "MNLA"},
    ]
    places = [{"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}]
    data = write_dataset(
        tmp_path / "data", events=events, casualties=figures, places=places, groups=[{"group": "MNLA"}]
    )
    page = ReportPage(browser, make_report(tmp_path / "map.html", "map", "--data", str(data)))
    for word in ("killed", "died", "figures", "claimant", "according", "source", "stated", "claimed", "note", "key", "cause",
                 "inflicted", "people", "place", "country", "not", "16.27", "current", "hostile", "false", "200", "battles"):  # fmt: skip
        assert page.matching_keys(word) == [], word
    for word in (
        "1,234",
        "1234",
        "1,200-1,300",
        "herders",
        "mnla",
        "gao",
        "elsewhere",
        "illness",
        "wounded",
        "revised",
    ):
        assert page.matching_keys(word) == ["e1"], word
    for word in ("paper", "press", "document", "reported", "2013-02-05"):
        assert page.matching_keys(word) == (["e1"] if word == "document" else ["e2", "e1"]), word


def test_an_event_shows_the_claimant_and_sources_of_each_figure(browser: Browser, pages: dict[str, Path], mali: Run) -> None:  # fmt: skip
    page = ReportPage(browser, pages["map"])
    page.search("2012-11-19-menaka-captured")
    text = page.open_event("2012-11-19-menaka-captured")
    war = mali_cli.load()
    figures = war.table("casualties")
    figures = figures[figures["event_id"] == "2012-11-19-menaka-captured"]
    assert len(figures) > 3
    for column in ("according_to", "wording", "note"):
        for value in figures[column].dropna():
            assert value in text
    titles = war.sources().set_index("source")["title"]
    for key in {key for cell in figures["sources"] for key in cell.split(";")}:
        assert titles[key] in text
    [event] = [
        row for row in csv_rows(mali, "events", "--from", "2012") if row["event_id"] == "2012-11-19-menaka-captured"
    ]
    for column in ("summary", "event_type", "sub_event_type", "basis", "date_start", "note"):
        assert event[column] in text
    assert f"{event['killed_best']} killed ({event['killed_low']}–{event['killed_high']}" in text


def test_the_page_can_be_used_by_keyboard_alone(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    tab, enter, escape, right, space = "\ue004", "\ue007", "\ue00c", "\ue014", " "
    page = ReportPage(browser, pages["timeline"])
    result = plotted_rows("timeline", csv_rows(mali, *CHART_COMMANDS["timeline"]))
    everything = page.count
    page.keys(tab)
    assert page.run("return document.activeElement.getAttribute('href')") == "#list"
    page.keys(tab)
    focused = "return document.activeElement.dataset.row ?? document.activeElement.id"
    first, second = list(result)[:2]
    assert page.run(focused) == str(first)
    assert page.tooltip == expected_lines(result[first])
    page.keys(right)
    assert page.run(focused) == str(second)
    assert page.tooltip == expected_lines(result[second])
    page.keys(enter)
    assert page.count == f"{result[second]['events']} of {everything}: {result[second]['period']}"
    assert page.mark(second).get_attribute("aria-pressed") == "true"
    page.keys(space)
    assert page.count == everything
    page.keys(enter)
    page.keys(escape)
    assert page.count == everything
    for _ in range(12):
        page.keys(tab)
        if page.run(focused) == "search-input":
            break
    assert page.run(focused) == "search-input"
    page.keys("konna")
    page.wait("document.getElementById('count').textContent.includes(' of ')")
    for _ in range(9):
        page.keys(tab)
        if page.run("return document.activeElement.tagName") == "SUMMARY":
            break
    page.keys(enter)
    page.wait("document.querySelector('#events details[open] .event-details')")


@pytest.mark.parametrize("name", ["map", "timeline"])
def test_arrow_keys_move_from_mark_to_mark(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:
    from selenium.webdriver.common.keys import Keys

    page = ReportPage(browser, pages[name])
    result = csv_rows(mali, *CHART_COMMANDS[name])
    everything = page.count
    marks = page.run(
        "return [...document.querySelectorAll(arguments[0])].map((e) => Number(e.dataset.row))",
        f"{MAIN} svg.wide [role=button]",
    )
    order = sorted(marks)  # of time, or the most events first
    assert len(order) > 5

    def focused() -> int:
        """Return the row of the focused mark, after a check of its tooltip."""
        row = page.run("return document.activeElement.closest('svg.wide [role=button]')?.dataset.row ?? null")
        assert page.tooltip == expected_lines(result[int(row)])
        return int(row)

    page.keys(Keys.TAB, Keys.TAB)
    assert focused() == order[0]
    page.keys(Keys.ARROW_LEFT)  # there is none before the first
    assert focused() == order[0]
    for key, i in (
        (Keys.ARROW_RIGHT, 1),
        (Keys.ARROW_DOWN, 2),
        (Keys.ARROW_LEFT, 1),
        (Keys.END, -1),
        (Keys.ARROW_RIGHT, -1),
        (Keys.ARROW_UP, -2),
        (Keys.HOME, 0),
    ):
        page.keys(key)
        assert focused() == order[i], key
    for row in order[1:]:
        page.keys(Keys.ARROW_RIGHT)
        assert focused() == row
    row = order[-1]
    page.keys(Keys.ENTER)
    assert page.count == f"{result[row]['events']} of {everything}: {expected_lines(result[row])[0]}"
    page.keys(Keys.ESCAPE)
    assert page.count == everything
    # TAB leaves the chart, and Shift+TAB comes back to the same mark.
    page.keys(Keys.TAB)
    assert page.run("return document.activeElement.closest('svg')") is None
    page._actions().key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert focused() == row


def test_a_long_list_is_shown_in_pages(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    listed = "return document.querySelectorAll('#events > li').length"
    assert page.run(listed) == 100
    assert page.text("#show-more").startswith("100 listed; show 100 more")
    page.press("show-more")
    assert page.run(listed) == 200
    assert page.run("return document.activeElement.closest('li') === document.querySelector('#events').children[100]")
