"""MemoryBackend: tables that are already in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mali_cli.storage.base import Backend, Frames


class MemoryBackend(Backend):
    """DataFrames in memory, such as the rows that were read for one query."""

    def __init__(self, path: Path, frames: Frames, origin: str | None, notes: Iterable[str] = ()) -> None:
        super().__init__(path)
        self._frames = frames
        self._origin = origin
        self.notes = list(notes)

    @property
    def origin(self) -> str | None:
        return self._origin
