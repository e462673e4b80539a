"""Make a file shaped like ACLED's: python benchmarks/acled_like.py 200000 made.csv

The layout is that of 2023 and later: 31 columns, about 0.7 kB per record, with notes that contain quotes, commas and
accents. Every word is invented, so the files may be shared; the same number of records gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import random
import sys
from collections.abc import Iterator
from pathlib import Path

HEADER = [
    *("event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type"),
    *("actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting"),
    *("iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude"),
    *("geo_precision", "source", "source_scale", "notes", "fatalities", "tags", "timestamp"),
]

MNLA = "MNLA: National Movement for the Liberation of Azawad"
ARMED = [
    ("Military Forces of Mali (2021-)", "State forces"),
    ("Military Forces of Mali (2013-2020)", "State forces"),
    ("Military Forces of Mali (2002-2012)", "State forces"),
    ("JNIM: Group for Support of Islam and Muslims", "Rebel group"),
    ("Islamic State (Sahel)", "Rebel group"),
    ("Katiba Macina", "Rebel group"),
    ("MUJAO: Movement for Unity and Jihad in West Africa", "Rebel group"),
    ("Dan Na Ambassagou", "Political militia"),
    ("Dozo Militia", "Identity militia"),
    ("Fulani Ethnic Militia (Mali)", "Identity militia"),
    ("Unidentified Armed Group (Mali)", "Political militia"),
    ("Wagner Group", "External/Other forces"),
]
ASSOCIATES = ["Katiba Macina", "Katiba Serma; Ansaroul Islam", "Farmers (Mali)", "Fulani Ethnic Group (Mali)", ""]
PLACES = [
    (country, admin1, f"{admin1} cercle {n % 7}", f"{stem} {n}", 12 + n % 11 + 0.0123 * n % 1, -9 + n % 13)
    for country, admin1, stem in (
        ("Mali", "Mopti", "Koro"),
        ("Mali", "Gao", "Ansongo"),
        ("Mali", "Tombouctou", "Niafunké"),
        ("Mali", "Ménaka", "Andéramboukane"),
        ("Burkina Faso", "Sahel", "Djibo"),
        ("Niger", "Tillabéri", "Téra"),
    )
    for n in range(120)
]
ISO = {"Mali": ("466", "MLI"), "Burkina Faso": ("854", "BFO"), "Niger": ("562", "NIR")}
KINDS = [
    ("Battles", "Armed clash", "Political violence"),
    ("Explosions/Remote violence", "Remote explosive/landmine/IED", "Political violence"),
    ("Explosions/Remote violence", "Air/drone strike", "Political violence"),
    ("Violence against civilians", "Attack", "Political violence"),
    ("Violence against civilians", "Abduction/forced disappearance", "Political violence"),
    ("Strategic developments", "Looting/property destruction", "Strategic developments"),
]
SENTENCES = [
    "Property was said to be taken; the «chef de village» spoke of houses, and of cattle, grain and motorcycles.",
    'A resident told a radio that "nobody came, neither on that day nor on the next", and that the market stayed shut.',
    "The number of the wounded was not known at first; some were carried to the hospital of the cercle next morning.",
    "L'après-midi, des tirs furent entendus près de la forêt; the road was closed until the evening, said a driver.",
    "A patrol that was sent to the place found nobody there, and went back to its base without a further incident.",
]
FIRST, DAYS = datetime.date(2012, 1, 1), 13 * 365


def records(number: int) -> Iterator[list[str]]:
    """Yield records of 31 cells."""
    chance = random.Random(number)
    for n in range(number):
        day = FIRST + datetime.timedelta(days=DAYS - n * DAYS // number)
        kind, sub, disorder = chance.choice(KINDS)
        (actor1, inter1), (actor2, inter2) = chance.sample(ARMED, 2)
        with1, with2 = chance.choice(ASSOCIATES), chance.choice(ASSOCIATES)
        targeting = ""
        if kind == "Violence against civilians":
            actor2, inter2, targeting = "Civilians (Mali)", "Civilians", "Civilian targeting"
        if n % 100 == 7:  # the MNLA in one of a hundred records, in each of the four columns in turn
            column = n // 100 % 4
            if column == 0:
                actor1, inter1 = MNLA, "Rebel group"
            elif column == 1:
                with1 = f"{MNLA}; {with1}" if with1 else MNLA
            elif column == 2:
                actor2, inter2 = MNLA, "Rebel group"
            else:
                with2 = f"{with2}; {MNLA}" if with2 else MNLA
        country, admin1, admin2, location, latitude, longitude = PLACES[chance.randrange(len(PLACES))]
        iso, prefix = ISO[country]
        # No imprecise dates around New Year, so that "from 2020" means the same to every tool.
        precision = 1 if day.month in (1, 12) else chance.choice((1, 1, 1, 1, 2, 3))
        dead = chance.choice((0, 0, 0, 1, 2, 5, 12))
        notes = (
            f"On {day:%d %B %Y}, {actor1} and {actor2} met near {location} ({admin2}, {admin1}). "
            f"{chance.choice(SENTENCES)} {dead or 'No'} fatalities were reported."
        )
        yield [
            f"{prefix}{n + 1}", day.isoformat(), str(day.year), str(precision), disorder, kind, sub, actor1, with1,
            inter1, actor2, with2, inter2, f"{inter1}-{inter2}", targeting, iso, "Western Africa", country, admin1,
            admin2, f"Commune {admin2[-1]}", location, f"{latitude:.4f}", f"{longitude:.4f}",
            str(chance.choice((1, 1, 2, 3))), "Studio Tamani; Undisclosed Source", "Local partner-National", notes,
            str(dead), "crowd size=no report" if dead == 0 else "", str(1_700_000_000 + n),
        ]  # fmt: skip


def make(path: Path, number: int) -> Path:
    """Write a file of `number` records, unless it exists."""
    if not path.exists():
        partial = path.with_suffix(".part")
        with open(partial, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(records(number))
        partial.rename(path)
    return path


if __name__ == "__main__":
    make(Path(sys.argv[2]), int(sys.argv[1]))
