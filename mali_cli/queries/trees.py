"""A lineage as text: a tree for reading, Mermaid for a page."""

from __future__ import annotations

import pandas as pd

BACK = {
    "split-from": "split from {other}",
    "merged-into": "{group} merged into it",
    "successor-of": "succeeded {other}",
}
ON = {"split-from": "{group} split off", "merged-into": "merged into {other}", "successor-of": "{group} succeeded it"}


def tree(group: str, steps: pd.DataFrame) -> str:
    """The steps back and the steps on, each with its date; `steps` are in depth-first order, as lineage gives them."""
    lines = [group]
    for heading, words, side in (("came from", BACK, steps["level"] < 0), ("became", ON, steps["level"] > 0)):
        rows = steps[side]
        if len(rows):
            lines += [heading, *_branches(rows, words)]
    return "".join(f"{line}\n" for line in lines)


def _branches(rows: pd.DataFrame, words: dict[str, str]) -> list[str]:
    depths = [abs(int(level)) - 1 for level in rows["level"]]
    lines = []
    for at, (depth, text) in enumerate(zip(depths, _told(rows, words), strict=True)):
        indent = "".join("│  " if _goes_on(depths[at + 1 :], d) else "   " for d in range(depth))
        lines.append(f"{indent}{'├─ ' if _goes_on(depths[at + 1 :], depth) else '└─ '}{text}")
    return lines


def _goes_on(below: list[int], depth: int) -> bool:
    """Whether a further branch of this depth follows before the trunk ends."""
    nearest = next((d for d in below if d <= depth), -1)
    return nearest == depth


def _told(rows: pd.DataFrame, words: dict[str, str]) -> list[str]:
    columns = [list(rows[name]) for name in ("group", "relation", "other", "date", "basis")]
    told = []
    for group, relation, other, date, basis in zip(*columns, strict=True):
        when = date if isinstance(date, str) else "date not stated"
        doubt = "" if basis == "reported" else f", {basis}"
        told.append(f"{words[relation].format(group=group, other=other)} ({when}{doubt})")
    return told


def mermaid(group: str, steps: pd.DataFrame) -> str:
    """A flowchart from the earlier groups to the later ones, as Mermaid reads it."""
    merger = steps["relation"] == "merged-into"
    earlier, later = steps["group"].where(merger, steps["other"]), steps["other"].where(merger, steps["group"])
    names = list(dict.fromkeys([group, *earlier, *later]))
    ids = {name: f"g{at}" for at, name in enumerate(names)}
    labels = [
        f"{relation.split('-')[0]} {date if isinstance(date, str) else 'date not stated'}"
        for relation, date in zip(steps["relation"], steps["date"], strict=True)
    ]
    lines = ["flowchart TD", *(f'    {ids[name]}["{_quoted(name)}"]' for name in names)]
    lines += [f'    {ids[a]} -->|"{label}"| {ids[b]}' for a, b, label in zip(earlier, later, labels, strict=True)]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")
