"""Optional dependencies are imported, or a message says how to install them."""

from __future__ import annotations

import sys

import pytest

from mali_cli.errors import MaliError
from mali_cli.model.extras import require_extra


def test_the_first_module_is_returned() -> None:
    import json

    assert require_extra("fast", "X is written by Y", "json", "csv") is json


@pytest.mark.parametrize("hidden", ["json", "csv"])
def test_a_missing_module_is_a_message(hidden: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, hidden, None)
    with pytest.raises(MaliError, match=r'^X is written by Y; to install it: pip install "mali-cli\[fast\]"\.$'):
        require_extra("fast", "X is written by Y", "json", "csv")
