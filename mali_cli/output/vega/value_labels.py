"""Placement of numbers above the bars of a panel, without overlaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mali_cli.output.vega.primitives import INK, SOFT, Spec, TextLabel, text_layers, text_width

VALUE_FONT_SIZE, RANGE_FONT_SIZE = 10.0, 9.5
BAR_SHARE = 0.8  # of the width of a period
MIN_LABEL_GAP = 2  # pixels between two labels side by side
ARROW_HEIGHT = 10  # pixels that the mark of an open range takes above its bar
ALIGNMENTS = (0, -1, 1)  # over the middle of a bar, or from its right or left edge


class SizedText(NamedTuple):
    """A text with its font size."""

    text: str
    size: float


class ValueLabel(NamedTuple):
    """A number with the rectangle that it takes, in pixels of its panel."""

    left: float
    top: float
    right: float
    bottom: float
    text: str
    size: float

    def conflicts_with(self, other: ValueLabel) -> bool:
        """Return whether two labels overlap, or are so close side by side that they read as one number."""
        is_close = self.left < other.right + MIN_LABEL_GAP and other.left < self.right + MIN_LABEL_GAP
        return is_close and self.top < other.bottom and other.top < self.bottom


class PlacedLabels(NamedTuple):
    """The labels that have room, and whether all periods have theirs."""

    labels: list[ValueLabel]
    is_complete: bool

    def layers(self) -> list[Spec]:
        return text_layers(
            TextLabel(
                (label.left + label.right) / 2,
                (label.top + label.bottom) / 2,
                label.text,
                label.size,
                INK if label.size == VALUE_FONT_SIZE else SOFT,
                "center",
            )
            for label in self.labels
        )


class BarPanel(NamedTuple):
    """The bars of a panel: the width of a period, and for each bar the height from which labels go upwards."""

    period_width: float
    tops: list[float]

    def stack(self, i: int, texts: list[SizedText], alignment: int) -> list[ValueLabel]:
        """Return texts as labels one above the other on a bar."""
        labels = []
        bottom = self.tops[i]
        for text, size in texts:
            half_width = text_width(text, size) / 2
            middle = (i + 0.5) * self.period_width - alignment * (self.period_width * BAR_SHARE / 2 - half_width)
            labels.append(ValueLabel(middle - half_width, bottom - size, middle + half_width, bottom, text, size))
            bottom -= size + 1
        return labels

    def has_room(self, label: ValueLabel, i: int, others: list[ValueLabel]) -> bool:
        """Return whether the label of a bar is within the panel, clear of other labels and above all other bars."""
        width = self.period_width * len(self.tops)
        if label.left < 0 or label.right > width or any(label.conflicts_with(other) for other in others):
            return False
        first, last = int(label.left / self.period_width), int(label.right / self.period_width)
        bars_below = range(first, min(last + 1, len(self.tops)))
        return all(bar == i or self.tops[bar] >= label.bottom - 1 for bar in bars_below)


def place_value_labels(
    panel: BarPanel, texts: dict[int, list[SizedText]], order_of_others: Sequence[int] = ()
) -> PlacedLabels:
    """Place the texts of bars, which come from the bar upwards; the bars that come first take precedence.

    The last text of a bar is the one that counts: all bars get that one first, then the others if there is room, in
    `order_of_others`.
    """
    placed: dict[int, list[ValueLabel]] = {}
    for i, bar_texts in texts.items():
        _try_to_place(panel, placed, i, bar_texts[-1:])
    for i in order_of_others:
        if i in placed and len(texts[i]) > 1:
            _try_to_place(panel, placed, i, texts[i])
    return PlacedLabels([label for labels in placed.values() for label in labels], len(placed) == len(texts))


def _try_to_place(panel: BarPanel, placed: dict[int, list[ValueLabel]], i: int, texts: list[SizedText]) -> None:
    others = [label for bar, labels in placed.items() if bar != i for label in labels]
    for alignment in ALIGNMENTS:
        labels = panel.stack(i, texts, alignment)
        if all(panel.has_room(label, i, others) for label in labels):
            placed[i] = labels
            return
