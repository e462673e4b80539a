"""Optional dependencies: import them, or say how to install them."""

from __future__ import annotations

import importlib
from typing import Any

from mali_cli.errors import MaliError


def require_extra(extra: str, reason: str, *modules: str) -> Any:
    """Import the modules of an extra and return the first; MaliError if one of them is not installed.

    `reason` is a clause that names the library, such as "Parquet is written by DuckDB"; the message begins with it
    and ends with the command that installs the extra, ready to be copied.
    """
    try:
        imported = [importlib.import_module(module) for module in modules]
    except ImportError:
        from mali_cli.model.installation import install_command

        command = install_command(extra)
        how = f"; to install it: {command}" if command else ", which is not installed."
        raise MaliError(f"{reason}{how}") from None
    return imported[0]
