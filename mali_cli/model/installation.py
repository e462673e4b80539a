"""How this copy of the package was installed, and so how an extra is added to it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

DISTRIBUTION = "mali-cli"


def install_command(extra: str) -> str:
    """Return the command that adds an extra to this installation; empty if nothing is known about it.

    The package is on no registry: the command names what it was installed from, or else the libraries of the extra.
    """
    checkout = Path(__file__).parents[2]
    if (checkout / "pyproject.toml").is_file():  # installed with --editable, or run without being installed
        return f'{_pip_install()} --editable "{checkout}[{extra}]"'
    try:
        requirements = _origin_with_extra(extra) or _libraries(extra)
    except metadata.PackageNotFoundError:
        return ""
    return " ".join([_pip_install(), *(f'"{requirement}"' for requirement in requirements)]) if requirements else ""


def _pip_install() -> str:
    """Return `pip install` if that is the pip of the running Python, otherwise a command that names this Python."""
    python, pip = Path(sys.executable), shutil.which("pip")
    if pip and Path(pip).parent == python.parent:
        return "pip install"
    quoted = f'"{python}"' if " " in str(python) else str(python)
    if importlib.util.find_spec("pip") is None:  # so does uv make environments
        return f"uv pip install --python {quoted}"
    return f"{quoted} -m pip install"


def _origin_with_extra(extra: str) -> list[str]:
    """Return the requirement for the folder, repository or archive that pip has recorded, none if it is gone."""
    origin = json.loads(metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
    url = origin.get("url", "")
    if url.startswith("file:"):
        path = Path(url2pathname(urlsplit(url).path))
        if not path.exists():
            return []
        if "dir_info" in origin:
            return [f"{path}[{extra}]"]
    if vcs := origin.get("vcs_info"):
        revision = vcs.get("requested_revision")
        url = f"{vcs['vcs']}+{url}{f'@{revision}' if revision else ''}"
    if subdirectory := origin.get("subdirectory"):
        url += f"#subdirectory={subdirectory}"
    return [f"{DISTRIBUTION}[{extra}] @ {url}"] if url else []


def _libraries(extra: str) -> list[str]:
    """Return the requirements of an extra, such as duckdb>=1.2, as the installed package states them."""
    stated = [line.partition(";") for line in metadata.requires(DISTRIBUTION) or ()]
    return [name.strip() for name, _, marker in stated if marker.replace("'", '"').strip() == f'extra == "{extra}"']
