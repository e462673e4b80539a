"""A running site with the curated tables, and its pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.model import schema
from tests.support.browser import Browser
from tests.support.served_site import Site, serve_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Callable[[str], Any]]:
    """Open pages of the site; none may log an error to the console or send a request to another machine."""

    def open_page(path: str) -> Any:
        return browser.open(site.address + path)

    yield open_page
    assert browser.errors == []
    assert browser.requests_elsewhere == []


@pytest.fixture(scope="session")
def war() -> Dataset:
    return load(schema.data_folder())
