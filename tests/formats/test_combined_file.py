"""Several files of one format are one dataset."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError
from tests.support import lookalikes as foreign
from tests.support.lookalikes import FOLDER, assert_as_expected, edited, records, where, written

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def months(tmp_path: Path) -> list[Path]:
    """The records of a look-alike in two files, which have one record in common."""
    header, *rest = records("acled_a3")
    halves = ([header, *rest[:5]], [header, *rest[4:]])
    return [foreign.store(tmp_path / f"{i}.csv", written(rows)) for i, rows in enumerate(halves, 1)]


def test_two_files_give_the_tables_of_the_whole(months: list[Path]) -> None:
    assert_as_expected(foreign.tables(months), "acled_a3")


def test_a_folder_a_pattern_and_repeated_options_are_the_same(mali: Run, months: list[Path]) -> None:
    folder = months[0].parent
    ways = (
        ["--data", str(folder)],
        ["--data", f"{folder}/*.csv"],
        [word for path in months for word in ("--data", str(path))],
    )
    answers = [mali("casualties", "--by", "place,year", *way) for way in ways]
    assert [answer.returncode for answer in answers] == [0, 0, 0]
    assert {answer.stdout for answer in answers} == {
        mali("casualties", "--by", "place,year", "--data", str(FOLDER / "acled_a3.csv")).stdout
    }
    assert (
        f"{months[0]} and 1 more: ACLED, the layout of 2023 and later: 10 records: 9 read, 1 repeated."
        in answers[0].stderr
    )


def test_layouts_may_differ(tmp_path: Path) -> None:
    both = load([FOLDER / "acled_a1.csv", FOLDER / "acled_a3.csv"]).events()
    one_by_one = [load(FOLDER / f"{name}.csv").events() for name in ("acled_a1", "acled_a3")]
    assert set(both["event_id"]) == set(pd.concat(one_by_one)["event_id"])


def test_of_an_id_in_two_files_the_later_stands(tmp_path: Path) -> None:
    later = foreign.store(tmp_path / "later.csv", edited("ucdp_u1", where("910101", best="77", side_a="Chad")))
    dataset = load([FOLDER / "ucdp_u1.csv", later])
    whole = load(later)
    pd.testing.assert_frame_equal(dataset.casualties(), whole.casualties())
    pd.testing.assert_frame_equal(dataset.events(), whole.events())


def test_a_record_that_cannot_be_read_is_named_by_its_file(months: list[Path]) -> None:
    header, *rest = records("acled_a3")
    rest[-1][header.index("event_date")] = "soon"
    foreign.store(months[1], written([header, *rest[4:]]))
    [note] = [note for note in load(months).answer("events").notes if "skipped" in note]
    assert "1 skipped (2.csv, record 5, event_date: 'soon'" in note


def test_only_files_of_one_format_are_read_together() -> None:
    with pytest.raises(
        DataError, match=r"acled_a3.csv is a file of ACLED and .*ucdp_u1.csv one of UCDP; only files of"
    ):
        load([FOLDER / "acled_a3.csv", FOLDER / "ucdp_u1.csv"])


def test_tables_cannot_be_read_together_with_other_data() -> None:
    with pytest.raises(DataError, match="data is a folder of tables; it cannot be read together with other data"):
        load([FOLDER.parent.parent / "data", FOLDER / "acled_a3.csv"])


def test_a_pattern_without_a_match_is_an_error(mali: Run, tmp_path: Path) -> None:
    done = mali("events", "--data", f"{tmp_path}/*.csv")
    assert done.returncode == 1
    assert done.stderr.startswith(f"mali: there is no {tmp_path}/*.csv; --data takes a folder with tables")
