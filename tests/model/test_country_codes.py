"""ISO codes of the countries in our tables."""

from __future__ import annotations

import re

from mali_cli import load
from mali_cli.model.country_codes import ISO_CODES


def test_every_country_of_our_tables_has_codes() -> None:
    dataset = load()
    groups = dataset.table("groups")
    countries = {*groups.loc[groups["kind"] == "state", "group"]}
    for table in ("places", "groups", "casualties", "strengths"):
        countries |= {*dataset.table(table)["country"].dropna()}
    assert countries - {"Azawad"} == ISO_CODES.keys()


def test_no_code_is_that_of_two_countries() -> None:
    codes = [code for codes in ISO_CODES.values() for code in codes]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[A-Z]{2} [A-Z]{3} [0-9]{3}", " ".join(codes)) for codes in ISO_CODES.values())
