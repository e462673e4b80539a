"""The browser of the tests records errors on the console and requests to other machines."""

from __future__ import annotations

from pathlib import Path

from tests.support.browser import NARROW, Browser

PAGE = """<!doctype html><html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>Gao</title><p>{}</p></html>"""


def write_page(folder: Path, body: str) -> Path:
    file = folder / "page.html"
    file.write_text(PAGE.format(body), encoding="utf-8")
    return file


def test_a_page_without_errors_or_requests(browser: Browser, tmp_path: Path) -> None:
    driver = browser.open(write_page(tmp_path, "Konna"))
    assert driver.title == "Gao"
    assert browser.errors == []
    assert browser.requests[0] == (tmp_path / "page.html").as_uri()
    assert browser.requests_elsewhere == []


def test_an_error_is_recorded(browser: Browser, tmp_path: Path) -> None:
    browser.open(write_page(tmp_path, "<script>throw new Error('lost')</script>"))
    assert ["lost" in error for error in browser.errors] == [True]


def test_a_request_to_another_machine_is_recorded(browser: Browser, tmp_path: Path) -> None:
    browser.open(write_page(tmp_path, '<img src="https://tiles.example/1.png"><img src="http://127.0.0.1:9/2.png">'))
    assert browser.requests_elsewhere == ["https://tiles.example/1.png"]


def test_a_page_can_be_as_narrow_as_a_phone(browser: Browser, tmp_path: Path) -> None:
    browser.size(*NARROW)
    driver = browser.open(write_page(tmp_path, "Konna"))
    assert driver.execute_script("return [innerWidth, innerHeight]") == [*NARROW]
    assert browser.screenshot(tmp_path / "page.png").stat().st_size > 0
