"""What an incident has to do with others: what may be the same, what was merged or taken out, what is not; and who looked."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from reporting.domain.facts import Hot
from reporting.domain.hot import contradict
from reporting.models.incident import Incident
from reporting.models.joins import Look
from reporting.models.links import apart, standing, survivors
from reporting.policy import Actor
from reporting.queries.items import incident_rows, item, stamp
from reporting.queries.scoping import incidents_within

SUGGESTIONS_SHOWN: Final = 10
LINKS_SHOWN: Final = 50
LOOKS_SHOWN: Final = 20
Json = dict[str, Any]

_SUGGESTED: Final = text("""
    with recursive family(id) as (
        select cast(:id as uuid) union all select incident.id from incident join family on incident.merged_into_id = family.id
    ), found as (
        select suggestion.* from suggestion join family on family.id = suggestion.incident_id
        union
        select suggestion.* from suggestion join family on family.id = suggestion.other_id
        union
        select suggestion.* from suggestion where report_id in (select report_id from move where move.incident_id = :id)
    )
    select found.other_id, report.incident_id as near, found.score, found.reasons, report.id as report_id, report.reference
    from found join report on report.id = found.report_id order by found.score desc, found.at
""")
_LINKED: Final = text("""
    select detail ->> 'link' as link, (detail -> 'incident' ->> 'id')::uuid as id, detail -> 'incident' ->> 'number' as number,
        timeline_event.id as event_id, at, actor, kind
    from timeline_event where incident_id = :id and kind in ('merged', 'replaced', 'split', 'split_off')
        and not exists (select 1 from step join step as undone on undone.undoes = step.event_id
            where timeline_event.id in (step.event_id, step.other_event_id))
    order by at desc, timeline_event.id limit :limit
""")


def joins(session: Session, row: Any, actor: Actor) -> Json:
    """The keys of an incident that speak of others, as far as the actor may know of them."""
    hot = Hot(row.hot_hidden, row.hot_obvious, row.hot_typical)
    return {
        "merged_into": _survivor(session, row),
        "suggestions": _suggestions(session, row.id, hot, actor),
        "links": _links(session, row.id),
        "not_same": _not_same(session, row.id),
        "checks": _looks(session, row.id),
    }


ALONE: Final[Json] = {"merged_into": None, "suggestions": [], "links": [], "not_same": [], "checks": []}
"""The same keys for a report that is on no incident yet."""


def _survivor(session: Session, row: Any) -> Json | None:
    """Where a merged incident leads to: in the end, if that one was merged too."""
    if row.merged_into_id is None:
        return None
    survivor = survivors(session, [row.id]).get(row.id, row.merged_into_id)
    number = session.scalar(select(Incident.number).where(Incident.id == survivor))
    return {"id": str(survivor), "number": number} if number else None


def _suggestions(session: Session, key: uuid.UUID, hot: Hot, actor: Actor) -> list[Json]:
    """Open incidents that may be the same thing, the likeliest first."""
    pairs: dict[uuid.UUID, Any] = {}
    found = session.execute(_SUGGESTED, {"id": key}).all()
    roots = survivors(session, {row.other_id for row in found} | {row.near for row in found if row.near}) if found else {}
    for row in found:
        ends = {roots.get(row.near), roots.get(row.other_id)}
        if key in ends and len(ends) == 2:
            pairs.setdefault((ends - {key}).pop() or key, row)
    return _shown(session, key, hot, actor, pairs) if pairs else []


def _shown(session: Session, key: uuid.UUID, hot: Hot, actor: Actor, pairs: dict[uuid.UUID, Any]) -> list[Json]:
    answers = (Incident.hot_hidden, Incident.hot_obvious, Incident.hot_typical)
    wanted = incident_rows().add_columns(*answers).where(Incident.id.in_(pairs), Incident.status != "closed")
    rows = session.execute(wanted.where(incidents_within(actor, "incident.read"))).all()
    different = apart(session, [key, *(row.id for row in rows)]) if rows else set()
    likely = sorted((row for row in rows if frozenset((key, row.id)) not in different), key=lambda row: -pairs[row.id].score)
    return [_suggestion(row, pairs[row.id], hot) for row in likely[:SUGGESTIONS_SHOWN]]


def _suggestion(row: Any, pair: Any, hot: Hot) -> Json:
    other = Hot(row.hot_hidden, row.hot_obvious, row.hot_typical)
    return {
        "incident": item(row),
        "score": pair.score,
        "reason": " ".join(pair.reasons),
        "reasons": pair.reasons,
        "report": {"id": str(pair.report_id), "reference": pair.reference},
        "hot": {"hidden": other.hidden, "obvious": other.obvious, "typical": other.typical},
        "contradicts": contradict(hot, other),
    }


def _links(session: Session, key: uuid.UUID) -> list[Json]:
    """What was merged into it or taken out of it, and where it came from; not what was undone."""
    rows = session.execute(_LINKED, {"id": key, "limit": LINKS_SHOWN})
    return [
        {
            "link": row.link,
            "kind": row.kind,
            "incident": {"id": str(row.id), "number": row.number},
            "at": stamp(row.at),
            "actor": row.actor,
            "event_id": str(row.event_id),
        }
        for row in rows
    ]


def _not_same(session: Session, key: uuid.UUID) -> list[Json]:
    """Marks that stand: each can be taken back by its event."""
    return [
        {
            "incident": {"id": str(link.other), "number": link.number} if link.other and link.number else None,
            "report": {"id": str(link.report_id), "reference": link.reference} if link.report_id else None,
            "at": stamp(link.at),
            "actor": link.actor,
            "reason": link.reason,
            "event_id": str(link.event_id),
        }
        for link in standing(session, [key])[-LINKS_SHOWN:]
    ]


def _looks(session: Session, key: uuid.UUID) -> list[Json]:
    """Who looked and what came of it, newest first."""
    rows: Iterable[Look] = session.scalars(
        select(Look).where(Look.incident_id == key).order_by(Look.at.desc(), Look.id).limit(LOOKS_SHOWN)
    )
    return [
        {
            "at": stamp(each.at),
            "actor": each.actor,
            "kind": each.kind,
            "result": each.result,
            "hot": {"hidden": each.hot_hidden, "obvious": each.hot_obvious, "typical": each.hot_typical},
            "reference": each.reference,
            "text": each.text,
            "event_id": str(each.event_id),
        }
        for each in rows
    ]
