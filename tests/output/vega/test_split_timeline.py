"""Timelines split by type of event, camp or region: their rows, and their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.output.vega.spec import specification
from tests.support.charts import Pipe
from tests.support.drawings import labels, texts
from tests.support.tables import dataset, rows_of

WAR: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Us", "camp": "government"}, {"group": "Them", "camp": "jihadist"}, {"group": "It"}],
    "places": [{"place": "Gao", "kind": "town", "region": "Gao"}],
    "events": [
        {"event_id": "a", "date_start": "2012-01-05", "side_a": "Us", "side_b": "Them", "place": "Gao"},
        {"event_id": "b", "date_start": "2014-01-05", "side_a": "Us", "event_type": "Protests", "sub_event_type": "Peaceful protest"},
        {"event_id": "c", "date_start": "2009-01-05", "side_a": "It"},
    ],
    "casualties": [{"event_id": "a", "low": 2, "best": 3, "high": 4}],
}  # fmt: skip


def test_there_is_a_row_for_each_period_and_value(tmp_path: Path) -> None:
    war = dataset(tmp_path, **WAR)
    shown = war.timeline(split="camp", since="2012")
    assert shown.columns[-1] == "camp"
    assert rows_of(shown, "camp", "period", "events", "killed_best", "not_stated") == [
        ("government", "2012", 1, 3, 0),
        ("government", "2013", 0, None, 0),
        ("government", "2014", 1, None, 0),
        ("jihadist", "2012", 1, 3, 0),  # the same event and the same dead
        ("jihadist", "2013", 0, None, 0),
        ("jihadist", "2014", 0, None, 0),
    ]
    by_region = war.timeline(split="region", since="2012")
    assert list(dict.fromkeys(by_region["region"])) == ["Gao", None]
    assert "event_type" not in war.timeline()


@pytest.mark.parametrize("key", ["year", "month"])
def test_types_of_event_add_up_to_the_timeline(key: str) -> None:
    war = load()
    whole, parts = (rows.assign(period=rows["period"].fillna("")) for rows in (war.timeline(by=key), war.timeline(by=key, split="type")))  # fmt: skip
    numbers = ["events", "killed_best", "unknown", "not_stated"]
    added = parts.groupby("period")[numbers].sum(min_count=1)
    expected = whole.set_index("period")[numbers].sort_index()
    pd.testing.assert_frame_equal(added, expected, check_names=False, check_index_type=False)


def test_the_picture_has_a_row_of_charts_for_each_value(tmp_path: Path) -> None:
    import vl_convert

    result = dataset(tmp_path, **WAR).answer("timeline", split="camp")
    svg = vl_convert.vegalite_to_svg(specification(result)).encode()
    said = [text.text for text in texts(svg)]
    assert said[0] == "Mali War: events, and people killed in them (all sides), by year and camp taking part"
    assert {"government", "jihadist", "2012 to 2014", "Events", "People killed"} <= set(said)
    assert "other" not in said  # its event is earlier
    assert "1 earlier event is not drawn: --from 2009 adds it." in " ".join(said)
    assert labels(svg) == [
        "government, 2012: 1 event; 3 killed (2–4)",
        "government, 2014: 1 event",
        *["government, 2012: 1 event; 3 killed (2–4)"] * 2,
        "jihadist, 2012: 1 event; 3 killed (2–4)",
        *["jihadist, 2012: 1 event; 3 killed (2–4)"] * 2,
    ]


def test_a_split_timeline_has_no_page_and_knows_its_values(mali: Pipe, tmp_path: Path) -> None:
    done = mali("timeline", "--split", "type", "-o", str(tmp_path / "x.html"))
    assert done.returncode == 2
    assert "A split timeline is drawn as .png, .svg or .pdf, not as a page" in done.stderr
    assert not list(tmp_path.iterdir())
    with pytest.raises(MaliError, match=r"no value of `split` is called 'foo'\. Allowed: type, camp or region\."):
        load().timeline(split="foo")
