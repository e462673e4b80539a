"""Pictures in a notebook are those of the files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mali_cli as mali
from tests.support.charts import Pipe


def test_jupyter_shows_the_picture_of_the_command(mali: Pipe, tmp_path: Path) -> None:
    program = (
        "import mali_cli as mali; from IPython.core.formatters import DisplayFormatter as F; "
        "data, _ = F().format(mali.picture(mali.load(), 'relations', on='2012', title='Pacts')); "
        "import sys; sys.stdout.buffer.write(data['image/svg+xml'].encode())"
    )
    pytest.importorskip("IPython")
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    file = tmp_path / "x.svg"
    mali("relations", "--on", "2012", "--title", "Pacts", "-o", str(file))
    assert shown == file.read_bytes()
    assert b">Pacts<" in shown


def test_save_writes_by_the_suffix(tmp_path: Path) -> None:
    picture = mali.picture(mali.load(), "lineage", name="AQIM")
    assert repr(picture) == "<mali picture: Mali War: what AQIM came from and what it became>"
    picture.save(tmp_path / "x.svg")
    assert (tmp_path / "x.svg").read_bytes().startswith(b"<svg ")
    with pytest.raises(mali.MaliError, match=r"no suffix of a picture is called 'jpg'\. Allowed: png, svg or pdf"):
        picture.save(tmp_path / "x.jpg")


@pytest.mark.parametrize(
    ("query", "filters", "message"),
    [
        ("casualties", {}, "A picture of casualties needs sums by one key, such as country."),
        ("events", {}, "This result has no picture."),
        ("timeline", {"text": "nosuchword"}, "No events match."),
        ("timeline", {"size": "poster"}, "no size of pictures is called 'poster'. Allowed: slide, page or square."),
    ],
)
def test_what_cannot_be_drawn_says_so(query: str, filters: dict[str, Any], message: str) -> None:
    with pytest.raises(mali.MaliError) as error:
        mali.picture(mali.load(), query, **filters)
    assert str(error.value) == message
