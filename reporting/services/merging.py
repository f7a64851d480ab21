"""Two incidents that are one, reports that are about something else, and what is not the same: said by a person, kept for good.

Merging moves the reports to the surviving incident. The other one is closed and keeps its number, its address and its timeline,
which lead to the survivor. Nothing is lost and everything can be undone: what each incident was is kept with the step.
Words for links are those of NENA EIDO: REPLACING and REPLACED for a merge, SPLIT, and UNLINK for "not the same".
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from reporting.domain import statuses
from reporting.domain.corroboration import corroborated
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused
from reporting.domain.hot import worst
from reporting.domain.merging import Attention, together
from reporting.models.incident import Incident
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.services.cases import Case, Named, Stepped, key_of, open_cases
from reporting.services.links import between, lift, part_incidents, part_reports
from reporting.services.moving import hot_of, move_reports, settle

REVIEWED: Final = "reviewed"
RESTS: Final = (statuses.CLOSED, statuses.HANDED_OVER)
PLACED_BY: Final = ("lat", "lon", "accuracy_m", "cell")

Id = uuid.UUID | str


@dataclass(frozen=True, slots=True)
class Other:
    """The incident that a step names beside its own, with the version the operator saw, and why, in words."""

    incident_id: uuid.UUID
    version: int | None = None
    reason: str = ""


def merge(actor: Actor, incident_id: Id, version: int | None, other: Other) -> Stepped:
    """The other incident becomes part of this one. Raises NotPossible where one of them is closed or handed over, where they
    belong to different worlds or lanes, or where somebody said that they are not the same."""
    _refuse_itself(incident_id, other.incident_id)
    with open_cases(actor, Named(incident_id, version), Named(other.incident_id, other.version)) as (case, replaced):
        _refuse_unfit(case.incident, replaced.incident)
        marks = between(case, replaced.incident.id)
        _refuse_marked(marks, replaced.incident.number)
        count = replaced.incident.report_count
        reports = "1 report" if count == 1 else f"{count} reports"
        case.tell(
            "merged",
            with_reason(f"{replaced.incident.number} merged into this one, {reports}", other.reason),
            link_to("REPLACING", replaced),
        )
        replaced.tell("replaced", with_reason(f"Merged into {case.incident.number}", other.reason), link_to("REPLACED", case))
        _unite(case.incident, replaced.incident, actor)
        move_reports(case, replaced.incident.id, case.incident.id)
        _settle(case, replaced)
        lift(case, marks)
        return case.stepped()


def _refuse_itself(incident_id: Id, other_id: uuid.UUID) -> None:
    if key_of(incident_id) == other_id:
        raise Refused("An incident is always the same as itself.", (Problem("other", "same", "Name another incident."),))


def _refuse_unfit(first: Incident, second: Incident) -> None:
    for each in (first, second):
        if each.status in RESTS:
            raise NotPossible(
                f"{each.number} is {each.status.replace('_', ' ')}. Only incidents that are open here can be merged."
            )
        if each.lane == REVIEWED:
            raise NotPossible(f"{each.number} says only who somebody is: it is looked at by itself and merged with nothing.")
    if first.exercise != second.exercise:
        raise NotPossible("An exercise is never merged with what is real.")


def _refuse_marked(marks: list[Any], number: str) -> None:
    said = next((each for each in marks if each.report_id is None), None)
    if said is not None:
        raise NotPossible(f"{said.actor} said that this and {number} are not the same. Take that back first.")


def with_reason(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text


def link_to(word: str, other: Case) -> dict[str, Any]:
    """How the line of one timeline leads to the other incident."""
    return {"link": word, "incident": {"id": str(other.incident.id), "number": other.incident.number}}


def _unite(survivor: Incident, replaced: Incident, actor: Actor) -> None:
    """The survivor gets the attention of both; the other is closed and leads to it."""
    mine = survivor.assignee_id == uuid.UUID(actor.account_id)
    found = together(_attention(survivor), _attention(replaced), seen=mine)
    survivor.status, survivor.priority, survivor.priority_overridden = found.status, found.priority, found.overridden
    survivor.due_at, survivor.acknowledged_at, survivor.shelved_until = found.due_at, found.acknowledged_at, found.shelved_until
    survivor.assignee_id = survivor.assignee_id or replaced.assignee_id
    survivor.about_staff = survivor.about_staff or replaced.about_staff
    survivor.hidden_from = sorted({*survivor.hidden_from, *replaced.hidden_from})
    if survivor.lat is None and replaced.lat is not None:
        for name in PLACED_BY:
            setattr(survivor, name, getattr(replaced, name))
    survivor.version += 1
    replaced.status, replaced.closed_at, replaced.due_at, replaced.shelved_until = statuses.CLOSED, func.now(), None, None
    replaced.merged_into_id = survivor.id
    replaced.version += 1


def _attention(incident: Incident) -> Attention:
    return Attention(
        status=incident.status,
        priority=incident.priority,
        overridden=incident.priority_overridden,
        hot=hot_of(incident),
        due_at=incident.due_at,
        acknowledged_at=incident.acknowledged_at,
        shelved_until=incident.shelved_until,
    )


def _settle(survivor: Case, replaced: Case) -> None:
    """Counts come from all the reports together; of the answers the worse ones stand, whoever looked at only one of the two.
    Enough independent sources raise the priority, as if the reports had come to one incident."""
    first, second = survivor.incident, replaced.incident
    found, before = worst(hot_of(first), hot_of(second)), max(first.independent_sources, second.independent_sources)
    settle(survivor)
    first.hot_hidden, first.hot_obvious, first.hot_typical = found.hidden, found.obvious, found.typical
    second.report_count = second.independent_sources = 0
    priority, reason = corroborated(first.priority, before, first.independent_sources)
    if reason and not first.priority_overridden:
        survivor.add("raised", f"Priority {first.priority} to {priority}: {reason}", {"from": first.priority, "to": priority})
        first.priority = priority


def say_not_same(actor: Actor, incident_id: Id, version: int | None, other: Other) -> Stepped:
    """The two incidents are not the same: neither suggested nor merged again, until somebody takes that back."""
    _refuse_itself(incident_id, other.incident_id)
    with open_cases(actor, Named(incident_id, version), Named(other.incident_id, other.version)) as (case, second):
        if any(each.report_id is None for each in between(case, other.incident_id)):
            return case.stepped()
        case.tell("not_same", with_reason(f"Not the same as {second.incident.number}", other.reason), link_to("UNLINK", second))
        second.tell("not_same", with_reason(f"Not the same as {case.incident.number}", other.reason), link_to("UNLINK", case))
        part_incidents(case, other.incident_id, other.reason)
        return case.stepped()


def say_report_not_same(actor: Actor, incident_id: Id, version: int | None, report_id: uuid.UUID, reason: str) -> Stepped:
    """A report of another incident is not about this one: it never joins it by itself."""
    with open_cases(actor, Named(incident_id, version)) as (case,):
        report = case.work.session.execute(
            select(Report.incident_id, Report.reference)
            .join(Incident, Incident.id == Report.incident_id)
            .where(Report.id == report_id, Incident.organisation_id == case.incident.organisation_id)
        ).one_or_none()
        if report is None:
            raise NotFound
        if report.incident_id == case.incident.id:
            raise Refused("This report is on the incident.", (Problem("report", "joined", "Take it out with `split`."),))
        case.tell(
            "not_same",
            with_reason(f"{report.reference} is about something else", reason),
            {"link": "UNLINK", "report_id": str(report_id)},
        )
        part_reports(case, [report_id], case.incident.id, reason)
        return case.stepped()
