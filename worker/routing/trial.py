"""Trying routing out: a draft on the incidents of the past days, one place at one hour, and areas from a file.

An errand: it reads in batches, each in a transaction of its own, gives a sign of life after each, and stops when its trial
has been left off. A hundred thousand incidents take seconds.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from reporting import jobs
from reporting.bootstrap import adapters
from reporting.domain.area_index import AreaIndex
from reporting.domain.errors import NotYet
from reporting.domain.findings import Choice
from reporting.queries import past_incidents
from reporting.queries.areas import Rooms
from reporting.queries.routing import ToRoute
from reporting.queries.routing_rows import desk_names, level_of, shifts
from reporting.services.jurisdictions import NewArea
from reporting.services.line import work_off_errands
from reporting.services.trials import Asked, answer, beat, claim
from worker.routing import shapes
from worker.routing.compare import Comparison, Setting, Side
from worker.routing.effect import Effect
from worker.routing.manning import Manning
from worker.routing.rehearsal import Stage, rehearse
from worker.routing.rows import row_of
from worker.routing.task import Map, choice_for

Found = dict[str, Any]


def try_routing(trial_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Answers those of the trials that still wait; returns the ones whose letter is gone now."""
    return work_off_errands(jobs.TRY_ROUTING, trial_ids, _do)


def _do(trial_id: uuid.UUID) -> bool:
    asked, over = claim(trial_id)
    if asked is None:
        return over
    found = ANSWERS[asked.kind](asked)
    if found is not None:
        answer(asked.id, found)
    return True


def _period(asked: Asked) -> Found | None:
    """The draft against what is in force, over the days that were asked for; None where it has been left off."""
    stage = rehearse(asked)
    now, draft = _map(stage.now), _map(stage.draft)
    until = adapters().clock()
    since = until - timedelta(days=asked.question["days"])
    manning = Manning(shifts(str(asked.organisation_id), since, until))
    comparison = _comparison(asked, stage, (now, draft), manning)
    effect = Effect(now.rooms, draft.rooms, str(asked.organisation_id))
    total, done = past_incidents.count(since), 0
    for batch in past_incidents.batches(since):
        for past, reached in zip(batch, effect.reaches(batch), strict=True):
            by_now = _choice(now, plain(past.to_route, now))
            by_draft = _choice(draft, plain(past.to_route, draft)) if reached else by_now
            if by_now is not None and by_draft is not None:
                comparison.add(past, by_now, by_draft)
        done += len(batch)
        if not beat(asked.id, min(100, 100 * done // max(total, 1)), 100):
            return None
    return {"since": since.isoformat(), "until": until.isoformat(), **comparison.as_json()}


def _comparison(asked: Asked, stage: Stage, maps: tuple[Map, Map], manning: Manning) -> Comparison:
    settings = adapters().settings
    organisation = str(asked.organisation_id)
    setting = Setting(
        organisation_id=organisation,
        names={each.id: each.name for each in stage.now.organisations},
        desks=desk_names(organisation),
        keys=stage.keys,
        targets=settings.acknowledge_targets,
        zone=settings.time_zone,
        duty_room=next((each.name for each in stage.now.organisations if each.duty_desk), ""),
        manning=manning,
    )
    return Comparison(setting, _side(maps[0]), _side(maps[1]))


def _side(current: Map) -> Side:
    informing = frozenset(area.id for area in current.rooms.areas if area.part == "informed")
    return Side(current.index, current.rooms.desks, informing)


def _map(rooms: Rooms) -> Map:
    """The map for the past: a row counts as if its version had been in force then, too."""
    areas = tuple(replace(area, valid_from=None) for area in rooms.areas)
    timeless = replace(rooms, areas=areas)
    return Map(timeless, AreaIndex(areas))


def plain(incident: ToRoute, current: Map) -> ToRoute:
    """The incident without the accuracy of its position, where that decides nothing: it then only tells who else may be near,
    at half the price of a choice. It does decide where no area contains the place, and who must not see a report about staff."""
    if incident.accuracy_m is None or incident.lat is None or incident.lon is None or incident.about_staff:
        return incident
    return replace(incident, accuracy_m=None) if current.index.containing(incident.lat, incident.lon) else incident


def _choice(current: Map, incident: ToRoute) -> Choice | None:
    """None where nobody could take it: such an incident waits, by either map."""
    try:
        return choice_for(current, incident)
    except NotYet:
        return None


def _place(asked: Asked) -> Found:
    """Who gets it there, of that kind, at that hour: by the rows in force and by the draft."""
    question = asked.question
    incident = ToRoute(
        incident_id=asked.id,
        organisation_id=None,
        category=question["category"],
        opened_at=datetime.fromisoformat(question["at"]),
        lat=question["lat"],
        lon=question["lon"],
        accuracy_m=None,
        venue_id=None,
        venue_name="",
        venue_point=None,
        venue_organisation_id=None,
        about_staff=False,
        behaviours=(),
        findings=(),
    )
    stage = rehearse(asked)
    desks = desk_names(str(asked.organisation_id))
    told = {name: _told(_map(rooms), incident, desks) for name, rooms in (("now", stage.now), ("draft", stage.draft))}
    return {**told, "point": {"lat": question["lat"], "lon": question["lon"]}}


def _told(current: Map, incident: ToRoute, desks: Mapping[str, str]) -> Found:
    choice = _choice(current, incident)
    if choice is None:
        return {"organisation": "", "area": "", "rule": "nobody", "reason": "", "desk": "", "informed": [], "alternatives": []}
    desk = choice.desk_id or current.rooms.desks.get(choice.organisation_id) or ""
    return {
        "organisation": current.rooms.organisation(choice.organisation_id).name,
        "area": current.rooms.area_name(choice.area_id),
        "rule": choice.rule,
        "reason": choice.reason,
        "hours": choice.hours,
        "desk": desks.get(desk, ""),
        "informed": [{"name": each.name, "reason": each.why} for each in choice.informed],
        "alternatives": [{"name": each.name, "reason": each.why_not} for each in choice.alternatives],
    }


def _shapes(asked: Asked) -> Found:
    """The areas of a file, with a line for every feature that was repaired or refused, as `reporting jurisdiction load` says."""
    try:
        loading = shapes.read_collection(json.loads(asked.question["document"]))
    except RecursionError:
        return {"shapes": [], "repaired": [], "refused": ["The file is nested too deeply."]}
    except (shapes.Refused, ValueError) as refusal:
        return {"shapes": [], "repaired": [], "refused": [f"The file cannot be read: {refusal}."]}
    told: list[Found] = []
    refused = list(loading.refused)
    for each in loading.shapes:
        try:
            told.append(_as_row(row_of(each)))
        except shapes.Refused as refusal:
            refused.append(str(refusal))
    level = level_of(str(asked.organisation_id))
    return {"shapes": told, "level": level, "repaired": list(loading.repaired), "refused": refused}


def _as_row(area: NewArea) -> Found:
    """The area as plain values; lists as JSON knows them."""
    found: Found = json.loads(json.dumps(asdict(area)))
    return found


ANSWERS: Final[dict[str, Callable[[Asked], Found | None]]] = {"period": _period, "place": _place, "shapes": _shapes}
