"""The colours of the camps and how they fade with the age of a statement, the same in all pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mali_cli.output.map_data import CAMPS, Age
from mali_cli.output.vega.primitives import PAPER, LegendItem

# Of Okabe and Ito's colours, those that stay apart when they are pale.
CAMP_COLORS = {
    "government": "#0072B2",
    "separatist": "#009E73",
    "jihadist": "#D55E00",
    "international": "#CC79A7",
    "other": "#7f7f7f",
}
PALE_STRENGTH = 1 / 3


def camp_color(group: str, camps: Mapping[str, str]) -> str:
    """Return the colour of a group by its camp in `camps`."""
    return CAMP_COLORS.get(camps.get(group, "other"), CAMP_COLORS["other"])


def age_fill(color: str, age: Age) -> str:
    """Return the fill of what a statement of this age says; of a stale one only the outline has the colour."""
    return {Age.FRESH: color, Age.PALE: mix(color, PAPER, PALE_STRENGTH), Age.STALE: PAPER}[age]


def camp_items(camps: Iterable[str]) -> list[LegendItem]:
    """Return the entries of a legend for the camps that are drawn."""
    drawn = set(camps)
    return [LegendItem(CAMPS[camp], fill=color) for camp, color in CAMP_COLORS.items() if camp in drawn]


def mix(color: str, other: str, strength: float) -> str:
    """Return a colour mixed with another: 1 is the colour itself, 0 the other."""
    pairs = ((int(color[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(two + (one - two) * strength):02x}" for one, two in pairs)
