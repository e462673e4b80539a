"""The extras: packages that only some answers need; where one is missing, one line says what to install."""

from __future__ import annotations

import importlib.util

from mali_cli.errors import MaliError


def require_extra(extra: str, what: str, *modules: str) -> None:
    """MaliError where a module of an extra is not there; `what` says who does what, such as "X is drawn by Y"."""
    if not all(map(importlib.util.find_spec, modules)):
        raise MaliError(f'{what}; to install it: pip install "mali-cli[{extra}]".')
