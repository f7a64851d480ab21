"""Puts a page of the console together from the data doors: what every view of this face answers with."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from reporting.bootstrap import adapters
from reporting.dashboard import joinwords, talkwords, told, words
from reporting.dashboard.advice import is_mine, next_step
from reporting.dashboard.panes import Console, Incident, Typed, explain
from reporting.dashboard.why import PriorityWhy, deciding, steps_of_the_score, why_this_priority
from reporting.domain.errors import NotFound
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.queue import QueueFilter
from reporting.policy import Actor, decide
from reporting.queries import first_look, judgement, roster, timeline, venues_shown
from reporting.queries import incident as incident_query
from reporting.queries import queue as queue_query
from reporting.queries.notices import notices

QUEUE_ROWS = 100
"""Rows a page carries without JavaScript; with it, the console's modules load the whole queue."""


def show(actor: Actor, panes: tuple[str, ...], incident_id: str | None = None, typed: Typed | None = None) -> ResponseReturnValue:
    """A page of the console; 404 where an incident was asked for that is absent or not the actor's."""
    console = gather(actor, panes, incident_id, typed)
    template = "dashboard/pane.html" if only_pane() else "dashboard/console.html"
    status = 404 if console.missing else typed.status if typed else 200
    return render_template(template, **context(actor, console)), status


def only_pane() -> bool:
    """Whether the console's modules ask for the incident's pane alone, to put it into a page that is open already."""
    return request.args.get("only") == "pane"


def gather(actor: Actor, panes: tuple[str, ...], incident_id: str | None, typed: Typed | None) -> Console:
    """Reads what the wanted panes need and nothing else: each incident that is read leaves a trace."""
    rows = queue_query.page(actor, QueueFilter(limit=QUEUE_ROWS)) if "queue" in panes and not only_pane() else None
    incident = find(actor, incident_id) if incident_id else None
    may_work = decide(actor, "incident.work").allowed
    granted = incident is not None and _is_anothers(actor, incident)
    return Console(
        panes=panes,
        now=adapters().clock(),
        may_work=may_work,
        items=tuple(rows.items) if rows else (),
        more=bool(rows and rows.next),
        incident=incident,
        missing=bool(incident_id) and incident is None,
        mine=incident is not None and is_mine(incident, actor),
        step=next_step(incident, actor, may_work) if incident else None,
        why=explain(incident, _why(actor, incident)) if incident else None,
        timeline=timeline.page(actor, incident["id"], _view()) if incident else None,
        typed=typed,
        granted=granted,
        receivers=roster.receivers(actor) if incident and may_work and not granted else {},
        told=tuple(notices(actor)) if rows else (),
        look=_look(actor, incident) if incident and may_work and not granted else None,
        house=_house(actor, incident) if incident else None,
    )


def _house(actor: Actor, incident: Incident) -> dict[str, object] | None:
    """What the incident's venue says of itself, for who may read that."""
    if not incident["venue"] or not incident["triaged"] or not decide(actor, "venue.show").allowed:
        return None
    return venues_shown.beside(actor, incident["id"])


def _look(actor: Actor, incident: Incident) -> dict[str, Any] | None:
    """Whether somebody can be asked to look at it, and who is; None for what nobody can be asked about any more."""
    if incident["status"] == "closed" or not incident["triaged"]:
        return None
    return first_look.standing(actor, incident["id"])


def _view() -> timeline.View:
    """Which part of the timeline the address asks for."""
    asked = request.args
    return timeline.View.asked(asked.get("order", ""), asked.get("kinds", ""), asked.get("behind", ""))


def _why(actor: Actor, incident: Incident) -> PriorityWhy:
    report, services = deciding(incident), adapters()
    rules = {finding["rule"] for finding in report["assessment"]["findings"]} if report else set()
    known = judgement.record(actor, rules, services.clock())
    return why_this_priority(incident, report, known, services.settings.time_zone)


def _is_anothers(actor: Actor, incident: Incident) -> bool:
    owner = incident["organisation"]
    return owner is not None and owner["id"] != actor.organisation_id


def bare() -> Console:
    """For a page without the three panes."""
    return Console(panes=("incident",), now=adapters().clock(), may_work=False)


def find(actor: Actor, incident_id: str) -> Incident | None:
    """The incident, or None where it is absent or not the actor's: both look the same."""
    try:
        return incident_query.detail(actor, incident_id)
    except NotFound:
        return None


def context(actor: Actor, console: Console) -> dict[str, object]:
    """The names that the templates of this face use."""
    settings = adapters().settings
    return {
        "actor": actor,
        "console": console,
        "why": console.why,
        "now": console.now,
        "words": words,
        "told": told,
        "talkwords": talkwords,
        "joinwords": joinwords,
        "steps_of_the_score": steps_of_the_score(),
        "zone": settings.time_zone,
        "stream_address": f"{settings.stream_address}/api/v1/live",
        "map_tiles": settings.map_tiles,
        "map_bounds": settings.map_bounds,
        "outcomes": endings(actor),
    }


def endings(actor: Actor) -> list[tuple[str, str]]:
    """Outcomes this person may choose, in the order of the list: code and label."""
    supervisor = actor.role == "supervisor"
    return [(each.code, each.label) for each in OUTCOMES.values() if supervisor or not each.supervisor_only]
