"""Progress bars: the fraction that is shown, and when nothing is shown."""

from __future__ import annotations

import sys

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
