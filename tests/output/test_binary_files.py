"""Workbooks and Parquet files of answers: the rows and values of the CSV, typed; whole or not at all."""

from __future__ import annotations

import csv
import datetime
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.cli.app import app
from mali_cli.dataset import Dataset
from mali_cli.errors import DataError, MaliError
from mali_cli.model.installation import install_command
from mali_cli.model.names import join_or
from mali_cli.model.schema import Column, answer_columns, result_columns
from mali_cli.output import STDOUT_FORMATS, parquet, xlsx
from mali_cli.output.progress import Progress
from mali_cli.results import QueryResult
from tests.conftest import MALI, ROOT
from tests.output.test_text_formats import AWKWARD
from tests.support.charts import run_here
from tests.support.tables import write_dataset

openpyxl = pytest.importorskip("openpyxl", reason="the extra `excel` is not installed")
duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")

Pipe = Callable[..., subprocess.CompletedProcess[str]]
Rows = list[list[Any]]

# An answer of each command that has rows; what follows is on a line of its own.
ARGUMENTS_BY_COMMAND: dict[str, list[list[str]]] = {
    "events": [["--from", "2012"], ["--by", "year,actor"], ["--columns", "killed_best,date_start", "--limit", "3"]],
    "casualties": [[], ["--by", "country,month"], ["--disputed"]],
    "groups": [[]],
    "timeline": [["--by", "month"]],
    "map": [["--on", "2012-07-01"]],
    "control": [[], ["--on", "2012-07-01"]],
    "show": [["Gao"]],
    "lineage": [["MNLA"]],
    "people": [[]],
    "relations": [[]],
    "strengths": [[]],
    "places": [[]],
    "sources": [[]],
    "compare": [[str(ROOT / "docs" / "compare" / "invented.csv")]],
    "check": [[]],
    "columns": [["events"]],
}
CHART_COMMANDS = [[command, *plus] for command, arguments in ARGUMENTS_BY_COMMAND.items() for plus in arguments]


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "awkward", **AWKWARD)


def in_workbook(file: Path | io.BytesIO) -> Rows:
    """The cells of its only sheet, days as days."""
    book = openpyxl.load_workbook(file)
    [sheet] = book.worksheets
    return [[v.date() if isinstance(v, datetime.datetime) else v for v in row] for row in sheet.values]


def in_parquet(file: Path) -> Rows:
    with duckdb.connect() as connection:
        shown = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
        return [[column[0] for column in shown.description], *map(list, shown.fetchall())]


READ: dict[str, Callable[[Path], Rows]] = {"xlsx": in_workbook, "parquet": in_parquet}


def in_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def spelt(value: Any, text: str) -> str:
    """The value as CSV has it; `text` is what stands there, for a number may be spelt in two ways."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return text if text and float(text) == value else repr(value)
    return str(value)


def test_every_command_with_rows_is_tested() -> None:
    names = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert set(ARGUMENTS_BY_COMMAND) == names - {"convert", "serve", "help", "version"}


@pytest.mark.parametrize("words", CHART_COMMANDS, ids=lambda words: " ".join(words).replace(str(ROOT), ""))
def test_rows_and_values_agree_with_the_csv(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One answer is written in each format."""
    answers: dict[str, QueryResult] = {}
    answer = Dataset.answer

    def answer_once(dataset: Dataset, query: str, **arguments: Any) -> QueryResult:
        if query not in answers:
            answers[query] = answer(dataset, query, **arguments)
        return answers[query]

    monkeypatch.setattr(Dataset, "answer", answer_once)
    text = in_csv(run_here(*words).stdout)
    assert len(text) > 1 or words == ["check"]
    for suffix, read in READ.items():
        file = tmp_path / f"out.{suffix}"
        done = run_here(*words, "-o", str(file))
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.splitlines()[-1].startswith(f"{file}: {len(text) - 1}" if len(text) > 1 else str(file))
        shown = read(file)
        assert [[spelt(v, t) for v, t in zip(*row, strict=True)] for row in zip(shown, text, strict=True)] == text
        file.unlink()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", READ)
def test_the_awkward_table(suffix: str, awkward: Path, mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / f"out.{suffix}"
    assert mali("events", "--data", str(awkward), "-o", str(file)).returncode == 0
    header, *rows = READ[suffix](file)
    shown = [dict(zip(header, row, strict=True)) for row in rows]
    expected = [event["summary"] for event in AWKWARD["events"]]
    if suffix == "xlsx":
        expected[6] = "␛[31mred\x9b31m \u202eright-to-left\u202c ␇"
    assert [row["summary"] for row in shown] == expected
    assert [row["date_start"] for row in shown] == [datetime.date(2012, 1, day) for day in range(1, 9)]
    assert [row["killed_best"] for row in shown] == [None, 0, 1200, None, None, None, None, 7]
    assert (shown[1]["latitude"], shown[1]["longitude"]) == (15.92, 2.4)
    assert (shown[4]["note"], shown[6]["note"], shown[0]["note"]) == ("0", "NA", None)
    assert (shown[4]["side_a"], shown[5]["place"]) == ("None;Jama’at", "Ménaka;In Amenas")
    figures = tmp_path / f"figures.{suffix}"
    assert mali("casualties", "--data", str(awkward), "-o", str(figures)).returncode == 0
    header, *rows = READ[suffix](figures)
    assert [row[header.index("open")] for row in rows] == [False, False, False, True]


def test_the_columns_of_parquet_have_their_declared_types(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "it's.parquet"
    types = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
    for words in (["events"], ["events", "--on", "1850"], ["casualties", "--by", "country"]):
        assert mali(*words, "-o", str(file), "--force").returncode == 0
        keys = [c for c in result_columns("keys") if c.name == "country"]
        declared = answer_columns("events", *result_columns("events")) if words[0] == "events" else (*keys, *result_columns("sums"))  # fmt: skip
        shown = duckdb.read_parquet(str(file))
        assert list(zip(shown.columns, map(str, shown.types), strict=True)) == [(c.name, types.get(c.type, "VARCHAR")) for c in declared]  # fmt: skip
    assert stat_of(file) == 0o666 & ~umask()


def stat_of(file: Path) -> int:
    return file.stat().st_mode & 0o7777


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_sheet_has_a_bold_header_and_column_widths(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert mali("casualties", "-o", str(file)).returncode == 0
    [sheet] = openpyxl.load_workbook(file).worksheets
    assert (sheet.title, sheet.freeze_panes) == ("figures", "A2")
    assert all(cell.font.b and cell.font.name == sheet["A2"].font.name for cell in sheet[1])
    assert not sheet["A2"].font.b
    dates = [cell for cell in sheet[2] if isinstance(cell.value, datetime.datetime)]
    assert len(dates) == 2
    assert {cell.number_format for cell in dates} == {"yyyy-mm-dd"}
    widths = {sheet.cell(1, i).value: sheet.column_dimensions[cell.column_letter].width for i, cell in enumerate(sheet[1], 1)}  # fmt: skip
    assert widths["date_start"] == 12
    assert max(widths.values()) == widths["note"] == 60
    assert widths["open"] == len("FALSE") + 2


def test_a_file_without_rows_has_a_header(mali: Pipe, tmp_path: Path) -> None:
    header = in_csv(mali("events", "--on", "1850").stdout)
    for suffix, read in READ.items():
        file = tmp_path / f"none.{suffix}"
        done = mali("events", "--on", "1850", "-o", str(file))
        assert (done.returncode, done.stderr) == (0, f"No events match.\n{file}: 0 events.\n")
        assert read(file) == header


# What a sheet cannot hold, or takes for something else

COLUMNS = tuple(Column(name, type, "") for name, type in (("text", "string"), ("day", "date"), ("number", "integer")))
ODD = [
    *("=1+1", '=HYPERLINK("http://example.org")', "=", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!"),
    *("007", "TRUE", " two spaces  ", "1e5", "2012-01-01", "<b>&amp;</b>", "\U0001f418", "a\nb\tc"),
]


def make_result(
    texts: list[str | None], days: list[str] | None = None, numbers: list[int] | None = None
) -> QueryResult:
    import pandas as pd

    frame = pd.DataFrame({"text": pd.Series(texts, dtype=object)})
    frame["day"] = pd.Series(days or [None] * len(texts), dtype=object).astype("datetime64[s]")
    frame["number"] = pd.array(numbers or [None] * len(texts), dtype="Int64")
    return QueryResult(frame, COLUMNS, "rows")


def test_text_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    xlsx.write(make_result([*ODD]), file, Progress())
    [sheet] = openpyxl.load_workbook(file).worksheets
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in ODD]
    assert [cell.quotePrefix for cell in cells] == [True] * 8 + [False] * 8  # no formula after an edit either
    assert b"<f>" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")
    parquet.write(make_result([*ODD]), tmp_path / "out.parquet", Progress())
    assert [row[0] for row in in_parquet(tmp_path / "out.parquet")] == ["text", *ODD]


def test_characters_that_xml_forbids_are_made_visible_or_replaced(tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    given = ["\x01\x08\x0b\x1f", "\x7f\x85\u202e", "\ufffe\uffff", "\ud800", "a\rb\r\nc", "_x0041_ _x_ _x00e9_"]
    xlsx.write(make_result([*given]), file, Progress())
    # Excel reads _x005F_ as the character _, openpyxl as it stands.
    expected = ["␁␈␋␟", "\x7f\x85\u202e", "\ufffd\ufffd", "\ufffd", "a\nb\nc", "_x005F_x0041_ _x_ _x005F_x00e9_"]
    assert [row[0] for row in in_workbook(file)[1:]] == expected


def test_dates_and_numbers_that_excel_cannot_hold_are_text(tmp_path: Path) -> None:
    days = ["1850-12-31", "1900-02-28", "1900-03-01", "9999-12-31"]
    numbers = [10**15, -(10**15), 10**15 - 1, -1]
    result = make_result([None] * 4, days, numbers)
    xlsx.write(result, tmp_path / "out.xlsx", Progress())
    shown = in_workbook(tmp_path / "out.xlsx")[1:]
    resolver = [datetime.date(1900, 3, 1), datetime.date(9999, 12, 31)]
    assert [row[1] for row in shown] == ["1850-12-31", "1900-02-28", *resolver]
    assert [row[2] for row in shown] == ["1000000000000000", "-1000000000000000", 999_999_999_999_999, -1]
    parquet.write(result, tmp_path / "out.parquet", Progress())
    shown = in_parquet(tmp_path / "out.parquet")[1:]
    assert shown == [[None, datetime.date.fromisoformat(d), n] for d, n in zip(days, numbers, strict=True)]


def test_a_column_whose_first_rows_are_blank_keeps_its_values(tmp_path: Path) -> None:
    """More rows than are handed on at once, and than a guess at their type would look at."""
    texts: list[str | None] = [None] * 60_000
    texts[55_000], texts[59_999] = "last", "1"
    parquet.write(make_result(texts), tmp_path / "out.parquet", Progress())
    assert [row[0] for row in in_parquet(tmp_path / "out.parquet")] == ["text", *texts]


def test_results_too_large_for_a_sheet_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "out.xlsx"
    file.write_text("precious")
    longest = "\U0001f418" * 16_383 + "x"
    for texts, said in (
        (["x", longest + "y"], "a cell of a workbook holds 32,767 characters, but text has 32,768 in row 2; use .csv or .parquet."),
        (["y"] * 4, "a sheet of a workbook holds 3 rows, not 4 rows; use .csv or .parquet."),
    ):  # fmt: skip
        monkeypatch.setattr(xlsx, "MAX_ROWS", 3)
        with pytest.raises(MaliError) as refused:
            xlsx.write(make_result([*texts]), file, Progress())
        assert (str(refused.value), refused.value.exit_code) == (said, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    assert file.read_text() == "precious"
    xlsx.write(make_result([longest, "y", "y"]), file, Progress())
    assert in_workbook(file)[1][0] == longest


def test_a_lone_surrogate_is_refused_by_parquet(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"out.parquet cannot be written: there is an unpaired surrogate \('\\ud800'\)"):
        parquet.write(make_result(["\ud800"]), tmp_path / "out.parquet", Progress())
    assert list(tmp_path.iterdir()) == []


# Files


@pytest.mark.parametrize("suffix", READ)
def test_an_existing_file_needs_force(suffix: str, mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / f"OUT.{suffix.upper()}"
    file.write_text("precious")
    file.chmod(0o600)
    refused = mali("groups", "-o", str(file))
    assert (refused.returncode, refused.stderr) == (1, f"mali: {file} exists; --force replaces it.\n")
    assert file.read_text() == "precious"
    assert mali("groups", "-o", str(file), "--force", "--quiet").stderr == ""
    assert len(READ[suffix](file)) > 100
    assert stat_of(file) == 0o600


@pytest.mark.parametrize("suffix", READ)
def test_a_full_disk_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the full disk; 20,000 bytes hold less than what openpyxl writes on the way."""
    import resource

    file = tmp_path / f"out.{suffix}"
    file.write_text("precious")
    for limit in (500, 20_000):
        done = subprocess.run(
            [MALI, "events", "-o", str(file), "--force"], capture_output=True, encoding="utf-8", check=False,
            env={**os.environ, "PYTHONWARNINGS": "error"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),  # noqa: B023
        )  # fmt: skip
        said = f"mali: {file} cannot be written: File too large. Nothing was changed.\n"
        assert (done.returncode, done.stderr) == (1, said)
        assert file.read_text() == "precious"
        assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", READ)
def test_the_same_result_is_the_same_file(suffix: str, mali: Pipe, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.{suffix}" for n in (1, 2)]
    for file in files:
        assert mali("people", "-o", str(file)).returncode == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    if suffix == "xlsx":  # the times that a ZIP file knows are two seconds apart
        parts = zipfile.ZipFile(files[0])
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        assert b"dcterms:modified" not in parts.read("docProps/core.xml")
        assert b"<dc:creator>mali " in parts.read("docProps/core.xml")


MISSING = {
    "xlsx": ("openpyxl", f"a workbook is written by openpyxl; to install it: {install_command('excel')}"),
    "parquet": ("duckdb", f"Parquet is written by DuckDB; to install it: {install_command('fast')}"),
}


@pytest.mark.parametrize("suffix", READ)
def test_without_the_extra_the_message_says_what_to_install(suffix: str, tmp_path: Path) -> None:
    module, said = MISSING[suffix]
    code = (
        f"import sys; sys.modules[{module!r}] = None; from typer.testing import CliRunner; from mali_cli.cli.app import app;"
        f"done = CliRunner().invoke(app, ['events', '-o', {str(tmp_path / f'x.{suffix}')!r}]);"
        "print(done.exit_code, 'pandas' in sys.modules, done.stderr, end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == f"2 False mali: {said}\n"
    assert list(tmp_path.iterdir()) == []


def test_writing_libraries_are_imported_only_on_use(tmp_path: Path) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from mali_cli.cli.app import app; CliRunner().invoke(app, sys.argv[1:]);"
        "print([name for name in ('openpyxl', 'duckdb', 'pandas') if name in sys.modules])"
    )
    for words, loaded in (
        (["events", "--help"], []),
        (["groups", "-o", str(tmp_path / "x.csv")], ["pandas"]),
        (["groups", "-o", str(tmp_path / "x.xlsx")], ["openpyxl", "pandas"]),
        (["groups", "-o", str(tmp_path / "x.parquet")], ["duckdb", "pandas"]),
    ):
        run = [sys.executable, "-c", code, *words]
        assert subprocess.run(run, capture_output=True, encoding="utf-8", check=True).stdout == f"{loaded}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "x.xlsx", "-f", "csv"], "x.xlsx is the name of a workbook, but --format is csv. Leave one of them out."),
        (["-o", "x.parquet", "-f", "json"], "x.parquet is the name of a Parquet file, but --format is json. Leave one of them out."),
        (["-f", "XLSX"], "--format xlsx writes a file: add --output FILE.xlsx."),
        (["-f", "parquet", "-o", "x.csv"], "--format parquet writes a file: add --output FILE.parquet."),
        (["-f", "png"], f"no format is called 'png'. Allowed: {join_or(STDOUT_FORMATS)}."),
    ],
)  # fmt: skip
def test_formats_that_need_a_file_or_contradict_its_name_are_refused(
    words: list[str], said: str, mali: Pipe, tmp_path: Path
) -> None:
    done = mali("events", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"mali: {said}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_format_may_repeat_the_suffix(mali: Pipe, tmp_path: Path) -> None:
    for words, begun in ((["events", "-f", "parquet", "-o", "x.parquet"], b"PAR1"), (["map", "-f", "svg", "-o", "x.svg"], b"<svg ")):  # fmt: skip
        assert mali(*words, cwd=tmp_path).returncode == 0
        assert (tmp_path / words[-1]).read_bytes().startswith(begun)
