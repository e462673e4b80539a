"""`mali compare`: filters, messages and the examples of docs/compare.md."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mali_cli.dataset import load
from mali_cli.errors import DataError, MaliError
from tests.conftest import ROOT
from tests.support.matching import (
    DAY,
    FIGHT,
    GROUPS,
    PLACES,
    casualty_row,
    two_datasets,
)
from tests.support.tables import rows_of, write_dataset

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_filters_apply_to_both_sides(tmp_path: Path) -> None:
    ours = [{**FIGHT, "event_id": "gao"}, {**FIGHT, "event_id": "konna", "place": "Konna", "date_start": "2013-03-01"}]
    theirs = [{**row, "event_id": f"their-{row['event_id']}"} for row in ours]
    figures = {
        "casualties": [casualty_row("gao", 9)],
        "their_casualties": [casualty_row("their-gao", 2), casualty_row("their-konna", 9)],
    }
    left, right = two_datasets(tmp_path, ours, theirs, **figures)
    for filters in ({"place": "Gao"}, {"region": "Gao"}, {"near": "Gao:10"}, {"until": "2013-02"}, {"on": DAY}):
        assert rows_of(left.compare(right, **filters), "ours", "theirs") == [("gao", "their-gao")]
    assert len(left.compare(right, where="Mali", actor="MNLA", type="Battles", since="2013")) == 2
    assert rows_of(left.compare(right, min_killed=5), "match", "ours", "theirs") == [
        ("only ours", "gao", None), ("only theirs", None, "their-konna"),
    ]  # fmt: skip


def test_a_name_that_only_one_dataset_has_leaves_the_other_empty(tmp_path: Path) -> None:
    left, right = two_datasets(tmp_path, [FIGHT], [FIGHT], their_places=[{"place": "Kidal"}])
    answer = left.answer("compare", name=right, place="Kidal")
    assert answer.frame.empty
    assert answer.notes[0].startswith("No events in ours: no place is called 'Kidal'.")
    assert answer.notes[-1] == "0 of ours and 0 of theirs: 0 in both, 0 only ours, 0 only theirs."
    answer = right.answer("compare", name=left, place=["Kidal", "Gao"])
    assert rows_of(answer.frame, "match", "ours") == [("only ours", "one")]
    assert answer.notes[0].startswith("No events in theirs: no place is called 'Kidal'.")
    with pytest.raises(MaliError, match="no place is called 'Nowhere'"):
        left.compare(right, place="Nowhere")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--window soon", "--window takes whole days such as 3d or 5, at most 366, not 'soon'."),
        ("--window -1", "--window takes whole days such as 3d or 5, at most 366, not '-1'."),
        ("--window 1.5d", "--window takes whole days such as 3d or 5, at most 366, not '1.5d'."),
        ("--window 3km", "--window takes whole days such as 3d or 5, at most 366, not '3km'."),
        ("--window 367d", "--window takes whole days such as 3d or 5, at most 366, not '367d'."),
        ("--window ٣d", "--window takes whole days such as 3d or 5, at most 366, not '٣d'."),
        ("--window ''", "--window takes whole days such as 3d or 5, at most 366, not ''."),
        ("--within far", "--within takes kilometres such as 25km or 7.5, at most 20,000, not 'far'."),
        ("--within -5km", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '-5km'."),
        ("--within 5d", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '5d'."),
        ("--within nan", "--within takes kilometres such as 25km or 7.5, at most 20,000, not 'nan'."),
        ("--within 1e3", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '1e3'."),
        ("--within 99999", "--within takes kilometres such as 25km or 7.5, at most 20,000, not '99999'."),
        ("--actor Zyzzyva", "no group is called 'Zyzzyva'. `mali groups` lists all."),
        ("--from 2013 --to 2012", "--to 2012 is before --from 2013."),
    ],
)
def test_wrong_options_are_reported_in_one_line(mali: Run, tmp_path: Path, words: str, message: str) -> None:
    import shlex

    folder = write_dataset(tmp_path, events=[dict(FIGHT)], places=PLACES, groups=GROUPS)
    result = mali("compare", str(folder), *shlex.split(words))
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"mali: {message}\n")


def test_a_file_is_needed(mali: Run, tmp_path: Path) -> None:
    result = mali("compare")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "FILE" in result.stderr
    result = mali("compare", "")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    result = mali("compare", str(tmp_path / "none.csv"))
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    with pytest.raises(DataError):
        load().compare(tmp_path)  # a folder without tables


INVENTED = ROOT / "docs" / "compare" / "invented.csv"


def test_what_is_found_in_the_invented_file() -> None:
    found = load().compare(INVENTED, since="2012-06", until="2013-02")
    both = found[found["match"] == "both"]
    assert rows_of(both, "theirs", "ours", "rule") == [
        ("MLI9001", "2012-06-26-battle-of-gao", "same place, both sides"),
        ("MLI9002", "2012-06-26-gao-protest", "same place, both sides"),
        ("MLI9003", "2012-07-29-aguelhok-couple-stoned", "same place, both sides through part_of"),
        ("MLI9004", "2012-09-08-dogofry-preachers-executed", "nearby, both sides"),
        ("MLI9005", "2012-11-16-gao-offensive", "same place, both sides"),
        ("MLI9006", "2012-11-19-menaka-captured", "same place, both sides"),
        ("MLI9007", "2013-01-10-konna-captured", "same place, both sides"),
        ("MLI9008", "2013-01-11-konna-recaptured", "same place, both sides through part_of"),
        ("MLI9011", "2013-02-20-gao-second-attack", "same region, both sides through part_of"),
        ("MLI9012", "2013-02-22-in-khalil-bombing", "same place, both sides through part_of"),
    ]
    assert found.loc[found["match"] == "only theirs", "theirs"].tolist() == ["MLI9009", "MLI9010"]


def test_every_row_of_the_invented_file_says_that_it_is_invented() -> None:
    text = INVENTED.read_text(encoding="utf-8")
    assert text.count("INVENTED for docs/compare.md:") == text.count("\n") - 1 == 12


def test_command_and_library_say_the_same(mali: Run) -> None:
    from mali_cli.output import render_text

    result = mali("compare", str(INVENTED), "--from", "2013-01", "--to", "2013-02", "--window", "1d", "--within", "5km")
    answer = load().answer("compare", name=INVENTED, since="2013-01", until="2013-02", window=1, within=5.0)
    assert result.stdout == render_text(answer, "csv")
    assert result.stderr == "".join(f"{note}\n" for note in answer.notes)


HEADER = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,assoc_actor_1,actor2,assoc_actor_2,"
    "country,admin1,location,latitude,longitude,geo_precision,notes,fatalities\n"
)


def test_two_files_of_one_source_match_by_id_first(tmp_path: Path) -> None:
    row = "MLI{},{},1,Battles,Armed clash,Ansar Dine,,Civilians (Mali),,Mali,Gao,{},-0.04,1,Invented: a clash.,{}\n"
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(HEADER + row.format(1, "2013-02-05", "Gao,16.27", 2) + row.format(2, "2013-02-05", "Gao,16.27", 3))
    # The first record has another day and place now; the second has another id.
    new.write_text(
        HEADER + row.format(1, "2013-02-25", "Bourem,16.95", 2) + row.format(7, "2013-02-05", "Gao,16.27", 3)
    )
    found = load(old).compare(new)
    assert rows_of(found, "match", "ours", "theirs", "rule", "score", "days_apart", "differs") == [
        ("both", "MLI1", "MLI1", "same id", 1.0, 20, "date;place"),
        ("both", "MLI2", "MLI7", "same place, both sides", 1.0, 0, None),
    ]
