"""Titles, subtitles and sizes of pictures."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.output.image_export import render, with_pdf_title
from mali_cli.results import QueryResult
from tests.support.charts import run_here
from tests.support.drawings import texts
from tests.support.lookalikes import FOLDER

Pipe = Callable[..., subprocess.CompletedProcess[str]]


def with_options(result: QueryResult, **options: str) -> QueryResult:
    assert result.chart
    return result._replace(chart=result.chart._replace(**options))


@pytest.mark.parametrize(("size", "ratio"), [("slide", 16 / 9), ("square", 1.0)])
@pytest.mark.parametrize("command", ["map", "timeline"])
def test_a_picture_has_the_proportions_of_its_size(command: str, size: str, ratio: float) -> None:
    png = render(with_options(load().answer(command, since="2012", until="2013"), size=size), "png")
    width, height = struct.unpack(">II", png[16:24])
    assert width / height == pytest.approx(ratio, rel=0.01)
    assert width >= 2000


def test_legend_and_notes_are_beside_the_map_of_a_slide() -> None:
    shown = texts(render(with_options(load().answer("map", on="2023-11-15"), size="slide"), "svg"))
    [country] = [text for text in shown if text.text == "ALGERIA"]
    [sources] = [text for text in shown if text.text.startswith("Sources: ")]
    assert sources.left > country.right
    assert not [text for text in shown if text.right > 960 * 1.3]


def test_title_and_subtitle_are_those_that_are_given(tmp_path: Path) -> None:
    words = ["--title", "The Niger Bend & <2012>", "--subtitle", ""]
    for command in ("map", "timeline"):
        file = tmp_path / f"{command}.svg"
        assert run_here(command, "--from", "2012", "--to", "2013", *words, "-o", str(file)).returncode == 0
        svg = file.read_bytes()
        assert texts(svg)[0].text == "The Niger Bend & <2012>"
        assert b"<title>The Niger Bend &amp; &lt;2012&gt;</title>" in svg
        assert "2012 to 2013" not in [text.text for text in texts(svg)]


def test_a_foreign_file_is_named_in_the_title(tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    assert run_here("map", "--data", str(FOLDER / "acled_a4.csv"), "-o", str(file)).returncode == 0
    assert texts(file.read_bytes())[0].text == "acled_a4.csv: events by place"


def test_marks_of_an_svg_show_their_text_to_a_pointer(svg_of: Callable[..., bytes]) -> None:
    svg = svg_of("map").decode()
    assert svg.count("<title>") > 20
    assert "<title>Mali War: events by place" in svg
    assert "<title>Konna: " in svg


def test_a_pdf_has_a_title() -> None:
    pdf = render(with_options(load().answer("timeline", on="2012"), title="Été"), "pdf")
    assert b"/Title <FEFF00C9007400E9003A" in pdf
    start = int(pdf.split()[-2])
    assert pdf[start : start + 4] == b"xref"
    entry = int(pdf[start:].split()[3])
    assert pdf[entry:].split(b" 0 obj")[0] == pdf[start:].split()[1]
    assert with_pdf_title(b"%PDF of another kind", "x") == b"%PDF of another kind"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["map", "--size", "slide"], "--size is for pictures in a file: add --output FILE.png, .svg or .pdf."),
        (["map", "--size", "slide", "-o", "x.html"], "--size is for pictures in a file: add --output FILE.png, .svg or .pdf."),
        (["map", "--size", "slidee", "-o", "x.png"], "no size of pictures is called 'slidee'. Did you mean slide?"),
        (["timeline", "--title", "x", "-f", "csv"], "--title is for pictures; --format csv has none."),
    ],
)  # fmt: skip
def test_options_that_do_not_apply_are_refused(words: list[str], message: str, mali: Pipe, tmp_path: Path) -> None:
    done = mali(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert not list(tmp_path.iterdir())
