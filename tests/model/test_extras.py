"""Optional dependencies are imported, or a message says how to install them into this very installation."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
import venv
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from mali_cli.errors import MaliError
from mali_cli.model import installation
from mali_cli.model.extras import require_extra
from tests.conftest import ROOT


def test_the_first_module_is_returned() -> None:
    import json

    assert require_extra("fast", "X is written by Y", "json", "csv") is json


@pytest.mark.parametrize("hidden", ["json", "csv"])
def test_a_missing_module_is_a_message_that_ends_with_the_command(hidden: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "_pip_install", lambda: "pip install")
    monkeypatch.setitem(sys.modules, hidden, None)
    expected = f'X is written by Y; to install it: pip install --editable "{ROOT}[fast]"'
    with pytest.raises(MaliError, match=f"^{re.escape(expected)}$"):
        require_extra("fast", "X is written by Y", "json", "csv")


class Installed:
    """A distribution in site-packages, as pip records it."""

    def __init__(self, direct_url: dict[str, Any] | None) -> None:
        self.direct_url = direct_url

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return json.dumps(self.direct_url) if self.direct_url else None


HERE = Path(__file__).parent
GIT = {"url": "https://example.org/mali.git", "vcs_info": {"vcs": "git", "commit_id": "0" * 40}}


@pytest.mark.parametrize(
    ("direct_url", "requirements"),
    [
        ({"url": HERE.as_uri(), "dir_info": {}}, f'"{HERE}[site]"'),
        (GIT, '"mali-cli[site] @ git+https://example.org/mali.git"'),
        (
            {**GIT, "vcs_info": {**GIT["vcs_info"], "requested_revision": "v1"}, "subdirectory": "cli"},  # type: ignore[dict-item]
            '"mali-cli[site] @ git+https://example.org/mali.git@v1#subdirectory=cli"',
        ),
        (
            {"url": "https://example.org/mali.zip", "archive_info": {}},
            '"mali-cli[site] @ https://example.org/mali.zip"',
        ),
        ({"url": "file:///no/such/folder", "dir_info": {}}, '"datasette<1,>=0.65" "datasette-cluster-map>=0.18.2"'),
        (None, '"datasette<1,>=0.65" "datasette-cluster-map>=0.18.2"'),
    ],
)
def test_the_command_names_what_the_package_was_installed_from(
    direct_url: dict[str, Any] | None, requirements: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stated = [
        "pandas>=2.2",
        'duckdb>=1.2; extra == "fast"',
        "datasette<1,>=0.65; extra == 'site'",
        'datasette-cluster-map>=0.18.2; extra == "site"',
    ]
    monkeypatch.setattr(installation, "__file__", str(tmp_path / "mali_cli" / "model" / "installation.py"))
    monkeypatch.setattr(metadata, "distribution", lambda name: Installed(direct_url))
    monkeypatch.setattr(metadata, "requires", lambda name: stated)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert re.sub(r"^.*?install ", "", installation.install_command("site")) == requirements


def test_without_any_record_the_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(installation, "__file__", str(tmp_path / "mali_cli" / "model" / "installation.py"))
    monkeypatch.setattr(metadata, "distribution", fail)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MaliError, match=r"^Parquet is written by DuckDB, which is not installed\.$"):
        require_extra("fast", "Parquet is written by DuckDB", "duckdb")


def test_pip_is_that_of_the_running_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pip").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert installation._pip_install() == "pip install"
    monkeypatch.setattr(sys, "executable", "/other/python")
    assert installation._pip_install() == "/other/python -m pip install"
    monkeypatch.setattr(sys, "executable", "/an other/python")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert installation._pip_install() == 'uv pip install --python "/an other/python"'


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HINTS = {  # a command for each extra
    "excel": "events --actor MNLA -o mnla.xlsx",
    "fast": "events --actor MNLA -o mnla.parquet",
    "pictures": "timeline -o timeline.png",
    "site": "serve --port 0",
}
LIBRARIES = {  # of each extra
    "cluster": ["dask", "distributed", "duckdb"],
    "excel": ["openpyxl"],
    "fast": ["duckdb"],
    "pictures": ["vl-convert-python"],
    "site": ["datasette", "datasette-cluster-map"],
}


def test_extras_name_their_libraries() -> None:
    extras = PROJECT["optional-dependencies"]
    for extra, libraries in LIBRARIES.items():
        assert set(libraries) <= {re.split("[^a-z-]", requirement)[0] for requirement in extras[extra]}
    assert extras["all"] == [f"mali-cli[{','.join(LIBRARIES)}]"]


def borrow(requirements: list[str], site_packages: Path) -> None:
    """Link the installed distributions that meet these requirements, and what they require without an extra."""
    names = [re.split(r"[^\w.-]", requirement)[0] for requirement in requirements if "extra ==" not in requirement]
    for name in names:
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # it is for another system
            continue
        entries = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
        if missing := [entry for entry in entries if not (site_packages / entry).exists()]:
            for entry in missing:
                (site_packages / entry).symlink_to(str(distribution.locate_file(entry)))
            borrow(distribution.requires or [], site_packages)


def test_every_hint_works_in_a_fresh_environment(tmp_path: Path) -> None:
    """The project is installed without extras; one hint is followed to the end, the others in one dry run.

    What the project requires itself is borrowed from this environment.
    """
    venv.create(tmp_path / "venv", symlinks=True)
    borrow(PROJECT["dependencies"], next((tmp_path / "venv").glob("lib/python*/site-packages")))
    scripts = tmp_path / "venv" / "bin"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env = {**kept, "PATH": f"{scripts}:/usr/bin:/bin", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_COMPILE": "0"}

    def run(command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command)
        return subprocess.run(
            words, capture_output=True, encoding="utf-8", cwd=tmp_path, env=env, timeout=300, check=False
        )

    # What builds the project is installed once, not again for each hint.
    outside = f"{sys.executable} -m pip --python {scripts}/python"
    assert run(f"{outside} install --quiet pip hatchling").returncode == 0
    env["PIP_NO_BUILD_ISOLATION"] = "0"  # which, in this variable, means that there is no isolation
    installed = run(f'{scripts}/pip install --quiet "{ROOT}"')
    assert installed.returncode == 0, installed.stderr
    commands = {}
    for extra, arguments in HINTS.items():
        refused = run(f"{scripts}/mali {arguments}")
        reason, _, commands[extra] = refused.stderr.rstrip("\n").partition("; to install it: ")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert reason.startswith("mali: ")
        assert commands[extra] == f'pip install "{ROOT}[{extra}]"'
    others = [f'"{ROOT}[{extra}]"' for extra in ("fast", "pictures", "site", "all")]
    plan = run(f"pip install {' '.join(others)} --dry-run")
    assert plan.returncode == 0, plan.stderr
    assert "does not provide the extra" not in plan.stderr
    planned = plan.stdout.replace("_", "-")
    for library in {library for libraries in LIBRARIES.values() for library in libraries}:
        assert re.search(rf"Would install .* {library}-\d", planned), library
    followed = run(commands["excel"])
    assert followed.returncode == 0, followed.stderr
    assert run(f"{scripts}/mali {HINTS['excel']}").returncode == 0
    assert (tmp_path / "mnla.xlsx").stat().st_size > 1000
