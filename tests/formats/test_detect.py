"""The format of a file is recognised by its columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mali_cli.cli.app import app
from mali_cli.dataset import load
from mali_cli.errors import MaliError
from tests.support import lookalikes as foreign
from tests.support.lookalikes import (
    FOLDER,
    HEADLESS,
    assert_as_expected,
    raw,
)
from tests.support.quirks import (
    PAGE,
    rewritten,
)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("ucdp_hdx", "conflict_data_mli.csv"),
        ("acled_a3", "conflict_data_mli.csv"),
        ("ucdp_u1", "1997-01-01-1999-12-31-Mali.CSV"),  # it has other years, too
        ("acled_a1", "GEDEvent_v25_1.csv"),
        ("un_fatalities", "acled.csv"),
        (HEADLESS, "MINUSMA"),
    ],
)
def test_a_format_is_recognised_by_its_columns_whatever_the_file_name(tmp_path: Path, name: str, called: str) -> None:
    assert_as_expected(foreign.tables(foreign.store(tmp_path / called, raw(name))), name)


@pytest.mark.parametrize("name", ["acled_a3", "ucdp_u2"])
def test_an_unknown_column_is_reported(tmp_path: Path, name: str) -> None:
    path = foreign.store(tmp_path / "more.csv", rewritten(lambda rows: [["mine", *row] for row in rows])(raw(name)))
    dataset = load(path)
    assert_as_expected(foreign.tables(path), name)
    dataset.table("events")
    assert dataset.backend.notes[-1].endswith("does not have are not read: mine.")


def test_the_format_may_be_given(tmp_path: Path) -> None:
    path = FOLDER / "acled_a3.csv"
    assert foreign.rendered(load(path, format_in="acled"), "events") == foreign.expected("acled_a3", "events")
    with pytest.raises(MaliError, match=r"(?i)ucdp"):
        load(path, format_in="ucdp").table("events")
    with pytest.raises(MaliError, match="acled"):
        load(path, format_in="acleed").table("events")


def test_counts_of_events_without_country_or_period_are_refused_as_such(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "aggregated.csv", b"ADMIN1,EVENTS,FATALITIES\n")
    with pytest.raises(MaliError, match="counts events, but has no column for the country and the week or the month"):
        load(path)


def test_a_refusal_is_one_line_and_exit_code_one(tmp_path: Path) -> None:
    path = foreign.store(tmp_path / "page.csv", PAGE)
    result = CliRunner().invoke(app, ["events", "--data", str(path)], prog_name="mali")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"mali: {path}")
    assert result.stderr.count("\n") == 1
