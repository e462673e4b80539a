"""The documentation as a website: it builds without a warning, holds every command and option, and loads nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from tests.conftest import ROOT

OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
# What a browser fetches without being asked; links (<a href>) are followed only by people.
LOADED_BY = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


class _Page(HTMLParser):
    """The addresses that a page loads, and its text by the section (<h2>) that it stands in."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.text_by_section: dict[str, str] = {}
        self._section = ""
        self._heading: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if address := dict(attrs).get(LOADED_BY.get(tag, "")):
            self.loaded.append(address)
        if tag == "h2":
            self._heading = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2" and self._heading is not None:
            self._section, self._heading = self._heading.removesuffix("¶").strip(), None

    def handle_data(self, data: str) -> None:
        if self._heading is not None:
            self._heading += data
        else:
            self.text_by_section[self._section] = self.text_by_section.get(self._section, "") + data


def read(page: Path) -> _Page:
    parsed = _Page()
    parsed.feed(page.read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    result = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def help_of(*command: str) -> str:
    result = CliRunner().invoke(app, [*command, "--help"], prog_name="mali", env={"COLUMNS": "200"})
    assert result.exit_code == 0
    return result.output


def test_the_reference_has_every_command_and_option(site: Path) -> None:
    sections = read(site / "commands.html").text_by_section
    commands = [name.removeprefix("mali ") for name in sections if name.startswith("mali ")]
    assert len(commands) > 15
    listed = help_of().partition(" Ask ")[2]
    assert re.findall(r"^│ ([a-z]+) ", listed, re.M) == commands
    for name in commands:
        options = set(OPTION.findall(help_of(name).partition(" Options ")[2]))
        assert {"--help", "-h"} <= options
        assert options <= set(OPTION.findall(sections[f"mali {name}"])), name


def test_no_page_loads_anything_from_another_server(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        for address in read(page).loaded:
            assert not re.match(r"(https?:)?//", address), (page.name, address)
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(url\(|@import)\s*[\"']?(https?:)?//", text), sheet.name
