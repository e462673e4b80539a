"""The United Nations' list of peacekeepers who died: what a record of it says."""

from __future__ import annotations

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import FORMS, day
from mali_cli.formats.records import CasualtyEstimate, EventRecord, RecordError, plain

CAUSES = {
    "malicious act": "hostile",
    "accident": "accident",
    "illness": "illness",
    "self-inflicted": "self-inflicted",
    "to be determined": "unknown",
    "unknown": "unknown",
    "": "unknown",
}
VICTIMS = {
    "military": "peacekeeper",
    "military observer": "peacekeeper",
    "police": "police",
    "international civilian": "civilian",
    "local": "civilian",
}
NO_COUNTRY = "ZZ [Undetermined]"


class Un(FormatAdapter):
    """A file of UN peacekeeping fatalities; each person's death is an event of its own."""

    name = "UN"
    claimant, claimant_kind = "UN", "un"
    required = frozenset(
        {"casualty_id", "incident_date", "mission_acronym", "casualty_nationality", "casualty_personnel_type"}
        | {"type_of_incident"}
    )
    used_columns = required
    known_columns = required | {"id", "type_of_casualty", "gender", "m49_code", "isocode3", "last_update"}
    key = "casualty_id"
    date_columns = ("incident_date",)
    actor_columns = ("mission_acronym",)
    location_columns = ()
    separator = ";"

    @property
    def version(self) -> str:
        return "peacekeeping fatalities"

    def parse_record(self, record: list[str]) -> EventRecord:
        cell = self.cells(record)
        key = plain(cell("casualty_id"))
        if not key:
            raise RecordError("casualty_id", "", "is blank; a casualty needs its id")
        at = day(plain(cell("incident_date")))
        if at is None:
            raise RecordError("incident_date", cell("incident_date"), f"is no date such as {FORMS}")
        incident = plain(cell("type_of_incident"))
        if incident.lower() not in CAUSES:
            raise RecordError("type_of_incident", incident, f"is none of {', '.join(filter(None, CAUSES))}")
        cause = CAUSES[incident.lower()]
        mission = plain(cell("mission_acronym"))
        group = self.concordance.actor(mission, None) if mission else None
        who, nationality = plain(cell("casualty_personnel_type")), plain(cell("casualty_nationality"))
        country = None if nationality == NO_COUNTRY else self.concordance.country(nationality)
        return EventRecord(
            key,
            at.isoformat(),
            at.isoformat(),
            "day",
            None,
            None,
            None,
            None,
            (),
            [group] if group and cause == "hostile" else (),
            "; ".join(
                filter(None, (": ".join(filter(None, (mission, ", ".join(filter(None, (who, country)))))), incident))
            ),
            None,
            None,
            [
                CasualtyEstimate(
                    1,
                    "killed",
                    1,
                    1,
                    1,
                    group=group,
                    country=country,
                    victims=VICTIMS.get(who.lower()),
                    who=who or None,
                    cause=cause,
                )
            ],
        )
