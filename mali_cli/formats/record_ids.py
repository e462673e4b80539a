"""Ids for the records of a file that has none, made of their cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from mali_cli.formats.base import RECORD_ID_COLUMN, FormatAdapter
from mali_cli.formats.row_reader import RowReader
from mali_cli.formats.table_file import TableFile

ID_BYTES = 8  # two of a million records get the same id once in 30 million files


def with_record_ids(table_file: TableFile, format: type[FormatAdapter]) -> TableFile:
    """Return the table with RECORD_ID_COLUMN; records that agree in all columns of the format get the same id.

    The id does not depend on the order of the columns, nor on columns such as the numbers of rows that pandas writes.
    """
    columns = format.canonical_columns(table_file.header)
    known = sorted((column, i) for i, column in enumerate(columns) if column in format.all_columns)

    def records() -> Iterator[list[str]]:
        for row in RowReader(table_file):
            text = "\x1f".join(f"{column}\x1e{cell}" for column, i in known if (cell := row[i].strip()))
            yield [*row, hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=ID_BYTES).hexdigest()]

    return TableFile(table_file.path, [*table_file.header, RECORD_ID_COLUMN], records, size=table_file.size)
