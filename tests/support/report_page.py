"""HTML reports in a browser, and what they should show of a row."""

from __future__ import annotations

import csv
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver.common.keys import Keys

from mali_cli.output.html_report import json_for_script
from tests.support.browser import Browser
from tests.support.charts import run_here

Run = Callable[..., subprocess.CompletedProcess[str]]


CHART_COMMANDS = {
    "map": ["map", "--from", "2012"],
    "timeline": ["timeline", "--from", "2012", "--to", "2014", "--by", "month"],
}

MAIN = ".chart-section:first-child"  # the chart that the command asks for; the other one is below it
CONTROL_COMMAND = ["map", "--on", "2012-06-27"]


def make_report(file: Path, *arguments: str) -> Path:
    """Write a report and return its path."""
    run = run_here(*arguments, "-o", str(file), "--force")
    assert run.returncode == 0, run.stderr
    assert re.search(rf"^{re.escape(str(file))}: [\d,]+ kB\.$", run.stderr, re.M)
    return file


def csv_rows(mali: Run, *arguments: str) -> list[dict[str, str]]:
    """Return the rows of the CSV of a command."""
    return list(csv.DictReader(mali(*arguments, "--quiet", "--format", "csv").stdout.splitlines()))


class ReportPage:
    """A report that is open in a browser."""

    def __init__(self, browser: Browser, file: Path, choice: str = "") -> None:
        self.browser = browser
        self.driver = browser.open(f"{file.as_uri()}#{choice}" if choice else file)

    def run(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def wait(self, script: str, every: float = 0.02) -> None:
        """Wait until a condition is true, which is tried again after so many seconds."""
        from selenium.webdriver.support.wait import WebDriverWait

        waiting = WebDriverWait(self.driver, 10, poll_frequency=every)
        waiting.until(lambda driver: driver.execute_script(f"return {script}"))

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    @property
    def count(self) -> str:
        return self.text("#count")

    @property
    def tooltip(self) -> list[str]:
        return self.text(".tooltip:not([hidden])").splitlines()

    @property
    def listed_keys(self) -> list[str]:
        """The keys of all events in the list, which is expanded."""
        script = """const more = document.getElementById('show-more');
            while (!more.hidden) more.click();
            const data = JSON.parse(document.getElementById('data').textContent);
            const column = data.events.columns.indexOf('event_id');
            return [...document.querySelectorAll('[data-event]')].map((e) => data.events.records[e.dataset.event][column])"""
        return list(self.run(script))

    @property
    def choice(self) -> str:
        """What the address says is chosen."""
        return str(self.run("return decodeURIComponent(location.hash.slice(1)).replaceAll('+', ' ')"))

    def choose(self, menu: str, value: str) -> None:
        """Choose a value in a menu, found by the beginning of its text."""
        from selenium.webdriver.support.select import Select

        select = Select(self.driver.find_element("id", f"{menu}-menu"))
        select.select_by_value(
            next(o.get_attribute("value") for o in select.options if o.text.strip().startswith(value))
        )

    def back(self) -> None:
        self.driver.back()

    def mark(self, row: int) -> Any:
        marks = self.driver.find_elements("css selector", f'{MAIN} [data-row="{row}"]')
        return next(mark for mark in marks if mark.is_displayed())

    def point_at(self, row: int) -> None:
        self._actions().move_to_element(self.mark(row)).perform()

    def click(self, row: int) -> None:
        self._actions().move_to_element(self.mark(row)).click().perform()

    def press(self, element_id: str) -> None:
        """Press a button with the keyboard: a page that is still being laid out may move away below the mouse."""
        self.driver.find_element("id", element_id).send_keys(Keys.ENTER)

    def keys(self, *keys: str) -> None:
        self._actions().send_keys(*keys).perform()

    def _actions(self) -> Any:
        from selenium.webdriver import ActionChains

        return ActionChains(self.driver, duration=0)

    def search(self, words: str) -> None:
        box = self.driver.find_element("id", "search-input")
        box.clear()
        before = self.run("return window.changes ?? (window.changes = 0, new MutationObserver(() => window.changes++)"
                          ".observe(document.getElementById('events'), {childList: true}), 0)")  # fmt: skip
        box.send_keys(words)
        self.wait(
            f"window.changes > {before} && document.getElementById('search-input').value === {json_for_script(words)}"
        )
        # The page searches when nothing was typed for 0.12 seconds.
        self.wait("(window.last = window.now, window.now = window.changes, window.last === window.now)", every=0.2)

    def matching_keys(self, words: str) -> list[str]:
        """Return the keys of the events that a search finds, with the words entered at once and no pause after them."""
        # Every search sets aria-pressed of these buttons, even if the list stays empty.
        script = """const [words, done] = arguments, box = document.getElementById('search-input');
            new MutationObserver((_, observer) => { observer.disconnect(); done(); })
                .observe(document.querySelector('.unplotted'), {attributes: true});
            const later = window.setTimeout;
            window.setTimeout = (search) => later(search, 0);
            box.value = words;
            box.dispatchEvent(new Event('input'));
            window.setTimeout = later;"""
        self.driver.execute_async_script(script, words)
        return self.listed_keys

    def open_event(self, key: str) -> str:
        script = """const data = JSON.parse(document.getElementById('data').textContent);
            const column = data.events.columns.indexOf('event_id');
            return data.events.records.findIndex((record) => record[column] === arguments[0])"""
        item = self.driver.find_element("css selector", f'[data-event="{self.run(script, key)}"]')
        item.find_element("css selector", "summary").send_keys(Keys.ENTER)
        self.wait("document.querySelector('details[open] .event-details')")
        return str(item.text)


def plotted_rows(kind: str, rows: list[dict[str, str]]) -> dict[int, dict[str, str]]:
    """Return the rows that should have a mark, by number: periods that are not empty, places with coordinates."""
    if kind == "timeline":
        columns = ("events", "killed_best", "unknown", "not_stated")
        return {
            i: row
            for i, row in enumerate(rows)
            if row["period"] and any(row[name] not in ("", "0") for name in columns)
        }
    return {i: row for i, row in enumerate(rows) if row["latitude"]}


def expected_lines(row: dict[str, str]) -> list[str]:
    """Return the name and the facts that should be shown of a row of the CSV."""
    name = (row.get("period") or row.get("place") or "").replace(";", ", ")
    lines = [name]
    if row.get("holder"):
        holder = "holder unknown" if row["holder"] == "unknown" else f"held by {row['holder'].replace(';', ', ')}"
        holder += " (contested)" if row["contested"] == "true" and row["holder"] != "unknown" else ""
        holder += " (last known)" if row["holder_status"] == "last known" else ""
        dates = f" since {row['holder_since']}, as of {row['holder_as_of']}"
        lines.append(holder + (dates if row["holder"] != "unknown" else ""))
    events = int(row["events"])
    lines.append(f"{events:,} event{'s' * (events != 1)}" if events else "no events recorded")
    if row["killed_best"]:
        low, best, high = (int(row[f"killed_{bound}"]) for bound in ("low", "best", "high"))
        plus = "+" if row["open"] == "true" else ""
        lines.append(f"{best:,} killed ({low:,}–{high:,}{plus})" if low != high else f"{best:,}{plus} killed")
    if number := int(row["unknown"]):
        lines.append(f"{number:,} {'tally' if number == 1 else 'tallies'} with no number given")
    if number := int(row["not_stated"]):
        lines.append(f"{number:,} violent event{'s' * (number != 1)} without a figure")
    statement = {noun: row.get(f"holder_{noun}") or "" for noun in ("basis", "note", "sources")}
    statement |= {noun: statement[noun].replace(";", ", ") for noun in ("basis", "sources")}
    return lines + [f"{noun}: {text}" for noun, text in statement.items() if text]


def expected_description(row: dict[str, str]) -> str:
    """Return the label that should be read out for a row."""
    name, *numbers = expected_lines(row)
    return f"{name}: {'; '.join(numbers)}"
