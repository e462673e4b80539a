"""Filters and sums on random tables, compared with an oracle in plain Python."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mali_cli.dataset import load
from tests.support import oracle
from tests.support.tables import write_dataset

GROUPS = [
    {"group": "France", "kind": "state", "country": "France"},
    {"group": "French Army", "kind": "army", "part_of": "France", "country": "France"},
    {"group": "Serval", "kind": "operation", "part_of": "French Army"},
    {"group": "MNLA"},
    {"group": "MUJAO", "aliases": "MOJWA"},
]
PLACES = [
    {"place": "Gao", "region": "Gao"},
    {"place": "Gao Airport", "within": "Gao", "kind": "airport", "region": "Gao"},
    {"place": "Kidal", "region": "Kidal"},
    {"place": "Okene", "country": "Nigeria"},
]
NAMES = [g["group"] for g in GROUPS]
KINDS = [("Battles", "Armed clash"), ("Riots", "Mob violence"), ("Strategic developments", "Statement")]
SUMMARIES = ["Fighters take a bridge.", "Ménaka’s market burns.", "The MNLA says it took bridges.", "A market closes."]

days = st.dates(datetime.date(2012, 11, 1), datetime.date(2013, 3, 31))
lists = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(";".join)


@st.composite
def an_event(draw: st.DrawFn, number: int) -> dict[str, Any]:
    first, last = sorted((draw(days), draw(st.one_of(st.none(), days)) or datetime.date(2012, 11, 1)))
    if draw(st.booleans()):
        last = first
    kind, sub = draw(st.sampled_from(KINDS))
    return {
        "event_id": f"2012-e{number}",
        "date_start": first.isoformat(),
        "date_end": last.isoformat(),
        "date_precision": draw(st.sampled_from(["day", "range"])),
        "event_type": kind,
        "sub_event_type": sub,
        "place": draw(st.sampled_from(["", "Gao", "Gao Airport", "Kidal", "Okene", "Gao;Kidal", "Kidal;Okene"])),
        "side_a": draw(lists),
        "side_b": draw(lists),
        "responsibility": draw(lists),
        "summary": draw(st.sampled_from(SUMMARIES)),
    }


@st.composite
def a_figure(draw: st.DrawFn, event: str, tally: str, rank: int) -> dict[str, Any]:
    numbers = sorted(draw(st.lists(st.integers(0, 40), min_size=3, max_size=3)))
    given = draw(st.sampled_from([(1, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (0, 0, 0), (0, 1, 0)]))
    low, best, high = (n if t else "" for n, t in zip(numbers, given, strict=True))
    return {
        "event_id": event,
        "tally": tally,
        "rank": rank,
        "low": low,
        "best": best,
        "high": high,
        "open": "true" if high == "" and draw(st.booleans()) else "false",
        "wording": "some",
        "status": draw(st.sampled_from(["current"] * 4 + ["revised"])),
        "cause": draw(st.sampled_from(["", "hostile"])),
        "harm": draw(st.sampled_from(["killed"] * 3 + ["wounded"])),
    }


@st.composite
def some_tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    events = [draw(an_event(n)) for n in range(draw(st.integers(1, 5)))]
    figures: list[dict[str, Any]] = []
    for event in events:
        key = event["event_id"]
        tallies: list[str] = []
        for n in range(draw(st.integers(0, 4))):
            tally = f"{key}:{n}"
            about = {
                "part_of": draw(st.sampled_from(["", *tallies])),
                "group": draw(st.sampled_from(["", "MNLA", "MUJAO", "MNLA;MUJAO"])),
                "country": draw(st.sampled_from(["", "Mali", "Chad"])),
                "victims": draw(st.sampled_from(["", "civilian"])),
            }
            for rank in range(1, draw(st.integers(1, 3)) + 1):
                kept = {name: draw(st.sampled_from(["", value])) for name, value in about.items() if name != "part_of"}
                figure = {**draw(a_figure(key, tally, rank)), **about, **kept}
                figures.append({**figure, "casualty_id": f"{key}/{len(figures)}"})
            tallies.append(tally)
    return {"events": events, "casualties": figures, "groups": GROUPS, "places": PLACES}


@settings(max_examples=50, deadline=None)
@given(
    tables=some_tables(),
    since=st.one_of(st.none(), days),
    until=st.one_of(st.none(), days),
    dates=st.sampled_from([None, "certain", "possible", "all"]),
    actor=st.sampled_from([None, "France", "French Army", "MNLA", "MUJAO"]),
    place=st.sampled_from([None, None, "Gao", "Kidal"]),
    country=st.sampled_from([None, None, "Mali", "Nigeria"]),
    type=st.sampled_from([None, None, "Battles", "Mob violence"]),
    text=st.sampled_from([None, None, "bridge", "MARKET", "menaka's burns"]),
    country_filter=st.sampled_from(["where", "country"]),  # --in and, of events, --country
)
def test_events_that_match(
    tables: dict[str, Any], since: Any, until: Any, dates: str | None, country_filter: str, **filters: Any
) -> None:
    if since and until and until < since:
        since, until = until, since
    with tempfile.TemporaryDirectory() as folder:
        war = load(write_dataset(Path(folder), **tables))
        found = war.events(
            since=since and since.isoformat(),
            until=until and until.isoformat(),
            dates=dates if since or until else None,
            **{country_filter if name == "country" else name: value for name, value in filters.items()},
        )
        period = {name: day.isoformat() for name, day in (("since", since), ("until", until)) if day}
        expected = oracle.events(Path(folder), dates=(dates if period else None) or "certain", **period, **filters)
        assert found["event_id"].tolist() == expected


@settings(max_examples=60, deadline=None)
@given(
    tables=some_tables(),
    key=st.sampled_from(["group", "country", "victims", "year", "place", "event_type"]),
    where=st.sampled_from([{}, {}, {"country": "Mali"}, {"victims": "civilian"}]),
)
def test_sums(tables: dict[str, Any], key: str, where: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        war = load(write_dataset(Path(folder), **tables))
        table = war.casualties(by=key, harm="killed", **where)
        expected = oracle.sums(Path(folder), key, **where)
        whole = oracle.sums(Path(folder), **where).get("", {"low": None, "best": None, "high": None})
        ours = {
            row[key] or "": {name: None if row[f"killed_{name}"] is None else row[f"killed_{name}"] for name in ("low", "best", "high")}
            | {"open": row["open"], "unknown": row["unknown"], "events": row["events"]}
            for row in table.astype(object).where(table.notna(), None).to_dict("records")
            if row["events"] or row["unknown"]
        }  # fmt: skip
        for row in expected.values():  # a row's best lies within its bounds
            if row["best"] is not None:
                row["low"], row["high"] = min(row["low"], row["best"]), max(row["high"], row["best"])  # type: ignore[type-var]
            row["events"] = len(row["events"])  # type: ignore[arg-type]
        assert ours == expected
        # Any partition adds up to the undivided sum.
        best = table["killed_best"].dropna()
        assert (int(best.sum()) if len(best) else None) == whole["best"]


@pytest.mark.parametrize("key", ["country", "group", "camp", "victims", "year", "month", "place", "region", "in", "event", "event_type", "inflicted_by"])  # fmt: skip
def test_every_partition_of_our_own_data_adds_up(key: str) -> None:
    war = load()
    folder = war.backend.path
    whole = oracle.sums(folder)[""]
    table = war.casualties(by=key)
    assert table["killed_best"].sum() == whole["best"]
    assert table["killed_low"].sum() <= whole["low"]  # type: ignore[operator]
    assert table["killed_high"].sum() >= whole["high"]  # type: ignore[operator]
    assert (table["killed_low"] <= table["killed_best"]).dropna().all()
    assert (table["killed_best"] <= table["killed_high"]).dropna().all()
