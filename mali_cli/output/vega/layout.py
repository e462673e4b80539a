"""The layout of a picture: title and subtitle above, legend and notes below or beside it, and its size."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mali_cli.output.vega.primitives import INK, SOFT, Spec, paragraph, wrap_text

TITLE_FONT_SIZE, SUBTITLE_FONT_SIZE, FOOTNOTE_FONT_SIZE = 17, 12.5, 9.5
PADDING = 14  # pixels around a picture with its title
SPACING = 12  # pixels between the views
PANEL_GAP = 18  # pixels between a map and what is beside it
MAX_ENLARGEMENT = 2.0


class Size(NamedTuple):
    """The pixels of a picture with its padding; if the height is None, the picture is as high as its contents."""

    width: float
    height: float | None
    is_wide: bool = False  # whether there is more room beside a map than below it


SIZES = {"slide": Size(960, 540, is_wide=True), "page": Size(748, None), "square": Size(748, 748)}


class Picture(NamedTuple):
    """The panels and the legend, how many pixels the axes take on the left, and the notes that belong beside them."""

    panels: list[Spec]
    legend: Spec
    left: float
    side_notes: list[str]


class Room(NamedTuple):
    """The room for the panels of a picture, in pixels, and whether the legend is beside them."""

    width: float
    max_height: float | None = None
    legend_is_beside: bool = False


class Frame(NamedTuple):
    """What is written around a picture."""

    title: str
    subtitle: str
    footnotes: Callable[[list[str]], list[str]]  # the paragraphs below, from the notes of the picture

    def title_views(self, width: float, left: float) -> list[Spec]:
        title = wrap_text(self.title, TITLE_FONT_SIZE, width, bold=True)
        subtitle = wrap_text(self.subtitle, SUBTITLE_FONT_SIZE, width)
        return [
            *([paragraph(title, width, -left, TITLE_FONT_SIZE, INK, bold=True)] if title else []),
            *([paragraph(subtitle, width, -left, SUBTITLE_FONT_SIZE, SOFT)] if subtitle else []),
        ]

    def footnote_view(self, picture: Picture, width: float) -> Spec:
        lines = [
            line for text in self.footnotes(picture.side_notes) for line in wrap_text(text, FOOTNOTE_FONT_SIZE, width)
        ]
        return paragraph(lines, width, -picture.left, FOOTNOTE_FONT_SIZE, SOFT)


def framed_views(draw: Callable[[Room], Picture], frame: Frame, size: Size) -> list[Spec]:
    """Return the views of a picture with its frame.

    A picture with a given height has exactly the proportions of its size: where its parts need more room, it is
    larger, and its letters are smaller on a page.
    """
    enlargement = 1.0
    while True:
        width = size.width * enlargement - 2 * PADDING
        if size.height is None:
            return _stacked(draw, frame, width, None)
        height = size.height * enlargement - 2 * PADDING
        views = _side_by_side(draw, frame, width, height) if size.is_wide else _stacked(draw, frame, width, height)
        missing = height - _height({"vconcat": views})
        if missing >= 0 or enlargement >= MAX_ENLARGEMENT:
            _add_height(views[-1], max(missing, 0))
            return views
        enlargement += 0.05


def _stacked(draw: Callable[[Room], Picture], frame: Frame, width: float, height: float | None) -> list[Spec]:
    """Return the views one below the other; where the height is given, a map is as large as the rest allows."""

    def views(picture: Picture) -> list[Spec]:
        notes = frame.footnote_view(picture, width)
        return [*frame.title_views(width, picture.left), *picture.panels, picture.legend, notes]

    picture = draw(Room(width))
    if height is not None:
        surplus = _height({"vconcat": views(picture)}) - height
        picture = draw(Room(width, max(_height({"vconcat": picture.panels}) - surplus, height / 3)))
    return views(picture)


def _side_by_side(draw: Callable[[Room], Picture], frame: Frame, width: float, height: float) -> list[Spec]:
    """Return the views with legend and notes beside a picture that is not as wide as the room, such as a map."""
    above = frame.title_views(width, 0)
    picture = draw(Room(width, height - _height({"vconcat": above}) - SPACING, legend_is_beside=True))
    panel_width = width - max(panel["width"] for panel in picture.panels) - PANEL_GAP
    if picture.left or panel_width <= 0:
        return _stacked(draw, frame, width, height)
    panel = {"vconcat": [picture.legend, frame.footnote_view(picture, panel_width)], "spacing": SPACING}
    return [*above, {"hconcat": [*picture.panels, panel], "spacing": PANEL_GAP, "bounds": "flush"}]


def _height(view: Spec) -> float:
    if "vconcat" in view:
        return sum(_height(part) for part in view["vconcat"]) + SPACING * (len(view["vconcat"]) - 1)
    if "hconcat" in view:
        return max(_height(part) for part in view["hconcat"])
    height: float = view["height"]
    return height


def _add_height(view: Spec, pixels: float) -> None:
    """Leave blank pixels below a view."""
    for parts in ("vconcat", "hconcat"):
        if parts in view:
            _add_height(view[parts][-1], pixels)
            return
    view["height"] += pixels
