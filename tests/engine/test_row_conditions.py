"""--where: conditions on the columns of a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.engine.row_conditions import parse_conditions
from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.storage.convert import convert
from tests.support.tables import dataset

TABLES: dict[str, list[dict[str, Any]]] = {
    "groups": [
        {"group": "Army", "founded": "2012"},
        {"group": "MNLA", "founded": "2011-10"},
        {"group": "Rebels"},
    ],
    "places": [{"place": "Gao"}, {"place": "Ménaka"}],
    "events": [
        {"event_id": "e1", "place": "Gao", "date_start": "2012-03-22", "side_a": "Army;MNLA"},
        {"event_id": "e2", "place": "Ménaka", "date_start": "2012-04-01", "side_a": "Army"},
        {"event_id": "e3", "date_start": "2013-04-01"},
    ],
    "casualties": [
        {"event_id": "e1", "n": 3, "group": "Army"},
        {"event_id": "e1", "n": 5, "group": "MNLA", "open": "true"},
        {"event_id": "e2", "n": 12, "group": "Army"},
        {"event_id": "e3", "wording": "some"},
    ],
}


@pytest.fixture(scope="module", params=["csv", "parquet"])
def war(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("war")
    data = dataset(folder / "tables", **TABLES)
    if request.param == "csv":
        return data
    convert(data.backend, folder / "converted", "parquet")
    return load(folder / "converted")


@pytest.mark.parametrize(
    ("condition", "events"),
    [
        ("killed_best > 8", "e2"),
        ("killed_best>=8", "e1 e2"),
        ("KILLED_BEST = 8.0", "e1"),
        ("killed_best != 8", "e2"),  # a blank is not another number
        ("killed_best < 8", ""),
        ("date_start = 2012", "e1 e2"),
        ("date_start > 2012-03", "e2 e3"),
        ("date_start <= 2012-03", "e1"),
        ("date_start < 2012-03-22", ""),
        ("date_start != 2012-03-22", "e2 e3"),
        ("place = menaka", "e2"),
        ("place != Gao", "e2"),
        ("place = 'Gao'", "e1"),
        ("side_a = MNLA", "e1"),
        ("side_a = Army;MNLA", "e1"),
        ("side_a != MNLA", "e2"),
        (["killed_best > 5", "place = Gao"], "e1"),
        ([], "e1 e2 e3"),
    ],
    ids=str,
)
def test_rows_that_fulfil_the_conditions_are_kept(war: Dataset, condition: str | list[str], events: str) -> None:
    assert war.events(condition=condition)["event_id"].tolist() == events.split()
    assert war.events(condition=condition, columns="event_id")["event_id"].tolist() == events.split()


def test_conditions_apply_to_sums_counts_and_every_list(war: Dataset) -> None:
    assert war.casualties(by="group", condition="killed_best > 5")["group"].tolist() == ["Army"]
    assert war.casualties(by="group", condition="open = true")["group"].tolist() == ["MNLA"]
    assert war.events(by="year", condition="events > 1")["year"].tolist() == ["2012"]
    assert war.events(by="year", condition="year >= 2013")["year"].tolist() == ["2013"]
    assert war.casualties(condition="high > 4")["high"].tolist() == [5, 12]
    assert war.groups(condition="founded < 2012")["group"].tolist() == ["MNLA"]
    assert war.groups(condition="founded >= 2011-10")["group"].tolist() == ["Army", "MNLA"]
    assert war.groups(condition="founded > 2012-01").empty  # some time in 2012 is not certainly later
    for query in ("places", "people", "relations", "strengths", "control", "sources"):
        [text_column] = [c.name for c in war.answer(query).columns if c.type == "string"][:1]
        assert war.answer(query, condition=f"{text_column} = nothing").frame.empty


def test_conditions_come_before_the_limit_and_are_counted_in_a_note(war: Dataset) -> None:
    result = war.answer("casualties", condition="high > 2", sort="-high", limit=1)
    assert result.frame["high"].tolist() == [12]
    assert (result.total_rows, result.notes) == (3, ("--where keeps 3 of 4 figures.",))
    sums = war.answer("casualties", by="group", condition="killed_best > 5")
    assert sums.notes[-1] == "--where keeps 1 of 3 rows, and the lines above are about all of them."
    assert war.answer("map", condition="events > 1").chart is None  # which would show all places


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("high", "--where takes COLUMN OP VALUE such as 'high > 4', where OP is =, !=, <, <=, > or >=; not 'high'."),
        (
            "high >",
            "--where takes COLUMN OP VALUE such as 'high > 4', where OP is =, !=, <, <=, > or >=; not 'high >'.",
        ),
        ("high > x", "--where 'high > x': high is a number, and 'x' is none."),
        ("high == 4", "--where 'high == 4': high is a number, and '= 4' is none."),
        ("high > nan", "--where 'high > nan': high is a number, and 'nan' is none."),
        ("group > x", "--where 'group > x': group is not a number or a date, so it takes only = and !=."),
        ("open > true", "--where 'open > true': open is not a number or a date, so it takes only = and !=."),
        ("open = maybe", "no value of open is called 'maybe'. Allowed: true or false."),
        ("date_end < x", "--where date_end takes a year, month or day such as 2012, 2012-06 or 2012-06-27, not 'x'."),
    ],
)
def test_what_is_no_condition_is_refused(condition: str, message: str) -> None:
    with pytest.raises(MaliError) as error:
        load().casualties(condition=condition)
    assert str(error.value) == message


def test_an_unknown_column_is_refused_with_the_nearest_and_all_others() -> None:
    columns = {column.name: column for column in schema.table("strengths").columns}
    with pytest.raises(
        MaliError, match=r"^no column of --where is called 'hgh'\. Did you mean high\? Allowed: group, "
    ):
        parse_conditions("hgh > 4", columns)


def test_a_picture_takes_no_conditions(mali: Any, tmp_path: Path) -> None:
    done = mali("map", "--where", "events > 4", "-o", str(tmp_path / "x.svg"))
    assert done.returncode == 2
    assert done.stderr == "mali: --where does not apply to a picture (.svg), which shows all rows.\n"
