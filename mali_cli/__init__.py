"""mali: a query tool for the Mali War.

import mali_cli as mali
war = mali.load()
war.events(actor="MNLA", since="2012")     # a DataFrame, the same rows as the command
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mali_cli._version import __version__

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset, load

__all__ = ["Dataset", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """load and Dataset, when first asked for: importing the package loads no pandas."""
    if name in ("load", "Dataset"):
        from mali_cli import dataset

        return getattr(dataset, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
