"""Tables held in memory, read for one query."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mali_cli.storage.base import Backend, Frames

if TYPE_CHECKING:
    pass


class MemoryBackend(Backend):
    """Tables that were read for one question."""

    def __init__(self, path: Path, frames: Frames, origin: str | None, notes: Iterable[str] = ()) -> None:
        super().__init__(path)
        self._frames = frames
        self._origin = origin
        self.notes = list(notes)

    @property
    def origin(self) -> str | None:
        return self._origin
