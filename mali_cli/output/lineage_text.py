"""Render a lineage as text: a tree for reading, or a Mermaid flowchart for a web page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ORIGIN_TEXT = {
    "split-from": "split from {other}",
    "merged-into": "{group} merged into it",
    "successor-of": "succeeded {other}",
}
SUCCESSOR_TEXT = {
    "split-from": "{group} split off",
    "merged-into": "merged into {other}",
    "successor-of": "{group} succeeded it",
}


def render(group: str, steps: pd.DataFrame, format: str) -> str:
    """Return the lineage of a group as a tree or in Mermaid; nothing if there are no steps."""
    if steps.empty:
        return ""
    return tree(group, steps) if format == "tree" else mermaid(group, steps)


def tree(group: str, steps: pd.DataFrame) -> str:
    """Return the predecessors and the successors of a group as two trees, with the date of each step.

    `steps` is the result of `relations.lineage`.
    """
    lines = [group]
    for heading, words, side in (
        ("came from", ORIGIN_TEXT, steps["level"] < 0),
        ("became", SUCCESSOR_TEXT, steps["level"] > 0),
    ):
        rows = steps[side]
        if len(rows):
            lines += [heading, *render_branches(rows, words)]
    return "".join(f"{line}\n" for line in lines)


def render_branches(rows: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Return a line for each row, in depth-first order, indented by the absolute value of its level."""
    depths = [abs(int(level)) - 1 for level in rows["level"]]
    texts = [step_text(step, words) for step in rows.to_dict("records")]
    lines = []
    for i, (depth, text) in enumerate(zip(depths, texts, strict=True)):
        indent = "".join("│  " if has_sibling(depths[i + 1 :], d) else "   " for d in range(depth))
        lines.append(f"{indent}{'├─ ' if has_sibling(depths[i + 1 :], depth) else '└─ '}{text}")
    return lines


def has_sibling(following_depths: list[int], depth: int) -> bool:
    """Return whether another branch of this depth follows before the branch above ends."""
    return next((d for d in following_depths if d <= depth), -1) == depth


def step_text(step: Mapping[Any, Any], words: dict[str, str]) -> str:
    """Return what became of a group in a step, with its date."""
    doubt = "" if step["basis"] == "reported" else f", {step['basis']}"
    text = words[step["relation"]].format(group=step["group"], other=step["other"])
    return f"{text} ({_when(step['date'], step['dating'])}{doubt})"


def _when(date: object, dating: object) -> str:
    """Return the date of a step, and in words if it is not that of the step itself."""
    if not isinstance(date, str):
        return "date not stated"
    return date if dating == "stated" else f"{dating} {date}"


def mermaid(group: str, steps: pd.DataFrame) -> str:
    """Return a Mermaid flowchart from earlier groups to later ones."""
    merger = steps["relation"] == "merged-into"
    earlier, later = steps["group"].where(merger, steps["other"]), steps["other"].where(merger, steps["group"])
    names = list(dict.fromkeys([group, *earlier, *later]))
    ids = {name: f"g{i}" for i, name in enumerate(names)}
    labels = [
        f"{relation.split('-')[0]}{' ' if dating == 'stated' else ', '}{_when(date, dating)}"
        for relation, date, dating in zip(steps["relation"], steps["date"], steps["dating"], strict=True)
    ]
    lines = ["flowchart TD", *(f'    {ids[name]}["{_quoted(name)}"]' for name in names)]
    lines += [f'    {ids[a]} -->|"{label}"| {ids[b]}' for a, b, label in zip(earlier, later, labels, strict=True)]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")
