"""Run `mali serve` for the tests, and read its pages."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset
from mali_cli.site import database, plugin
from tests.conftest import MALI, ROOT

DATABASE = "mali-war"  # of the curated tables
INVENTED = ROOT / "docs" / "compare" / "invented.csv"


class Site:
    """A running `mali serve` with its own folder for temporary files."""

    def __init__(self, temporary: Path, *arguments: str, env: dict[str, str]) -> None:
        self.temporary = temporary
        self.process = subprocess.Popen(
            [MALI, "serve", *(arguments if "--port" in arguments else ("--port", "0", *arguments))],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "TMPDIR": str(temporary), **env},
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().rstrip("\n").removesuffix("/")
        assert self.address, self.process.communicate()[1]

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def get(self, path: str, **parameters: str) -> Any:
        """Return the text of a page, or the parsed content of a JSON file."""
        query_string = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        with urllib.request.urlopen(self.address + path + query_string, timeout=30) as response:
            text = response.read().decode()
        return json.loads(text) if path.endswith(".json") else text

    def get_error(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """Return the status and the text of a response that must be an error."""
        request = urllib.request.Request(self.address + path, data=data)
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(request, timeout=30)
        with raised.value as response:
            return response.code, response.read().decode()

    def stop(self, signal_number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Send a signal; return the exit status and the text on standard error."""
        self.process.send_signal(signal_number)
        return self.process.wait(timeout=20), self.process.communicate()[1]


@contextlib.contextmanager
def serve_site(temporary: Path, *arguments: str, env: dict[str, str] | None = None) -> Iterator[Site]:
    temporary.mkdir(exist_ok=True)
    site = Site(temporary, *arguments, env=env or {})
    try:
        yield site
    finally:
        site.process.kill()
        site.process.communicate()


def open_database(dataset: Dataset, folder: Path) -> sqlite3.Connection:
    """Build the database of a dataset and connect to it as Datasette does."""
    connection = sqlite3.connect(database.build_database(dataset, folder))
    plugin.prepare_connection(connection)
    return connection


# Pages in the browser


def wait_until(driver: Any, condition: Callable[[Any], Any]) -> Any:
    return WebDriverWait(driver, 20, poll_frequency=0.02).until(condition)


def follow(link: Any) -> None:
    """Follow a link with the keyboard: a map that appears above a table moves its links away under a mouse."""
    link.send_keys(Keys.ENTER)


def text_of(driver: Any, selector: str) -> str:
    return str(driver.find_element(By.CSS_SELECTOR, selector).text)


def count_map_points(driver: Any) -> int:
    """Return the number of markers on the map, including those in clusters, when it no longer changes."""
    script = """
        const counts = [...document.querySelectorAll('.leaflet-marker-icon')].map(
            icon => icon.classList.contains('marker-cluster') ? +icon.textContent : 1);
        return counts.reduce((sum, count) => sum + count, 0)"""
    counts = [0]

    def is_steady(driver: Any) -> bool:
        counts.append(driver.execute_script(script))
        return counts[-1] > 0 and counts[-1] == counts[-2]

    wait_until(driver, is_steady)
    return counts[-1]


# Rows of commands


def sqlite_value(value: Any) -> Any:
    """Convert a value of `--format json` to SQLite's: lists joined, booleans 0 and 1, blanks null."""
    if isinstance(value, list):
        return ";".join(value) or None
    return int(value) if isinstance(value, bool) else value


def parse_rows(output: str) -> list[dict[str, Any]]:
    """Parse the output of `--format json`, with values as in SQLite."""
    return [{name: sqlite_value(value) for name, value in row.items()} for row in json.loads(output)]


def command_rows(arguments: list[str]) -> list[dict[str, Any]]:
    """Return the rows of a command, run in this process."""
    arguments = [*arguments, "--columns", "all", "--format", "json", "--quiet"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return parse_rows(result.stdout)
