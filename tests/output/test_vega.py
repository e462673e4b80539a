"""Pictures in files: what they say is what the numbers say, nothing overlaps, and nothing is drawn of nothing."""

from __future__ import annotations

import csv
import io
import itertools
import math
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mali_cli.dataset import load
from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.output.image_export import image
from mali_cli.output.terminal import rows_of
from mali_cli.output.vega.primitives import HUES, width_of, wrapped
from mali_cli.output.vega.spec import in_words, specification
from tests.conftest import ROOT
from tests.support.drawings import Text, circles, labels, measured, pixels, pixels_per_metre, texts
from tests.support.lookalikes import FOLDER
from tests.support.tables import DOUBTFUL, dataset

Pipe = Callable[..., subprocess.CompletedProcess[str]]

QUESTIONS = [
    ["timeline"],
    ["timeline", "--by", "month", "--from", "2012", "--to", "2013"],
    ["timeline", "--by", "quarter", "--place", "Kidal"],
    ["timeline", "--by", "month"],
    ["timeline", "--actor", "MNLA", "--from", "2012"],
    ["map"],
    ["map", "--by", "dead"],
    ["map", "--on", "2012-07-01"],
    ["map", "--on", "2023-11-20", "--region", "Kidal"],
    ["map", "--near", "Gao:100", "--dates", "certain", "--from", "2012", "--by", "dead"],
]


@pytest.fixture(scope="module")
def svg_of(mali: Pipe, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    made: dict[tuple[str, ...], bytes] = {}

    def svg(*question: str) -> bytes:
        if question not in made:
            file = tmp_path_factory.mktemp("svg") / "picture.svg"
            done = mali(*question, "-o", str(file))
            assert done.returncode == 0, done.stderr
            made[question] = file.read_bytes()
        return made[question]

    return svg


def csv_of(mali: Pipe, *question: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(mali(*question, "--quiet").stdout)))


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_no_text_overlaps_another_or_the_edge(question: list[str], svg_of: Callable[..., bytes]) -> None:
    svg = svg_of(*question)
    found = texts(svg)
    assert len(found) > 12
    assert not [(a.text, b.text) for a, b in itertools.combinations(found, 2) if a.meets(b)]
    match = re.search(rb'width="(\d+)" height="(\d+)"', svg)
    assert match
    edge = Text("", 0, 0, int(match[1]), int(match[2]))
    assert not [t for t in found if t.left < 8 or t.top < 8 or t.right > edge.right - 8 or t.bottom > edge.bottom - 8]


@pytest.mark.parametrize("question", [question for question in QUESTIONS if question[0] == "timeline"], ids=" ".join)
def test_a_timeline_says_the_numbers_of_the_csv(question: list[str], mali: Pipe, svg_of: Callable[..., bytes]) -> None:
    rows = [row for row in csv_of(mali, *question) if row["period"]]
    found = labels(svg_of(*question))
    assert {label.partition(":")[0] for label in found} == {row["period"] for row in rows if row["events"] != "0" or row["killed_best"]}  # fmt: skip
    for row in rows:
        for label in (label for label in found if label.startswith(f"{row['period']}: ")):
            assert_says(label, row)


@pytest.mark.parametrize("question", [question for question in QUESTIONS if question[0] == "map"], ids=" ".join)
def test_a_map_says_the_numbers_of_the_csv(question: list[str], mali: Pipe, svg_of: Callable[..., bytes]) -> None:
    svg = svg_of(*question)
    rows = {row["place"]: row for row in csv_of(mali, *question) if row["latitude"]}
    found = labels(svg)
    assert len(found) == len(set(found)) > 2
    foot = " ".join(text.text for text in texts(svg))
    for label in found:
        assert_says(label, rows[label.partition(":")[0]])
    drawn = {label.partition(":")[0] for label in found}
    for place, row in rows.items():
        told = row["holder"] if "--on" in question else "dead" not in question or row["killed_best"] or int(row["unknown"]) + int(row["not_stated"])  # fmt: skip
        assert (place in drawn or place in foot.partition("Beyond the edge: ")[2]) == bool(told), place


def assert_says(label: str, row: dict[str, str]) -> None:
    events = re.search(r"([\d,]+) events?\b(?! without)", label)
    assert (events[1].replace(",", "") if events else "0") == row["events"]
    killed = re.search(r"([\d,]+)(\+?) killed(?: \(([\d,]+)–([\d,]+)(\+?)\))?", label)
    assert bool(killed) == bool(row["killed_best"])
    if killed:
        best, open_, low, high, open_high = (part or "" for part in killed.groups())
        numbers = [text.replace(",", "") for text in (low or best, best, high or best)]
        assert numbers == [row["killed_low"], row["killed_best"], row["killed_high"]]
        assert bool(open_ or open_high) == (row["open"] == "true")
    for words, column in (("told in words only", "unknown"), ("without a figure", "not_stated")):
        number = re.search(rf"(\d+) [a-z ]+ {words}", label)
        assert (number[1] if number else "0") == row[column]
    if (row.get("holder") or "unknown") != "unknown":
        assert f"held by {row['holder'].replace(';', ', ')}" in label
        assert ("(contested)" in label) == (row["contested"] == "true")


@pytest.mark.parametrize(
    ("criteria", "shown"),
    [
        ({"actor": "MNLA", "since": "2012"}, [str(year) for year in range(2012, 2024)]),
        ({}, [str(year) for year in range(1960, 2021, 5)]),
        ({"by": "month", "since": "2012", "until": "2013"}, ["2012-01", "2012-04", "2012-07", "2012-10", "2013-01", "2013-04", "2013-07", "2013-10"]),
        ({"by": "month", "since": "2012", "until": "2024"}, [str(year) for year in range(2012, 2025)]),
        ({"by": "quarter", "since": "1960", "until": "2024"}, [str(year) for year in range(1960, 2021, 5)]),
        ({"type": "Protests", "since": "2012", "until": "2015"}, ["2012", "2013", "2014", "2015"]),
        ({"on": "2013-01", "by": "month"}, ["2013-01"]),
    ],
)  # fmt: skip
def test_periods_are_named_where_they_fit(criteria: dict[str, Any], shown: list[str]) -> None:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(specification(load().answer("timeline", **criteria), framed=False))
    named = [text.text for text in texts(svg.encode()) if re.fullmatch(r"\d{4}(-\d\d)?", text.text)]
    assert named == shown


@pytest.mark.parametrize(
    ("criteria", "all_stand"),
    [({"by": "quarter", "since": "2012"}, False), ({"by": "month"}, False), ({"since": "2012"}, True)],
)
def test_where_not_all_numbers_have_room_the_largest_stand(criteria: dict[str, Any], all_stand: bool) -> None:
    import vl_convert

    answer = load().answer("timeline", **criteria)
    said = [text.text for text in texts(vl_convert.vegalite_to_svg(specification(answer)).encode())]
    assert ("numbers where there is room, the largest first" in said) != all_stand
    assert ("best, as the number above" in said) == all_stand
    periods = answer.frame[answer.frame["period"].notna()]
    for column, more in (("events", ""), ("killed_best", "+")):
        rows = periods[periods[column].notna() & (periods[column] > 0)].sort_values(column, ascending=False)
        for _, row in rows.head(len(rows) if all_stand else 3).iterrows():
            assert f"{row[column]:,}{more if row['open'] else ''}" in said, (column, row["period"])


def test_areas_are_in_proportion_to_what_they_count(svg_of: Callable[..., bytes]) -> None:
    areas = {label: area for label, area in circles(svg_of("map")).items() if ": " in label}
    counts = {label: int(re.search(r": ([\d,]+) events?", label)[1].replace(",", "")) for label in areas}  # type: ignore[index]
    assert len(areas) > 20
    one = [areas[label] / counts[label] for label in areas]
    assert max(one) - min(one) < 0.02 * min(one)
    assert not [text for text in texts(svg_of("map")) if "to scale" in text.text]


def test_the_smallest_circle_is_seen_beside_the_largest_and_the_key_says_so(tmp_path: Path) -> None:
    import vl_convert

    places = {"Few": ("13", "-8", 40), "Many": ("16", "-0.04", 1_234_567), "Half": ("18", "1.4", 617_283)}
    war = dataset(
        tmp_path,
        places=[{"place": name, "latitude": lat, "longitude": lon} for name, (lat, lon, _) in places.items()],
        events=[{"event_id": name, "place": name} for name in places],
        casualties=[{"event_id": name, "n": n} for name, (_, _, n) in places.items()],
    )
    svg = vl_convert.vegalite_to_svg(specification(war.answer("map", by="dead"))).encode()
    few, many, half = (next(area for label, area in circles(svg).items() if label.startswith(name)) for name in places)
    assert 4 < 2 * math.sqrt(few / math.pi) < 6
    assert half == pytest.approx(many / 2, rel=0.01)
    said = {text.text for text in texts(svg)}
    assert {"Few: 40", "Many: 1,234,567"} <= said
    [line] = [text for text in said if text.endswith("not to scale")]
    limit = int(line.removeprefix("under ").removesuffix(" not to scale").replace(",", ""))
    assert limit == pytest.approx(few / many * 1_234_567, abs=2)


def drawn_names(chart: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any], list[Any]]:
    """The names on a map with their boxes, the signs with their points and radii, and the lines to names."""
    layers = chart["vconcat"][0]["layer"]
    values = [value for layer in layers for value in layer["data"]["values"]]
    signs = {v["described"].partition(":")[0]: (v["x"], v["y"], math.sqrt(v["size"]) / 2) for v in values if "described" in v}  # fmt: skip
    named = {}
    for layer in layers:
        for v in layer["data"]["values"] if layer["mark"]["type"] == "text" else ():
            if (place := v["text"].rpartition(": ")[0] or v["text"]) in signs:
                wide = width_of(v["text"], v["size"])
                left = v["x"] - {"left": 0, "center": wide / 2, "right": wide}[layer["mark"]["align"]]
                named[place] = (left, v["y"] - v["size"] / 2, left + wide, v["y"] + v["size"] / 2)
    lines = [v for layer in layers if layer["mark"]["type"] == "rule" for v in layer["data"]["values"] if "x2" in v]
    return named, signs, lines


def off(point: tuple[float, float], box: tuple[float, float, float, float]) -> float:
    (x, y), (left, top, right, bottom) = point, box
    return math.hypot(max(left - x, 0, x - right), max(top - y, 0, y - bottom))


MAPS: list[dict[str, Any]] = [{"since": "2012"}, {"since": "2012", "by": "dead"}, {"on": "2023-12-01"}, {"on": "2012-07-01"}]  # fmt: skip


@pytest.mark.parametrize("criteria", MAPS, ids=str)
@pytest.mark.parametrize("width", [205, 720])
def test_a_name_lies_over_no_sign_and_nearest_to_its_own_or_at_the_end_of_a_line(criteria: dict[str, Any], width: int) -> None:  # fmt: skip
    named, signs, lines = drawn_names(specification(load().answer("map", **criteria), width, framed=False))
    assert len(named) > 5
    for place, box in named.items():
        gaps = {name: off((x, y), box) - radius for name, (x, y, radius) in signs.items()}
        assert min(gaps.values()) > 0, place
        x, y, radius = signs[place]
        ends = [(v["x2"], v["y2"]) for v in lines if abs(math.dist((x, y), (v["x"], v["y"])) - radius) < 2.5]
        if not any(off(end, box) < 4 for end in ends):
            nearest = min(gaps, key=lambda name: gaps[name])
            x, y, _ = signs[nearest]
            assert nearest == place or math.dist((x, y), signs[place][:2]) < radius, (place, nearest)


@pytest.mark.parametrize("width", [205, 720])
def test_the_largest_are_named_first(width: int) -> None:
    named = drawn_names(specification(load().answer("map", since="2012"), width, framed=False))[0]
    assert {"Gao", "Timbuktu", "Kidal", "Bamako", "Konna", "Tessalit"} <= set(named)
    dead = load().answer("map", since="2012", by="dead")
    named = drawn_names(specification(dead, width, framed=False))[0]
    places = [place for place in dead.frame.loc[dead.frame["latitude"].notna(), "place"] if place != "In Amenas"]
    assert set(places[: 10 if width > 700 else 3]) <= set(named)


@pytest.mark.parametrize("width", [205, 720])
def test_a_town_is_named_before_its_airport_and_what_was_asked_for_before_all(width: int, tmp_path: Path) -> None:
    named = drawn_names(specification(load().answer("map", on="2023-12-01"), width, framed=False))[0]
    assert not {f"{town} Airport" for town in ("Gao", "Kidal", "Tessalit", "Timbuktu") if town not in named} & set(
        named
    )
    assert {"Kidal", "Tessalit"} <= set(named)
    places = [{"place": "Asked for", "latitude": "16", "longitude": "-3"}]
    places += [
        {
            "place": f"Its camp {n}",
            "within": "Asked for",
            "latitude": f"{16 + n % 5 * 0.1}",
            "longitude": f"{-3 + n * 0.05}",
        }
        for n in range(30)
    ]
    events = [{"event_id": "one", "place": "Asked for"}]
    events += [{"event_id": f"{n}-{m}", "place": f"Its camp {n}"} for n in range(30) for m in range(4)]
    war = dataset(tmp_path, places=places, events=events)
    assert "Asked for" in drawn_names(specification(war.answer("map", place="asked for"), width, framed=False))[0]
    assert "Asked for" not in drawn_names(specification(war.answer("map", where="Mali"), width, framed=False))[0]


def test_where_nothing_lies_on_the_map_the_notes_are_given(mali: Pipe, tmp_path: Path) -> None:
    done = mali("map", "--in", "Nigeria", "-o", "x.png", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "1 event: 2 killed in 1 event; 0 events without a figure",
        "mali: Nothing of this lies on the map; --format table shows the numbers. x.png was not written.",
    ]


def test_bars_are_in_proportion_to_what_they_count(svg_of: Callable[..., bytes]) -> None:
    bars = re.findall(rb'aria-label="\d{4}: (\d+) events?\b[^"]*"[^>]* d="[^"]*?v([\d.]+)h[^"]*" fill="#0072B2"', svg_of("timeline"))  # fmt: skip
    assert len(bars) > 20
    one = [float(height) / int(count) for count, height in bars]
    assert max(one) - min(one) < 0.001 * min(one)


def test_the_title_has_the_filters_and_the_foot_what_it_rests_on(svg_of: Callable[..., bytes]) -> None:
    found = [text.text for text in texts(svg_of(*QUESTIONS[9]))]
    assert found[:2] == ["People killed by place", "within 100 km of Gao, from 2012 for certain"]
    said = " ".join(found)
    assert "Outlines: Natural Earth." in said
    assert f"Data: mali {schema.datapackage()['version']}, CC-BY-SA-4.0." in said
    assert "Mali War, Wikipedia, 2024-06" in said
    assert " killed (" in said
    assert "no number told, which is not none" in said
    assert b'aria-label="People killed by place: within 100 km of Gao, from 2012 for certain"' in svg_of(*QUESTIONS[9])
    timeline = " ".join(text.text for text in texts(svg_of(*QUESTIONS[4])))
    assert "3 events lie in no single year, and so in no bar." in timeline
    assert "the row without a period" not in timeline


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ({}, "1960 to 2024"),
        ({"since": "2012", "until": "2013"}, "2012 to 2013"),
        ({"on": "2012-03", "dates": "certain"}, "2012-03 for certain"),
        ({"until": "2012"}, "until 2012"),
        ({"actor": ["mnla", "Ansar Eddine"], "against": "malian army", "members": True}, "MNLA or Ansar Dine with its members, against Malian Armed Forces, 2012 to 2013"),
        ({"near": "gao:50", "type": "battles", "on": "2012"}, "Battles, within 50 km of Gao, 2012"),
        ({"place": "Menaka", "region": "menaka", "where": "mali", "country": "Mali"}, "Ménaka, region of Ménaka, in Mali, in Mali, 2012 to 2013"),
        ({"claimed_by": "MUJAO", "basis": "claimed", "source": "almanac", "text": ["attack"]}, None),
        ({"min_killed": 1, "max_killed": "1200", "since": "2013", "until": "2013"}, "at least 1 killed, at most 1,200 killed, 2013"),
    ],
)  # fmt: skip
def test_what_was_asked_stands_in_words(criteria: dict[str, Any], words: str | None) -> None:
    answer = load().answer("timeline", **criteria)
    if words is None:
        assert (
            answer.chart is None
            or "claimed by MUJAO, “attack”, claimed only, reported by almanac" in answer.chart.filter_text
        )
    else:
        assert answer.chart
        assert answer.chart.filter_text == words


def test_every_filter_of_events_is_told_in_the_title() -> None:
    """None is forgotten: each changes the words."""
    from mali_cli.model.filter_names import filter_options

    values: dict[str, Any] = {
        **{"since": "2012", "until": "2023", "on": "2012", "dates": "certain", "actor": "France", "members": True},
        **{"against": "AQIM", "claimed_by": "AQIM", "place": "Gao", "region": "Gao", "where": "Mali", "country": "Mali"},
        **{"near": "Gao:9", "type": "Battles", "text": "the", "basis": "reported", "source": "wikipedia"},
        **{"min_killed": "1", "max_killed": "9"},
    }  # fmt: skip
    assert set(filter_options("events")) == set(values)
    from mali_cli.filter_text import describe_filters

    known = load().resolver
    told = {}
    for name, value in values.items():
        criteria = {name: value} | ({"actor": "France"} if name in ("members", "against") else {})
        told[name] = describe_filters(known, known.resolve_filters("events", criteria), criteria)
    plain = told["actor"]
    assert plain == "France"
    assert all(words for words in told.values())
    assert plain not in (told["members"], told["against"])


def test_the_rows_behind_a_picture_are_those_it_counts() -> None:
    war = load()
    for question, criteria in (("timeline", {"by": "quarter"}), ("map", {"since": "2012"}), ("map", {"on": "2012-07"})):
        answer = war.answer(question, **criteria)
        assert answer.chart
        assert answer.chart.load_underlying
        events, rows, figures, references = answer.chart.load_underlying()
        asked = {name: value for name, value in criteria.items() if name != "by"}
        assert sorted(events.frame["event_id"]) == sorted(war.events(**asked)["event_id"])
        counts = [rows.count(at) for at in range(len(answer.frame))]
        assert counts == answer.frame["events"].tolist()
        assert set(figures.frame["event_id"]) <= set(events.frame["event_id"])
        cited = {key for cell in [*events.frame["sources"], *figures.frame["sources"]] for key in cell.split(";")}
        assert cited <= set(references.frame["source"])
        names = dict(zip(events.frame["event_id"], rows, strict=True))
        key = "period" if question == "timeline" else "place"
        for event, at in list(names.items())[:50]:
            row, own = answer.frame.iloc[at], events.frame.set_index("event_id").loc[event]
            if key == "place":
                assert row["place"] == own["place"] or (row["place"] is None) == (not isinstance(own["place"], str))
            elif isinstance(row["period"], str):
                assert row["period"].startswith(f"{own['date_start'].year}")


def test_png_is_sharp_and_shows_the_colours(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "timeline.png"
    done = mali("timeline", "--from", "2012", "--by", "year", "-o", str(file))
    assert done.returncode == 0
    assert done.stdout == ""
    assert f"{file}: " in done.stderr
    png = file.read_bytes()
    width, height, rows = pixels(png)
    assert 1800 < width < 2300
    assert 1300 < height < 2600
    assert abs(pixels_per_metre(png) - 200 / 0.0254) < 2
    seen = {row[at : at + 3] for row in rows[:: height // 200] for at in range(0, len(row), 4)}
    assert {bytes.fromhex(colour[1:]) for colour in ("#0072B2", "#D55E00", "#f6c8a8", "#ffffff")} <= seen
    assert all(row[3] == 255 for row in rows)  # no see-through margin


def test_pdf_holds_its_text(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "map.pdf"
    assert mali("map", "--on", "2012-07-01", "-o", str(file)).returncode == 0
    pdf = file.read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"LiberationSans" in pdf


def test_suffixes_know_no_case_and_a_file_is_only_replaced_if_forced(mali: Pipe, tmp_path: Path) -> None:
    file = tmp_path / "m.SVG"
    file.write_text("mine", encoding="utf-8")
    done = mali("map", "-o", str(file))
    assert (done.returncode, done.stderr) == (1, f"mali: {file} exists; --force replaces it.\n")
    assert file.read_text(encoding="utf-8") == "mine"
    assert mali("map", "-o", str(file), "--force", "--quiet").stderr == ""
    assert file.read_bytes().startswith(b"<svg ")


REFUSED = [
    (["map", "-o", "x.jpg"], 2, "--output writes .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson, .png, .svg, .pdf, .html; 'x.jpg' ends in none of them."),
    (["events", "-o", "x.png"], 2, "--output writes .csv, .tsv, .json, .jsonl, .md, .xlsx, .parquet, .geojson; 'x.png' ends in none of them."),
    (["map", "-o", "x.png", "--format", "csv"], 2, "x.png is a picture by its name; --format csv is none. Leave one of them out."),
    (["map", "-o", "x.png", "--sort", "events"], 2, "--sort goes with rows; a picture such as .png shows all of them."),
    (["timeline", "-o", "x.svg", "--limit", "3"], 2, "--limit goes with rows; a picture such as .svg shows all of them."),
    (["timeline", "-o", "x.pdf", "--columns", "events"], 2, "--columns goes with rows; a picture such as .pdf shows all of them."),
    (["timeline", "--text", "nosuchword", "-o", "x.png"], 2, "No events match. x.png was not written."),
    (["map", "--text", "nosuchword", "-o", "x.svg"], 2, "No events match. x.svg was not written."),
    (["map", "--place", "Northern Mali", "-o", "x.svg"], 2, "Nothing of this lies on the map; --format table shows the numbers. x.svg was not written."),
    (["map", "--place", "In Amenas", "-o", "x.svg"], 2, "Nothing of this lies on the map; --format table shows the numbers. x.svg was not written."),
    (["timeline", "-o", "no/x.png"], 1, "there is no folder no to write x.png into."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "message"), REFUSED, ids=lambda value: " ".join(value) if isinstance(value, list) else "")  # fmt: skip
def test_what_is_refused_writes_nothing(words: list[str], code: int, message: str, mali: Pipe, tmp_path: Path) -> None:
    name = words[words.index("-o") + 1]
    folder = "/" in name
    if not folder:
        (tmp_path / name).write_text("mine", encoding="utf-8")
    done = mali(*words, *([] if folder else ["--force"]), cwd=tmp_path)
    assert done.returncode == code
    assert done.stderr.splitlines()[-1] == f"mali: {message}"
    assert [path.name for path in tmp_path.iterdir()] == ([] if folder else [name])
    assert folder or (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = "import sys; sys.modules['vl_convert'] = None; from mali_cli.__main__ import main; main()"
    words = ["-c", program, "timeline", "-o", str(tmp_path / "x.png")]
    done = subprocess.run([sys.executable, *words], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert done.stderr == 'mali: .png is drawn by vl-convert; to install it: pip install "mali-cli[pictures]".\n'
    assert list(tmp_path.iterdir()) == []


def test_what_draws_is_only_loaded_where_something_is_drawn() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from mali_cli.cli.app import app; "
        "CliRunner().invoke(app, sys.argv[1:]); print('vl_convert' in sys.modules, 'pandas' in sys.modules)"
    )
    for words, loaded in ((["--help"], "False False"), (["map", "--help"], "False False"), (["map", "--on", "2012"], "False True")):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, encoding="utf-8", check=True
        )
        assert done.stdout == f"{loaded}\n"


NAMES = ["Ménaka", "Kéréna", "N'Djamena", "Events and people killed by year", "WWWMMM@@", "Ikharaban gold-panning site 1", "1,234,567+ (12–34)", "“attack” ‘so’ à l’est; 2012…"]  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize("bold", [False, True])
def test_texts_are_no_wider_than_reckoned(text: str, bold: bool) -> None:
    wide = width_of(text, 20, bold)
    assert wide * 0.75 < measured(text, 20, bold) <= wide + 1


def test_lines_keep_to_their_width() -> None:
    lines = wrapped("A word that isverymuchlongerthanalinecanbeandmustbebroken and others", 10, 60)
    assert all(width_of(line, 10) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == "Awordthatisverymuchlongerthanalinecanbeandmustbebrokenandothers"


ODD = "Kéréna <b>&amp; [x]\u202e\x1b[31m\ufffe東京"
WAR: dict[str, list[dict[str, Any]]] = {
    "groups": [{"group": "Us"}, *({"group": f"Band {n}"} for n in range(20))],
    "places": [
        {"place": "Gao", "region": "Gao", "latitude": "16.27", "longitude": "-0.04"},
        {"place": ODD, "region": "Gao", "latitude": "18", "longitude": "-3"},
        {"place": "N'Djamena", "region": "Gao", "latitude": "20", "longitude": "-3"},
        {"place": "A camp with " + "a very long name " * 8, "region": "Gao", "latitude": "13", "longitude": "-7"},
        *({"place": f"Village {n}", "latitude": str(13 + n % 5 * 0.3), "longitude": str(-8 + n * 0.1)} for n in range(60)),
    ],
    "events": [
        {"event_id": "a", "place": "Gao", "date_start": "2012-01-05"},
        {"event_id": "b", "place": ODD, "date_start": "2014-01-05"},
        {"event_id": "c", "place": "N'Djamena", "date_start": "2016-01-05"},
        *({"event_id": f"v{n}", "place": f"Village {n}", "date_start": "2016-01-05"} for n in range(60)),
    ],
    "casualties": [
        {"event_id": "a", "low": 1_000_000, "best": 1_234_567, "high": 2_345_678, "open": "true"},
        {"event_id": "c", "n": 0},
    ],
    "control": [
        *({"place": f"Village {n}", "holder": f"Band {n % 20}", "date_start": "2012-01-01"} for n in range(60)),
        {"place": "Gao", "holder": "Us", "date_start": "2012-01-01", "basis": "claimed"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(("question", "criteria"), [("timeline", {}), ("timeline", {"by": "month"}), ("map", {}), ("map", {"by": "dead"}), ("map", {"on": "2012-02"})])  # fmt: skip
@pytest.mark.parametrize("width", [250, 720, 1200])
def test_odd_names_and_numbers_of_any_size(question: str, criteria: dict[str, Any], width: int, tmp_path: Path) -> None:
    import vl_convert

    answer = dataset(tmp_path, **WAR).answer(question, **criteria)
    assert answer.chart
    for format, start in (("png", b"\x89PNG"), ("svg", b"<svg "), ("pdf", b"%PDF")) if width == 720 else ():
        assert image(answer, format).startswith(start)
    chart = specification(answer, width)
    found = texts(vl_convert.vegalite_to_svg(chart, allowed_base_urls=[]).encode())
    assert not [(a.text, b.text) for a, b in itertools.combinations(found, 2) if a.meets(b)]
    assert not [text for text in found if "\x1b" in text.text or "\u202e" in text.text]
    assert chart == specification(answer, width)  # the same each time


def test_none_as_told_and_not_told_are_different_marks(tmp_path: Path) -> None:
    answer = dataset(tmp_path, **WAR).answer("map", by="dead")
    assert answer.chart
    marks = {
        value["described"].partition(":")[0]: (value["shape"], value["fill"])
        for part in specification(answer)["vconcat"]
        for layer in part["layer"]
        for value in layer["data"]["values"]
        if "described" in value
    }
    assert len({marks["Gao"], marks["N'Djamena"], marks["Village 1"]}) == 3


def test_a_best_sum_of_0_is_only_none_where_no_more_is_possible(tmp_path: Path) -> None:
    import vl_convert

    war = dataset(tmp_path, **DOUBTFUL)
    said = {}
    for question, criteria in (("map", {"by": "dead"}), ("timeline", {})):
        chart = specification(war.answer(question, **criteria))
        said[question] = [text.text for text in texts(vl_convert.vegalite_to_svg(chart).encode())]
        if question == "map":
            marks = {
                value["described"].partition(":")[0]: (value["shape"], value["fill"])
                for layer in chart["vconcat"][2]["layer"]
                for value in layer["data"]["values"]
                if "described" in value
            }
    assert marks["Perhaps"] == marks["Open"] != marks["None"]
    assert {"Perhaps: 0–21", "Open: 0+", "None: 0", "none, as told", "best sum 0, more is possible"} <= {*said["map"]}
    assert {"0–21", "0+", "0: none, as told", "best, as the number above"} <= {*said["timeline"]}
    only = dataset(tmp_path / "only", **{**DOUBTFUL, "events": DOUBTFUL["events"][:2], "casualties": DOUBTFUL["casualties"][:2]})  # fmt: skip
    for question, criteria in (("map", {"by": "dead"}), ("timeline", {})):
        svg = vl_convert.vegalite_to_svg(specification(only.answer(question, **criteria)))
        assert not [text for text in texts(svg.encode()) if "as told" in text.text]


def test_each_holder_has_its_own_colour_and_shape_as_long_as_there_are_any(tmp_path: Path) -> None:
    answer = dataset(tmp_path, **WAR).answer("map", on="2012-02")
    assert answer.chart
    looks: dict[str, set[tuple[str, str]]] = {}
    for part in specification(answer)["vconcat"]:
        for layer in part["layer"]:
            for value in layer["data"]["values"]:
                if holder := re.search(r"held by ([^;(]+)", value.get("described", "")):
                    looks.setdefault(holder[1].strip(), set()).add((value["shape"], value["fill"]))
    assert all(len(those) == 1 for those in looks.values())
    assert len({look for those in looks.values() for look in those}) == len(looks) == 21
    # The hues are Okabe and Ito's, made for this (their black is kept for letters).
    assert set(HUES) == {"#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"}


def test_places_that_all_lie_close_together_fill_the_map(tmp_path: Path) -> None:
    def scale(**criteria: Any) -> float:
        answer = load().answer("map", **criteria)
        layers = specification(answer)["vconcat"][2]["layer"]
        found: float = next(layer["projection"]["scale"] for layer in layers if "projection" in layer)
        return found

    assert scale(near="Gao:100") > 2 * scale()
    assert scale(actor="MNLA") == scale()


def test_a_foreign_file_is_cited_as_what_it_is(mali: Pipe, tmp_path: Path) -> None:
    file, picture = str(FOLDER / "acled_a4.csv"), tmp_path / "x.svg"
    assert mali("timeline", "--data", file, "-o", str(picture)).returncode == 0
    said = " ".join(text.text for text in texts(picture.read_bytes()))
    assert "Source: ACLED: acled_a4.csv. Read by mali" in said
    assert "CC-BY-SA" not in said
    done = mali("map", "--data", file, "--on", "2024", "-o", str(tmp_path / "y.svg"))
    assert done.returncode == 2
    what = "Of no place on the map a holder on 2024-12-31 is told; --format table shows the numbers."
    assert done.stderr.endswith(f"mali: {what} {tmp_path / 'y.svg'} was not written.\n")
    assert not (tmp_path / "y.svg").exists()


def test_a_chart_asked_to_describe_rows_by_number_does() -> None:
    answer = load().answer("map", since="2012")
    described = [
        value["described"]
        for part in specification(answer, 328, framed=False, described=lambda at, row: f"{at}|{row['place']}")[
            "vconcat"
        ]
        for layer in part["layer"]
        for value in layer["data"]["values"]
        if "described" in value
    ]
    places = answer.frame["place"].tolist()
    assert len(described) > 20
    for text in described:
        at, _, place = text.partition("|")
        assert places[int(at)] == place
    [row] = [row for row in rows_of(answer.frame) if row["place"] == "Gao" and row["latitude"] is not None]
    assert answer.chart
    assert in_words(row, answer.chart).startswith("Gao: ")


def test_nothing_on_the_map_is_said() -> None:
    answer = load().answer("map", place="In Amenas")
    with pytest.raises(MaliError, match="Nothing of this lies on the map"):
        specification(answer)


SHOWN = re.compile(r"!\[[^\]]+\]\((pictures/[^)]+)\)\n+`mali ([^`]+)`")


def test_the_pictures_of_the_docs_are_made_by_the_commands_beside_them(mali: Pipe, tmp_path: Path) -> None:
    """All that they say, and where; the digits of a shape may differ from one version of what draws to another."""
    text = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
    shown = [(f"docs/{path}", command) for path, command in SHOWN.findall(text)]
    assert len(shown) == 3
    (tmp_path / "docs" / "pictures").mkdir(parents=True)
    for path, command in shown:
        words = shlex.split(command)
        assert words[words.index("-o") + 1] == path
        assert mali(*words, cwd=tmp_path).returncode == 0
        if os.environ.get("MALI_DOCS"):
            (ROOT / path).write_bytes((tmp_path / path).read_bytes())
        made, kept = (tmp_path / path).read_bytes(), (ROOT / path).read_bytes()
        assert labels(made) == labels(kept)
        for now, then in zip(texts(made), texts(kept), strict=True):
            assert now.text == then.text
            assert now[1:] == pytest.approx(then[1:], abs=0.5)
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} == {Path(path).name for path, _ in shown}
