"""The colours of the camps, the same in all pictures."""

from __future__ import annotations

from collections.abc import Iterable

from mali_cli.output.map_data import CAMPS
from mali_cli.output.vega.primitives import LegendItem

# Of Okabe and Ito's colours, those that stay apart when they are pale.
CAMP_COLORS = {
    "government": "#0072B2",
    "separatist": "#009E73",
    "jihadist": "#D55E00",
    "international": "#CC79A7",
    "other": "#7f7f7f",
}


def camp_items(camps: Iterable[str]) -> list[LegendItem]:
    """Return the entries of a legend for the camps that are drawn."""
    drawn = set(camps)
    return [LegendItem(CAMPS[camp], fill=color) for camp, color in CAMP_COLORS.items() if camp in drawn]


def shade(color: str, strength: float) -> str:
    """Return a colour mixed with white, as an opaque colour: 1 is the colour itself."""
    parts = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02x}" for part in parts)
