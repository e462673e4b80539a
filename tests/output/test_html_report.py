"""HTML reports in a real browser: they show the numbers of the CSV, and nothing is loaded, run or read as markup."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.model import schema
from mali_cli.output.html_report import json_for_script
from mali_cli.output.streams import escape_control
from tests.support.accessibility import contrast_problems
from tests.support.browser import NARROW, WIDE, Browser
from tests.support.report_page import (
    CHART_COMMANDS,
    CONTROL_COMMAND,
    ReportPage,
    csv_rows,
    make_report,
)
from tests.support.tables import write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("name", ["map", "timeline", "control"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_it_opens_without_errors_or_requests(browser: Browser, pages: dict[str, Path], name: str, size: Any) -> None:  # fmt: skip
    browser.size(*size)
    page = ReportPage(browser, pages[name])
    shown = "[...document.querySelectorAll('svg [data-row]')].find((e) => e.getClientRects().length)"
    page.point_at(page.run(f"return Number({shown}.dataset.row)"))
    page.search("gao")
    assert browser.console == []
    assert browser.requests == [pages[name].as_uri()]
    assert browser.requests_elsewhere == []


def test_the_title_has_the_chart_and_its_filters(pages: dict[str, Path]) -> None:
    titles = {name: re.findall("<title>(.*)</title>", file.read_text(encoding="utf-8")) for name, file in pages.items()}
    titles["map"] = [re.sub(r"; \d+ of \d+ events have a point$", "", title) for title in titles["map"]]
    assert titles == {
        "map": ["Mali War: events by place: from 2012"],
        "timeline": ["Mali War: events and people killed by month: 2012 to 2014"],
        "control": ["Mali War: who held which place on 2012-06-27"],
    }


@pytest.mark.parametrize("name", ["map", "timeline"])
def test_the_list_has_the_events_of_the_events_command(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:  # fmt: skip
    page = ReportPage(browser, pages[name])
    arguments = [word for word in CHART_COMMANDS[name][1:] if word not in ("--by", "month")]
    events = csv_rows(mali, "events", *arguments)
    assert page.count == f"{len(events)} events"
    assert page.listed_keys == [row["event_id"] for row in reversed(events)]  # the latest first
    for word in ("from 2012",) if name == "map" else ("2012 to 2014",):
        assert word in page.driver.title
        assert word in page.text("h1")


@pytest.mark.parametrize("name", ["map", "timeline", "control"])
def test_on_a_phone_nothing_is_too_wide_or_too_small(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.size(*NARROW)
    page = ReportPage(browser, pages[name])
    page.run("document.querySelectorAll('details').forEach((box) => box.open = true)")
    page.wait("document.querySelector('#data-table table')")
    assert page.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    script = """const sizes = {}; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const box = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
            if (!text || !box.getClientRects().length) continue;
            const svg = box.closest('svg');
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            sizes[text.slice(0, 30)] = parseFloat(getComputedStyle(box).fontSize) * scale;
        }
        return sizes"""
    sizes = page.run(script)
    assert len(sizes) > 100
    assert {text: size for text, size in sizes.items() if size < 14} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Browser, pages: dict[str, Path], scheme: str) -> None:
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    page = ReportPage(browser, pages["map"])
    problems = contrast_problems(page.driver)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert problems == []


EVIL = [
    "<script>document.title = 'owned'</script>",
    "</script><script>document.title = 'owned'</script>",
    "<!--<script>",
    "<img src=https://evil.example/1.png onerror=\"document.title = 'owned'\">",
    "{{script}} &lt <b>bold</b>",
    "left \u202e right \u2066 left",
    "]]> \u2028 \x1b[31m 'quotes\" \\",
]


def with_visible_marks(text: str) -> str:
    """Return the text with bidirectional marks made visible."""
    return "".join(escape_control(c) if c >= " " else c for c in text)


def test_text_from_a_file_is_never_markup(browser: Browser, tmp_path: Path) -> None:
    events = [
        {"event_id": f"e{i}", "summary": text, "note": text, "place": f"P{text}", "side_a": f"G{i} {text}"}
        for i, text in enumerate(EVIL)
    ]
    places = [{"place": event["place"], "latitude": str(14 + i), "longitude": "-3"} for i, event in enumerate(events)]
    groups = [{"group": event["side_a"]} for event in events]
    figures = [
        {"event_id": f"e{i}", "n": 3, "wording": text, "according_to": text, "who": text} for i, text in enumerate(EVIL)
    ]
    documents = [{"document": "paper", "title": EVIL[0], "publisher": EVIL[3]}]
    data = write_dataset(
        tmp_path / "data", events=events, places=places, groups=groups, casualties=figures, documents=documents
    )
    for picture in ("map", "timeline"):
        actors = [word for group in groups for word in ("--actor", group["group"])]
        file = make_report(tmp_path / f"{picture}.html", picture, "--data", str(data), *actors)
        page = ReportPage(browser, file)
        assert page.count == f"{len(EVIL)} events"
        page.run("document.querySelectorAll('details').forEach((box) => box.open = true)")
        page.wait("document.querySelector('#data-table table')")
        text = page.run("return document.querySelector('#list').textContent")
        for evil in EVIL:
            assert text.count(with_visible_marks(evil)) >= 5
            assert escape_control(evil) in page.driver.title
        for row in page.run(
            "return [...document.querySelectorAll('.chart-section:first-child svg.wide [role=button]')].map((e) => e.dataset.row)"
        ):
            page.point_at(int(row))
        page.search("owned")
        assert page.run(
            "return [document.images.length, document.scripts.length, document.querySelectorAll('#list b b').length]"
        ) == [0, 2, 0]
        assert page.driver.title != "owned"
        assert browser.console == []
        assert browser.requests_elsewhere == []


def test_the_data_table_has_every_row(browser: Browser, pages: dict[str, Path], mali: Run) -> None:  # fmt: skip
    page = ReportPage(browser, pages["control"])
    page.run("document.getElementById('data-table').open = true")
    page.wait("document.querySelector('#data-table table')")
    cells = (
        "return [...document.querySelectorAll('#data-table tr')].map((row) => [...row.cells].map((e) => e.textContent))"
    )
    head, *body = page.run(cells)
    result = csv_rows(mali, *CONTROL_COMMAND)
    assert head == [name.replace("_", " ") for name in result[0]]
    lists = {column.name for column in schema.result_columns("map") if column.type == "list"}
    assert body == [
        [value.replace(";", "; ") if name in lists else value for name, value in row.items()] for row in result
    ]
    assert any("; " in row[head.index("holder")] for row in body)


def test_dates_are_shown_with_their_precision(browser: Browser, tmp_path: Path) -> None:
    expected = {
        "year": ("2013-01-01", "2013-12-31", "2013"),
        "month": ("2013-02-01", "2013-02-28", "2013-02"),
        "range": ("2013-02-03", "2013-02-09", "2013-02-03..09"),
        "by": ("2013-02-05", "2013-02-05", "by 2013-02-05"),
        "day": ("2013-02-05", "2013-02-05", "2013-02-05"),
    }
    events = [
        {"event_id": name, "date_precision": name, "place": "Gao", "date_start": first, "date_end": last}
        for name, (first, last, _) in expected.items()
    ]
    places = [{"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}]
    data = write_dataset(tmp_path / "data", events=events, places=places)
    page = ReportPage(browser, make_report(tmp_path / "map.html", "map", "--data", str(data)))
    dates = page.run("return [...document.querySelectorAll('#events .date-place > span')].map((e) => e.textContent)")
    assert dict(zip(page.listed_keys, dates, strict=True)) == {name: text for name, (_, _, text) in expected.items()}


def test_the_chart_and_the_list_are_printed(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = {
        selector: page.run("return getComputedStyle(document.querySelector(arguments[0])).display !== 'none'", selector)
        for selector in (
            "svg.wide",
            "svg.narrow",
            ".zoom",
            "#search-input",
            "#menus",
            "#years",
            "#count",
            "#events",
            ".unplotted",
            ".hint",
            ".footnotes.wide",
            ".footnotes.narrow",
            "#print-limit",
        )
    }
    page.run("document.querySelector('#events details').open = true")
    page.wait("document.querySelector('#events details .event-details')")
    symbols = page.run("""return [...document.querySelectorAll('#events summary')].map(
        (e) => getComputedStyle(e, '::after').content)""")
    assert set(symbols) == {"none"}  # details cannot be opened on paper
    sizes = page.run("return [...document.querySelectorAll('#events *')].map((e) => getComputedStyle(e).fontSize)")
    assert len(set(sizes)) == 1
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert {selector for selector, is_shown in shown.items() if is_shown} == {
        "svg.wide",
        "#count",
        "#events",
        ".footnotes.wide",
        "#print-limit",
    }


def test_one_event_and_one_place(browser: Browser, tmp_path: Path) -> None:
    event = {"event_id": "only", "place": "Gao", "summary": "It happened."}
    place = {"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}
    data = write_dataset(tmp_path / "data", events=[event], places=[place])
    for picture in ("map", "timeline"):
        page = ReportPage(browser, make_report(tmp_path / f"{picture}.html", picture, "--data", str(data)))
        assert page.count == "1 event"
        page.click(0)
        assert page.count == f"1 event: {'Gao' if picture == 'map' else '2013'}"
        assert "killed: not stated" in page.run("return document.getElementById('events').textContent")
        assert browser.console == []


def test_long_names_huge_numbers_and_unknown_fatalities(browser: Browser, tmp_path: Path) -> None:
    long = "Wagadou" * 20
    events = [
        {"event_id": "huge", "place": long, "summary": long, "side_a": long, "note": long},
        {"event_id": "words", "place": "Gao"},
        {"event_id": "none", "place": "Gao"},
        {"event_id": "ill", "place": "Gao"},
        {"event_id": "open", "place": "Gao"},
        {"event_id": "peace", "place": "Gao", "event_type": "Strategic developments", "sub_event_type": "Agreement"},
    ]
    figures = [
        {"event_id": "huge", "low": 10**9, "best": 2 * 10**9, "high": 10**12, "according_to": long, "wording": long},
        {"event_id": "words", "wording": "dozens"},
        {"event_id": "none", "n": 0},
        {"event_id": "ill", "n": 2, "cause": "illness"},
        {"event_id": "open", "low": 12, "best": 12, "open": "true"},
    ]
    places = [{"place": name, "latitude": "16", "longitude": i} for i, name in enumerate(("Gao", long))]
    groups = [{"group": long}]
    data = write_dataset(tmp_path / "data", events=events, casualties=figures, places=places, groups=groups)
    for picture in ("map", "timeline"):
        browser.size(*NARROW)
        page = ReportPage(browser, make_report(tmp_path / f"{picture}.html", picture, "--data", str(data)))
        page.run("document.querySelectorAll('details').forEach((box) => box.open = true)")
        page.wait("document.querySelector('#data-table table')")
        page.run("scrollTo(0, 0)")
        page.click(0)
        assert page.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.keys("\ue00c")
        fits = "return [...document.querySelectorAll('#events > li')].map((e) => (e.scrollIntoView(), e.scrollWidth <= e.clientWidth))"
        assert set(page.run(fits)) == {True}
        cards = page.run("return [...document.querySelectorAll('#events summary')].map((e) => e.lastChild.textContent)")
        killed = dict(zip(page.listed_keys, cards, strict=True))
        assert killed == {
            "huge": "2,000,000,000 killed (1,000,000,000–1,000,000,000,000)",
            "words": "killed: dozens",
            "none": "0 killed",
            "ill": "2 died: illness",
            "open": "12+ killed",
            "peace": "Strategic developments: Agreement reported",
        }
        assert browser.console == []


def test_no_rows_leave_no_file(mali: Run, tmp_path: Path) -> None:
    run = mali("map", "--text", "nosuchword", "-o", str(tmp_path / "map.html"))
    assert "No events match." in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_cannot_end_its_script_element() -> None:
    for evil in EVIL:
        text = json_for_script({"text": evil})
        assert "<" not in text
        assert json.loads(text) == {"text": with_visible_marks(evil)}


def test_the_security_policy_blocks_scripts_and_requests(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["timeline"])
    page.run("""window.refused = [];
        addEventListener('securitypolicyviolation', (event) => window.refused.push(event.effectiveDirective));
        const run = document.createElement('script'), image = new Image(), style = document.createElement('style');
        run.textContent = "document.title = 'owned'";
        style.textContent = 'body { display: none }';
        image.src = 'https://tiles.example/1.png';
        document.body.append(run, image, style);
        fetch('https://tiles.example/2.json').catch(() => null);""")
    page.wait("window.refused.length >= 4")
    assert sorted(page.run("return window.refused")) == ["connect-src", "img-src", "script-src-elem", "style-src-elem"]
    assert page.driver.title != "owned"
    assert page.count.endswith(" events")


def test_flags_of_events_add_up_to_the_rows_of_the_chart(pages: dict[str, Path]) -> None:
    for name in ("map", "timeline"):
        [text] = re.findall(r'id="data">(.*?)</script>', pages[name].read_text(encoding="utf-8"), re.S)
        data = json.loads(text)
        columns = data["events"]["columns"]
        for column in ("not_stated", "open"):
            flags: dict[int, list[int]] = {}
            for row, record in zip(data["charts"][0]["rowByEvent"], data["events"]["records"], strict=True):
                flags.setdefault(row, []).append(record[columns.index(column)])
            position = data["table"]["columns"].index(column)
            for row, record in enumerate(data["table"]["records"]):
                said = record[position] == "true" if column == "open" else int(record[position])
                assert (max if column == "open" else sum)(flags.get(row, [0])) == said, (name, column, record)
