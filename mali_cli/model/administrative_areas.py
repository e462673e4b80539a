"""The other names of regions and cercles, which stand in the rows of places such as "Mopti Region"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mali_cli.model.names import normalize_name

KIND = re.compile(r"^(?:région|region|cercle|district) (?:de |d'|of )| (?:region|cercle|district)$", re.I)


def bare_area_name(name: str) -> str:
    """Return a name without the kind of area: Mopti for "Mopti region" and for "Région de Mopti"."""
    return KIND.sub("", name)


def other_area_names(area: str, place_names: Iterable[str]) -> list[str]:
    """Return the names of a place, if it is this area as a whole, with and without the kind of area; else none."""
    names = list(place_names)
    bare = {name: bare_area_name(name) for name in names}
    is_area = any(text != name and normalize_name(text) == normalize_name(area) for name, text in bare.items())
    return [*names, *bare.values()] if is_area else []
