"""Query data on the Mali War.

import mali_cli as mali
war = mali.load()
war.events(actor="MNLA", since="2012")     # a DataFrame with the rows of the command
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mali_cli._version import __version__
from mali_cli.errors import DataError, MaliError

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset, load

__all__ = ["DataError", "Dataset", "MaliError", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import `load` and `Dataset` when they are first used, so that importing the package loads no pandas."""
    if name in ("load", "Dataset"):
        from mali_cli import dataset

        return getattr(dataset, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
