"""Where and when events happened, and how two places relate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from mali_cli.model.geo import kilometres
from mali_cli.model.names import NameIndex, normalize_name
from mali_cli.model.vocabulary import AREAL_PRECISIONS
from mali_cli.queries import list_columns
from mali_cli.queries.entities import towns_of_buildings
from mali_cli.queries.event_matching.inputs import EventSet

Positions = npt.NDArray[np.int64]

LONG_DATE_DAYS = 31  # a date range of more days says little about when something happened
EXACT_DATE_DAYS = 7  # an event that lasts longer is not exact to the day
IMPRECISE_PLACES = ("district", "region", "area", "country")  # place precisions whose point represents an area
NAMESAKES_KM = 50.0  # points of one name farther apart are two places
FORMER_REGIONS = {"menaka": "gao", "taoudenit": "timbuktu"}  # of which these were parts, as in older files

# How two places relate, from weak to strong.
APART, SAME_REGION, NEARBY, SAME_PLACE = -1, 0, 1, 2


class Locations(NamedTuple):
    """Where and when the events of both sides happened, as `event_locations` returns them."""

    ours: pd.DataFrame
    theirs: pd.DataFrame


def locate(ours: EventSet, theirs: EventSet) -> Locations:
    """Return the locations of the events of both sides, with the places of ours as keys."""
    towns = towns_of_buildings(ours.places)
    crosswalk = place_crosswalk(theirs.places, ours.places)
    keys = {place: towns[key] for place, key in crosswalk.items()}
    return Locations(event_locations(ours, towns), event_locations(theirs, keys))


def event_locations(events: EventSet, key_by_place: dict[str, str]) -> pd.DataFrame:
    """Return one row per event and place where it happened; none for events without a place below country level.

    `key_by_place` has for each of their places the same place of ours, see `place_crosswalk`.

    The columns are `event` (position of the event), `first` and `last` (days since 1970), `long_date`,
    `inexact_date`, `place_key` (the place of ours), `region` (with its country), `latitude` and `longitude` (NaN if
    the place is not a point), `areal` (not a point) and `near_place` (only near the place). The index is a range.
    """
    frame = events.events
    rows = pd.DataFrame(
        {
            "event": np.arange(len(frame)),
            "first": frame["date_start"].to_numpy().astype("datetime64[D]").astype(np.int64),
            "last": frame["date_end"].to_numpy().astype("datetime64[D]").astype(np.int64),
            "inexact_date": (frame["date_precision"] != "day").to_numpy(),
            "precision": frame["place_precision"].to_numpy(),
            "place": [list_columns.split(cell) for cell in frame["place"]],
        }
    )
    rows["long_date"] = rows["last"] - rows["first"] >= LONG_DATE_DAYS
    rows["inexact_date"] |= rows["last"] - rows["first"] >= EXACT_DATE_DAYS
    rows = rows.explode("place", ignore_index=True)
    place = events.places.set_index("place").reindex(rows["place"].astype(object))
    kind = place["kind"].to_numpy()
    rows = rows.assign(
        place_key=rows["place"].map(key_by_place).astype(object).to_numpy(),
        region=(place["country"].astype(object) + ";" + place["region"].astype(object)).to_numpy(),
        areal=rows["precision"].isin(IMPRECISE_PLACES).to_numpy() | np.isin(kind.astype(str), AREAL_PRECISIONS),
        near_place=(rows["precision"] == "near").to_numpy(),
        latitude=place["latitude"].to_numpy(dtype=float),
        longitude=place["longitude"].to_numpy(dtype=float),
    )
    rows.loc[rows["areal"], ["latitude", "longitude"]] = np.nan
    located: pd.DataFrame = rows[rows["place"].notna() & (rows["precision"] != "country") & (kind != "country")]
    return located.reset_index(drop=True)


def spatial_relation(
    left: pd.DataFrame, right: pd.DataFrame, left_rows: Positions, right_rows: Positions, max_km: float
) -> pd.DataFrame:
    """Return for each pair of event locations how the places relate.

    The columns are `place` (APART to SAME_PLACE), `same_key` (both are one place by name) and `km` (distance, NaN
    unless both are points).
    """

    def equal(name: str) -> npt.NDArray[np.bool_]:
        codes, _ = pd.factorize(pd.concat([left[name], right[name]], ignore_index=True))  # a missing value is -1
        left_codes, right_codes = codes[left_rows], codes[len(left) + right_rows]
        return np.asarray((left_codes == right_codes) & (left_codes >= 0))

    coordinates = [
        side[name].to_numpy(dtype=float)[rows]
        for side, rows in ((left, left_rows), (right, right_rows))
        for name in ("latitude", "longitude")
    ]
    km, same_key = kilometres(*coordinates), equal("place_key")
    areal = left["areal"].to_numpy(dtype=bool)[left_rows] | right["areal"].to_numpy(dtype=bool)[right_rows]
    place = np.full(len(left_rows), APART, dtype=np.int64)
    place[(equal("region") & np.isnan(km)) | (same_key & areal)] = SAME_REGION
    place[km <= max_km] = NEARBY
    place[same_key & ~areal] = SAME_PLACE
    return pd.DataFrame({"place": place, "same_key": same_key, "km": km})


def place_crosswalk(theirs: pd.DataFrame, ours: pd.DataFrame) -> dict[str, str]:
    """Return our key for each of their places that is exactly one of ours by name or alias.

    Points more than NAMESAKES_KM apart are namesakes; where one of the two is not a point, so are places in different
    countries or regions.
    """
    aliases = dict(zip(ours["place"], map(list_columns.split, ours["aliases"]), strict=True))
    index = NameIndex("place", "", aliases)
    our_location = dict(zip(ours["place"], _locations(ours), strict=True))
    key_by_place: dict[str, str] = {}
    for place, place_aliases, location in zip(theirs["place"], theirs["aliases"], _locations(theirs), strict=True):
        for spelling in (place, *list_columns.split(place_aliases)):
            keys = [key for key in index.candidates(spelling) if _may_be_same_place(our_location[key], location)]
            if len(keys) == 1:
                key_by_place[place] = keys[0]
                break
    return key_by_place


class Location(NamedTuple):
    """Where a place lies, as far as stated."""

    country: object
    region: object
    latitude: float
    longitude: float


def _locations(places: pd.DataFrame) -> list[Location]:
    return list(map(Location, *(places[name] for name in Location._fields)))


def _may_be_same_place(left: Location, right: Location) -> bool:
    """Return whether the locations of two places of one name do not contradict each other."""
    coordinates = (np.array([degrees], dtype=float) for place in (left, right) for degrees in place[2:])
    km = kilometres(*coordinates)[0]
    if not np.isnan(km):  # boundaries of regions change; coordinates do not
        return bool(km <= NAMESAKES_KM)
    return _may_be_same(left.country, right.country) and _may_be_same(left.region, right.region)


def _may_be_same(left: object, right: object) -> bool:
    if not (isinstance(left, str) and isinstance(right, str)):
        return True
    names = [normalize_name(name) for name in (left, right)]
    return len({FORMER_REGIONS.get(name, name) for name in names}) == 1
