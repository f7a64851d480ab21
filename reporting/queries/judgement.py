"""How often operators overruled each rule: counted from the overrides they made, over incidents and not over copies of reports.

An override is held against every rule that spoke in the assessment that decided the priority; which of them was wrong is for
people to see. Changes that were taken back are left out, and of several only the first and the last count.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from reporting.adapters.sight import reading
from reporting.domain.judgement import RuleFigure
from reporting.domain.outcomes import HARMLESS
from reporting.policy import Actor, scope
from reporting.queries.items import stamp
from reporting.queries.scoping import sight_of

ACTION: Final = "judgement.read"
BESIDE_DAYS: Final = 90
NEWEST_DECISIONS: Final = 4_000
"""Overrides that are counted beside a finding: enough to know a rule by, few enough to count at every look."""
ALL_DECISIONS: Final = 100_000
NEWEST_INCIDENTS: Final = 50_000
"""Incidents that are looked through for the rules that fired."""

_JUDGED: Final = text("""
    with decided as (
        select incident_id, event_id, kind, at, priority_before, priority_after, rules from override
        where organisation_id = cast(:organisation as uuid) and kind in ('priority', 'outcome') and at >= :since
        order by at desc limit :most
    ), standing as (
        select * from decided where not exists (
            select 1 from override as undone
            where undone.kind = 'undone' and undone.about = decided.event_id and undone.incident_id = decided.incident_id
        )
    ), verdict as (
        select incident_id, max(at) as at,
            (array_agg(priority_before order by at) filter (where kind = 'priority'))[1] as before,
            (array_agg(priority_after order by at desc) filter (where kind = 'priority'))[1] as after,
            (array_agg(rules order by at))[1] as rules
        from standing group by incident_id
    ), judged as (
        select verdict.*, incident.status = 'closed' and incident.outcome = any(:harmless) as harmless
        from verdict join incident on incident.id = verdict.incident_id
        where incident.status = 'closed' or before <> after
    )
    select spoke.rule, count(*) as judged, count(*) filter (where after < before) as raised,
        count(*) filter (where after > before) as lowered, count(*) filter (where harmless) as harmless,
        (select min(at) from decided having count(*) >= :most) as cut
    from judged, lateral (select distinct each ->> 'rule' as rule from jsonb_array_elements(rules) as each) as spoke
    where cast(:rules as text[]) is null or spoke.rule = any(:rules)
    group by spoke.rule
""")
_FIRED: Final = text("""
    with opened as (
        select id, opened_at from incident where organisation_id = cast(:organisation as uuid) and opened_at >= :since
        order by opened_at desc, id desc limit :most
    ), deciding as (
        select distinct on (opened.id) opened.id, findings from opened
        join report on report.incident_id = opened.id join assessment on assessment.report_id = report.id
        order by opened.id, assessment.priority, assessment.score desc, report.received_at desc, report.id desc
    )
    select spoke.rule, count(*) as fired, max(spoke.reason) as example,
        (select min(opened_at) from opened having count(*) >= :most) as cut
    from deciding, lateral (
        select each ->> 'rule' as rule, max(each ->> 'reason') as reason from jsonb_array_elements(findings) as each group by 1
    ) as spoke
    group by spoke.rule
""")


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the rules that spoke in one assessment; `days` is how far back it was counted."""

    days: int
    figures: dict[str, RuleFigure]


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Every rule that fired or was judged in the time, the most overruled first. `since` is where the counting began; `cut` says
    that there was more than is counted, so it began later than asked."""

    days: int
    since: datetime
    cut: bool
    figures: tuple[RuleFigure, ...]

    def as_json(self) -> dict[str, Any]:
        """The table on the wire."""
        items = [_as_json(each) for each in self.figures]
        return {"days": self.days, "since": stamp(self.since), "cut": self.cut, "items": items}


def record(actor: Actor, rules: Collection[str], now: datetime) -> Record:
    """What operators of the actor's room made of these rules in the last 90 days; nothing for who may not read it."""
    organisation = scope(actor, ACTION).organisation_id
    since = now - timedelta(days=BESIDE_DAYS)
    if organisation is None or not rules:
        return Record(BESIDE_DAYS, {})
    asked = _asked(organisation, since, NEWEST_DECISIONS) | {"rules": sorted(rules)}
    with reading(sight_of(actor, ACTION)) as session:
        rows = session.execute(_JUDGED, asked).all()
    cut = next((row.cut for row in rows), None)
    return Record((now - cut).days if cut else BESIDE_DAYS, {row.rule: _judged(row) for row in rows})


def table(actor: Actor, days: int, now: datetime) -> RuleTable:
    """The rules of the actor's room over the last `days` days."""
    organisation, since = scope(actor, ACTION).organisation_id, now - timedelta(days=days)
    with reading(sight_of(actor, ACTION)) as session:
        judged = session.execute(_JUDGED, _asked(organisation, since, ALL_DECISIONS) | {"rules": None}).all()
        fired = session.execute(_FIRED, _asked(organisation, since, NEWEST_INCIDENTS)).all()
    figures = {row.rule: _judged(row) for row in judged}
    for row in fired:
        known = figures.get(row.rule, RuleFigure(row.rule))
        figures[row.rule] = replace(known, fired=row.fired, example=row.example or "")
    cuts = [row.cut for row in (*judged[:1], *fired[:1]) if row.cut]
    ordered = sorted(figures.values(), key=lambda each: (-each.overruled, -each.judged, -each.fired, each.rule))
    return RuleTable(days, max([since, *cuts]), bool(cuts), tuple(ordered))


def _asked(organisation: str | None, since: datetime, most: int) -> dict[str, Any]:
    return {"organisation": organisation, "since": since, "most": most, "harmless": sorted(HARMLESS)}


def _judged(row: Any) -> RuleFigure:
    return RuleFigure(row.rule, "", 0, row.judged, row.raised, row.lowered, row.harmless)


def _as_json(figure: RuleFigure) -> dict[str, Any]:
    names = ("rule", "example", "fired", "judged", "kept", "raised", "lowered", "harmless")
    return {name: getattr(figure, name) for name in names}
