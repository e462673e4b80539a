"""mali serve as a process: read only, reachable from this machine alone, and without files left behind when it stops."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.model.installation import install_command
from mali_cli.site import server
from tests.conftest import MALI
from tests.support.served_site import DATABASE, INVENTED, Site, serve_site


def test_the_site_is_read_only(site: Site) -> None:
    def count_events() -> int:
        return int(site.get(f"/{DATABASE}/events.json", _size="0")["filtered_table_rows_count"])

    before = count_events()
    for sql in ("DELETE FROM events", "INSERT INTO documents DEFAULT VALUES", "ATTACH 'x.db' AS x", "VACUUM"):
        parameters = urllib.parse.urlencode({"sql": sql})
        assert site.get_error(f"/{DATABASE}.json?{parameters}")[0] == 400
    for page in (
        "",
        f"/{DATABASE}",
        f"/{DATABASE}/events",
        f"/{DATABASE}/events/-/insert",
        f"/{DATABASE}/deadliest-events",
    ):
        assert site.get_error(f"{page}?", data=b'{"rows": []}')[0] == 405
    assert count_events() == before
    assert site.get(f"/{DATABASE}.json", sql="SELECT 6 * 7 AS n", _shape="array") == [{"n": 42}]


def test_only_this_machine_can_connect(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=5):
        pass
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", site.port), timeout=5)


@pytest.mark.parametrize(("host", "status"), [
    ("localhost", 200), ("localhost:{port}", 200), ("127.0.0.1:{port}", 200), ("[::1]:{port}", 200), ("LOCALHOST:9000", 200),
    ("evil.example", 403), ("evil.example:{port}", 403), ("127.0.0.1.evil.example:{port}", 403), ("localhost@evil.example", 403),
    ("[::1", 403), ("", 403),
])  # fmt: skip
def test_a_request_to_a_name_of_another_machine_is_refused(site: Site, host: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    with contextlib.closing(connection):
        connection.putrequest("GET", f"/{DATABASE}/documents.json?_size=0", skip_host=True)
        connection.putheader("Host", host.format(port=site.port))
        connection.endheaders()
        response = connection.getresponse()
        text = response.read().decode()
    assert response.status == status, text
    if status == 403:
        assert text == "This site answers only to localhost, 127.0.0.1 and [::1].\n"


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_server_and_its_files_are_removed(tmp_path: Path, signal_number: signal.Signals) -> None:
    with serve_site(tmp_path) as site:
        assert [path.is_dir() for path in tmp_path.iterdir()] == [True]
        open_connection = socket.create_connection(("127.0.0.1", site.port))
        assert "Mali War" in site.get("/")
        assert site.stop(signal_number) == (0, "Press Ctrl-C to stop.\n")
        open_connection.close()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_server_that_was_killed_is_removed_at_the_next_start(tmp_path: Path) -> None:
    with serve_site(tmp_path) as killed:
        [abandoned] = tmp_path.iterdir()
        killed.process.kill()
        killed.process.wait()
    ended = killed.process.pid
    foreign_folders = [f"mali-serve-{os.getpid()}-running", "mali-serve-me", f"other-{ended}-x", f"mali-{ended}-x"]
    for name in foreign_folders:
        (tmp_path / name).mkdir()
    (tmp_path / f"mali-serve-{ended}-file").touch()
    (tmp_path / f"mali-serve-{ended}-link").symlink_to(foreign_folders[0])
    kept = {path.name for path in tmp_path.iterdir()} - {abandoned.name}
    with serve_site(tmp_path) as site, serve_site(tmp_path) as other:  # of two that run, both keep their folders
        assert len(list(tmp_path.iterdir())) == len(kept) + 2
        assert "Mali War" in site.get("/")
        assert "Mali War" in other.get("/")
        assert site.stop() == other.stop() == (0, "Press Ctrl-C to stop.\n")
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_the_folder_of_another_user_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    folder = tmp_path / f"{server.FOLDER_PREFIX}{process.pid}-x"
    folder.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    server._remove_abandoned_folders(tmp_path)
    assert folder.exists()
    monkeypatch.undo()
    server._remove_abandoned_folders(tmp_path)
    assert not folder.exists()


def test_a_server_under_nohup_goes_on_after_sighup(tmp_path: Path) -> None:
    handler = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with serve_site(tmp_path, "--quiet") as site:
            site.process.send_signal(signal.SIGHUP)
            assert "Mali War" in site.get("/")
            assert site.stop() == (0, "")
    finally:
        signal.signal(signal.SIGHUP, handler)


def test_the_browser_is_opened_at_the_address(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/incomplete && mv {tmp_path}/incomplete {tmp_path}/opened\n')
    browser.chmod(0o755)
    with serve_site(tmp_path / "t", "--open", env={"BROWSER": f"{browser} %s"}) as site:
        deadline = time.monotonic() + 20
        while not (tmp_path / "opened").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (tmp_path / "opened").read_text() == f"{site.address}/\n"


def test_other_installed_plugins_of_datasette_are_not_used(tmp_path: Path) -> None:
    package = tmp_path / "datasette_other-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: datasette-other\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[datasette]\nother = datasette_other\n")
    (tmp_path / "datasette_other.py").write_text(
        "from datasette import hookimpl\n@hookimpl\ndef extra_body_script():\n    return 'other()'\n"
    )
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    with serve_site(tmp_path / "t", env={"PYTHONPATH": os.pathsep.join(paths)}) as site:
        assert "other()" not in site.get("/")
        installed = {each["name"] for each in site.get("/-/plugins.json")}
        assert installed == {*server.PLUGINS, "mali_cli.site.plugin"}


def test_a_server_started_with_sigint_ignored_can_be_stopped_at_once(tmp_path: Path) -> None:
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for programs in the background
    try:
        with serve_site(tmp_path, "--quiet") as site:
            assert site.stop() == (0, "")
    finally:
        signal.signal(signal.SIGINT, handler)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_interrupted_while_it_starts_it_leaves_no_files(tmp_path: Path, number: signal.Signals, status: int) -> None:
    file = tmp_path / "long.csv"
    header, *lines = INVENTED.read_bytes().splitlines(keepends=True)
    file.write_bytes(header + b"".join(line.replace(b"MLI", b"MLI%d" % i) for i in range(2000) for line in lines))
    temporary = tmp_path / "t"
    temporary.mkdir()
    process = subprocess.Popen(
        [MALI, "serve", "--port", "0", "--data", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    while not list(temporary.glob("mali-*/*")) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == status
    assert list(temporary.iterdir()) == []


def test_if_the_port_is_in_use_the_next_free_one_is_used_and_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with serve_site(tmp_path, "--port", str(port)) as site:
            assert site.port != port
            assert "Mali War" in site.get("/")
            status, stderr = site.stop()
    assert status == 0
    assert stderr == f"Port {port} is in use; using {site.port} instead.\nPress Ctrl-C to stop.\n"


@pytest.mark.parametrize(("arguments", "status", "message"), [
    (["--port", "abc"], 2, "--port takes a number from 0 (any free port) to 65535, not 'abc'."),
    (["--port", "65536"], 2, "--port takes a number from 0 (any free port) to 65535, not '65536'."),
    (["--port", "-1"], 2, "--port takes a number from 0 (any free port) to 65535, not '-1'."),
    (["--data", "nowhere"], 1, "there is no nowhere; --data takes a folder with tables such as events.csv, or files of ACLED, UCDP, the UN, GTD or GDELT."),
])  # fmt: skip
def test_an_error_is_one_line(
    mali: Callable[..., subprocess.CompletedProcess[str]],
    arguments: list[str],
    status: int,
    message: str,
    tmp_path: Path,
) -> None:
    done = mali("serve", *arguments, env={"TMPDIR": str(tmp_path)})
    assert (done.returncode, done.stdout, done.stderr) == (status, "", f"mali: {message}\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["datasette", "datasette_cluster_map"])
def test_if_the_extra_is_missing_the_error_says_what_to_install(missing: str) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; sys.argv[1:] = ['serve']; from mali_cli.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"mali: the site needs Datasette; to install it: {install_command('site')}\n"
