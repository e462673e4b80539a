"""--text: whole words with plural and possessive, prefixes with *, phrases, and the columns that are searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import Dataset, load
from mali_cli.errors import MaliError
from mali_cli.queries.text_search import text_mask
from mali_cli.storage.convert import convert
from tests.support.tables import dataset

FORMS = "Coup coups coup's coups' couple couped"


@pytest.mark.parametrize(
    ("text", "cell", "found"),
    [
        *[("coup", cell, cell not in ("couple", "couped")) for cell in FORMS.split()],
        *[("coup*", cell, True) for cell in FORMS.split()],
        ("unite", "the United Nations unite", True),
        ("unite", "the United Nations", False),
        ("march", "they marched; marches", True),
        ("march", "it marched", False),
        ("attacks", "an attack", False),
        ("menaka", "at Ménaka’s gate", True),
        ("MENAKA’S", "at Menaka's gate", True),
        ("coup", "(coup)", True),
        ("up", "coup", False),
        ("independen*", "independent as Azawad", True),
        ("independence", "independent", False),
        ("independence azawad", "Azawad claims independence", True),
        ("independence azawad", "Azawad claims nothing", False),
        ('"46 bodies"', "46  bodies", True),
        ('"46 bodies"', "46 - bodies", True),
        ('"46 bodies"', "146 bodies", False),
        ('"46 bodies"', "bodies: 46", False),
        ('"french sold*"', "French soldiers", True),
        ("“46 bodies” found", "found 46 bodies", True),
        ('"french soldier" gao', "French soldiers near Gao", True),
        ('"french soldier" gao', "soldiers French near Gao", False),
        ("a.c", "abc", False),
        ("[x", "see [x]", True),
        ("coup", None, False),
    ],
)
def test_words(text: str, cell: str | None, found: bool) -> None:
    table = pd.DataFrame({"note": pd.Series([cell], dtype=object)})
    assert text_mask(table, ("note",), (text,)).tolist() == [found]


def test_words_may_be_in_any_column_but_a_phrase_is_in_one() -> None:
    table = pd.DataFrame({"summary": ["46", "46 bodies"], "note": ["bodies", None]}, dtype=object)
    assert text_mask(table, ("summary", "note"), ("46 bodies",)).tolist() == [True, True]
    assert text_mask(table, ("summary", "note"), ('"46 bodies"',)).tolist() == [False, True]
    assert text_mask(table, ("summary",), ("bodies", "46")).tolist() == [True, True]  # one of them is enough


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("*", """`text` takes words such as coup, coup* or "46 bodies", not '*'."""),
        ("", """`text` takes words such as coup, coup* or "46 bodies", not ''."""),
        ('""', """`text` takes words such as coup, coup* or "46 bodies", not '""'."""),
        ('46 bodies"', """`text` has a quotation mark without its partner: '46 bodies"'."""),
    ],
)
def test_what_is_no_search_is_refused(text: str, message: str) -> None:
    with pytest.raises(MaliError) as error:
        load().events(text=text)
    assert str(error.value) == message


TABLES: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Army"}],
    "events": [
        {"event_id": "e1", "summary": "A coup.", "date_start": "2012-03-22"},
        {"event_id": "e2", "summary": "A couple.", "note": "Not a coup.", "date_start": "2012-03-23"},
        {"event_id": "e3", "summary": "A fight.", "date_start": "2012-03-24"},
    ],
    "casualties": [
        {"event_id": "e1", "n": 1},
        {"event_id": "e3", "wording": "46 bodies", "group": "Army"},
        {"event_id": "e3", "who": "plotters of the coup", "n": 3},
        {"event_id": "e3", "note": "By coup or by crook.", "n": 4},
        {"scope": "total", "wording": "dead of the coup", "date_start": "2012-01-01", "n": 9},
        {"scope": "total", "n": 7, "date_start": "2012-01-01"},
    ],
}


@pytest.fixture(params=["csv", "sqlite", "parquet"])
def war(request: pytest.FixtureRequest, tmp_path: Path) -> Dataset:
    data = dataset(tmp_path / "tables", **TABLES)
    if request.param == "csv":
        return data
    target = tmp_path / ("tables.db" if request.param == "sqlite" else "converted")
    convert(data.backend, target, request.param)
    return load(target)


def test_events_are_searched_in_summary_and_note(war: Dataset) -> None:
    assert war.events(text="coup")["event_id"].tolist() == ["e1", "e2"]
    assert war.events(text="coup", columns="event_id")["event_id"].tolist() == ["e1", "e2"]
    assert war.events(text="46 bodies").empty


def test_figures_are_searched_in_their_own_texts_and_in_those_of_their_event(war: Dataset) -> None:
    assert war.casualties(text="coup")["casualty_id"].tolist() == ["e1/1", "e3/3", "e3/4"]
    assert war.casualties(text="coup", scope="total")["casualty_id"].tolist() == ["total/5"]
    assert war.casualties(text='"46 bodies"')["casualty_id"].tolist() == ["e3/2"]
    assert war.casualties(text="fight", group="Army")["casualty_id"].tolist() == ["e3/2"]
    assert war.casualties(text="coup", type="Protests").empty
    assert war.casualties(text="coup", by="event")["killed_best"].dropna().tolist() == [7, 1]
