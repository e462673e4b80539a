"""The matches found in a file of invented records, against a key made by hand.

answer_key.csv has ACLED's columns and, first, `matches`: the event of ours that the record describes, blank for none.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from mali_cli.dataset import load
from tests.conftest import ROOT

ANSWER_KEY = Path(__file__).with_name("answer_key.csv")
LEAST = 0.95  # of precision and of recall


@pytest.fixture(scope="module")
def key() -> pd.DataFrame:
    return pd.read_csv(ANSWER_KEY, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return load().compare(ANSWER_KEY)


def pairs_of_key(key: pd.DataFrame) -> set[tuple[str, str]]:
    matched = key[key["matches"] != ""]
    return set(zip(matched["matches"], matched["event_id_cnty"], strict=True))


def pairs_found(found: pd.DataFrame) -> set[tuple[str, str]]:
    matched = found[found["match"].isin(["both", "more"])]
    return set(zip(matched["ours"], matched["theirs"], strict=True))


def test_precision_and_recall_are_what_the_page_says(key: pd.DataFrame, found: pd.DataFrame) -> None:
    wanted, given = pairs_of_key(key), pairs_found(found)
    right = len(wanted & given)
    precision, recall = right / len(given), right / len(wanted)
    assert min(precision, recall) >= LEAST, (sorted(given - wanted), sorted(wanted - given))
    page = " ".join((ROOT / "docs" / "compare.md").read_text(encoding="utf-8").split())
    stated = re.search(r"precision is (0\.\d\d) and the recall (0\.\d\d)", page)
    assert stated
    assert [float(number) for number in stated.groups()] == [
        pytest.approx(precision, abs=0.02),
        pytest.approx(recall, abs=0.02),
    ]


def test_the_key_is_large_and_its_records_are_invented(key: pd.DataFrame) -> None:
    assert key["notes"].str.startswith("Invented: ").all()
    assert key["event_id_cnty"].is_unique
    assert (key["matches"] != "").sum() >= 60
    assert (key["matches"] == "").sum() >= 40
    assert set(key["matches"]) - {""} <= set(load().events(dates="all")["event_id"])


# The pairs of this difficulty that an earlier version got wrong or missed, by the words of the record.
HARD_PAIRS = [
    ("2013-09-timbuktu-suicide-bombing", "Two bombers drove into the camp."),  # not the fight three days later
    ("2013-01-27-timbuktu-airport-captured", "Forces regained control of the airport."),  # a transfer and a battle
    ("2013-02-gao-police-station-air-attack", "A helicopter destroyed the police station."),
    ("2013-02-gao-police-station-battle", "Fighters who had crossed the river in canoes"),
    ("2013-01-26-gao-airport-seized", "French forces regained the airport"),
    ("2013-01-26-gao-recaptured", "Forces regained the whole city."),
    ("2012-02-01-menaka-captured", "The MNLA entered the town"),
    ("2012-03-14-dire-entered", "Rebels drove in unopposed"),
    ("2012-09-01-douentza-captured", "MUJAO surrounded the town"),
    ("2012-06-26-gao-protest", "A march over the murder of a councillor"),  # a riot and a protest
    ("2013-04-kidal-suicide-bombing-chadians", "A bomber killed soldiers at the market."),
    ("2012-06-26-battle-of-gao", "Heavy weapons were used"),  # one event, two records
    ("2012-06-26-battle-of-gao", "MUJAO drove out the last"),
    ("2017-06-18-bamako-resort-attack", "Gunmen stormed a resort"),  # by JNIM and/or Islamic State
    ("2022-03-08-tamalat-inchinane-attacks", "Posts were attacked and people massacred."),
]


@pytest.mark.parametrize(("ours", "words"), HARD_PAIRS)
def test_hard_pairs(key: pd.DataFrame, found: pd.DataFrame, ours: str, words: str) -> None:
    [theirs] = key.loc[key["notes"].str.startswith(f"Invented: {words}"), "event_id_cnty"]
    assert (ours, theirs) in pairs_found(found)


@pytest.mark.parametrize(
    "words",
    [
        "French troops moved to the north",  # ours of that day has the army on the other side
        "Three civilians were hit by stray bullets.",
        "An attack was foiled outside the city.",
        "A fight with a patrol north of the city.",
        "Troops secured villages",
    ],
)
def test_decoys_match_nothing(key: pd.DataFrame, found: pd.DataFrame, words: str) -> None:
    [theirs] = key.loc[key["notes"].str.startswith(f"Invented: {words}"), "event_id_cnty"]
    assert found.loc[found["theirs"] == theirs, "match"].tolist() == ["only theirs"]
