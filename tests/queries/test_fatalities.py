"""Every rule of sums, on small tables worked out by hand."""

from pathlib import Path

import pytest

from tests.support.tables import dataset, rows_of

KILLED = ("killed_low", "killed_best", "killed_high", "open")


def test_rival_claims_are_one_tally_with_the_best_of_the_first_rank(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2012-11-19-menaka"}],
        casualties=[
            {"event_id": "2012-11-19-menaka", "tally": "2012-11-19-menaka:MNLA:killed", "rank": 2, "low": 100, "best": 100,
             "open": "true", "wording": "more than 100"},
            {"event_id": "2012-11-19-menaka", "tally": "2012-11-19-menaka:MNLA:killed", "rank": 1, "n": 1},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="event"), "event", *KILLED) == [("2012-11-19-menaka", 1, 1, 100, True)]


def test_best_is_that_of_the_lowest_rank_left_after_filtering(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-ambush"}],
        casualties=[
            {"event_id": "2013-02-05-ambush", "tally": "2013-02-05-ambush:Chad:killed", "rank": 1, "n": 24,
             "according_to": "a general", "according_to_kind": "state"},
            {"event_id": "2013-02-05-ambush", "tally": "2013-02-05-ambush:Chad:killed", "rank": 2, "low": 20, "high": 30,
             "according_to": "AFP", "according_to_kind": "media", "wording": "20-30"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="event"), *KILLED) == [(20, 24, 30, False)]
    # A range without a best counts as its low.
    assert rows_of(war.casualties(by="event", independent=True), *KILLED) == [(20, 20, 30, False)]


def test_upper_bound_alone_counts_as_best_and_as_low(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-raid"}],
        casualties=[{"event_id": "2013-02-05-raid", "best": 30, "high": 30, "wording": "nearly 30"}],
    )
    assert rows_of(war.casualties(by="event"), *KILLED) == [(30, 30, 30, False)]


def test_open_is_open_only_if_the_highest_figure_is(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-one"}, {"event_id": "2013-02-06-two", "date_start": "2013-02-06"}],
        casualties=[
            {"event_id": "2013-02-05-one", "tally": "2013-02-05-one:all:killed", "rank": 1, "low": 12, "best": 12,
             "open": "true", "wording": "at least 12"},
            {"event_id": "2013-02-05-one", "tally": "2013-02-05-one:all:killed", "rank": 2, "n": 20},
            {"event_id": "2013-02-06-two", "low": 12, "best": 12, "open": "true", "wording": "12+"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="event"), "event", *KILLED) == [
        ("2013-02-05-one", 12, 12, 20, False),
        ("2013-02-06-two", 12, 12, 12, True),
    ]
    assert rows_of(war.casualties(by="year"), *KILLED) == [(24, 24, 32, True)]


def test_words_only_add_nothing_and_are_counted_as_unknown(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-one"}, {"event_id": "2013-02-06-two", "date_start": "2013-02-06"}],
        casualties=[
            {"event_id": "2013-02-05-one", "wording": "dozens"},
            {"event_id": "2013-02-06-two", "n": 3},
        ],
    )
    assert rows_of(war.casualties(by="year"), "events", *KILLED, "unknown") == [(2, 3, 3, 3, False, 1)]
    # Unknown is blank, never 0.
    by_event = war.casualties(by="event")
    assert rows_of(by_event, "event", "killed_best", "unknown") == [
        ("2013-02-06-two", 3, 0),
        ("2013-02-05-one", None, 1),
    ]
    assert rows_of(war.events(), "event_id", "killed_best") == [("2013-02-05-one", None), ("2013-02-06-two", 3)]


def test_said_to_be_none_is_zero(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-one"}],
        casualties=[{"event_id": "2013-02-05-one", "n": 0}],
    )
    assert rows_of(war.events(), "killed_low", "killed_best", "killed_high") == [(0, 0, 0)]


def test_part_is_not_added_again_and_in_a_split_the_rest_stays_with_the_whole(tmp_path: Path) -> None:
    """Five killed, among them three of the MNLA and two bombers of MUJAO; and six, among them one of the MNLA."""
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}, {"group": "MUJAO"}],
        events=[{"event_id": "2013-02-22-khalil"}, {"event_id": "2013-02-26-kidal"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "n": 5},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:all:killed", "group": "MNLA", "n": 3},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:all:killed", "group": "MUJAO", "n": 2},
            {"event_id": "2013-02-26-kidal", "tally": "2013-02-26-kidal:all:killed", "n": 6},
            {"event_id": "2013-02-26-kidal", "part_of": "2013-02-26-kidal:all:killed", "group": "MNLA", "n": 1},
        ],
    )
    assert rows_of(war.casualties(by="year"), "events", *KILLED) == [(2, 11, 11, 11, False)]
    assert rows_of(war.casualties(by="group"), "group", "events", "killed_best") == [
        ("MNLA", 2, 4),
        ("MUJAO", 1, 2),
        (None, 1, 5),
    ]
    # Asked for alone, a part counts as itself.
    assert rows_of(war.casualties(by="year", group="MNLA"), "killed_best") == [(4,)]


def test_part_of_an_open_whole_and_of_a_range(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "low": 10, "high": 14, "wording": "10-14"},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:all:killed", "group": "MNLA", "low": 3, "best": 3,
             "open": "true", "wording": "at least 3"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), *KILLED) == [(10, 10, 14, False)]
    assert rows_of(war.casualties(by="group"), "group", *KILLED) == [("MNLA", 3, 3, 3, True), (None, 7, 7, 11, False)]


def test_part_without_a_value_counts_under_the_value_of_its_whole(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:MNLA:killed", "group": "MNLA", "n": 9},
            {"event_id": "2013-02-22-khalil", "part_of": "2013-02-22-khalil:MNLA:killed", "who": "officers", "n": 4},
        ],
    )
    assert rows_of(war.casualties(by="group"), "group", "killed_best") == [("MNLA", 9)]


def test_part_in_words_is_unknown_only_where_it_stands_alone(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "n": 9},
            {
                "event_id": "2013-02-22-khalil",
                "part_of": "2013-02-22-khalil:all:killed",
                "group": "MNLA",
                "wording": "several",
            },
        ],
    )
    assert rows_of(war.casualties(by="year"), "killed_best", "unknown") == [(9, 0)]
    assert rows_of(war.casualties(by="group"), "group", "killed_best", "unknown") == [("MNLA", None, 1), (None, 9, 0)]


def test_parts_in_parts_count_once(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "A"}, {"group": "B"}],
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:all:killed", "n": 20},
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:A:killed", "part_of": "2013-02-22-khalil:all:killed",
             "group": "A", "n": 12},
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:B:killed", "part_of": "2013-02-22-khalil:A:killed",
             "group": "B", "n": 5},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), "killed_best") == [(20,)]
    assert rows_of(war.casualties(by="group"), "group", "killed_best") == [("A", 7), ("B", 5), (None, 8)]
    # The middle one left out by a filter: what it holds is still not added again.
    assert rows_of(war.casualties(by="year", group="B"), "killed_best") == [(5,)]


def test_tallies_in_a_ring_are_added_each_for_itself(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-22-khalil"}],
        casualties=[
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:a", "part_of": "2013-02-22-khalil:b", "n": 2},
            {"event_id": "2013-02-22-khalil", "tally": "2013-02-22-khalil:b", "part_of": "2013-02-22-khalil:a", "n": 3},
        ],
    )
    assert rows_of(war.casualties(by="year"), "killed_best") == [(5,)]


@pytest.mark.parametrize("status", ["revised", "denied"])
def test_only_current_figures_count(tmp_path: Path, status: str) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2023-09-30-dioura"}],
        casualties=[
            {
                "event_id": "2023-09-30-dioura",
                "tally": "2023-09-30-dioura:army:killed",
                "rank": 2,
                "n": 98,
                "status": status,
            },
            {"event_id": "2023-09-30-dioura", "tally": "2023-09-30-dioura:army:killed", "rank": 1, "n": 81},
        ],
    )
    assert rows_of(war.casualties(by="event"), *KILLED) == [(81, 81, 81, False)]
    assert len(war.casualties(disputed=True)) == 2


def test_losses_of_several_groups_stay_one_row(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "GATIA", "camp": "government"}, {"group": "MSA", "camp": "government"}, {"group": "MNLA", "camp": "separatist"}],
        events=[{"event_id": "2018-04-01-akabar"}],
        casualties=[
            {"event_id": "2018-04-01-akabar", "group": "MSA;GATIA", "n": 3},
            {"event_id": "2018-04-01-akabar", "group": "MSA;MNLA", "n": 4},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="group"), "group", "killed_best") == [("MSA;MNLA", 4), ("MSA;GATIA", 3)]
    assert rows_of(war.casualties(by="camp"), "camp", "killed_best") == [
        ("government;separatist", 4),
        ("government", 3),
    ]
    assert len(war.casualties(group="GATIA")) == 1


def test_nationality_known_for_some(tmp_path: Path) -> None:
    """Eight peacekeepers killed, among them five Chadians: five for Chad, three for nobody."""
    war = dataset(
        tmp_path,
        events=[{"event_id": "2014-09-18-mine"}],
        casualties=[
            {"event_id": "2014-09-18-mine", "tally": "2014-09-18-mine:MINUSMA:killed", "n": 8},
            {"event_id": "2014-09-18-mine", "part_of": "2014-09-18-mine:MINUSMA:killed", "country": "Chad", "n": 5},
        ],
    )
    assert rows_of(war.casualties(by="country"), "country", "killed_best", "events") == [("Chad", 5, 1), (None, 3, 1)]


def test_accident_and_illness_stand_apart(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2017-07-26-crash"}, {"event_id": "2020-05-30-illness", "date_start": "2020-05-30"}],
        casualties=[
            {"event_id": "2017-07-26-crash", "n": 2, "cause": "accident", "country": "Germany"},
            {"event_id": "2020-05-30-illness", "n": 1, "cause": "illness", "country": "Cambodia"},
            {"event_id": "2020-05-30-illness", "n": 4, "cause": "hostile", "country": "Cambodia"},
        ],
    )
    assert rows_of(war.casualties(by="country"), "country", "killed_best", "died_other") == [
        ("Cambodia", 4, 1),
        ("Germany", None, 2),
    ]
    assert war.events()["killed_best"].isna().tolist() == [True, False]


def test_one_tally_whose_givers_differ_on_the_cause(tmp_path: Path) -> None:
    """Media tell of 11 wounded in an ambush, the government of 11 hurt in a traffic accident."""
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-02-05-kidal"}],
        casualties=[
            {"event_id": "2013-02-05-kidal", "tally": "2013-02-05-kidal:Chad:wounded", "harm": "wounded", "n": 11, "rank": 1},
            {"event_id": "2013-02-05-kidal", "tally": "2013-02-05-kidal:Chad:wounded", "harm": "wounded", "n": 11, "rank": 2,
             "cause": "accident"},
        ],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), "wounded_best", "killed_best", "died_other") == [(11, None, None)]


def test_totals_stand_beside_events_and_are_not_mixed(tmp_path: Path) -> None:
    total = "total-chad"
    war = dataset(
        tmp_path,
        places=[{"place": "Kidal"}],
        events=[{"event_id": "2020-05-10-chad", "date_start": "2020-05-10", "place": "Kidal", "side_b": "Chad"}],
        groups=[{"group": "Chad", "kind": "state", "country": "Chad"}],
        casualties=[
            {"scope": "total", "date_start": "2013-01-01", "date_end": "2021-04-02", "tally": total, "country": "Chad", "n": 104},
            {"scope": "period", "date_start": "2013-01-01", "date_end": "2013-04-30", "part_of": total, "country": "Chad", "n": 38},
            {"event_id": "2020-05-10-chad", "part_of": total, "country": "Chad", "n": 3},
        ],
    )  # fmt: skip
    answer = war.answer("casualties", by="country")
    columns = ("country", "stated_killed", "stated_as_of", "events", "killed_best")
    [(country, stated, as_of, events, killed)] = rows_of(answer.frame, *columns)
    assert (country, stated, events, killed) == ("Chad", 104, 1, 3)
    assert f"{as_of:%Y-%m-%d}" == "2021-04-02"
    assert "Where totals are stated, events tell 3 of 104." in answer.notes
    # Asked for together, the parts are inside the total and the total is counted once.
    together = war.casualties(by="country", scope=["total", "period", "event"])
    assert rows_of(together, "stated_killed", "killed_best") == [(None, 104)]
    assert rows_of(war.casualties(by="country", scope=["period", "event"]), "killed_best") == [(41,)]
    # A total cannot be cut to a date, an actor or a place.
    for cut in ({"since": "2012"}, {"actor": "Chad"}, {"place": "Kidal"}):
        assert war.casualties(by="country", **cut)["stated_killed"].isna().all()


def test_totals_of_the_same_people_are_added_only_where_their_periods_do_not_overlap(tmp_path: Path) -> None:
    def total(first: str, last: str, n: int, **more: str) -> dict[str, object]:
        return {"scope": "total", "date_start": first, "date_end": last, "country": "Mali", "n": n, **more}

    war = dataset(
        tmp_path,
        casualties=[
            total("2012-01-17", "2012-02-16", 181),
            total("2013-01-01", "2021-03-17", 428),
            total("2013-01-01", "2015-12-31", 90),  # told earlier, of part of the same time
            total("2013-01-01", "2021-03-17", 7, country="Niger"),
        ],
    )
    assert rows_of(war.casualties(by="country"), "country", "stated_killed") == [("Mali", 609), ("Niger", 7)]


def test_stocks_are_never_added_the_latest_stands(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        casualties=[
            {"scope": "total", "date_start": "2012-04-03", "harm": "displaced", "n": 200000},
            {"scope": "total", "date_start": "2013-01-17", "harm": "displaced", "n": 230000},
            {"scope": "total", "date_start": "2013-01-17", "harm": "refugee", "n": 144000},
        ],
    )
    assert rows_of(war.casualties(by="country"), "displaced_latest", "refugee_latest") == [(230000, 144000)]


def test_outside_one_month_goes_to_the_blank_bin(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[
            {"event_id": "2013-01-31-siege", "date_start": "2013-01-31", "date_end": "2013-02-01"},
            {"event_id": "2013-02-02-raid", "date_start": "2013-02-02"},
        ],
        casualties=[{"event_id": "2013-01-31-siege", "n": 5}, {"event_id": "2013-02-02-raid", "n": 1}],
    )
    assert rows_of(war.casualties(by="month"), "month", "killed_best") == [("2013-02", 1), (None, 5)]
    assert rows_of(war.casualties(by="quarter"), "quarter", "killed_best") == [("2013-Q1", 6)]
    assert rows_of(war.casualties(by="year"), "year", "killed_best") == [("2013", 6)]


def test_violent_events_without_any_figure_are_not_stated(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        places=[{"place": "Gao", "region": "Gao"}],
        events=[
            {"event_id": "2013-02-05-silent", "place": "Gao"},
            {"event_id": "2013-02-05-words", "place": "Gao"},
            {"event_id": "2013-02-05-vote", "event_type": "Strategic developments", "sub_event_type": "Resolution"},
            {"event_id": "2013-02-05-march", "event_type": "Protests", "sub_event_type": "Peaceful protest"},
            {"event_id": "2013-02-05-shots", "event_type": "Protests", "sub_event_type": "Excessive force against protesters"},
        ],
        casualties=[{"event_id": "2013-02-05-words", "wording": "several"}],
    )  # fmt: skip
    assert rows_of(war.casualties(by="year"), "year", "not_stated", "unknown") == [("2013", 2, 1)]
    assert rows_of(war.casualties(by="region"), "region", "not_stated") == [("Gao", 1), (None, 1)]
    # By a key that only figures have they are told in the blank row; a filter on figures leaves them out.
    assert rows_of(war.casualties(by="country"), "country", "not_stated") == [(None, 2)]
    assert war.casualties(by="year", harm="killed")["not_stated"].isna().all()


def test_by_actor_rows_overlap_and_say_so(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}, {"group": "MUJAO"}],
        events=[{"event_id": "2012-11-16-gao", "side_a": "MNLA", "side_b": "MUJAO", "date_start": "2012-11-16"}],
        casualties=[
            {"event_id": "2012-11-16-gao", "group": "MNLA", "n": 12},
            {"event_id": "2012-11-16-gao", "group": "MUJAO", "n": 1},
        ],
    )
    answer = war.answer("casualties", by="actor")
    assert rows_of(answer.frame, "actor", "killed_best") == [("MNLA", 13), ("MUJAO", 13)]
    assert any("Rows overlap" in note for note in answer.notes)


def test_by_giver_each_source_has_its_own_figures(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        documents=[{"document": "paper"}, {"document": "other"}],
        events=[{"event_id": "2012-11-16-gao"}],
        casualties=[
            {"event_id": "2012-11-16-gao", "tally": "2012-11-16-gao:MNLA", "rank": 1, "n": 12, "according_to": "army",
             "sources": "paper;other"},
            {"event_id": "2012-11-16-gao", "tally": "2012-11-16-gao:MNLA", "rank": 2, "n": 9, "according_to": "MNLA"},
        ],
    )  # fmt: skip
    answer = war.answer("casualties", by="according-to")
    assert rows_of(answer.frame, "according_to", *KILLED) == [("army", 12, 12, 12, False), ("MNLA", 9, 9, 9, False)]
    assert any("do not add up" in note for note in answer.notes)
    assert rows_of(war.casualties(by="document"), "document", *KILLED) == [
        ("other", 12, 12, 12, False),
        ("paper", 9, 12, 12, False),
    ]


def test_harms_are_never_added_to_each_other(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": "2018-04-01-akabar"}],
        casualties=[
            {"event_id": "2018-04-01-akabar", "harm": harm, "n": n}
            for harm, n in (("killed", 1), ("wounded", 2), ("captured", 4), ("lost", 60), ("hostage", 8))
        ],
    )
    row = war.casualties(by="year").iloc[0]
    assert [row[f"{harm}_best"] for harm in ("killed", "wounded", "captured", "lost", "hostage")] == [1, 2, 4, 60, 8]
    by_harm = war.casualties(by="harm").set_index("harm")
    assert by_harm.loc["wounded", "wounded_best"] == 2
    assert by_harm["killed_best"].notna().sum() == 1


@pytest.mark.parametrize(
    ("figures", "disputed"),
    [
        ([{"n": 13}, {"n": 9}], True),
        ([{"n": 13}, {"low": 10, "high": 20, "wording": "10-20"}], False),
        ([{"n": 13}, {"low": 12, "best": 12, "open": "true", "wording": "at least 12"}], False),
        ([{"n": 13}, {"low": 20, "best": 20, "open": "true", "wording": "over 20"}], True),
        ([{"n": 13}, {"wording": "dozens"}], False),
        ([{"low": 1, "high": 5, "wording": "1-5"}, {"low": 5, "high": 9, "wording": "5-9"}, {"n": 9}], True),
        ([{"n": 13}], False),
        ([{"n": 13, "status": "denied"}], True),
    ],
)
def test_disputed_are_claims_that_exclude_each_other(
    tmp_path: Path, figures: list[dict[str, object]], disputed: bool
) -> None:
    event = "2012-11-16-gao"
    rows = [{"event_id": event, "tally": f"{event}:MNLA", "rank": rank, **f} for rank, f in enumerate(figures, 1)]
    war = dataset(tmp_path, events=[{"event_id": event}], casualties=rows)
    assert len(war.casualties(disputed=True)) == (len(figures) if disputed else 0)


def test_the_honest_line_says_what_the_sum_rests_on(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": f"2013-02-0{day}-fight", "date_start": f"2013-02-0{day}"} for day in range(1, 6)],
        casualties=[
            {"event_id": "2013-02-01-fight", "low": 1000, "best": 1200, "high": 1800, "wording": "about 1,200"},
            {"event_id": "2013-02-02-fight", "low": 4, "best": 4, "open": "true", "wording": "at least 4",
             "according_to": "MNLA", "according_to_kind": "party"},
            {"event_id": "2013-02-03-fight", "wording": "some"},
        ],
    )  # fmt: skip
    notes = war.answer("casualties", by="year").notes
    assert notes[0] == (
        "1,204 killed (1,004-1,804+) in 2 events; 2 events without a figure; 1 told in words only; "
        "1 rests on one belligerent's word"
    )
    assert notes[1] == "Events told per year: 2013 5. Silence in a document is not peace."


def test_the_toll_of_an_event_does_not_depend_on_what_else_was_asked_for(tmp_path: Path) -> None:
    """A leader's death, reported two days later, is part of the toll of the fight: each event tells its own."""
    war = dataset(
        tmp_path,
        events=[{"event_id": "2013-01-11-konna", "date_start": "2013-01-11"}, {"event_id": "2013-01-13-leader", "date_start": "2013-01-13"}],
        casualties=[
            {"event_id": "2013-01-11-konna", "tally": "2013-01-11-konna:all", "n": 148},
            {"event_id": "2013-01-11-konna", "tally": "2013-01-11-konna:Islamists", "part_of": "2013-01-11-konna:all", "n": 46},
            {"event_id": "2013-01-13-leader", "part_of": "2013-01-11-konna:Islamists", "n": 1},
        ],
    )  # fmt: skip
    assert war.events()["killed_best"].tolist() == [148, 1]
    assert war.events(until="2013-01-12")["killed_best"].tolist() == [148]
    assert rows_of(war.casualties(by="year"), "killed_best") == [(148,)]


def test_at_least_and_at_most(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        events=[{"event_id": f"2013-02-0{n}-e", "date_start": f"2013-02-0{n}"} for n in range(1, 5)],
        casualties=[{"event_id": f"2013-02-0{n}-e", "n": n} for n in range(1, 4)],
    )
    answer = war.answer("events", min_killed=2, max_killed="2")
    assert answer.frame["event_id"].tolist() == ["2013-02-02-e"]
    assert answer.notes == ("Left out: 1 event without a figure of people killed.",)


def test_rival_claims_of_different_periods_stand_together(tmp_path: Path) -> None:
    def total(tally: str, first: str, rank: int) -> dict[str, object]:
        return {
            "scope": "total",
            "tally": tally,
            "date_start": first,
            "date_end": "2024-01-01",
            "rank": rank,
            "n": rank,
        }

    war = dataset(
        tmp_path, casualties=[total("b", "2015-01-01", 2), total("a", "2014-01-01", 1), total("b", "2012-01-01", 1)]
    )
    assert rows_of(war.casualties(), "tally", "rank") == [("b", 1), ("b", 2), ("a", 1)]


def test_no_figures_at_all(tmp_path: Path) -> None:
    war = dataset(tmp_path, events=[{"event_id": "2013-02-05-silent"}])
    assert war.casualties(by="country")["not_stated"].tolist() == [1]
    assert war.casualties(by="country", harm="killed").empty
    assert war.casualties(disputed=True).empty
    assert war.events()["killed_best"].isna().all()


def test_a_part_told_by_a_best_figure_alone_leaves_the_bounds_of_the_whole(tmp_path: Path) -> None:
    """UCDP says low, best and high of the whole, and best figures of its parts: 2 to 9, probably 5, of them 5 of A."""
    whole = {"event_id": "2012-one", "tally": "2012-one:killed", "low": 2, "best": 5, "high": 9}
    part = {"event_id": "2012-one", "tally": "2012-one:a", "part_of": "2012-one:killed", "best": 5, "group": "A"}
    war = dataset(
        tmp_path,
        events=[{"event_id": "2012-one", "date_start": "2012-01-01"}],
        groups=[{"group": "A"}],
        casualties=[whole, part],
    )
    bounds = ("killed_low", "killed_best", "killed_high")
    assert rows_of(war.casualties(by="year"), *bounds) == [(2, 5, 9)]
    assert rows_of(war.events(), *bounds) == [(2, 5, 9)]
    # Split by a key that only the part has, it counts by its best; what is left of the whole has no name.
    assert rows_of(war.casualties(by="group"), "group", *bounds) == [("A", 5, 5, 5), (None, 0, 0, 4)]
