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
    from mali_cli.output.inline_picture import picture

__all__ = ["DataError", "Dataset", "MaliError", "__version__", "load", "picture"]


def __getattr__(name: str) -> Any:
    """Import `load`, `Dataset` and `picture` when they are first used: importing the package loads no pandas."""
    if name == "picture":
        from mali_cli.output.inline_picture import picture

        return picture
    if name in ("load", "Dataset"):
        from mali_cli import dataset

        return getattr(dataset, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
