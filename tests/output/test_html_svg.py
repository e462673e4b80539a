"""The charts of HTML reports as SVG elements."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from mali_cli.output import html_svg
from tests.support.browser import NARROW, WIDE, Browser
from tests.support.report_page import (
    MAIN,
    ReportPage,
)

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_elements_that_run_or_load_something_are_removed() -> None:
    drawn = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="run()" width="9">
        <script>run()</script><style>@import "x"</style><image href="x"/><foreignObject><p>x</p></foreignObject>
        <a xlink:href="x"><text>link</text></a><g onclick="run()" style="fill:url(x)" fill="#1a1a1a">
        <path d="M0,0" aria-label="row 3" href="x"/><rect width="2" aria-label="row 3"/><text>&lt;b&gt;</text></g></svg>"""
    kept = html_svg.sanitize(drawn, {"3": "Gao: <1> event"}, "wide")
    assert {element.tag for element in kept.iter()} == {"svg", "g", "path", "rect", "text"}
    assert kept.attrib == {"width": "9"}
    group, path, rect, text = list(kept.iter())[1:]
    assert group.attrib == {"fill": "var(--chart-ink,#1a1a1a)"}
    assert path.attrib == {"d": "M0,0", "data-row": "3", "aria-label": "Gao: <1> event"}
    assert rect.attrib == {"width": "2", "data-row": "3", "aria-hidden": "true"}
    assert text.text == "<b>"


def test_each_width_says_how_many_names_are_omitted(browser: Browser, pages: dict[str, Path]) -> None:
    omitted = {}
    for size in (WIDE, NARROW):
        browser.size(*size)
        page = ReportPage(browser, pages["map"])
        script = "return [...document.querySelectorAll(arguments[0])].filter((e) => e.getClientRects().length).map((e) => e.textContent)"
        names = page.run(script, f"{MAIN} svg text")
        marks = page.run(script, f"{MAIN} svg [role=button]")
        [number] = re.findall(r"Names omitted for lack of space: (\d+) places?\.", page.text("#charts"))
        assert sum(bool(re.search(r" \d+$", name)) for name in names) == len(marks) - int(number)
        omitted[size] = int(number)
    assert omitted[WIDE] < omitted[NARROW]


def test_each_chart_uses_its_own_clip_paths(browser: Browser, pages: dict[str, Path]) -> None:
    page = ReportPage(browser, pages["map"])
    used = r"""return [...document.querySelectorAll('[clip-path]')].map((e) => {
        const path = document.querySelector(e.getAttribute('clip-path').match(/#[^)]+/)[0]);
        return e.closest('svg') === path.closest('svg') && document.querySelectorAll('#' + path.id).length === 1;
    })"""
    assert set(page.run(used)) == {True}
