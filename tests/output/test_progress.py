"""Progress bars: the fraction that is shown, and when nothing is shown."""

from __future__ import annotations

import io
import re
import sys
import time

import pytest

from mali_cli.output.progress import Progress, progress


def test_the_reported_fraction_takes_precedence_over_the_polled_one() -> None:
    report = Progress(lambda: 0.25)
    assert report.fraction == 0.25
    report("reading", 0.5)
    assert (report.description, report.fraction) == ("reading", 0.5)
    report("writing")
    assert (report.description, report.fraction) == ("writing", 0.25)
    report("writing", 1.5)
    assert report.fraction == 1


def test_work_of_unknown_length_has_no_fraction() -> None:
    assert Progress().fraction is None


@pytest.mark.parametrize("quiet", [True, False])
def test_nothing_is_written_if_stderr_is_no_terminal(quiet: bool, capfd: pytest.CaptureFixture[str]) -> None:
    with progress(quiet) as report:
        report("reading", 0.5)
    assert capfd.readouterr() == ("", "")


def test_a_closed_stderr_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with progress() as report:
        report("reading", 0.5)


def test_the_bar_shows_a_percentage_only_while_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("mali_cli.output.progress.DELAY_SECONDS", 0.001)
    monkeypatch.setattr("mali_cli.output.progress.INTERVAL_SECONDS", 0.01)

    def drawn() -> list[str]:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()).split("\r")

    with progress() as report:
        for step, fraction in (("reading", None), ("counting", 0.5), ("writing", None)):
            report(step, fraction)
            deadline = time.monotonic() + 10
            while not any(f"{step} 0:" in line for line in drawn()):
                assert time.monotonic() < deadline
                time.sleep(0.01)
    assert all("50% counting" in line for line in drawn() if "counting" in line)
    assert not any("%" in line for line in drawn() if "reading" in line or "writing" in line)
