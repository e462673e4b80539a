"""What every use of DuckDB shares."""

from __future__ import annotations

import pytest

from mali_cli.storage.duckdb_connection import limit_memory

duckdb = pytest.importorskip("duckdb", reason="the extra `fast` is not installed")


@pytest.mark.parametrize(("gigabytes", "limit"), [(0, "667.0 MiB"), (3, "953.0 MiB"), (60, "1.8 GiB")])
def test_memory_grows_with_the_file(gigabytes: int, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with 4 GB, of which half may be used."""
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 1_000_000, "SC_PAGE_SIZE": 4_000}.__getitem__)
    with duckdb.connect() as connection:
        limit_memory(connection, gigabytes * 1_000_000_000)
        assert connection.execute("SELECT current_setting('memory_limit')").fetchone() == (limit,)
