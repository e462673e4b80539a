"""Query data on the Mali War.

import mali_cli as mali
war = mali.load()
war.events(actor="MNLA", since="2012")     # a DataFrame with the rows of the command
"""

from __future__ import annotations

from mali_cli._version import __version__
from mali_cli.errors import DataError, MaliError

# `typing` is not imported: an interrupt meanwhile, before __main__ can handle it, would end in a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
