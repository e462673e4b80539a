"""Folders of parts: how they are divided, and that queries of them give the same result as those of one folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import DataError, MaliError
from mali_cli.model.filters import Filters
from mali_cli.output import render_text
from mali_cli.storage import convert
from mali_cli.storage.memory import MemoryBackend
from mali_cli.storage.parquet import ParquetBackend
from mali_cli.storage.parquet_parts import PARTS, Part, PartitionedParquetBackend, parse_parts
from tests.storage.test_parquet import QUERIES
from tests.support.conversion import (
    assert_same_files,
    assert_same_tables,
    forget_large_tables,
    make_file,
    sorted_tables,
    tables_of,
)
from tests.support.lookalikes import FOLDER

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return an invented dataset as one folder and as a folder of three parts, with the same name."""
    work = tmp_path_factory.mktemp("parts")
    backend = load(make_file(work / "made.csv")).backend
    for name, parts in (("one", None), ("parts", 3)):
        (work / name).mkdir()
        convert.convert(backend, work / name / "made", "parquet", parts=parts)
    return work / "one" / "made", work / "parts" / "made"


@pytest.fixture(scope="module")
def datasets(folders: tuple[Path, Path]) -> tuple[Dataset, Dataset]:
    """Return both folders as datasets, which keep only their small tables in memory."""
    one, parts = map(load, folders)
    return one, parts


@pytest.mark.parametrize(("query", "filter_args"), QUERIES[::2], ids=str)
def test_queries_of_parts_and_of_one_folder_agree(
    datasets: tuple[Dataset, Dataset], query: str, filter_args: dict[str, Any]
) -> None:
    one, parts = (dataset.answer(query, **filter_args) for dataset in datasets)
    for dataset in datasets:
        forget_large_tables(dataset)
    assert render_text(parts, "csv") == render_text(one, "csv")
    assert (parts.notes, parts.origin) == (one.notes, one.origin)


@pytest.mark.parametrize("name", ["acled_a4", "acled_monadic", "gdelt", "gtd", "ucdp_u2", "un_fatalities"])
def test_no_row_is_lost_and_each_part_is_a_dataset(name: str, tmp_path: Path) -> None:
    source = load(FOLDER / f"{name}.csv")
    convert.convert(source.backend, tmp_path / "out", "parquet", parts=3)
    whole = load(tmp_path / "out")
    assert_same_tables(tables_of(whole), sorted_tables(tables_of(source)))
    assert isinstance(whole.backend, PartitionedParquetBackend)
    parts = [load(tmp_path / "out" / part.name) for part in whole.backend.parts]
    for name in ("events", "casualties"):
        rows = pd.concat([part.table(name) for part in parts])
        assert sorted(rows.iloc[:, 0]) == sorted(whole.table(name).iloc[:, 0])
    for part, described in zip(parts, whole.backend.parts, strict=True):
        figures, events = part.table("casualties"), part.table("events")
        assert set(figures["event_id"]) <= set(events["event_id"])
        assert len(events) == described.events
        assert events["date_start"].min().date() >= described.first_day
        assert max(events["date_end"].max(), figures["date_end"].max()).date() <= described.last_day
    figures = whole.table("casualties")
    tallies_of = [set(part.table("casualties")["tally"]) for part in parts]
    assert sum(map(len, tallies_of)) == figures["tally"].nunique()


def test_events_that_share_a_tally_are_in_one_part(tmp_path: Path) -> None:
    frames = tables_of(load(FOLDER / "acled_a4.csv"))
    figures = frames["casualties"]
    first, last = figures["event_id"].iloc[[0, -1]]
    again = figures["event_id"] == last
    tally, rank = figures["tally"].mask(again, figures["tally"][0]), figures["rank"].mask(again, 2)
    frames["casualties"] = figures.assign(tally=tally, rank=rank)
    source = MemoryBackend(tmp_path, frames, "ACLED")
    convert.convert(source, tmp_path / "out", "parquet", parts=4)
    whole = load(tmp_path / "out").backend
    assert isinstance(whole, PartitionedParquetBackend)
    found = [{first, last} & set(load(part).table("events")["event_id"]) for part in whole.part_folders(Filters())]
    assert len(found) > 1
    assert [ids for ids in found if ids] == [{first, last}]


def test_a_converted_folder_is_divided_without_reading_it_into_memory(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ParquetBackend, "iter_batches", None)
    for folder in folders:
        out = tmp_path / folder.parent.name
        convert.convert(load(folder).backend, out, "parquet", parts=3)
        assert (out / "datapackage.json").read_text() == (folders[1] / "datapackage.json").read_text()
        assert_same_files(out, folders[1])
    monkeypatch.undo()
    (out / "part-0002" / "events.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataError, match=rf"^{out} cannot be read: .*part-0002"):
        convert.convert(load(out).backend, tmp_path / "new", "parquet")
    assert not (tmp_path / "new").exists()


def test_parts_of_other_days_are_not_read(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """A part that cannot be read does not matter to a query of other days; else it is named."""
    broken = Path(shutil.copytree(folders[1], tmp_path / "made"))
    parts = json.loads((broken / "datapackage.json").read_text(encoding="utf-8"))[PARTS]
    for name in ("events", "casualties"):
        (broken / parts[-1]["path"] / f"{name}.parquet").write_bytes(b"PAR1 and nothing else")
    until = {"until": parts[0]["last_day"]}
    for query, filter_args in (("events", until), ("casualties", until), ("casualties", {"by": "year", **until})):
        expected = load(folders[1]).answer(query, **filter_args)
        assert render_text(load(broken).answer(query, **filter_args), "csv") == render_text(expected, "csv")
    for filter_args in ({}, {"by": "year"}, {"by": "country"}):
        with pytest.raises(DataError, match=f"{parts[-1]['path']}.*") as refusal:
            load(broken).answer("casualties", **filter_args)
        assert "\n" not in str(refusal.value)
    shutil.rmtree(broken / parts[-1]["path"])
    with pytest.raises(DataError, match=rf"{parts[-1]['path']} has no casualties\.parquet\.$"):
        load(broken).events()


def test_the_package_lists_the_files_of_all_parts(folders: tuple[Path, Path]) -> None:
    package = json.loads((folders[1] / "datapackage.json").read_text(encoding="utf-8"))
    assert [part["path"] for part in package[PARTS]] == [f"part-000{number}" for number in range(1, 4)]
    assert all(290 < part["events"] < 330 for part in package[PARTS])
    paths = {resource["name"]: resource["path"] for resource in package["resources"]}
    assert paths["events"] == [f"part-000{number}/events.parquet" for number in range(1, 4)]
    assert paths["places"] == "part-0001/places.parquet"
    assert load(folders[1]).answer("check").frame.empty


def test_days_without_events_still_have_an_answer(folders: tuple[Path, Path]) -> None:
    one, parts = (load(folder).answer("events", until="1990", source="Studio Tamani") for folder in folders)
    assert (len(parts.frame), parts.notes) == (0, one.notes)


def test_a_part_overlaps_a_period_by_its_days() -> None:
    import datetime

    from mali_cli.model.periods import Period

    day = datetime.date
    part = Part("part-0001", day(2012, 1, 10), day(2012, 2, 10), 1, day(2012, 1, 10))
    for first, last, expected in (
        (None, None, True), (day(2012, 2, 10), None, True), (day(2012, 2, 11), None, False),
        (None, day(2012, 1, 10), True), (None, day(2012, 1, 9), False), (day(2012, 1, 20), day(2012, 1, 21), True),
    ):  # fmt: skip
        assert part.overlaps(Period(first, last)) is expected
    assert part.overlaps(None)


def test_the_command_writes_parts_and_replaces_them(mali: Run, tmp_path: Path) -> None:
    file, out = str(FOLDER / "acled_a4.csv"), str(tmp_path / "out")
    assert mali("convert", file, out, "--to", "parquet", "--parts", "2", "--quiet").returncode == 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["out"]
    assert mali("convert", file, out, "--to", "parquet", "--parts", "auto", "--force").returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["datapackage.json", "part-0001"]
    assert mali("convert", file, out, "--to", "csv", "--force").returncode == 0
    assert not (tmp_path / "out" / "part-0001").exists()


def test_what_cannot_be_divided_is_refused(mali: Run, tmp_path: Path) -> None:
    for arguments, status, message in (
        (["new", "--to", "parquet", "--parts", "2"], 2, "these tables have stated totals"),
        (["new", "--to", "csv", "--parts", "2"], 2, "--to csv writes none"),
        (["new.db", "--parts", "2"], 2, "--to sqlite writes none"),
        (["new", "--to", "parquet", "--parts", "0"], 2, "--parts takes a number of parts, or auto"),
    ):
        result = mali("convert", "ours", *arguments, cwd=tmp_path)
        assert (result.returncode, result.stderr.count("\n")) == (status, 1)
        assert message in result.stderr
        assert list(tmp_path.iterdir()) == []
    assert (parse_parts("Auto"), parse_parts("12")) == ("auto", 12)
    with pytest.raises(MaliError):
        parse_parts("-1")


def test_the_last_day_is_that_of_all_parts(folders: tuple[Path, Path]) -> None:
    """A period whose parts end earlier than the dataset is covered by it."""
    until = str(load(folders[1]).backend.parts[0].last_day)[:4]  # type: ignore[attr-defined]
    for query in ("events", "casualties"):
        one, parts = (load(folder).answer(query, by="year", until=until, where="Mali") for folder in folders)
        assert parts.partial_periods == one.partial_periods == {}
    assert load(folders[1]).backend.last_day() == load(folders[0]).backend.last_day()
