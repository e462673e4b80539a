"""The pages in a real browser: what they show is what the CSV answers, and nothing is loaded, run or read as markup."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mali_cli
from mali_cli.output import html_svg
from mali_cli.output.html_report import in_script
from mali_cli.output.streams import escape_control
from tests.support.browser import NARROW, WIDE, Browser
from tests.support.tables import write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]

ASKED = {"map": ["map", "--from", "2012"], "timeline": ["timeline", "--from", "2012", "--to", "2014", "--by", "month"]}
HELD = ["map", "--on", "2012-07-01"]


def made(mali: Run, file: Path, *asked: str) -> Path:
    run = mali(*asked, "-o", str(file), "--force")
    assert run.returncode == 0, run.stderr
    assert re.search(rf"^{re.escape(str(file))}: [\d,]+ kB\.$", run.stderr, re.M)
    return file


def rows(mali: Run, *asked: str) -> list[dict[str, str]]:
    return list(csv.DictReader(mali(*asked, "--quiet", "--format", "csv").stdout.splitlines()))


@pytest.fixture(scope="module")
def pages(mali: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    asked = {**ASKED, "held": HELD}
    return {name: made(mali, folder / f"{name}.html", *words) for name, words in asked.items()}


class Page:
    """A page as its reader has it before them."""

    def __init__(self, browser: Browser, file: Path) -> None:
        self.browser = browser
        self.driver = browser.open(file)

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def wait(self, script: str) -> None:
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 10).until(lambda driver: driver.execute_script(f"return {script}"))

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    @property
    def count(self) -> str:
        return self.text("#count")

    @property
    def tip(self) -> list[str]:
        return self.text("#tip").splitlines()

    @property
    def listed(self) -> list[str]:
        """The keys of the events in the list, all of them."""
        while self.run("return !document.getElementById('more').hidden"):
            self.driver.find_element("id", "more").click()
        script = """const data = JSON.parse(document.getElementById('data').textContent);
            const at = data.events.columns.indexOf('event_id');
            return [...document.querySelectorAll('[data-event]')].map((e) => data.events.records[e.dataset.event][at])"""
        return list(self.run(script))

    def mark(self, row: int) -> Any:
        marks = self.driver.find_elements("css selector", f'svg [data-row="{row}"]')
        return next(mark for mark in marks if mark.is_displayed())

    def point_at(self, row: int) -> None:
        self._actions().move_to_element(self.mark(row)).perform()

    def click(self, row: int) -> None:
        self._actions().move_to_element(self.mark(row)).click().perform()

    def keys(self, *keys: str) -> None:
        self._actions().send_keys(*keys).perform()

    def _actions(self) -> Any:
        from selenium.webdriver import ActionChains

        return ActionChains(self.driver, duration=0)

    def search(self, words: str) -> None:
        box = self.driver.find_element("id", "words")
        box.clear()
        before = self.run("return window.changes ?? (window.changes = 0, new MutationObserver(() => window.changes++)"
                          ".observe(document.getElementById('events'), {childList: true}), 0)")  # fmt: skip
        box.send_keys(words)
        self.wait(f"window.changes > {before} && document.getElementById('words').value === {in_script(words)}")
        self.wait("(window.last = window.now, window.now = window.changes, window.last === window.now)")

    def found(self, words: str) -> list[str]:
        """The keys of the events that these words find, put into the search at once."""
        # Whether this button is pressed is told anew with every search, also where it finds nothing once more.
        script = """const [words, done] = arguments, box = document.getElementById('words');
            new MutationObserver((_, observer) => { observer.disconnect(); done(); })
                .observe(document.getElementById('off'), {attributes: true});
            box.value = words;
            box.dispatchEvent(new Event('input'));"""
        self.driver.execute_async_script(script, words)
        return self.listed

    def open_event(self, key: str) -> str:
        script = """const data = JSON.parse(document.getElementById('data').textContent);
            const at = data.events.columns.indexOf('event_id');
            return data.events.records.findIndex((record) => record[at] === arguments[0])"""
        item = self.driver.find_element("css selector", f'[data-event="{self.run(script, key)}"]')
        item.find_element("css selector", "summary").click()
        self.wait("document.querySelector('details[open] .more')")
        return str(item.text)


def drawn(picture: str, answer: list[dict[str, str]]) -> dict[int, dict[str, str]]:
    """The rows that have a mark by right: a period with something told, a place with a point on the map."""
    if picture == "timeline":
        told = ("events", "killed_best", "unknown", "not_stated")
        return {
            at: row
            for at, row in enumerate(answer)
            if row["period"] and any(row[name] not in ("", "0") for name in told)
        }
    return {at: row for at, row in enumerate(answer) if row["latitude"]}


def expected(row: dict[str, str]) -> list[str]:
    """What is to be said of a row of the CSV answer."""
    name = (row.get("period") or row.get("place") or "").replace(";", ", ")
    lines = [name]
    if row.get("holder"):
        held = "holder not told" if row["holder"] == "unknown" else f"held by {row['holder'].replace(';', ', ')}"
        lines.append(held + (" (contested)" if row["contested"] == "true" and row["holder"] != "unknown" else ""))
    events = int(row["events"])
    lines.append(f"{events:,} event{'s' * (events != 1)}" if events else "no event told")
    if row["killed_best"]:
        low, best, high = (int(row[f"killed_{bound}"]) for bound in ("low", "best", "high"))
        more = "+" if row["open"] == "true" else ""
        lines.append(f"{best:,} killed ({low:,}–{high:,}{more})" if low != high else f"{best:,}{more} killed")
    for column, noun, rest in (
        ("unknown", "toll", "told in words only"),
        ("not_stated", "violent event", "without a figure"),
    ):
        if number := int(row[column]):
            lines.append(f"{number:,} {noun}{'s' * (number != 1)} {rest}")
    return lines


def spoken(row: dict[str, str]) -> str:
    name, *numbers = expected(row)
    return f"{name}: {'; '.join(numbers)}"


@pytest.mark.parametrize("name", ["map", "timeline", "held"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_it_opens_without_an_error_and_asks_nobody(browser: Browser, pages: dict[str, Path], name: str, size: Any) -> None:  # fmt: skip
    browser.size(*size)
    page = Page(browser, pages[name])
    page.point_at(page.run("return Number(document.querySelector('svg [data-row]').dataset.row)"))
    page.search("gao")
    assert browser.console == []
    assert browser.requests == [pages[name].as_uri()]
    assert browser.requests_elsewhere == []


def test_its_title_is_what_is_drawn_and_what_was_asked(pages: dict[str, Path]) -> None:
    titles = {name: re.findall("<title>(.*)</title>", file.read_text(encoding="utf-8")) for name, file in pages.items()}
    assert titles == {
        "map": ["Events by place: from 2012"],
        "timeline": ["Events and people killed by month: 2012 to 2014"],
        "held": ["Who held which place on 2012-07-01"],
    }


@pytest.mark.parametrize("name", ["map", "timeline"])
def test_the_list_has_the_events_that_the_command_lists(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:  # fmt: skip
    page = Page(browser, pages[name])
    asked = [word for word in ASKED[name][1:] if word not in ("--by", "month")]
    events = rows(mali, "events", *asked)
    assert page.count == f"{len(events)} events"
    assert page.listed == [row["event_id"] for row in events]
    for word in ("from 2012",) if name == "map" else ("2012 to 2014",):
        assert word in page.driver.title
        assert word in page.text("h1")


@pytest.mark.parametrize("name", ["map", "timeline", "held"])
def test_every_mark_tells_the_numbers_of_its_row(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:  # fmt: skip
    page = Page(browser, pages[name])
    answer = rows(mali, *(ASKED | {"held": HELD})[name])
    told = drawn("timeline" if name == "timeline" else "map", answer)
    script = """return [...document.querySelectorAll(arguments[0])].map((e) => [e.dataset.row, e.getAttribute('aria-label')])"""
    for width in ("wide", "narrow"):
        labels = {int(row): label for row, label in page.run(script, f"svg.{width} [role=button]")}
        assert labels == {at: spoken(answer[at]) for at in labels}
        assert set(labels) <= set(told)
        notes = page.text("#picture")
        assert all(answer[at]["place"] in notes for at in set(told) - set(labels))  # beyond the edge
    for at in list(labels)[:8]:
        page.point_at(at)
        if page.tip[0] != expected(answer[at])[0]:  # a smaller circle lies on it: the next click is for this one
            assert re.search(rf"^Also here: .*\b{answer[at]['place']}\b", page.tip[-1])
            for _ in range(4):
                page.click(at)
                if page.count.endswith(f": {answer[at]['place']}"):
                    break
        assert [line for line in page.tip if not line.startswith("Also here")] == expected(answer[at])


@pytest.mark.parametrize("name", ["map", "timeline"])
def test_a_click_narrows_the_list_and_another_takes_it_back(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:  # fmt: skip
    page = Page(browser, pages[name])
    answer = rows(mali, *ASKED[name])
    at = max(drawn(name, answer), key=lambda at: int(answer[at]["events"]))
    everything = page.count
    page.click(at)
    label = answer[at].get("place") or answer[at]["period"]
    assert page.count == f"{answer[at]['events']} of {everything}: {label}"
    listed = page.listed
    assert len(listed) == int(answer[at]["events"])
    events = {row["event_id"]: row for row in rows(mali, "events", "--from", "2012")}
    for key in listed:
        if name == "map":
            assert events[key]["place"] == label
        else:
            assert events[key]["date_start"][:7] == events[key]["date_end"][:7] == label
    for _ in range(sum(line.count(",") + 1 for line in page.tip if line.startswith("Also here"))):
        page.click(at)
        assert page.count.endswith(f": {page.tip[0]}")
    page.click(at)
    assert page.count == everything
    page.click(at)
    page.keys("\ue00c")  # Escape
    assert page.count == everything


def test_a_tap_tells_and_narrows(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.actions.pointer_input import PointerInput

    browser.size(*NARROW)
    page = Page(browser, pages["timeline"])
    answer = rows(mali, *ASKED["timeline"])
    at = max(drawn("timeline", answer), key=lambda at: int(answer[at]["events"]))
    finger = ActionBuilder(page.driver, mouse=PointerInput("touch", "finger"))
    finger.pointer_action.move_to(page.mark(at)).pointer_down().pointer_up()
    finger.perform()
    page.wait("document.getElementById('count').textContent.includes(' of ')")
    assert page.count.endswith(f"events: {answer[at]['period']}")
    assert page.tip == expected(answer[at])


def test_what_is_on_no_mark_can_be_listed(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = Page(browser, pages["map"])
    answer = rows(mali, *ASKED["map"])
    marks = {
        int(row) for row in page.run("return [...document.querySelectorAll('[data-row]')].map((e) => e.dataset.row)")
    }
    unseen = sum(int(row["events"]) for at, row in enumerate(answer) if at not in marks)
    button = page.driver.find_element("id", "off")
    assert button.text.startswith(f"{unseen} events")
    button.click()
    assert page.count.startswith(f"{unseen} of ")
    assert len(page.listed) == unseen


def test_search_finds_whatever_the_spelling(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    page = Page(browser, pages["map"])
    answer = rows(mali, *ASKED["map"])
    found = {}
    for words in ("Ménaka", "menaka", "MENAKA", "Me\u0301naka"):
        page.search(words)
        found[words] = page.listed
    assert len({tuple(keys) for keys in found.values()}) == 1
    told = {row["event_id"] for row in rows(mali, "events", "--from", "2012", "--text", "menaka")}
    assert told <= set(found["menaka"]) < {row["event_id"] for row in rows(mali, "events", "--from", "2012")}
    assert page.count == f"{len(told | set(found['menaka']))} of {sum(int(row['events']) for row in answer)} events"
    at = next(at for at, row in enumerate(answer) if row["place"] == "Ménaka")
    other = next(at for at, row in enumerate(answer) if row["place"] == "Bamako")
    assert "out" not in (page.mark(at).get_attribute("class") or "")
    assert "out" in page.mark(other).get_attribute("class")
    page.search('menaka 2012-11 "more than')
    assert page.listed == []
    page.search("menaka more than 100 islamists")  # words of a figure, in any order
    assert "2012-11-19-menaka-captured" in page.listed
    page.search("wikipedia#126")
    by_key = page.listed
    page.search("#126")
    assert "2012-11-19-menaka-captured" in by_key
    assert set(by_key) <= set(page.listed)
    page.search("nosuchword")
    assert page.count.startswith("0 of ")
    page.driver.find_element("id", "clear").click()
    assert " of " not in page.count


SHOWN = """document.querySelectorAll('#events details').forEach((box) => box.open = true);
    const done = arguments[0], all = () => document.querySelectorAll('#events details').length;
    const wait = () => document.querySelectorAll('#events .more').length < all() ? setTimeout(wait, 20) : done(
        [...document.querySelectorAll('#events > li')].map((item) => {
            const walk = document.createTreeWalker(item, NodeFilter.SHOW_TEXT), texts = [];
            while (walk.nextNode()) {
                const of = walk.currentNode.parentElement;
                if (!of.closest('dt, h2')) texts.push(walk.currentNode.textContent.trim());
            }
            return texts;
        }));
    wait();"""
OF_THE_PAGE = {
    *("killed", "killed: told in words only", "killed: not told", "died:", "place not told", "people not named"),
    *(":", ".", "?", ";", "According to", "It is not told who gave it.", "Inflicted by", "Cause:"),
}


def test_search_finds_what_is_shown_and_nothing_else(browser: Browser, pages: dict[str, Path]) -> None:
    page = Page(browser, pages["map"])
    keys = page.listed
    shown = dict(zip(keys, page.driver.execute_async_script(SHOWN), strict=True))
    told = {key: "\n".join(text for text in texts if text not in OF_THE_PAGE) for key, texts in shown.items()}
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
    ):
        begins = re.compile(rf"(?<!\w){re.escape(word)}", re.I)
        assert page.found(word) == [key for key in keys if begins.search(told[key])], word


def test_search_leaves_out_what_the_page_itself_says(browser: Browser, mali: Run, tmp_path: Path) -> None:
    events = [
        {"event_id": "e1", "place": "Gao", "note": "Also told elsewhere.", "responsibility": "MNLA"},
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
    page = Page(browser, made(mali, tmp_path / "map.html", "map", "--data", str(data)))
    for word in ("killed", "died", "figures", "gave", "according", "source", "nobody", "claimed", "note", "key", "cause",
                 "inflicted", "people", "place", "country", "not", "16.27", "current", "hostile", "false", "200"):  # fmt: skip
        assert page.found(word) == [], word
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
        assert page.found(word) == ["e1"], word
    for word in ("paper", "press", "document", "battles", "reported", "2013-02-05"):
        assert page.found(word) == (["e1"] if word == "document" else ["e1", "e2"]), word


def test_an_event_tells_who_gave_each_figure_and_where_it_stands(browser: Browser, pages: dict[str, Path], mali: Run) -> None:  # fmt: skip
    page = Page(browser, pages["map"])
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
    [event] = [row for row in rows(mali, "events", "--from", "2012") if row["event_id"] == "2012-11-19-menaka-captured"]
    for column in ("summary", "event_type", "sub_event_type", "basis", "date_start", "note"):
        assert event[column] in text
    assert f"{event['killed_best']} killed ({event['killed_low']}–{event['killed_high']}" in text


@pytest.mark.parametrize("name", ["map", "timeline", "held"])
def test_on_a_phone_nothing_is_wider_than_it_or_too_small(browser: Browser, pages: dict[str, Path], name: str) -> None:
    browser.size(*NARROW)
    page = Page(browser, pages[name])
    page.run("document.querySelectorAll('details').forEach((box) => box.open = true)")
    page.wait("document.querySelector('#numbers table')")
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
def test_text_stands_out(browser: Browser, pages: dict[str, Path], scheme: str) -> None:
    feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
    page = Page(browser, pages["map"])
    script = """const found = new Set(), seen = (box) => {
            for (let at = box; at; at = at.parentElement) {
                const colour = getComputedStyle(at).backgroundColor;
                if (!colour.startsWith('rgba') || !colour.endsWith(' 0)')) return colour;
            }
        };
        document.querySelectorAll('details').forEach((box) => box.open = true);
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
            const box = walk.currentNode.parentElement;
            if (!walk.currentNode.textContent.trim() || !box.getClientRects().length) continue;
            found.add(getComputedStyle(box)[box.closest('svg') ? 'fill' : 'color'] + '|' + seen(box));
        }
        return [...found]"""
    pairs = page.run(script)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(pairs) > 2
    assert {pair: contrast(*pair.split("|")) for pair in pairs if contrast(*pair.split("|")) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG between two colours written rgb(1, 2, 3)."""

    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


EVIL = [
    "<script>document.title = 'owned'</script>",
    "</script><script>document.title = 'owned'</script>",
    "<!--<script>",
    "<img src=https://evil.example/1.png onerror=\"document.title = 'owned'\">",
    "{{script}} &lt <b>bold</b>",
    "left \u202e right \u2066 left",
    "]]> \u2028 \x1b[31m 'quotes\" \\",
]


def turned(text: str) -> str:
    """With the marks that turn the direction of a text made visible; what stands in JSON needs no more."""
    return "".join(escape_control(c) if c >= " " else c for c in text)


def test_text_from_a_file_stays_text(browser: Browser, mali: Run, tmp_path: Path) -> None:
    events = [
        {"event_id": f"e{at}", "summary": text, "note": text, "place": f"P{text}", "side_a": f"G{at} {text}"}
        for at, text in enumerate(EVIL)
    ]
    places = [{"place": event["place"], "latitude": str(14 + at), "longitude": "-3"} for at, event in enumerate(events)]
    groups = [{"group": event["side_a"]} for event in events]
    figures = [
        {"event_id": f"e{at}", "n": 3, "wording": text, "according_to": text, "who": text}
        for at, text in enumerate(EVIL)
    ]
    documents = [{"document": "paper", "title": EVIL[0], "publisher": EVIL[3]}]
    data = write_dataset(
        tmp_path / "data", events=events, places=places, groups=groups, casualties=figures, documents=documents
    )
    for picture in ("map", "timeline"):
        actors = [word for group in groups for word in ("--actor", group["group"])]
        file = made(mali, tmp_path / f"{picture}.html", picture, "--data", str(data), *actors)
        page = Page(browser, file)
        assert page.count == f"{len(EVIL)} events"
        page.run("document.querySelectorAll('details').forEach((box) => box.open = true)")
        page.wait("document.querySelector('#numbers table')")
        text = page.run("return document.querySelector('#list').textContent")
        for evil in EVIL:
            assert text.count(turned(evil)) >= 5
            assert escape_control(evil) in page.driver.title
        for row in page.run(
            "return [...document.querySelectorAll('svg.wide [role=button]')].map((e) => e.dataset.row)"
        ):
            page.point_at(int(row))
        page.search("owned")
        assert page.run(
            "return [document.images.length, document.scripts.length, document.querySelectorAll('#list b b').length]"
        ) == [0, 2, 0]
        assert page.driver.title != "owned"
        assert browser.console == []
        assert browser.requests_elsewhere == []


def test_the_table_of_the_numbers_has_every_row_of_the_answer(browser: Browser, pages: dict[str, Path], mali: Run) -> None:  # fmt: skip
    page = Page(browser, pages["held"])
    page.run("document.getElementById('numbers').open = true")
    page.wait("document.querySelector('#numbers table')")
    cells = (
        "return [...document.querySelectorAll('#numbers tr')].map((row) => [...row.cells].map((e) => e.textContent))"
    )
    head, *body = page.run(cells)
    answer = rows(mali, *HELD)
    assert head == [name.replace("_", " ") for name in answer[0]]
    lists = ("place", "holder")
    assert body == [
        [value.replace(";", "; ") if name in lists else value for name, value in row.items()] for row in answer
    ]
    assert any("; " in row[head.index("holder")] for row in body)


def test_when_it_happened_is_said_as_precisely_as_it_is_known(browser: Browser, mali: Run, tmp_path: Path) -> None:
    month = {"date_start": "2013-02-01", "date_end": "2013-02-28"}
    told = {
        "day": "2013-02-05",
        "by": "known by 2013-02-05",
        "range": "within 2013-02-01 to 2013-02-28",
        "month": "within 2013-02-01 to 2013-02-28",
    }
    events = [
        {"event_id": how, "date_precision": how, "place": "Gao", **(month if words.startswith("within") else {})}
        for how, words in told.items()
    ]
    places = [{"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}]
    data = write_dataset(tmp_path / "data", events=events, places=places)
    page = Page(browser, made(mali, tmp_path / "map.html", "map", "--data", str(data)))
    said = page.run("return [...document.querySelectorAll('#events .when > span')].map((e) => e.textContent)")
    assert dict(zip(page.listed, said, strict=True)) == told


def test_by_keyboard_alone(browser: Browser, pages: dict[str, Path], mali: Run) -> None:
    tab, enter, escape, right, space = "\ue004", "\ue007", "\ue00c", "\ue014", " "
    page = Page(browser, pages["timeline"])
    answer = drawn("timeline", rows(mali, *ASKED["timeline"]))
    everything = page.count
    page.keys(tab)
    assert page.run("return document.activeElement.getAttribute('href')") == "#list"
    page.keys(tab)
    focused = "return document.activeElement.dataset.row ?? document.activeElement.id"
    first, second = list(answer)[:2]
    assert page.run(focused) == str(first)
    assert page.tip == expected(answer[first])
    page.keys(right)
    assert page.run(focused) == str(second)
    assert page.tip == expected(answer[second])
    page.keys(enter)
    assert page.count == f"{answer[second]['events']} of {everything}: {answer[second]['period']}"
    assert page.mark(second).get_attribute("aria-pressed") == "true"
    page.keys(space)
    assert page.count == everything
    page.keys(enter)
    page.keys(escape)
    assert page.count == everything
    for _ in range(5):
        page.keys(tab)
        if page.run(focused) == "words":
            break
    assert page.run(focused) == "words"
    page.keys("konna")
    page.wait("document.getElementById('count').textContent.includes(' of ')")
    for _ in range(3):
        page.keys(tab)
        if page.run("return document.activeElement.tagName") == "SUMMARY":
            break
    page.keys(enter)
    page.wait("document.querySelector('#events details[open] .more')")


@pytest.mark.parametrize("name", ["map", "timeline"])
def test_arrows_go_from_mark_to_mark(browser: Browser, pages: dict[str, Path], mali: Run, name: str) -> None:
    from selenium.webdriver.common.keys import Keys

    page = Page(browser, pages[name])
    answer = rows(mali, *ASKED[name])
    everything = page.count
    marks = page.run(
        "return [...document.querySelectorAll('svg.wide [role=button]')].map((e) => Number(e.dataset.row))"
    )
    order = sorted(marks)  # of time, or the most events first
    assert len(order) > 5

    def focused() -> int:
        """The row of the mark that has the focus, which tells its numbers."""
        row = page.run("return document.activeElement.closest('svg.wide [role=button]')?.dataset.row ?? null")
        assert page.tip == expected(answer[int(row)])
        return int(row)

    page.keys(Keys.TAB, Keys.TAB)
    assert focused() == order[0]
    page.keys(Keys.ARROW_LEFT)  # there is none before the first
    assert focused() == order[0]
    for key, at in (
        (Keys.ARROW_RIGHT, 1),
        (Keys.ARROW_DOWN, 2),
        (Keys.ARROW_LEFT, 1),
        (Keys.END, -1),
        (Keys.ARROW_RIGHT, -1),
        (Keys.ARROW_UP, -2),
        (Keys.HOME, 0),
    ):
        page.keys(key)
        assert focused() == order[at], key
    for row in order[1:]:
        page.keys(Keys.ARROW_RIGHT)
        assert focused() == row
    row = order[-1]
    page.keys(Keys.ENTER)
    assert page.count == f"{answer[row]['events']} of {everything}: {expected(answer[row])[0]}"
    page.keys(Keys.ESCAPE)
    assert page.count == everything
    # TAB leaves the picture, and comes back to the mark that was left.
    page.keys(Keys.TAB)
    assert page.run("return document.activeElement.closest('svg')") is None
    page._actions().key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert focused() == row


def test_a_long_list_is_put_in_part_by_part(browser: Browser, pages: dict[str, Path]) -> None:
    page = Page(browser, pages["map"])
    listed = "return document.querySelectorAll('#events > li').length"
    assert page.run(listed) == 100
    assert page.text("#more").startswith("100 listed; show 100 more")
    page.driver.find_element("id", "more").click()
    assert page.run(listed) == 200
    assert page.run("return document.activeElement.closest('li').dataset.event") == "100"


def test_on_paper_stands_the_picture_and_the_list(browser: Browser, pages: dict[str, Path]) -> None:
    page = Page(browser, pages["map"])
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = {
        what: page.run("return getComputedStyle(document.querySelector(arguments[0])).display !== 'none'", what)
        for what in (
            "svg.wide",
            "svg.narrow",
            "#words",
            "#count",
            "#events",
            "#off",
            "#hint",
            ".foot.wide",
            ".foot.narrow",
            "#part",
        )
    }
    page.run("document.querySelector('#events details').open = true")
    page.wait("document.querySelector('#events details .more')")
    signs = page.run("""return [...document.querySelectorAll('#events summary')].map(
        (e) => getComputedStyle(e, '::after').content)""")
    assert set(signs) == {"none"}  # nothing can be opened there
    sizes = page.run("return [...document.querySelectorAll('#events *')].map((e) => getComputedStyle(e).fontSize)")
    assert len(set(sizes)) == 1
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    assert page.count == f"{page.run('return document.querySelectorAll(`#events > li`).length')} events"
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert {what for what, there in shown.items() if there} == {"svg.wide", "#count", "#events", ".foot.wide", "#part"}


def test_one_event_and_one_place(browser: Browser, mali: Run, tmp_path: Path) -> None:
    event = {"event_id": "only", "place": "Gao", "summary": "It happened."}
    place = {"place": "Gao", "latitude": "16.27", "longitude": "-0.04"}
    data = write_dataset(tmp_path / "data", events=[event], places=[place])
    for picture in ("map", "timeline"):
        page = Page(browser, made(mali, tmp_path / f"{picture}.html", picture, "--data", str(data)))
        assert page.count == "1 event"
        page.click(0)
        assert page.count == f"1 event: {'Gao' if picture == 'map' else '2013'}"
        assert "killed: not told" in page.run("return document.getElementById('events').textContent")
        assert browser.console == []


def test_long_names_huge_numbers_and_what_is_not_told(browser: Browser, mali: Run, tmp_path: Path) -> None:
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
    places = [{"place": name, "latitude": "16", "longitude": at} for at, name in enumerate(("Gao", long))]
    groups = [{"group": long}]
    data = write_dataset(tmp_path / "data", events=events, casualties=figures, places=places, groups=groups)
    for picture in ("map", "timeline"):
        browser.size(*NARROW)
        page = Page(browser, made(mali, tmp_path / f"{picture}.html", picture, "--data", str(data)))
        page.run("document.querySelectorAll('details').forEach((box) => box.open = true)")
        page.wait("document.querySelector('#numbers table')")
        page.run("scrollTo(0, 0)")
        page.click(0)
        assert page.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.keys("\ue00c")
        fits = "return [...document.querySelectorAll('#events > li')].map((e) => (e.scrollIntoView(), e.scrollWidth <= e.clientWidth))"
        assert set(page.run(fits)) == {True}
        cards = page.run("return [...document.querySelectorAll('#events summary')].map((e) => e.lastChild.textContent)")
        killed = dict(zip(page.listed, cards, strict=True))
        assert killed == {
            "huge": "2,000,000,000 killed (1,000,000,000–1,000,000,000,000)",
            "words": "killed: told in words only",
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


def test_json_in_a_script_ends_no_script() -> None:
    for evil in EVIL:
        text = in_script({"text": evil})
        assert "<" not in text
        assert json.loads(text) == {"text": turned(evil)}


def test_what_runs_or_loads_is_not_let_into_the_picture() -> None:
    drawn = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="run()" width="9">
        <script>run()</script><style>@import "x"</style><image href="x"/><foreignObject><p>x</p></foreignObject>
        <a xlink:href="x"><text>link</text></a><g onclick="run()" style="fill:url(x)" fill="#1a1a1a">
        <path d="M0,0" aria-label="row 3" href="x"/><rect width="2" aria-label="row 3"/><text>&lt;b&gt;</text></g></svg>"""
    kept = html_svg.kept(drawn, {"3": "Gao: <1> event"}, "wide")
    assert {element.tag for element in kept.iter()} == {"svg", "g", "path", "rect", "text"}
    assert kept.attrib == {"width": "9"}
    group, path, rect, text = list(kept.iter())[1:]
    assert group.attrib == {"fill": "var(--chart-ink,#1a1a1a)"}
    assert path.attrib == {"d": "M0,0", "data-row": "3", "aria-label": "Gao: <1> event"}
    assert rect.attrib == {"width": "2", "data-row": "3", "aria-hidden": "true"}
    assert text.text == "<b>"


def test_the_policy_of_the_page_lets_nothing_run_or_load(browser: Browser, pages: dict[str, Path]) -> None:
    page = Page(browser, pages["timeline"])
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


def test_each_width_says_what_it_has_no_room_for(browser: Browser, pages: dict[str, Path]) -> None:
    told = {}
    for size in (WIDE, NARROW):
        browser.size(*size)
        page = Page(browser, pages["map"])
        script = "return [...document.querySelectorAll(arguments[0])].filter((e) => e.getClientRects().length).map((e) => e.textContent)"
        names = page.run(script, "svg text")
        marks = page.run(script, "svg [role=button]")
        [number] = re.findall(r"Without a name, for want of room: (\d+) places?\.", page.text("#picture"))
        assert sum(bool(re.search(r" \d+$", name)) for name in names) == len(marks) - int(number)
        told[size] = int(number)
    assert told[WIDE] < told[NARROW]


def test_each_picture_clips_by_its_own_shapes(browser: Browser, pages: dict[str, Path]) -> None:
    page = Page(browser, pages["map"])
    used = r"""return [...document.querySelectorAll('[clip-path]')].map((e) => {
        const own = document.querySelector(e.getAttribute('clip-path').match(/#[^)]+/)[0]);
        return e.closest('svg') === own.closest('svg') && document.querySelectorAll('#' + own.id).length === 1;
    })"""
    assert set(page.run(used)) == {True}


def test_how_each_toll_is_told_adds_up_to_what_the_picture_says(pages: dict[str, Path]) -> None:
    for name in ("map", "timeline"):
        [text] = re.findall(r'id="data">(.*?)</script>', pages[name].read_text(encoding="utf-8"), re.S)
        data = json.loads(text)
        columns = data["events"]["columns"]
        for column in ("not_stated", "open"):
            told: dict[int, list[int]] = {}
            for row, record in zip(data["rowOf"], data["events"]["records"], strict=True):
                told.setdefault(row, []).append(record[columns.index(column)])
            at = data["table"]["columns"].index(column)
            for row, record in enumerate(data["table"]["records"]):
                said = record[at] == "true" if column == "open" else int(record[at])
                assert (max if column == "open" else sum)(told.get(row, [0])) == said, (name, column, record)
