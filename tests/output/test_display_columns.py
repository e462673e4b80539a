"""What a table says to people: dates, numbers, doubt and notes."""

from __future__ import annotations

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.output.cell_values import text_rows
from mali_cli.output.display_columns import DisplayColumn, display_columns
from mali_cli.results import QueryResult


def shown(query: str, **filters: object) -> dict[str, list[str]]:
    result = load().answer(query, **filters)  # type: ignore[arg-type]
    return {column.heading: [text.plain for text in column.cells] for column in display_columns(result)}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((148, 100, 148, False, False, None, False), "148 (100-148)"),
        ((100, 100, 100, True, False, None, False), "100+"),
        ((None, None, None, False, True, None, False), "?"),
        ((None, None, None, False, False, None, False), ""),
        ((0, 0, 0, False, False, None, False), "0"),
        ((2000, 1500, 2000, True, False, None, False), "2,000 (1,500-2,000+)"),
        ((3, 3, 3, False, False, 20, False), "3 (20 lost)"),
        ((None, None, None, False, False, 1200, False), "1,200 lost"),
        ((None, None, None, False, False, None, True), "? lost"),
    ],
)
def test_people_killed_are_one_figure(values: tuple[object, ...], text: str) -> None:
    result = load().answer("events", limit=1)
    names = ["killed_best", "killed_low", "killed_high"]
    frame = result.frame.assign(**dict(zip(names, values[:3], strict=True)))
    frame[names] = frame[names].astype("Int64")
    names = ["killed_open", "killed_unknown", "lost_best", "lost_unknown"]
    status = pd.DataFrame([values[3:]], columns=names)
    result = result._replace(frame=frame, load_display_columns=lambda rows: status)
    [killed] = [column for column in display_columns(result) if column.heading == "killed"]
    assert [cell.plain for cell in killed.cells] == [text]


def test_numbers_are_aligned_below_each_other() -> None:
    killed = shown("casualties", by="country")["killed"]
    assert len({text.index(text.strip()[-1]) for text in killed if text.strip().isdigit()}) == 1
    assert any("(" in text for text in killed)


def test_the_coup_of_2020_has_no_day_and_the_seizure_of_kidal_is_disputed() -> None:
    coups = shown("events", type="coup", on="2020")
    assert coups["when"]
    assert set(coups["when"]) <= {"2020", "2020-08"}
    [kidal] = shown("events", place="Kidal", on="2012-03-30", dates="certain")["what happened"]
    assert kidal.endswith("  disputed")


def test_a_holder_whose_beginning_is_not_stated_is_there_by_a_day() -> None:
    shrines = shown("control", place="Timbuktu", actor="Ansar Dine", since="2012-05", until="2012-05")
    assert shrines["since"] == ["by 2012-05-04", "by 2012-05-15"]
    kidal = shown("control", place="Kidal", actor="MNLA", since="2013-01-28", until="2014-12")
    assert "2013-01-28" in kidal["since"]
    assert "2014-08" in kidal["since"]  # from the end of Operation Serval on, which held it too


def test_only_doubt_is_marked() -> None:
    result = load().answer("events")
    [summaries] = [column for column in display_columns(result) if column.heading == "what happened"]
    marks = [
        text.plain[len(summary) :].strip()
        for text, summary in zip(summaries.cells, result.frame["summary"], strict=True)
    ]
    expected = ["" if basis == "reported" else basis for basis in result.frame["basis"]]
    assert marks == expected
    assert {"claimed", "suspected", "disputed", "denied"} >= set(marks) - {""}


def test_the_date_and_group_of_a_tally_stand_once_above_its_claimants() -> None:
    result = load().answer("casualties", place="Konna", harm="killed", victims="combatant")
    columns = {column.heading: column.cells for column in display_columns(result)}
    tallies = result.frame["tally"].to_list()
    repeated = [i for i in range(1, len(tallies)) if tallies[i] == tallies[i - 1]]
    assert repeated
    for i in repeated:
        assert not columns["when"][i]
        assert not columns["whose losses"][i]
    assert all(columns["according to"])


def test_people_lost_stand_beside_those_killed() -> None:
    assert shown("events", place="Akabar", on="2018-04-01")["killed"] == ["3+", "60 lost"]


def test_the_date_of_a_figure_is_as_precise_as_the_figure() -> None:
    assert "by 2013-01-19" in shown("casualties", place="Gao", on="2013-01-19", dates="certain")["when"]
    totals = shown("casualties", scope="total", group="MNLA", harm="killed")["when"]
    assert {"2013", "2012-06..11"} <= set(totals)  # in that year, at some time in these months


def test_notes_stand_below_their_rows_on_request() -> None:
    result = load().answer("events", place="Kidal", on="2012-03-30", dates="certain")
    with_note = _body(result, with_notes=True).cells[0].plain
    assert with_note.split("\n") == [_body(result).cells[0].plain, result.frame["note"][0]]


def _body(result: QueryResult, with_notes: bool = False) -> DisplayColumn:
    return next(column for column in display_columns(result, with_notes) if column.is_body)


def test_given_columns_have_their_names_and_values() -> None:
    columns = shown("events", columns="date_start,side_a,killed_best", place="Konna", limit=1)
    expected = load().answer("events", columns="date_start,side_a,killed_best", place="Konna", limit=1)
    [row] = text_rows(expected)
    assert columns == {name: [cell.replace(";", "; ")] for name, cell in zip(columns, row, strict=True)}
    assert list(columns) == ["date_start", "side_a", "killed_best"]


def test_a_blank_key_of_a_sum_says_what_it_is() -> None:
    assert shown("casualties", by="country")["country"][-1] == "not stated"


def test_relations_read_as_sentences() -> None:
    assert "Ansar Dine fought MNLA" in shown("relations", actor="MNLA", relation="fought")["relation"]
