"""ACLED's interactions: the codes and spellings of all versions mean the same."""

from __future__ import annotations

import pytest

from mali_cli.model import schema
from mali_cli.model.interactions import KINDS, interaction


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[(text, "State forces-Civilians") for text in ("17", "71", "17.0", "State forces-Civilians", "civilians - STATE FORCES")],
        *[(text, "External/Other forces-Civilians") for text in ("78", "87", "Civilians–Other Forces")],
        *[(text, "Rebel group only") for text in ("20", "2", "Rebel group only", "rebel groups")],
        ("44", "Identity militia-Identity militia"),
        ("Rebel Forces-Communal / Identity Groups", "Rebel group-Identity militia"),
        *[(text, None) for text in ("", "0", "00", "19", "171", "Rebels-Army", "State forces-", "only")],
    ],
)  # fmt: skip
def test_codes_texts_and_either_order_mean_one_interaction(typed: str, expected: str | None) -> None:
    assert interaction(typed) == expected


def test_every_pair_of_kinds_is_declared_and_no_other() -> None:
    declared = schema.table("events").column("interaction").enum
    codes = [f"{a}{b}" for a in KINDS for b in ("0", *KINDS) if b == "0" or a <= b]
    assert [interaction(code) for code in codes] == list(declared)
    assert len(declared) == 44  # as many as the codebook has
    assert [interaction(text) for text in declared] == list(declared)
