"""Alliances, lineage and membership of groups over time."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mali_cli.dataset import Dataset, load
from mali_cli.output import lineage_text
from tests.support.tables import dataset, rows_of

Run = Callable[..., subprocess.CompletedProcess[str]]
OURS = load()


def relation(group: str, kind: str, other: str, start: str = "", end: str = "", **more: str) -> dict[str, Any]:
    return {"group": group, "relation": kind, "other": other, "date_start": start, "date_end": end, **more}


def war(folder: Path, *relations: dict[str, Any], **more: list[dict[str, Any]]) -> Dataset:
    names = {name for row in relations for name in (row["group"], row["other"])}
    groups = more.pop("groups", []) or [{"group": name} for name in sorted(names)]
    return dataset(folder, relations=list(relations), groups=groups, **more)


def test_allies_and_enemies_at_a_time(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        relation("MNLA", "ally-of", "Ansar Dine", "2012-01", "2012-06"),
        relation("MUJAO", "ally-of", "MNLA", "2012", "2012-06-26"),
        relation("MNLA", "fought", "MUJAO", "2012-06-26"),
        relation("MNLA", "ally-of", "France", "2013-01"),
        relation("MNLA", "ally-of", "Saints", "2012", basis="denied"),
    )

    def allies(day: str) -> list[str]:
        return list(data.groups(allied_with="MNLA", on=day)["group"])

    assert allies("2012-05-01") == ["Ansar Dine", "MUJAO"]
    assert allies("2012-06-26") == ["Ansar Dine", "MUJAO"]
    assert allies("2012-06-27") == ["Ansar Dine"]  # some day in June
    assert allies("2012-11") == []
    assert allies("2020") == ["France"]  # no end is stated
    assert list(data.groups(at_war_with="MUJAO")["group"]) == ["MNLA"]
    assert list(data.groups(allied_with="MNLA", at_war_with="MNLA")["group"]) == ["MUJAO"]
    assert data.groups(allied_with="France", on="2012").empty
    open_ = data.relations(actor="MNLA", on="2020")
    assert set(rows_of(open_, "relation", "other", "basis", "ending")) == {
        ("ally-of", "France", "reported", "end not stated"),
        ("ally-of", "Saints", "denied", "end not stated"),
        ("fought", "MUJAO", "reported", "end not stated"),
    }


def test_allies_of_a_time_are_stated_or_only_reported(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        relation("A", "ally-of", "Stated", "2012", "2014"),
        relation("A", "ally-of", "Begun", "2012", last_reported="2013"),
        relation("Reported", "ally-of", "A", first_reported="2012", last_reported="2013"),
        relation("A", "fought", "Stated", "2012"),
        relation("A", "ally-of", "Undated"),
    )

    def notes(**filters: str) -> tuple[str, ...]:
        return data.answer("groups", **filters).notes

    stated = "With a stated beginning and end: Stated."
    reported = "Without a stated beginning or end: "
    assert notes(allied_with="A", on="2013") == (stated, f"{reported}Begun, Reported, Undated.")
    assert notes(allied_with="A", on="2014") == (stated, f"{reported}Undated.")
    assert notes(allied_with="A", at_war_with="A", on="2013") == (f"{reported}Stated.",)
    assert notes(allied_with="A") == notes(on="2013") == ()


def test_members_are_those_of_the_time_of_the_event(tmp_path: Path) -> None:
    data = war(
        tmp_path,
        relation("MNLA", "member-of", "CMA", "2014", "2023-02-09"),
        relation("HCUA", "member-of", "CMA"),
        groups=[{"group": "CMA"}, {"group": "MNLA"}, {"group": "HCUA"}, {"group": "HCUA wing", "part_of": "HCUA"}],
        events=[
            {"event_id": "2012-01-01-mnla", "date_start": "2012-01-01", "side_a": "MNLA"},
            {"event_id": "2015-01-01-mnla", "date_start": "2015-01-01", "side_a": "MNLA"},
            {"event_id": "2016-01-01-wing", "date_start": "2016-01-01", "side_a": "HCUA wing"},
            {"event_id": "2017-01-01-cma", "date_start": "2017-01-01", "side_a": "CMA"},
            {"event_id": "2024-01-01-mnla", "date_start": "2024-01-01", "side_a": "MNLA"},
        ],
        casualties=[{"event_id": "2015-01-01-mnla", "n": 3}, {"event_id": "2024-01-01-mnla", "n": 5}],
    )
    assert data.events(actor="CMA")["event_id"].tolist() == ["2017-01-01-cma"]
    answer = data.answer("events", actor="CMA", members=True)
    assert answer.frame["event_id"].tolist() == ["2015-01-01-mnla", "2016-01-01-wing", "2017-01-01-cma"]
    assert answer.notes == ("No start date for HCUA; all their events are included.",)
    assert set(data.groups(actor="CMA", members=True)["group"]) == {"CMA", "MNLA", "HCUA", "HCUA wing"}
    assert set(data.groups(actor="CMA", members=True, on="2024")["group"]) == {"CMA", "HCUA", "HCUA wing"}
    assert data.casualties(actor="CMA", members=True)["event_id"].tolist() == ["2015-01-01-mnla"]
    # The other way round: what the coalition did is not the member's, but a note says so.
    assert data.answer("events", actor="MNLA").notes == (
        "CMA, to which MNLA belonged, has 1 further event (--actor CMA).",
    )
    assert data.answer("events", actor="MNLA", until="2012").notes == ()


def render_lineage(data: Dataset, group: str, format: str) -> str:
    result = data.answer("lineage", name=group)
    return lineage_text.render(result.lineage_of, result.frame, format)


def test_lineage_goes_back_and_forward_in_order_of_time(tmp_path: Path) -> None:
    """B left A in 2012 and merged into C in 2013, which joined A in 2015: C's predecessors are not A's later ones."""
    data = war(
        tmp_path,
        relation("B", "split-from", "A", "2012"),
        relation("B", "merged-into", "C", "2013-08"),
        relation("C", "merged-into", "A", "2015-12"),
        relation("D", "split-from", "A", "2014"),
        relation("E", "split-from", "C", first_reported="2016", basis="disputed"),
        relation("A", "successor-of", "Z"),
    )
    assert rows_of(data.lineage("C"), "level", "group", "relation", "other", "dating") == [
        (-1, "B", "merged-into", "C", "stated"),
        (-2, "B", "split-from", "A", "stated"),
        (-3, "A", "successor-of", "Z", None),
        (1, "C", "merged-into", "A", "stated"),
        (1, "E", "split-from", "C", "first reported"),
    ]
    assert render_lineage(data, "C", "tree") == (
        "C\ncame from\n└─ B merged into it (2013-08)\n   └─ split from A (2012)\n      └─ succeeded Z (date not stated)\n"
        "became\n├─ merged into A (2015-12)\n└─ E split off (first reported 2016, disputed)\n"
    )
    mermaid = render_lineage(data, "E", "mermaid")
    assert mermaid.startswith('flowchart TD\n    g0["E"]\n')
    assert '-->|"split, first reported 2016"| g0' in mermaid
    assert '-->|"merged 2013-08"|' in mermaid


def test_a_cycle_is_reported_and_does_not_hang(tmp_path: Path) -> None:
    from mali_cli.storage.csv_tables import CsvBackend
    from mali_cli.validation import validate

    data = war(tmp_path, relation("A", "split-from", "B"), relation("B", "split-from", "A"))
    assert rows_of(data.lineage("A"), "level", "group", "other") == [
        (-1, "A", "B"),
        (-2, "B", "A"),
        (1, "B", "A"),
        (2, "A", "B"),
    ]
    assert [violation.rule for violation in validate(CsvBackend(tmp_path))] == [
        "cyclic lineage: A descends from itself.",
        "cyclic lineage: B descends from itself.",
    ]


def test_a_group_without_lineage_has_a_message(mali: Run) -> None:
    result = mali("lineage", "World Bank")
    assert (result.returncode, result.stdout.count("\n")) == (0, 1)
    command, number = 'mali relations --actor "World Bank"', len(OURS.relations(actor="World Bank"))
    assert number
    assert result.stderr == (
        "No split, merger or successor of World Bank is recorded. "
        f"`{command}` lists its {number} other relation{'s' * (number > 1)}.\n"
    )
    listed = mali(*shlex.split(command)[1:])
    assert listed.stdout.count("\n") == number + 1


def test_a_group_without_lineage_and_without_relations_has_no_hint(tmp_path: Path) -> None:
    data = war(tmp_path, relation("A", "fought", "B"), relation("B", "fought", "C"), relation("C", "split-from", "D"))
    message = "No split, merger or successor of B is recorded. `mali relations --actor B` lists its 2 other relations."
    assert data.answer("lineage", name="B").empty_message == message
    lone = OURS.answer("lineage", name="Boko Haram")
    assert lone.empty_message == "No split, merger or successor of Boko Haram is recorded."


def test_formats_of_a_lineage(mali: Run, on_terminal: Callable[..., Any], tmp_path: Path) -> None:
    tree = mali("lineage", "Al-Mourabitoun", "-f", "tree").stdout
    assert on_terminal("lineage", "Al-Mourabitoun").output.strip() == tree.strip()
    assert tree.startswith("Al-Mourabitoun\ncame from\n")
    assert mali("lineage", "Al-Mourabitoun").stdout.startswith("level,group,relation,other,date,")
    assert mali("lineage", "Al-Mourabitoun", "-f", "mermaid").stdout.startswith("flowchart TD\n")
    target = tmp_path / "tree.md"
    assert mali("lineage", "Al-Mourabitoun", "-f", "mermaid", "-o", str(target)).returncode == 0
    assert target.read_text().startswith("flowchart TD\n")
    for command in (("--limit", "1"), ("--columns", "group"), ("--sort", "date")):
        refused = mali("lineage", "Al-Mourabitoun", "-f", "tree", *command)
        message = f"mali: {command[0]} does not apply to --format tree, which shows all rows.\n"
        assert (refused.returncode, refused.stderr) == (2, message)
    nothing = mali("lineage", "World Bank", "-f", "mermaid", "-o", str(tmp_path / "none.md"))
    assert (nothing.returncode, (tmp_path / "none.md").read_text()) == (0, "")
    refused = mali("events", "-f", "tree")
    assert refused.returncode == 2
    assert "no format is called 'tree'" in refused.stderr


def test_alliances_mergers_and_members_in_our_data() -> None:
    may = set(OURS.groups(allied_with="MNLA", on="2012-05")["group"])
    assert {"Ansar Dine", "MUJAO", "AQIM"} <= may
    november = set(OURS.groups(allied_with="MNLA", on="2012-11-01")["group"])
    assert not november & {"Ansar Dine", "MUJAO", "AQIM"}
    assert {"MUJAO", "AQIM"} <= set(OURS.groups(at_war_with="MNLA", on="2012-11")["group"])
    merger = OURS.relations(actor="Al-Mourabitoun", relation="merged-into")
    merger = merger[merger["other"] == "Al-Mourabitoun"]
    assert set(merger["group"]) == {"Al-Mulathamun Battalion", "MUJAO faction of Al-Mourabitoun"}
    assert set(merger["date_start"]) == {"2013-08"}
    members = OURS.relations(actor="CMA", relation="member-of")
    assert {"MNLA", "MAA", "HCUA"} <= set(members.loc[members["other"] == "CMA", "group"])
    split = OURS.relations(actor="Ansar Dine", relation="split-from")
    assert "MIA" in set(split["group"])


def test_leaders_who_were_killed_and_who_denied_it() -> None:
    killed = OURS.people(fate="killed").set_index("person")
    assert killed.loc["Abdelhamid Abou Zeid", "fate_basis"] == "reported"
    assert "Mokhtar Belmokhtar" not in killed.index
    assert OURS.answer("people", fate="killed").notes == (
        "1 more post has a fate that was denied: --basis denied lists it.",
    )
    [denied] = OURS.people(fate="killed", basis="denied").to_dict("records")
    assert denied["person"] == "Mokhtar Belmokhtar"
    assert "AQIM" in denied["note"]
    assert OURS.answer("people", fate="killed", basis="denied").notes == ()


def test_with_a_fate_the_period_is_that_of_the_fate(tmp_path: Path) -> None:
    data = dataset(
        tmp_path,
        groups=[{"group": "MNLA"}],
        people=[
            {"person": "A", "group": "MNLA", "date_start": "2011", "fate": "killed", "fate_date": "2013-02", "fate_basis": "reported"},
            {"person": "B", "group": "MNLA", "date_start": "2013", "fate": "killed", "fate_date": "2014", "fate_basis": "claimed"},
            {"person": "C", "group": "MNLA", "date_start": "2013", "fate": "killed", "fate_basis": "reported"},
            {"person": "D", "group": "MNLA", "date_start": "2013", "fate": "killed", "fate_date": "2013", "fate_basis": "denied"},
        ],
    )  # fmt: skip
    assert data.people(on="2013")["person"].tolist() == ["A", "B", "C", "D"]
    answer = data.answer("people", on="2013", fate="killed")
    assert answer.frame["person"].tolist() == ["A"]
    assert answer.notes == ("1 more post has a fate that was denied: --basis denied lists it.",)
    assert data.people(on="2013-02-15", fate="killed")["person"].tolist() == ["A"]  # February: it may be that day
    assert data.people(on="2013-03", fate="killed").empty
    assert data.answer("people", on="2014", fate="killed").notes == ()
    assert data.people(on="2013", fate="killed", basis=["denied", "reported"])["person"].tolist() == ["A", "D"]


def test_strengths() -> None:
    barkhane = OURS.strengths(actor="Operation Barkhane")
    assert 3000 in barkhane["low"].tolist()
    pledged = OURS.strengths(status="pledged", on="2013-01", actor="Niger")
    assert set(pledged["low"]) == {500}
    azawad = OURS.strengths(source="azawad-wiki")
    assert (9000, 10000) in rows_of(azawad, "low", "high")


def test_a_relation_without_a_stated_end_counts_until_it_was_last_reported(tmp_path: Path) -> None:
    war = dataset(
        tmp_path,
        groups=[{"group": name} for name in "ABCD"],
        relations=[
            {"group": "A", "relation": "ally-of", "other": "B", "first_reported": "2012-02", "last_reported": "2013"},
            {"group": "A", "relation": "fought", "other": "C", "date_start": "2012", "date_end": "2014"},
            {"group": "A", "relation": "member-of", "other": "D", "first_reported": "2012", "last_reported": "2012"},
        ],
    )

    def others(on: str) -> list[str]:
        return war.relations(on=on)["other"].tolist()

    assert [others(year) for year in ("2011", "2012", "2013", "2014", "2015")] == [
        [],
        ["B", "C", "D"],  # a membership may still hold
        ["B", "C", "D"],
        ["C", "D"],
        ["D"],
    ]
    assert war.groups(allied_with="A", on="2013")["group"].tolist() == ["B"]
    assert war.groups(allied_with="A", on="2014").empty
    note = "1 more relation was last reported before this period; its end is not stated."
    assert war.answer("relations", on="2014").notes == (note,)
    assert war.answer("relations", on="2013").notes == ()
    assert war.relations()["ending"].tolist() == ["last reported 2013", None, "last reported 2012"]
