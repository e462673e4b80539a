"""Queries of a folder of parts on a Dask cluster: a real scheduler, and workers that are processes of their own."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import distributed
import pytest

import mali_cli
from mali_cli.dataset import load
from mali_cli.engine import dask_executor
from mali_cli.engine.dask_executor import DaskExecutor
from mali_cli.errors import DataError, MaliError
from mali_cli.model.installation import install_command
from mali_cli.output import render_text
from mali_cli.storage import convert
from tests.conftest import Terminal
from tests.engine.test_conversion import converted, split
from tests.support.cluster import Cluster, Command, S3Server, stopped, wait_for
from tests.support.conversion import assert_same_tables, make_with_months
from tests.support.lookalikes import FOLDER

Run = Callable[..., "subprocess.CompletedProcess[str]"]

# Lists, counts and sums in every way that they are made; tests/storage has more queries of parts.
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("events", {}),
    ("events", {"actor": "MNLA", "since": "2013", "until": "2020"}),
    ("events", {"actor": ["MUJAO", "JNIM"], "against": "Mali", "limit": 3}),
    ("events", {"near": "Niafunké 7:60", "max_killed": 1}),
    ("events", {"where": "Niger", "text": "market driver", "sort": "-killed_best"}),
    *(("events", {"on": "2016-05-14", "dates": dates}) for dates in ("certain", "possible", "all")),
    ("events", {"by": "year,type"}),
    ("events", {"by": "actor", "dates": "certain", "since": "2015"}),
    ("events", {"by": "place", "min_killed": 3}),
    ("casualties", {}),
    ("casualties", {"where": "Burkina Faso", "on": "2014"}),
    *(("casualties", {"on": "2016-05-14", "dates": dates}) for dates in ("certain", "possible", "all")),
    ("casualties", {"according_to": "ACLED", "disputed": True}),
    ("casualties", {"scope": "total"}),
    *(("casualties", {"by": by}) for by in ("year", "in", "group", "camp,document", "year,actor")),
    ("casualties", {"by": "actor,region", "actor": "France", "since": "2013-06"}),
    *(("casualties", {"by": "month", "since": "2014-03-02", "dates": dates}) for dates in ("certain", "all")),
    ("casualties", {"by": "year", "since": "2030"}),
]
BY_GROUP = ("casualties", {"by": "group"})
LIST = ("events", {"since": "2012-02"})


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    running = S3Server()
    yield running
    running.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, s3: S3Server) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("cluster"), env=s3.env)
    yield running
    running.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return an invented dataset as one folder and in two and six parts, with the same name."""
    work = tmp_path_factory.mktemp("data")
    backend = load(make_with_months(work / "made.csv", 1200)).backend
    found = []
    for parts in (None, 2, 6):
        found.append(work / str(parts) / "made")
        found[-1].parent.mkdir()
        convert.convert(backend, found[-1], "parquet", parts=parts)
    return found[0], found[1], found[2]


@pytest.fixture(scope="module")
def data(folders: tuple[Path, Path, Path]) -> Path:
    return folders[2]


@pytest.fixture(scope="module")
def expected(folders: tuple[Path, Path, Path]) -> list[tuple[str, Any]]:
    """Return the answers to BY_GROUP and LIST."""
    return [answer(folders[0], *asked) for asked in (BY_GROUP, LIST)]


def answer(data: Path, query: str, filter_args: dict[str, Any], engine: str | None = None) -> tuple[str, Any]:
    result = load(data, engine=engine).answer(query, in_batches=True, **filter_args)
    text, result = render_text(result, "csv"), result.summarized()
    return text, (result.notes, result.columns, result.total_rows, result.origin)


@pytest.mark.parametrize(("query", "filter_args"), ASKED, ids=str)
def test_the_answer_is_the_same_as_without_a_cluster(
    cluster: Cluster, folders: tuple[Path, Path, Path], query: str, filter_args: dict[str, Any]
) -> None:
    one, parts, _ = folders
    assert answer(parts, query, filter_args, cluster.address) == answer(one, query, filter_args)


@pytest.mark.parametrize("query", ["timeline", "map", "groups", "sources"])
def test_what_cannot_be_split_is_answered_here(data: Path, query: str) -> None:
    """Nobody listens at this address."""
    filter_args = {"since": "2020"} if query in ("timeline", "map") else {}
    assert answer(data, query, filter_args, "tcp://127.0.0.1:1") == answer(data, query, filter_args)


def test_the_table_on_a_terminal_is_the_same(
    cluster: Cluster, data: Path, on_terminal: Callable[..., Terminal]
) -> None:
    words = ("events", "--data", str(data), "--actor", "MNLA")
    here, there = on_terminal(*words), on_terminal(*words, "--engine", cluster.address)
    assert there.status == here.status == 0
    assert there.output.endswith(here.output)  # after a bar


def test_processes_of_this_machine_give_the_same_answer(data: Path, mali: Run) -> None:
    words = ("events", "--data", str(data), "--from", "2015")
    here, there = mali(*words), mali(*words, "--engine", "local:2")
    assert (there.returncode, there.stdout, there.stderr) == (0, here.stdout, here.stderr)


def test_data_in_an_object_store_are_read_through_fsspec(cluster: Cluster, s3: S3Server, tmp_path: Path) -> None:
    convert.convert(load(FOLDER / "acled_a4.csv").backend, tmp_path / "made", "parquet", parts=2)
    address = s3.upload(tmp_path / "made", "war")
    words = ("casualties", "--by", "group", "--data")
    here = Command(tmp_path, *words, str(tmp_path / "made")).finish()
    assert here[0] == 0
    for engine in ("local", cluster.address):
        assert Command(tmp_path, *words, f"{address}/", env={**s3.env, "MALI_ENGINE": engine}).finish() == here


def test_an_address_without_a_dataset_or_of_an_unknown_kind_is_refused(mali: Run) -> None:
    with pytest.raises(DataError, match=r"^memory://war/absent is no folder made by `mali convert --to parquet`"):
        load("memory://war/absent/")
    result = mali("events", "--data", "nowhere://war/made")
    assert result.stderr == "mali: nowhere://war/made cannot be read: fsspec has no protocol nowhere.\n"
    assert result.returncode == 2


# Faults


class Background(threading.Thread):
    """A function in a thread; `result` is its result or its error."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        super().__init__(daemon=True)
        self.function, self.arguments, self.result = function, arguments, None
        self.start()

    def run(self) -> None:
        try:
            self.result = self.function(*self.arguments)
        except MaliError as error:
            self.result = error

    def finish(self) -> Any:
        self.join(60)
        assert not self.is_alive()
        return self.result


@pytest.fixture
def slow(cluster: Cluster) -> Iterator[Cluster]:
    cluster.slow_down()
    yield cluster
    cluster.speed_up()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(dask_executor, "PATIENCE_FACTOR", 1.5)


def test_a_killed_worker_costs_time_only_and_a_late_one_helps(
    slow: Cluster, data: Path, expected: list[tuple[str, Any]]
) -> None:
    query = Background(answer, data, *BY_GROUP, slow.address)
    slow.kill(slow.busy_worker())
    slow.add_worker()
    assert query.finish() == expected[0]
    slow.wait_for_workers(2)


@pytest.mark.usefixtures("impatient")
def test_a_silent_worker_is_not_waited_for(slow: Cluster, data: Path, expected: list[tuple[str, Any]]) -> None:
    query = Background(answer, data, *BY_GROUP, slow.address)
    with stopped(slow.busy_worker()):
        assert query.finish() == expected[0]


@pytest.mark.usefixtures("impatient")
def test_a_list_survives_a_killed_and_a_silent_worker(
    slow: Cluster, data: Path, expected: list[tuple[str, Any]]
) -> None:
    query = Background(answer, data, *LIST, slow.address)
    slow.kill(slow.busy_worker())
    slow.add_worker()
    with stopped(slow.busy_worker()):
        assert query.finish() == expected[1]
    slow.wait_for_workers(2)


def test_few_results_wait_while_rows_are_written(cluster: Cluster, tmp_path: Path) -> None:
    files = [tmp_path / f"{number:02}" for number in range(20)]
    begun = 2 * len(cluster.workers)
    with contextlib.closing(DaskExecutor(cluster.address).imap(Path.touch, files)) as results:
        next(results)
        next(results)
        wait_for(lambda: len(list(tmp_path.iterdir())) > begun, 10)
        time.sleep(0.2)
        assert sorted(tmp_path.iterdir()) == files[: begun + 1]


@pytest.mark.usefixtures("impatient")
def test_a_conversion_survives_a_killed_and_a_silent_worker(slow: Cluster, data: Path, tmp_path: Path) -> None:
    paths = split(data.parent.parent / "made.csv", tmp_path, [slice(n, None, 8) for n in range(4)])
    expected = converted(paths, tmp_path / "one", None)
    conversion = Background(converted, paths, tmp_path / "parts", DaskExecutor(slow.address))
    slow.kill(slow.busy_worker("read_file"))
    slow.add_worker()
    with stopped(slow.busy_worker("write_part")):
        tables, notes, counts = conversion.finish()
    assert_same_tables(tables, expected[0])
    assert (notes, counts) == expected[1:]
    slow.wait_for_workers(2)


@pytest.mark.parametrize("work", ["list", "conversion"])
def test_an_interrupt_cancels_the_tasks(slow: Cluster, data: Path, tmp_path: Path, work: str) -> None:
    words = ["events", "--data", str(data), "-o", str(tmp_path / "all.csv")]
    if work == "conversion":
        (tmp_path / "files").mkdir()
        split(data.parent.parent / "made.csv", tmp_path / "files", [slice(n, None, 40) for n in range(2)])
        words = ["convert", str(tmp_path / "files"), str(tmp_path / "all"), "--to", "parquet", "--parts", "9"]
    slow.slow_down(1.0)
    command = Command(tmp_path, *words, "--engine", slow.address)
    if work == "conversion":
        slow.busy_worker("write_part")
    wait_for(lambda: list(tmp_path.glob(".all*/new")))  # of a list when the first part was read
    command.interrupt()
    assert command.finish() == (130, "", "")
    assert not list(tmp_path.glob("all*"))
    with distributed.Client(slow.address, set_as_default=False) as client:
        wait_for(lambda: not any(client.processing().values()), 10)


def test_a_damaged_part_is_named(cluster: Cluster, data: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(data, tmp_path / "made"))
    for name in ("events", "casualties"):
        (broken / "part-0003" / f"{name}.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(DataError, match="part-0003") as refusal:
        load(broken, engine=cluster.address).casualties(by="group")
    assert "\n" not in str(refusal.value)
    shutil.rmtree(broken / "part-0003")
    with pytest.raises(DataError, match=r"there is no folder .*part-0003 on .*every worker must see the data"):
        load(broken, engine=cluster.address).casualties(by="group")


def test_workers_of_another_version_are_refused(cluster: Cluster, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = mali_cli.__version__
    monkeypatch.setattr(mali_cli, "__version__", "99")
    with pytest.raises(MaliError, match=rf"the worker tcp://\S+ has mali {version}, and this program mali 99"):
        load(data, engine=cluster.address).casualties(by="group")


def test_a_lost_or_absent_cluster_is_one_line(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(tmp_path, workers=0)
    words = ("casualties", "--data", str(data), "--by", "group", "--engine", cluster.address)
    try:
        error = f"mali: {cluster.address} has no workers; start one: dask worker {cluster.address}\n"
        assert Command(tmp_path, *words).finish() == (1, "", error)
        cluster.add_worker()
        cluster.wait_for_workers(1)
        cluster.slow_down(1.0)
        listed = ("events", "--data", str(data), "--engine", cluster.address, "-o", str(tmp_path / "all.csv"))
        command = Command(tmp_path, *listed)
        wait_for(lambda: list(tmp_path.glob(".all.csv.*/new")))  # when the first part was read
        cluster.kill(cluster.scheduler)
        error = f"mali: the connection to {cluster.address} was lost; no file was written.\n"
        assert command.finish() == (1, "", error)
        assert not list(tmp_path.glob("*all.csv*"))
        monkeypatch.setattr(dask_executor, "CONNECT_SECONDS", 0.5)
        with pytest.raises(MaliError) as refusal:
            load(data, engine=cluster.address).casualties(by="group")
        assert str(refusal.value) == f"no Dask scheduler answers at {cluster.address}."
        assert refusal.value.exit_code == 1
    finally:
        cluster.close()


def test_without_dask_a_message_says_what_to_install(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MaliError) as refusal:
        load(data, engine="tcp://127.0.0.1:1").casualties(by="year")
    assert str(refusal.value) == f"a cluster is reached with Dask; to install it: {install_command('cluster')}"


def test_an_encrypted_cluster_needs_certificates(data: Path) -> None:
    with pytest.raises(
        MaliError, match=r"^tls://127\.0\.0\.1:1 needs certificates: set distributed\.comm\.tls in Dask's"
    ):
        load(data, engine="tls://127.0.0.1:1").casualties(by="year")


@pytest.mark.parametrize("typed", ["locale", "local:0", "local:x", "127.0.0.1:8786", "http://host:1", "tcp://host", ""])
def test_an_engine_that_does_not_exist_is_refused(mali: Run, typed: str) -> None:
    result = mali("events", "--engine", typed)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("mali: --engine takes local, local:4 (that many processes) or the address")
