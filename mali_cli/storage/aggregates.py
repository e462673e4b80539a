"""Datasets whose only table is `aggregates`: counts of events by week or month, area and type."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mali_cli.model import schema
from mali_cli.model.frames import empty_frame
from mali_cli.storage.base import Backend
from mali_cli.storage.raw_tables import RawTable

if TYPE_CHECKING:
    import pandas as pd

COLUMN_BY_NAME_KIND = {"regions": "region", "admin2": "admin2", "countries": "country"}


class AggregateBackend(Backend):
    """A dataset with the table `aggregates`; all others are empty."""

    @property
    def table_names(self) -> list[str]:
        return [schema.AGGREGATES]

    def table(self, name: str) -> pd.DataFrame:
        return super().table(name) if name == schema.AGGREGATES else empty_frame(name)

    def last_day(self) -> datetime.date | None:
        days = self.table(schema.AGGREGATES)["date_end"]
        return None if days.empty else days.max().date()

    def extra_names(self, kind: str) -> dict[str, Iterable[str]]:
        if kind not in COLUMN_BY_NAME_KIND:
            return {}
        return dict.fromkeys(self.table(schema.AGGREGATES)[COLUMN_BY_NAME_KIND[kind]].dropna().unique(), ())


class StoredAggregates(AggregateBackend):
    """Counts that `mali convert` wrote, read by the backend of their storage form."""

    def __init__(self, stored: Backend) -> None:
        super().__init__(stored.path)
        self._stored = stored

    @property
    def origin(self) -> str | None:
        return self._stored.origin

    @property
    def reading_notes(self) -> Sequence[str]:
        return self._stored.reading_notes

    def _read(self, name: str) -> pd.DataFrame:
        return self._stored.table(name)

    def raw_table(self, name: str) -> RawTable:
        return self._stored.raw_table(name)

    def file(self, name: str) -> Path:
        return self._stored.file(name)
