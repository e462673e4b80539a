"""The columns and categories of the Global Terrorism Database, and what its categories are to us."""

from __future__ import annotations

_TARGET = ("targtype{}", "targtype{}_txt", "targsubtype{}", "targsubtype{}_txt", "corp{}", "target{}")
_WEAPON = ("weaptype{}", "weaptype{}_txt", "weapsubtype{}", "weapsubtype{}_txt")

ALL_COLUMNS = frozenset(
    [
        *("eventid", "iyear", "imonth", "iday", "approxdate", "extended", "resolution", "country", "country_txt"),
        *("region", "region_txt", "provstate", "city", "latitude", "longitude", "specificity", "vicinity"),
        *("location", "summary", "crit1", "crit2", "crit3", "doubtterr", "alternative", "alternative_txt"),
        *("multiple", "success", "suicide"),
        *("attacktype1", "attacktype1_txt", "attacktype2", "attacktype2_txt", "attacktype3", "attacktype3_txt"),
        *(name.format(n) for n in (1, 2, 3) for name in (*_TARGET, "natlty{}", "natlty{}_txt")),
        *("gname", "gsubname", "gname2", "gsubname2", "gname3", "gsubname3", "motive"),
        *("guncertain1", "guncertain2", "guncertain3", "individual", "nperps", "nperpcap", "claimed"),
        *("claimmode", "claimmode_txt", "claim2", "claimmode2", "claimmode2_txt", "claim3", "claimmode3"),
        *("claimmode3_txt", "compclaim"),
        *(name.format(n) for n in (1, 2, 3, 4) for name in _WEAPON),
        *("weapdetail", "nkill", "nkillus", "nkillter", "nwound", "nwoundus", "nwoundte"),
        *("property", "propextent", "propextent_txt", "propvalue", "propcomment"),
        *("ishostkid", "nhostkid", "nhostkidus", "nhours", "ndays", "divert", "kidhijcountry"),
        *("ransom", "ransomamt", "ransomamtus", "ransompaid", "ransompaidus", "ransomnote"),
        *("hostkidoutcome", "hostkidoutcome_txt", "nreleased", "addnotes", "scite1", "scite2", "scite3"),
        *("dbsource", "int_log", "int_ideo", "int_misc", "int_any", "related"),
    ]
)

# By the code of specificity; coordinates are those of the place, or the centre of its district or region.
PLACE_PRECISION = {"1": "place", "2": "district", "3": "district", "4": "region", "5": "country"}

ASSAULTS = frozenset({"assassination", "armed assault", "unarmed assault"})
ABDUCTIONS = frozenset({"hijacking", "hostage taking (barricade incident)", "hostage taking (kidnapping)"})

ARMED_TARGETS = frozenset({"military", "police", "terrorists/non-state militia"})
CIVILIAN_TARGETS = frozenset(
    {"private citizens & property", "journalists & media", "educational institution", "ngo", "business", "tourists"}
    | {"religious figures/institutions"}
)
# Targets of one country, by the name that ACLED gives them
STATE_TARGETS = {
    "military": "Military Forces of {}",
    "police": "Police Forces of {}",
    "government (general)": "Government of {}",
}


def event_types(attack: str, target: str, suicide: bool) -> tuple[str | None, str | None]:
    """Return the event type and the sub-event type of an attack on a target; both in the words of the file."""
    attack, target = attack.lower(), target.lower()
    if attack == "bombing/explosion":
        return "Explosions/Remote violence", "Suicide bomb" if suicide else None
    if attack == "facility/infrastructure attack":
        return "Strategic developments", "Looting/property destruction"
    if attack in ASSAULTS and target in ARMED_TARGETS:
        return "Battles", "Armed clash"
    if target in ARMED_TARGETS or target in ("", "unknown"):
        return None, None
    if attack in ASSAULTS:
        return "Violence against civilians", "Attack"
    return ("Violence against civilians", "Abduction/forced disappearance") if attack in ABDUCTIONS else (None, None)
