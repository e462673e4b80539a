"""Charts as PNG, SVG and PDF files, and what is refused."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.model.installation import install_command
from tests.conftest import ROOT
from tests.support.charts import run_here
from tests.support.drawings import labels, pixels, pixels_per_metre, texts

Pipe = Callable[..., subprocess.CompletedProcess[str]]


def test_png_has_high_resolution_and_the_colours(tmp_path: Path) -> None:
    file = tmp_path / "timeline.png"
    done = run_here("timeline", "--from", "2012", "--by", "year", "-o", str(file))
    assert done.returncode == 0
    assert done.stdout == ""
    assert f"{file}: " in done.stderr
    png = file.read_bytes()
    width, height, rows = pixels(png)
    assert 1800 < width < 2300
    assert 1300 < height < 2600
    assert abs(pixels_per_metre(png) - 200 / 0.0254) < 2
    seen = {row[i : i + 3] for row in rows[:: height // 200] for i in range(0, len(row), 4)}
    assert {bytes.fromhex(colour[1:]) for colour in ("#0072B2", "#D55E00", "#f6c8a8", "#ffffff")} <= seen
    assert all(row[3] == 255 for row in rows)  # no see-through margin


def test_pdf_holds_its_text(tmp_path: Path) -> None:
    file = tmp_path / "map.pdf"
    assert run_here("map", "--on", "2012-07-01", "-o", str(file)).returncode == 0
    pdf = file.read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"LiberationSans" in pdf


def test_suffixes_ignore_case_and_files_are_replaced_only_with_force(tmp_path: Path) -> None:
    file = tmp_path / "m.SVG"
    file.write_text("mine", encoding="utf-8")
    done = run_here("map", "-o", str(file))
    assert (done.returncode, done.stderr) == (1, f"mali: {file} exists; --force replaces it.\n")
    assert file.read_text(encoding="utf-8") == "mine"
    assert run_here("map", "-o", str(file), "--force", "--quiet").stderr == ""
    assert file.read_bytes().startswith(b"<svg ")


REFUSED = [
    (["map", "-o", "x.jpg"], 2, "'x.jpg' has no suffix that --output can write: .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson, .png, .svg, .pdf, .html."),
    (["events", "-o", "x.png"], 2, "'x.png' has no suffix that --output can write: .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson. Pictures are drawn by timeline, map, casualties --by, control, lineage and relations, pages by timeline and map."),
    (["map", "-o", "x.png", "--format", "csv"], 2, "x.png is the name of a picture, but --format is csv. Leave one of them out."),
    (["map", "-o", "x.png", "--sort", "events"], 2, "--sort does not apply to a picture (.png), which shows all rows."),
    (["timeline", "-o", "x.svg", "--limit", "3"], 2, "--limit does not apply to a picture (.svg), which shows all rows."),
    (["timeline", "-o", "x.pdf", "--columns", "events"], 2, "--columns does not apply to a picture (.pdf), which shows all rows."),
    (["timeline", "--text", "nosuchword", "-o", "x.png"], 2, "No events match. x.png was not written."),
    (["casualties", "-o", "x.svg"], 2, "A picture of casualties needs sums by one key, such as country; --format table shows the numbers. x.svg was not written."),
    (["relations", "-o", "x.html"], 2, "'x.html' has no suffix that --output can write: .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson, .png, .svg, .pdf. Pictures are drawn by timeline, map, casualties --by, control, lineage and relations, pages by timeline and map."),
    (["map", "--text", "nosuchword", "-o", "x.svg"], 2, "No events match. x.svg was not written."),
    (["map", "--place", "Northern Mali", "-o", "x.svg"], 2, "None of the results is on the map; --format table shows the numbers. x.svg was not written."),
    (["map", "--place", "In Amenas", "-o", "x.svg"], 2, "None of the results is on the map; --format table shows the numbers. x.svg was not written."),
    (["timeline", "-o", "no/x.png"], 1, "no/x.png cannot be written: there is no folder no."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "message"), REFUSED, ids=lambda value: " ".join(value) if isinstance(value, list) else "")  # fmt: skip
def test_refused_commands_write_nothing(words: list[str], code: int, message: str, mali: Pipe, tmp_path: Path) -> None:
    name = words[words.index("-o") + 1]
    folder = "/" in name
    if not folder:
        (tmp_path / name).write_text("mine", encoding="utf-8")
    done = mali(*words, *([] if folder else ["--force"]), cwd=tmp_path)
    assert done.returncode == code
    assert done.stderr.splitlines()[-1] == f"mali: {message}"
    assert [path.name for path in tmp_path.iterdir()] == ([] if folder else [name])
    assert folder or (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_without_vl_convert_the_message_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['vl_convert'] = None; from mali_cli.__main__ import main; main()"
    words = ["-c", program, "timeline", "-o", str(tmp_path / "x.png")]
    done = subprocess.run([sys.executable, *words], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    command = install_command("pictures")
    assert done.stderr == f"mali: .png is drawn by vl-convert; to install it: {command}\n"
    assert list(tmp_path.iterdir()) == []


def test_vl_convert_is_imported_only_to_draw() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from mali_cli.cli.app import app; "
        "CliRunner().invoke(app, sys.argv[1:]); print('vl_convert' in sys.modules, 'pandas' in sys.modules)"
    )
    for words, loaded in ((["--help"], "False False"), (["map", "--help"], "False False"), (["map", "--on", "2012"], "False True")):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, encoding="utf-8", check=True
        )
        assert done.stdout == f"{loaded}\n"


PICTURE = re.compile(r"!\[[^\]]+\]\((pictures/[^)]+)\)\n+`mali ([^`]+)`")


def test_the_pictures_of_the_docs_are_drawn_by_the_commands_below_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts and their positions are compared; the digits of shapes may differ between versions of vl-convert."""
    text = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
    pictures = [(f"docs/{path}", command) for path, command in PICTURE.findall(text)]
    assert len(pictures) == 8
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for path, command in pictures:
        words = shlex.split(command)
        assert words[words.index("-o") + 1] == path
        assert run_here(*words).returncode == 0
        if os.environ.get("MALI_DOCS"):
            (ROOT / path).write_bytes((tmp_path / path).read_bytes())
        made, kept = (tmp_path / path).read_bytes(), (ROOT / path).read_bytes()
        assert labels(made) == labels(kept)
        for now, then in zip(texts(made), texts(kept), strict=True):
            assert now.text == then.text
            assert now[1:] == pytest.approx(then[1:], abs=0.5)
    drawn = {path.name for path in (ROOT / "docs" / "pictures").glob("*") if not path.name.startswith("terminal-")}
    assert drawn == {Path(path).name for path, _ in pictures}
