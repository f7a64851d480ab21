"""Reports that are about something else: taken out of an incident into a new one, or back into the one they came from."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import func, select

from reporting.adapters.geocoder import label_of
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.errors import NotPossible
from reporting.domain.grid import cell
from reporting.domain.priorities import acknowledge_target_s
from reporting.domain.references import new_incident_number
from reporting.domain.summary import summarise
from reporting.models.incident import Assessment, Assignment, Incident
from reporting.models.joins import Move
from reporting.models.links import survivors
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.services.cases import Case, Named, Stepped, key_of, open_cases
from reporting.services.links import part_reports
from reporting.services.merging import link_to, with_reason
from reporting.services.moving import most_urgent, move_reports, settle
from reporting.services.steps import standing
from reporting.services.unsaying import facts_of

Into = Literal["new", "own"]
MOST_REPORTS: Final = 200


@dataclass(frozen=True, slots=True)
class Taking:
    """Reports to take out. `into`: `new` opens an incident for them; `own` gives them back to the incident from which a merge
    brought them, and opens a new one for those that were never elsewhere."""

    report_ids: tuple[uuid.UUID, ...]
    into: Into = "new"
    reason: str = ""


def split(actor: Actor, incident_id: uuid.UUID | str, version: int | None, taking: Taking) -> tuple[Stepped, uuid.UUID]:
    """Takes reports out of the incident; at least one stays. They never join it again by themselves. Returns the step and the
    incident they are on now. Refuses reports that are not on the incident, or that come from different ones."""
    home = _home(actor, key_of(incident_id), taking) if taking.into == "own" else None
    named = [Named(incident_id, version)] + ([Named(home, merged=True)] if home else [])
    with open_cases(actor, *named) as cases:
        case = cases[0]
        if case.incident.status == statuses.CLOSED:
            raise NotPossible("This incident is closed. Reopen it first.")
        _refuse_wrong(case, taking)
        if home is None:
            cases.append(_opened(case, taking))
        other = cases[1]
        _tell(case, other, taking)
        if home is not None:
            _reopen(other)
        move_reports(case, case.incident.id, other.incident.id, taking.report_ids)
        part_reports(case, taking.report_ids, case.incident.id, taking.reason)
        _settle(case, other)
        return case.stepped(), other.incident.id


def _home(actor: Actor, incident_id: uuid.UUID, taking: Taking) -> uuid.UUID | None:
    """The incident from which these reports came by a merge that still stands; None where they came by themselves."""
    with open_cases(actor, Named(incident_id)) as (case,):
        latest = (
            select(Move.report_id, Move.from_incident_id, Move.kind)
            .where(Move.report_id.in_(taking.report_ids), Move.incident_id == incident_id)
            .order_by(Move.at)
        )
        came = {row.report_id: row.from_incident_id for row in case.work.session.execute(latest) if row.kind == "merged"}
        roots = survivors(case.work.session, set(came.values()))
    homes = {came.get(each) if roots.get(came.get(each, each)) == incident_id else None for each in taking.report_ids}
    if len(homes) > 1:
        raise NotPossible("These reports come from different incidents. Take them out one after another.")
    return next(iter(homes), None)


def _refuse_wrong(case: Case, taking: Taking) -> None:
    on = select(Report.id).where(Report.incident_id == case.incident.id)
    there = set(case.work.session.scalars(on.where(Report.id.in_(taking.report_ids))))
    if not taking.report_ids or there != set(taking.report_ids):
        raise NotPossible("Not all of these reports are on this incident. Look at it again.")
    if case.work.session.scalar(on.where(Report.id.not_in(taking.report_ids)).limit(1)) is None:
        raise NotPossible("At least one report must stay: an incident without one would be about nothing.")


def _tell(case: Case, other: Case, taking: Taking) -> None:
    count = len(taking.report_ids)
    reports = "1 report was" if count == 1 else f"{count} reports were"
    ids = [str(each) for each in taking.report_ids]
    told = with_reason(f"{reports} taken out into {other.incident.number}", taking.reason)
    case.tell("split", told, {**link_to("SPLIT", other), "report_ids": ids})
    origin = with_reason(f"Taken out of {case.incident.number}", taking.reason)
    other.tell("split_off", origin, {**link_to("SPLIT", case), "report_ids": ids})
    case.incident.version += 1


def _reopen(other: Case) -> None:
    """What was merged is open again; nobody has acknowledged it as it is now."""
    now = _now(other)
    incident = other.incident
    incident.status, incident.merged_into_id, incident.closed_at, incident.acknowledged_at = statuses.NEW, None, None, None
    incident.due_at = _due(incident.priority, now)
    incident.version += 1


def _settle(case: Case, other: Case) -> None:
    """Both are judged by what their reports say now. The one that was left is lowered only where the urgency went with the
    reports that were taken out, and never against an operator's word."""
    before = case.incident.priority
    gone = most_urgent(other)
    settle(case)
    settle(other)
    left = most_urgent(case)
    if case.incident.priority_overridden or left is None or gone is None or not gone <= before < left:
        return
    case.incident.priority = left
    case.add("lowered", f"Priority {before} to {left}: what made it urgent was taken out.", {"from": before, "to": left})
    if case.incident.status == statuses.NEW:
        case.incident.due_at = _due(left, case.incident.opened_at)


def _opened(case: Case, taking: Taking) -> Case:
    """A new incident in the same room for these reports. Before the step it was, so to say, closed and led to the old one."""
    session = case.work.session
    order = select(Report).where(Report.id.in_(taking.report_ids)).order_by(Report.received_at, Report.id)
    told = session.scalars(order).all()
    urgency = select(func.min(Assessment.priority)).where(Assessment.report_id.in_(taking.report_ids))
    priority = session.scalar(urgency) or case.incident.priority
    incident = Incident(**_values(case.incident, told, priority), due_at=_due(priority, _now(case)))
    session.add(incident)
    session.flush()
    session.refresh(incident)
    session.add(_given(case, incident))
    closed = {"status": statuses.CLOSED, "merged_into_id": case.incident.id, "closed_at": _now(case), "due_at": None}
    return Case(
        case.work, case.actor, incident, before={**standing(incident), **closed, "report_count": 0, "independent_sources": 0}
    )


def _values(origin: Incident, told: Sequence[Report], priority: int) -> dict[str, Any]:
    first, placed = told[0], next((each for each in told if each.lat is not None and each.lon is not None), None)
    return {
        "id": uuid.uuid4(),
        "number": new_incident_number(adapters().random.getrandbits),
        "organisation_id": origin.organisation_id,
        "desk_id": origin.desk_id,
        "jurisdiction_id": origin.jurisdiction_id,
        "category": first.category,
        "priority": priority,
        "status": statuses.NEW,
        "lane": "queue",
        "summary": summarise(facts_of(first)),
        "lat": placed.lat if placed else None,
        "lon": placed.lon if placed else None,
        "accuracy_m": placed.accuracy_m if placed else None,
        "cell": cell(placed.lat, placed.lon) if placed and placed.lat is not None and placed.lon is not None else None,
        "place": _place(origin, first),
        "venue_id": first.venue_id,
        "place_code": first.place_code,
        "about_staff": any(each.about_staff for each in told),
        "hidden_from": origin.hidden_from,
        "exercise": origin.exercise,
        "opened_at": first.received_at,
        "last_report_at": told[-1].received_at,
        "report_count": len(told),
        "independent_sources": 1,
        "version": 1,
    }


def _place(origin: Incident, first: Report) -> str:
    if first.place or first.lat is None or first.lon is None:
        return first.place or origin.place
    return label_of(adapters().settings.geocoder, round(first.lat, 4), round(first.lon, 4))


def _given(case: Case, incident: Incident) -> Assignment:
    """It stays in the room of the one it was taken out of; the reason says so."""
    origin = case.incident
    return Assignment(
        incident_id=incident.id,
        organisation_id=origin.organisation_id,
        desk_id=origin.desk_id,
        jurisdiction_id=origin.jurisdiction_id,
        rule="split",
        reason=f"Taken out of {origin.number}, which this room has.",
        alternatives=[],
    )


def _due(priority: int, since: datetime) -> datetime | None:
    target = acknowledge_target_s(priority, adapters().settings.acknowledge_targets)
    return since + timedelta(seconds=target) if target else None


def _now(case: Case) -> datetime:
    """The database's time: the clock that orders everything."""
    return case.work.session.execute(select(func.clock_timestamp())).scalar_one()
