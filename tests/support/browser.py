"""A real browser for the tests: the system's Chromium without a window, and what it said and asked for meanwhile."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDE, NARROW = (1280, 800), (360, 740)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    # Whatever a page asks of others is recorded, but never gets out.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class Browser:
    """A browser, and since the test began every message on its console and every address that it asked for.

    `driver` is Selenium's own, for all that a page is asked; `console` and `requests` grow with each look.
    """

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self._console: list[dict[str, Any]] = []
        self._requests: list[str] = []
        self.size(*WIDE)
        for log in ("browser", "performance"):
            driver.get_log(log)

    def open(self, address: str | Path) -> Chrome:
        """Goes to an address, or to a file; the driver, for what comes next."""
        self.driver.get(address.resolve().as_uri() if isinstance(address, Path) else address)
        return self.driver

    def size(self, width: int, height: int) -> None:
        """The page's own width and height in pixels: a window is never narrower than 500, a phone is."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def picture(self, path: Path) -> Path:
        """What the page looks like now, as a PNG file."""
        assert self.driver.save_screenshot(path)
        return path

    @property
    def console(self) -> list[dict[str, Any]]:
        """Messages with `level` (SEVERE is an error), `message` and `source`."""
        self._console += self.driver.get_log("browser")
        return self._console

    @property
    def requests(self) -> list[str]:
        """Every address that was asked for, in this order; also those that could not be reached."""
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                self._requests.append(event["params"]["request"]["url"])
            elif event["method"] == "Network.webSocketCreated":
                self._requests.append(event["params"]["url"])
        return self._requests

    @property
    def errors(self) -> list[str]:
        return [entry["message"] for entry in self.console if entry["level"] == "SEVERE"]

    @property
    def requests_elsewhere(self) -> list[str]:
        """Those that leave the machine."""
        return [address for address in self.requests if not _is_here(address)]


def _is_here(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "file", "about") or parts.hostname in ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One browser for all tests, with a profile of its own; MALI_BROWSER=required fails where there is none."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    program = shutil.which("chromedriver")
    if binary is None or program is None:
        missing = "no Chromium with its chromedriver is installed (Debian: chromium, chromium-driver)"
        if os.environ.get("MALI_BROWSER") == "required":
            pytest.fail(f"{missing}, and MALI_BROWSER=required")
        pytest.skip(missing)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Both programs are named: Selenium then looks for none, and downloads none.
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=program))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Chrome) -> Iterator[Browser]:
    """The browser on an empty page."""
    chromium.get("about:blank")
    yield Browser(chromium)
    chromium.get("about:blank")
