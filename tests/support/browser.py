"""A real browser for the tests: the system's Chromium, headless, with its console messages and its requests."""

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
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    # Requests to other machines are recorded, but not sent.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class Browser:
    """A browser, with all console messages and requests since the test began.

    `driver` is Selenium's. `console` and `requests` are updated on each access.
    """

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self._console: list[dict[str, Any]] = []
        self._requests: list[str] = []
        self.size(*WIDE)
        for log in ("browser", "performance"):
            driver.get_log(log)

    def open(self, address: str | Path) -> Chrome:
        """Open an address or a file, and return the driver."""
        self.driver.get(address.resolve().as_uri() if isinstance(address, Path) else address)
        return self.driver

    def size(self, width: int, height: int) -> None:
        """Set the width and height of the page in pixels; a window could not be narrower than 500."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def screenshot(self, path: Path) -> Path:
        """Save the visible part of the page as a PNG file, and return its path."""
        assert self.driver.save_screenshot(path)
        return path

    @property
    def console(self) -> list[dict[str, Any]]:
        """Console messages, each with `level` (SEVERE is an error), `message` and `source`."""
        self._console += self.driver.get_log("browser")
        return self._console

    @property
    def requests(self) -> list[str]:
        """All requested addresses in order, including those that could not be reached."""
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
        """The requests to other machines."""
        return [address for address in self.requests if not _is_local(address)]


def _is_local(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "file", "about") or parts.hostname in ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """One browser for all tests, with a new profile. If there is none, skip, or fail with MALI_BROWSER=required."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver_path = shutil.which("chromedriver")
    if binary is None or driver_path is None:
        missing = "no Chromium with its chromedriver is installed (Debian: chromium, chromium-driver)"
        if os.environ.get("MALI_BROWSER") == "required":
            pytest.fail(f"{missing}, and MALI_BROWSER=required")
        pytest.skip(missing)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # With both paths given, Selenium does not search for or download a browser.
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver_path))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Chrome) -> Iterator[Browser]:
    """The browser, with an empty page."""
    chromium.get("about:blank")
    yield Browser(chromium)
    chromium.get("about:blank")
