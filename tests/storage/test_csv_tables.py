"""CSV folders: what is written is plain CSV, valid and complete."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.model import schema
from mali_cli.storage.csv_tables import CsvBackend
from mali_cli.validation import validate
from tests.conftest import ROOT
from tests.support.conversion import (
    BatchedBackend,
    awkward_tables,
    write_converted,
)
from tests.test_data import DATA, ONLY_OF_FOREIGN_FILES

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_our_own_csv_is_written_unchanged(tmp_path: Path) -> None:
    """The bytes are the same, apart from trailing zeros of coordinates and columns that only foreign files have."""
    out = write_converted(load().backend, tmp_path / "out", "csv")
    for name in schema.table_names():
        if name == "places":
            continue
        added = ONLY_OF_FOREIGN_FILES.get(name, ())
        header, _, records = (DATA / f"{name}.csv").read_text(encoding="utf-8").partition("\n")
        expected = "\n".join([",".join((header, *added)), records.replace("\n", f"{',' * len(added)}\n")])
        assert (out / f"{name}.csv").read_bytes() == expected.encode()
    assert validate(CsvBackend(out)) == []


def quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if set(cell) & set(',"\r\n') else cell


def test_csv_has_quotes_only_where_needed(tmp_path: Path) -> None:
    frames = awkward_tables()
    out = write_converted(BatchedBackend(tmp_path, frames, "ACLED"), tmp_path / "out", "csv")
    for name in schema.table_names():
        raw = (out / f"{name}.csv").read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        with open(out / f"{name}.csv", encoding="utf-8", newline="") as file:
            records = list(csv.reader(file))
        assert raw.decode("utf-8") == "".join(f"{','.join(map(quoted, record))}\n" for record in records)
    assert "two\r\nlines" in (out / "events.csv").read_bytes().decode("utf-8")
    assert [str(violation) for violation in validate(CsvBackend(out)) if "order" in violation.rule] == []


@pytest.mark.filterwarnings("ignore")  # from the libraries of frictionless
def test_frictionless_finds_no_error_in_a_converted_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import frictionless

    out = write_converted(load(ROOT / "tests" / "lookalikes" / "ucdp_u2.csv").backend, tmp_path / "out", "csv")
    monkeypatch.chdir(out)
    report = frictionless.Package("datapackage.json").validate()
    errors = report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    # Foreign files need not follow the patterns and lengths that are declared for our own tables.
    assert [error for error in errors if error[3] != "constraint-error"] == []
