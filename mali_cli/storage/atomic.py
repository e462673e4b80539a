"""Atomic replacement of a file or folder."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_replace(target: Path) -> Iterator[Path]:
    """Yield a path to write a new file or folder to, and put it in place of `target` when the block ends.

    If anything fails, `target` stays as it was. The path lies in a temporary folder beside `target`, which is removed
    in any case; what else is written into that folder goes with it.
    """
    target = target.resolve()  # a symbolic link keeps pointing to the file that is replaced
    # The name may be as long as the system allows, so that only its beginning is used.
    work = target.with_name(f".{target.name[:40]}.{os.urandom(4).hex()}")
    new, old = work / "new", work / "old"
    try:
        work.mkdir()
        yield new
        if target.exists():
            shutil.copymode(target, new)
        if target.is_dir():
            target.rename(old)
        new.replace(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(work, ignore_errors=True)
