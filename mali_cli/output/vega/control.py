"""Who held which place over time: a band for each place, in the colour of the holder's camp, paler with age."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from mali_cli.model.periods import DAYS_PER_YEAR, FRESH_YEARS, STALE_YEARS
from mali_cli.model.vocabulary import PRESENT, UNKNOWN_HOLDER
from mali_cli.output.fatality_text import Row
from mali_cli.output.map_data import AGE_TEXTS, Age, split_holders
from mali_cli.output.streams import escape_control
from mali_cli.output.vega.camps import CAMP_COLORS, age_fill, camp_color, camp_items
from mali_cli.output.vega.layout import Picture, Room
from mali_cli.output.vega.primitives import (
    INK,
    PALE,
    PAPER,
    SOFT,
    LegendItem,
    Spec,
    TextLabel,
    colored_rect_layer,
    legend,
    segment_layer,
    shorten,
    text_layers,
    text_width,
    view,
)
from mali_cli.results import ChartRequest, pluralize

FONT_SIZE, BAND_FONT_SIZE = 11, 9.5
LANE_HEIGHT, MIN_LANE_HEIGHT, ROW_GAP = 14.0, 9.0, 6.0
MAX_PLACES = 40
AXIS_HEIGHT = 20
NAME_SHARE = 0.25  # of the width, at most, for the names of places
DOUBTS = ("claimed", "disputed")


def control_title(chart: ChartRequest) -> str:
    """Return what the bands show, without the filters."""
    return f"{chart.subject}: who held which place"


def empty_message(rows: list[Row], chart: ChartRequest) -> str:
    """Return what to say if there is no band to draw."""
    known = any(row["holder"] != UNKNOWN_HOLDER for row in rows if _is_drawn(row))
    return "" if known else "No place has a recorded holder in this period"


def _is_drawn(row: Row) -> bool:
    return bool(row["basis"] != PRESENT)


def draw_control(rows: list[Row], chart: ChartRequest, room: Room, describe: Callable[[Row], str]) -> Picture:
    """Return the bands with their legend. Troops that are only present hold nothing and are not drawn."""
    by_place = {place: list(group) for place, group in groupby(filter(_is_drawn, rows), lambda row: row["place"])}
    most = MAX_PLACES if room.max_height is None else int((room.max_height - AXIS_HEIGHT) / (MIN_LANE_HEIGHT + ROW_GAP))
    shown = sorted(by_place, key=lambda place: (-len(by_place[place]), place))[: max(most, 1)]
    notes = ["A later change may be missing from the documents. Troops that were only present are not drawn."]
    if left_out := len(by_place) - len(shown):
        left_out_places = f"{pluralize(left_out, 'places')} with the fewest statements"
        notes.append(f"Not drawn: {left_out_places}; --place or --region draws them.")
    bands = _Bands({place: by_place[place] for place in sorted(shown)}, chart, room)
    return Picture([bands.view()], legend(list(_legend_items(bands)), room.width, 0), 0.0, notes)


def _legend_items(bands: _Bands) -> Iterator[LegendItem]:
    """Yield what the colours and shades mean."""
    yield from camp_items(bands.camps)
    grey = CAMP_COLORS["other"]
    yield LegendItem("The statement is:", "none")
    yield from (LegendItem(AGE_TEXTS[age], fill=age_fill(grey, age), stroke=grey) for age in Age)
    if bands.has_unknown:
        yield LegendItem("black outline: holder unknown", fill=PAPER, stroke=INK)
    if bands.has_rivals:
        yield LegendItem("one below the other: rival accounts of the same time", "none")


class _Part(NamedTuple):
    """A part of a band: its first and last day, and the age of the statement then."""

    first: datetime.date
    last: datetime.date
    age: Age


class _Bands:
    """The intervals of the places in lanes, those of one time below each other, with their geometry in pixels."""

    def __init__(self, by_place: dict[str, list[Row]], chart: ChartRequest, room: Room) -> None:
        self.chart = chart
        self.width = room.width
        self.first, self.last = (datetime.date.fromisoformat(day) for day in (chart.first_drawn, chart.last_drawn))
        self.by_place = {place: _lanes(rows) for place, rows in by_place.items()}
        lanes = sum(map(len, self.by_place.values()))
        self.lane_height = LANE_HEIGHT
        if room.max_height is not None:
            free = room.max_height - AXIS_HEIGHT - ROW_GAP * len(self.by_place)
            self.lane_height = max(min(free / lanes, LANE_HEIGHT), MIN_LANE_HEIGHT)
        self.height = AXIS_HEIGHT + lanes * self.lane_height + ROW_GAP * len(self.by_place)
        longest = max(text_width(place, FONT_SIZE) for place in self.by_place)
        self.left = min(longest, room.width * NAME_SHARE) + ROW_GAP
        holders = {holder for rows in by_place.values() for row in rows for holder in split_holders(row)}
        self.camps = {chart.camps.get(holder, "other") for holder in holders - {UNKNOWN_HOLDER}}
        self.has_unknown = UNKNOWN_HOLDER in holders
        self.has_rivals = any(len(lanes) > 1 for lanes in self.by_place.values())

    def x(self, day: datetime.date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return self.left + min(max(share, 0), 1) * (self.width - self.left)

    def view(self) -> Spec:
        bands: list[Spec] = []
        names: list[TextLabel] = []
        labels: list[TextLabel] = []
        lines: list[Spec] = []
        y = AXIS_HEIGHT + ROW_GAP / 2
        for place, lanes in self.by_place.items():
            height = len(lanes) * self.lane_height
            name = shorten(escape_control(place), FONT_SIZE, self.left - ROW_GAP)
            names.append(TextLabel(self.left - ROW_GAP, y + height / 2, name, FONT_SIZE, INK, "right"))
            for lane in lanes:
                for row in lane:
                    bands += self._band(row, y)
                    labels += self._label(row, y)
                y += self.lane_height
            lines.append({"x": 0, "x2": self.width, "y": y + ROW_GAP / 2, "y2": y + ROW_GAP / 2})
            y += ROW_GAP
        layers = [
            segment_layer(lines, {"type": "rule", "color": PALE, "aria": False}),
            *self._axis(),
            colored_rect_layer(bands),
            *_with_halo(labels),
            *text_layers(names),
        ]
        return view(self.width, self.height, layers)

    def _band(self, row: Row, y: float) -> Iterator[Spec]:
        """Yield the rectangles of an interval, divided among those who held the place together."""
        holders = split_holders(row)
        height = (self.lane_height - 1) / len(holders)
        described = _description(row)
        for i, holder in enumerate(holders):
            is_unknown = holder == UNKNOWN_HOLDER
            color = INK if is_unknown else camp_color(holder, self.chart.camps)
            for part in self._parts(row):
                fill = PAPER if is_unknown else age_fill(color, part.age)
                ends = {"x": self.x(part.first), "x2": max(self.x(part.last), self.x(part.first) + 1)}
                ends |= {"y": y + i * height, "y2": y + (i + 1) * height}
                yield {**ends, "fill": fill, "stroke": color, "description": described}

    def _parts(self, row: Row) -> Iterator[_Part]:
        """Yield the parts of an interval by the age of the statement."""
        end = _day(row["until"]) or self.last
        said = _day(row["as_of"]) or self.first
        first = _day(row["since"]) or self.first
        for age, years in ((Age.FRESH, FRESH_YEARS), (Age.PALE, STALE_YEARS), (Age.STALE, 200)):
            last = min(end, said + datetime.timedelta(days=DAYS_PER_YEAR * years))
            if last > max(first, self.first) and first < self.last:
                yield _Part(max(first, self.first), min(last, self.last), age)
            first = max(first, last)

    def _label(self, row: Row, y: float) -> Iterator[TextLabel]:
        parts = list(self._parts(row))
        if not parts or self.lane_height < BAND_FONT_SIZE:
            return
        doubt = f" ({row['basis']})" if row["basis"] in DOUBTS else ""
        text = escape_control(row["holder"]).replace(";", ", ") + doubt
        if text_width(text, BAND_FONT_SIZE) + 6 <= self.x(parts[-1].last) - self.x(parts[0].first):
            middle = y + (self.lane_height - 1) / 2
            yield TextLabel(self.x(parts[0].first) + 4, middle, text, BAND_FONT_SIZE, INK)

    def _axis(self) -> list[Spec]:
        """Return lines at the beginnings of years, or of quarters in a short period, with their labels."""
        days = (self.last - self.first).days
        months = (1, 4, 7, 10) if days < 1200 else (1,)
        starts = [
            datetime.date(year, month, 1) for year in range(self.first.year, self.last.year + 1) for month in months
        ]
        starts = [day for day in starts if self.first <= day <= self.last] or [self.first]
        lines = [{"x": self.x(day), "x2": self.x(day), "y": AXIS_HEIGHT - 5, "y2": self.height} for day in starts]
        texts = [f"{day:%Y-%m}" if len(months) > 1 else f"{day:%Y}" for day in starts]
        room = (self.width - self.left) / len(starts)  # of a label
        step = next(n for n in (1, 2, 5, 10, 50) if text_width(texts[0], 10) + 8 < room * n)
        labels = [
            TextLabel(self.x(day), 8, text, 10, SOFT, "left" if i == 0 else "center")
            for i, (day, text) in enumerate(zip(starts, texts, strict=True))
            if i % step == 0
        ]
        return [segment_layer(lines, {"type": "rule", "color": PALE, "aria": False}), *text_layers(labels)]


def _lanes(rows: list[Row]) -> list[list[Row]]:
    """Return the intervals of a place in as few lanes as keep those of one time apart; rivals are below each other."""
    lanes: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: row["since"]):
        for lane in lanes:
            if (end := lane[-1]["until"]) is not None and end <= row["since"]:
                lane.append(row)
                break
        else:
            lanes.append([row])
    return lanes


def _day(value: datetime.datetime | None) -> datetime.date | None:
    return None if value is None else datetime.date(value.year, value.month, value.day)


def _description(row: Row) -> str:
    """Return "Gao: MUJAO, since 2012-06-28 to 2012-08-14, until 2013-01-13 (next statement); held"."""
    since, since_by = _day(row["since"]), _day(row["since_by"])
    begin = f"{since}" if since == since_by else f"between {since} and {since_by}"
    end = f"until {_day(row['until'])} ({row['ending']})" if row["until"] is not None else row["ending"]
    holder = row["holder"].replace(";", ", ")
    return escape_control(f"{row['place']}: {holder}, since {begin}, {end}; {row['basis']}, as of {_day(row['as_of'])}")


def _with_halo(labels: list[TextLabel]) -> list[Spec]:
    """Return the texts on a white outline of themselves, so that they can be read on any colour."""
    halo = text_layers(label._replace(color=PAPER) for label in labels)
    for layer in halo:
        layer["mark"] |= {"stroke": PAPER, "strokeWidth": 2.5, "strokeJoin": "round"}
    return [*halo, *text_layers(labels)]
