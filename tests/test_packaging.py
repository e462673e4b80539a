"""The wheel holds the program and the tables, and works outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import mali_cli
from mali_cli.model import schema
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the sdist and the wheel, and return their paths."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)], check=True, capture_output=True, timeout=300
    )
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


def test_the_wheel_holds_the_program_and_the_tables(built: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(built[1]).namelist())
    modules = {
        f"mali_cli/{file.relative_to(ROOT / 'mali_cli').as_posix()}" for file in (ROOT / "mali_cli").rglob("*.py")
    }
    data = {f"mali_cli/data/{schema.table(name).path}" for name in schema.bundled_table_names()}
    other_files = {
        "mali_cli/py.typed",
        *(f"mali_cli/output/page/{file.name}" for file in (ROOT / "mali_cli" / "output" / "page").iterdir()),
        *(f"mali_cli/data/{name}" for name in ("datapackage.json", "outlines.json", "LICENSE")),
    }
    assert modules | data | other_files <= names
    assert not [name for name in names if name.startswith(("tests", "docs", "benchmarks")) or "__pycache__" in name]
    metadata = zipfile.ZipFile(built[1]).read(f"mali_cli-{mali_cli.__version__}.dist-info/METADATA").decode()
    assert "License-Expression: MIT AND CC-BY-SA-4.0" in metadata
    assert [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line] == [
        "Requires-Dist: pandas>=2.2",
        "Requires-Dist: rich>=13.7",
        "Requires-Dist: typer<0.29,>=0.26",
    ]


def test_the_sdist_holds_tests_and_docs(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "README.md",
        "data/events.csv",
        "tests/test_data.py",
        "docs/curating.md",
        "LICENSE",
    } <= names


def test_the_wheel_works_outside_the_checkout(built: tuple[Path, Path], tmp_path: Path) -> None:
    """It is installed in a new environment, which borrows its dependencies from this one."""
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    run = {"check": True, "capture_output": True, "cwd": tmp_path, "encoding": "utf-8", "timeout": 300}
    pip = [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "-q", str(built[1])], **run)  # type: ignore[call-overload]
    borrowed = next(path for path in sys.path if path.endswith("site-packages"))
    site = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], **run)  # type: ignore[call-overload]
    # Paths in a .pth file come after site-packages, so the installed mali_cli is found first.
    (Path(site.stdout.strip()) / "borrowed.pth").write_text(f"{borrowed}\n")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    imported = subprocess.run(
        [python, "-c", "import mali_cli.model.schema as s; print(s.data_folder())"], **run, env=env
    )  # type: ignore[call-overload]
    assert str(tmp_path) in imported.stdout
    output = subprocess.run([tmp_path / "venv" / "bin" / "mali", "events", "--actor", "MNLA"], **run, env=env)  # type: ignore[call-overload]
    expected = mali_cli.load().events(actor="MNLA")
    assert [line.partition(",")[0] for line in output.stdout.splitlines()[1:]] == expected["event_id"].tolist()
