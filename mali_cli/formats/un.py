"""The United Nations' list of peacekeepers who died."""

from __future__ import annotations

from mali_cli.formats.base import FormatAdapter
from mali_cli.formats.dates import DATE_FORMS
from mali_cli.formats.records import CasualtyEstimate, EventRecord, RecordError

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
    """A file of UN peacekeeping fatalities; the death of each person is one event."""

    name = "UN"
    claimant, claimant_kind = "UN", "un"
    required = frozenset(
        {"casualty_id", "incident_date", "mission_acronym", "casualty_nationality", "casualty_personnel_type"}
        | {"type_of_incident"}
    )
    used_columns = required
    all_columns = required | {"id", "type_of_casualty", "gender", "m49_code", "isocode3", "last_update"}
    key = "casualty_id"
    date_columns = ("incident_date",)
    actor_columns = ("mission_acronym",)
    location_columns = ()
    separator = ";"

    @property
    def version(self) -> str:
        return "peacekeeping fatalities"

    def parse_record(self, record: list[str]) -> EventRecord:
        cell = self.cell_getter(record)
        key = cell("casualty_id").strip()
        if not key:
            raise RecordError("casualty_id", "", "is blank; a casualty needs its id")
        day = self.parse_day(cell("incident_date").strip())
        if day is None:
            raise RecordError("incident_date", cell("incident_date"), f"is not a date such as {DATE_FORMS}")
        incident, mission, personnel = (
            cell(column).strip() for column in ("type_of_incident", "mission_acronym", "casualty_personnel_type")
        )
        cause = _cause(incident)
        group = self.crosswalk.group_key(mission, None, self.crosswalk.era(day.isoformat())) if mission else None
        country = self._country(cell("casualty_nationality").strip())
        return EventRecord(
            key=key,
            date_start=day.isoformat(),
            date_end=day.isoformat(),
            date_precision="day",
            event_type=None,
            sub_event_type=None,
            point=None,
            place_precision=None,
            side_a=(),
            side_b=[group] if group and cause == "hostile" else (),
            summary=_summary(mission, personnel, country, incident),
            note=None,
            sources=None,
            figures=[_figure(group, country, personnel, cause)],
        )

    def _country(self, nationality: str) -> str | None:
        return None if nationality == NO_COUNTRY else self.crosswalk.country_name(nationality)


def _cause(incident: str) -> str:
    if incident.lower() not in CAUSES:
        allowed = ", ".join(filter(None, CAUSES))
        raise RecordError("type_of_incident", incident, f"is not one of {allowed}")
    return CAUSES[incident.lower()]


def _summary(mission: str, personnel: str, country: str | None, incident: str) -> str:
    """Return a summary such as "MINUSMA: Military, Chad; Malicious Act"."""
    person = ", ".join(filter(None, (personnel, country)))
    return "; ".join(filter(None, (": ".join(filter(None, (mission, person))), incident)))


def _figure(group: str | None, country: str | None, personnel: str, cause: str) -> CasualtyEstimate:
    return CasualtyEstimate(
        number=1,
        tally="killed",
        low=1,
        best=1,
        high=1,
        group=group,
        country=country,
        victims=VICTIMS.get(personnel.lower()),
        who=personnel or None,
        cause=cause,
    )
