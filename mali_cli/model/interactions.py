"""ACLED's interactions: the kinds of actors of both sides of an event, as text and as the codes of older files."""

from __future__ import annotations

import re

from mali_cli.model.names import normalize_name

KINDS = {
    **{"1": "State forces", "2": "Rebel group", "3": "Political militia", "4": "Identity militia"},
    **{"5": "Rioters", "6": "Protesters", "7": "Civilians", "8": "External/Other forces"},
}
# Other spellings, of older codebooks and of acledR
SPELLINGS = {
    **{"Rebel groups": "2", "Rebel forces": "2", "Political militias": "3", "Militia groups": "3"},
    **{"Identity militias": "4", "Communal/Identity groups": "4", "Communal / Identity groups": "4"},
    **{"Other forces": "8", "External forces": "8", "Foreign/Others": "8", "Foreign / Others": "8"},
}
CODE = re.compile(r"[0-8]{2}|[1-8]", re.ASCII)
ONLY = "only"
_CODES = {normalize_name(name): code for code, name in KINDS.items()}
_CODES |= {normalize_name(name): code for name, code in SPELLINGS.items()}


def interaction(text: str) -> str | None:
    """Return an interaction as ACLED writes it: "State forces-Civilians" also for 17, 71 and "civilians-state forces".

    None for a text that names no kinds of actors; a single kind is on one side only.
    """
    text = text.strip().removesuffix(".0")
    if CODE.fullmatch(text):
        return _text(*text.rjust(2, "0"))
    words = normalize_name(text).removesuffix(f" {ONLY}")
    if words in _CODES:
        return _text(_CODES[words], "0")
    for dash in re.finditer(r"\s*[-–—]\s*", text):
        codes = [_CODES.get(normalize_name(side)) for side in (text[: dash.start()], text[dash.end() :])]
        if codes[0] and codes[1]:
            return _text(codes[0], codes[1])
    return None


def _text(*codes: str) -> str | None:
    """Return the text of two codes, of which 0 is no actor."""
    first, second = sorted(codes)
    if first == "0":
        return f"{KINDS[second]} {ONLY}" if second != "0" else None
    if (first, second) == ("7", "8"):  # the only pair that ACLED does not write in the order of its codes
        first, second = second, first
    return f"{KINDS[first]}-{KINDS[second]}"
