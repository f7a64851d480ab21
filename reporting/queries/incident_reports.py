"""The reports of an incident: one alone, those that tell most about it, and all of them page by page."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, func, select, true, tuple_, union
from sqlalchemy.orm import Session

from reporting.adapters.sight import reading
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, Problem, Refused
from reporting.models.account import Account
from reporting.models.conversation import Message
from reporting.models.incident import Assessment, Incident, Joining, TimelineEvent
from reporting.models.joins import Move
from reporting.models.judgement import SecondOpinion
from reporting.models.report import Report
from reporting.models.venue import Venue
from reporting.policy import Actor, scope
from reporting.queries.conversation import LEFT_DETAILS, SEEN_AT, WAYS, as_room_reads, reachable, talks
from reporting.queries.items import location, stamp
from reporting.queries.pictures import PICTURES, pictures_json
from reporting.queries.scoping import incidents_within, reports_within, sight_of

ACTION: Final = "incident.read"
NEWEST_SHOWN: Final = 200
"""Reports that come with their incident, counted from the newest; the telling ones come on top of them."""


def report(actor: Actor, report_id: uuid.UUID | str) -> dict[str, Any]:
    """One report as its operators see it; raises NotFound for absent and not yours alike."""
    with reading(sight_of(actor, ACTION)) as session:
        statement = report_rows().outerjoin(Incident, Incident.id == Report.incident_id)
        row = session.execute(statement.where(Report.id == as_key(report_id), reports_within(actor, ACTION))).one_or_none()
        if row is None:
            raise NotFound
        return told(session, [row])[0]


def page(actor: Actor, incident_id: uuid.UUID, before: uuid.UUID | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """An incident's reports, newest first, and the id that the next page starts behind.

    Raises NotFound for absent and not yours alike, Refused where `before` is no report of this incident.
    """
    with reading(sight_of(actor, ACTION)) as session:
        seen = session.scalar(select(Incident.id).where(Incident.id == incident_id, incidents_within(actor, ACTION)))
        if seen is None:
            return told(session, [unfinished(session, actor, incident_id)]), None
        statement = report_rows().where(Report.incident_id == incident_id, *_behind(session, incident_id, before))
        rows = session.execute(statement.order_by(*_NEWEST_FIRST).limit(limit + 1)).all()
        shown = rows[:limit]
        return told(session, shown), str(shown[-1].Report.id) if len(rows) > limit else None


_NEWEST_FIRST: Final = (Report.received_at.desc(), Report.id.desc())


def _behind(session: Session, incident_id: uuid.UUID, before: uuid.UUID | None) -> list[Any]:
    if before is None:
        return []
    at = session.scalar(select(Report.received_at).where(Report.id == before, Report.incident_id == incident_id))
    if at is None:
        raise Refused("Some fields are not right.", (Problem("before", "invalid", "Use `next` of the page before."),))
    return [tuple_(Report.received_at, Report.id) < tuple_(at, before)]


def telling(session: Session, incident_id: uuid.UUID) -> list[Row[Any]]:
    """The newest reports, oldest first, and with them whatever their number: the first one, the one whose assessment is the
    most urgent, and the one that raised the priority last. Later reports cannot push these out of sight."""
    of_incident = select(Report.id).where(Report.incident_id == incident_id)
    chosen = union(
        *(
            _wrapped(each)
            for each in (
                of_incident.order_by(*_NEWEST_FIRST).limit(NEWEST_SHOWN),
                of_incident.order_by(Report.received_at, Report.id).limit(1),
                of_incident.join(Assessment, Assessment.report_id == Report.id)
                .order_by(Assessment.priority, Assessment.score.desc(), *_NEWEST_FIRST)
                .limit(1),
                of_incident.where(Report.id == _raised_by(incident_id)),
            )
        )
    )
    return list(session.execute(report_rows().where(Report.id.in_(chosen)).order_by(Report.received_at, Report.id)).all())


def _wrapped(statement: Select[Any]) -> Select[Any]:
    """A statement with a limit of its own, fit for a union."""
    return select(statement.subquery().c.id)


def _raised_by(incident_id: uuid.UUID) -> Any:
    """The report that the newest `raised` line of the timeline names."""
    return (
        select(TimelineEvent.detail["report_id"].astext.cast(Report.id.type))
        .where(TimelineEvent.incident_id == incident_id, TimelineEvent.kind == "raised")
        .order_by(TimelineEvent.at.desc(), TimelineEvent.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def unfinished(session: Session, actor: Actor, key: uuid.UUID) -> Row[Any]:
    """A report that is on no incident yet, for a duty desk; raises NotFound for everybody and everything else."""
    if not scope(actor, ACTION).unrouted:
        raise NotFound
    row: Row[Any] | None = session.execute(report_rows().where(Report.id == key, Report.incident_id.is_(None))).one_or_none()
    if row is None:
        raise NotFound
    return row


def as_key(text: uuid.UUID | str) -> uuid.UUID:
    """The id that a text names; raises NotFound for what is none."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def report_rows() -> Any:
    """Reports with all that their JSON says."""
    return (
        select(Report, Assessment, Joining, Venue.name.label("venue"), Account.name.label("filer_name"), *_MOVED.c, _OPINION)
        .add_columns(PICTURES.label("pictures"), LEFT_DETAILS, SEEN_AT, WAYS)
        .outerjoin(Assessment, Assessment.report_id == Report.id)
        .outerjoin(Joining, Joining.report_id == Report.id)
        .outerjoin(Venue, Venue.id == Report.venue_id)
        .outerjoin(Account, Account.id == Report.filed_by)
        .outerjoin(_MOVED, true())
    )


_MOVED: Final = (
    select(
        Move.at.label("moved_at"),
        TimelineEvent.kind.label("moved_by_step"),
        TimelineEvent.actor.label("moved_by"),
        Incident.id.label("moved_from_id"),
        Incident.number.label("moved_from"),
    )
    .join(TimelineEvent, TimelineEvent.id == Move.event_id)
    .join(Incident, Incident.id == Move.from_incident_id)
    .where(Move.report_id == Report.id)
    .order_by(Move.at.desc())
    .limit(1)
    .correlate(Report)
    .lateral("moved")
)
"""The last time a person moved the report from one incident to another."""


_OPINION: Final = (
    select(
        func.jsonb_build_object(
            *("plug_in", SecondOpinion.plug_in, "state", SecondOpinion.state, "priority", SecondOpinion.priority),
            *("sentence", SecondOpinion.sentence),
        )
    )
    .where(SecondOpinion.report_id == Report.id)
    .order_by(SecondOpinion.at.desc())
    .limit(1)
    .correlate(Report)
    .scalar_subquery()
    .label("second_opinion")
)
"""What a plug-in said of the report last. Nothing but a screen reads it."""


def told(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Reports on the operators' wire, each with what was said about it since."""
    found = talks(session, [row.Report.id for row in rows])
    now = adapters().clock()
    return [{**_report_json(row), **_talk(row, found.get(row.Report.id, []), now)} for row in rows]


def _talk(row: Row[Any], talk: Sequence[Message], now: datetime) -> dict[str, Any]:
    report: Report = row.Report
    return {
        "messages": as_room_reads(talk, now),
        "reachable": reachable(row.seen_at, report.withdrawn_at is not None, row.ways, now),
        "withdrawn_at": stamp(report.withdrawn_at),
        "left_details": row.left_details,
    }


def _report_json(row: Row[Any]) -> dict[str, Any]:
    found: Report = row.Report
    return {
        "id": str(found.id),
        "reference": found.reference,
        "received_at": stamp(found.received_at),
        "observed_at": stamp(found.observed_at),
        "observed_at_sent": found.observed_at_sent,
        "clock_plausible": found.clock_plausible,
        "category": found.category,
        "description": found.description,
        "why_unusual": found.why_unusual,
        "language": found.language,
        "hot": {"hidden": found.hot_hidden, "obvious": found.hot_obvious, "typical": found.hot_typical},
        "item_size": found.item_size,
        "owner_looked_for": found.owner_looked_for,
        "owner_found": found.owner_found,
        "still_there": found.still_there,
        "happening_now": found.happening_now,
        "behaviours": found.behaviours,
        "already_told": found.already_told,
        "about_staff": found.about_staff,
        "moving_to": found.moving_to,
        "location": location(found.lat, found.lon, found.accuracy_m, found.place),
        "venue": row.venue,
        "place_code": found.place_code,
        "trust": found.trust,
        "trust_reason": found.trust_reason,
        "filer": found.filer,
        "filer_name": row.filer_name,
        "assessment": _assessment(row.Assessment),
        "second_opinion": row.second_opinion,
        "join": _join(row),
        "expected_pictures": found.expected_pictures,
        "pictures": pictures_json(found, row.pictures),
    }


def _assessment(found: Assessment | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"score": found.score, "priority": found.priority, "version": found.rule_set, "findings": found.findings}


def _join(row: Row[Any]) -> dict[str, Any] | None:
    found: Joining | None = row.Joining
    if found is None:
        return None
    return {
        "decision": found.decision,
        "reason": " ".join(found.reasons),
        "score": found.score,
        "independent": found.independent,
        "version": found.version,
        "reasons": found.reasons,
        "moved": _moved(row),
    }


def _moved(row: Row[Any]) -> dict[str, Any] | None:
    """Who brought the report here, from which incident; None where it came by itself."""
    if row.moved_at is None:
        return None
    origin = {"id": str(row.moved_from_id), "number": row.moved_from}
    return {"kind": row.moved_by_step, "actor": row.moved_by, "at": stamp(row.moved_at), "from": origin}
