"""Puts the routing pages together from the data doors: overview, draft, row, shapes of a file."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from reporting.bootstrap import adapters
from reporting.dashboard import routing_words, words
from reporting.dashboard.outlines import Area, Drawing, draw
from reporting.dashboard.panes import Typed
from reporting.dashboard.routing_forms import CODES, as_typed, many
from reporting.domain.errors import NotFound
from reporting.domain.opening import WEEKDAYS
from reporting.policy import Actor, decide
from reporting.queries import drafts as query
from reporting.queries.drafts import Detail, Line, Trial

DONE = {
    "published": "The draft is in force now. New reports go by it, and so do open incidents that nobody has acknowledged.",
    "back": "What was in force before is in force again, for new reports and for what nobody has acknowledged.",
    "discarded": "The draft is put away. Nothing of it is in force.",
}
EMPTY_DAYS = 1
"""Empty stretches of days that a form offers beside those there are."""


def show_overview(actor: Actor, typed: Typed | None = None) -> ResponseReturnValue:
    """The rows in force, drafts, switches, a place to test."""
    found = query.overview(actor)
    page = {
        "overview": found,
        "drawing": _drawing(found.lines),
        "said": DONE.get(request.args.get("done", "")),
        "place": _place(actor, None),
    }
    return _page("dashboard/routing.html", actor, typed, **page)


def show_draft(actor: Actor, draft_id: uuid.UUID, typed: Typed | None = None) -> ResponseReturnValue:
    """One draft, with its latest trial."""
    found = query.detail(actor, draft_id)
    page = {
        "draft": found,
        "drawing": _drawing(found.lines),
        "trial": found.trial,
        "place": _place(actor, str(draft_id)),
        "names": _names(found),
    }
    return _page("dashboard/routing_draft.html", actor, typed, **page)


def show_row(actor: Actor, draft_id: uuid.UUID, key: str, typed: Typed | None = None) -> ResponseReturnValue:
    """One row of a draft with its form; NotFound where the draft has no such row."""
    found = query.detail(actor, draft_id)
    line = found.line(key)
    given = _kept(request.form) if typed and "name" in typed.values else as_typed(line.row)
    page = {
        "draft": found,
        "line": line,
        "given": given,
        "gone": bool(line.difference and line.difference.kind == "removed"),
        "drawing": draw([Area(1, line.row["name"], line.row["geometry"])]),
        "extra_days": EMPTY_DAYS,
    }
    return _page("dashboard/routing_row.html", actor, typed, **page)


def show_shapes(actor: Actor, trial_id: uuid.UUID) -> ResponseReturnValue:
    """The areas of a file, before any of them is in its draft."""
    trial = query.trial(actor, trial_id)
    if trial.kind != "shapes" or trial.draft_id is None:
        raise NotFound
    found = query.detail(actor, trial.draft_id)
    shapes = (trial.answer or {}).get("shapes", [])
    known = {line.key: line.row for line in found.lines}
    areas = [Area(number, each["name"], each["geometry"], "changed") for number, each in enumerate(shapes, start=1)]
    former = [
        Area(number, each["name"], known[each["key"]]["geometry"], "former")
        for number, each in enumerate(shapes, start=1)
        if each["key"] in known
    ]
    page = {"draft": found, "trial": trial, "shapes": shapes, "known": known, "drawing": draw([*former, *areas])}
    return _page("dashboard/routing_shapes.html", actor, None, **page)


def _page(name: str, actor: Actor, typed: Typed | None, **page: Any) -> ResponseReturnValue:
    settings = adapters().settings
    shared = {
        "actor": actor,
        "words": words,
        "say": routing_words,
        "now": adapters().clock(),
        "zone": settings.time_zone,
        "typed": typed,
        "may_publish": decide(actor, "routing.publish").allowed,
        "may_read": decide(actor, "incident.read").allowed,
        "weekdays": WEEKDAYS,
        "codes": CODES,
        "address": url_for,
    }
    return render_template(name, **shared, **page), typed.status if typed else 200


def _drawing(lines: Sequence[Line]) -> Drawing | None:
    """The rows in one frame; a row that got another shape is drawn with its former one."""
    areas = []
    for number, line in enumerate(lines, start=1):
        moved = line.difference and ("geometry" in line.difference.fields or line.difference.kind == "added")
        if moved and line.before is not None:
            areas.append(Area(number, line.row["name"], line.before["geometry"], "former"))
        areas.append(Area(number, line.row["name"], line.row["geometry"], "changed" if line.difference else "as_is"))
    return draw(areas)


def _place(actor: Actor, draft_id: str | None) -> Trial | None:
    """The tested place whose answer the page shows, where the address names one."""
    asked = request.args.get("place", "")
    try:
        found = query.trial(actor, uuid.UUID(asked))
    except (ValueError, NotFound):
        return None
    return found if found.kind == "place" and found.draft_id == draft_id else None


def _names(found: Detail) -> Mapping[str, str]:
    """Names of rows by key, for the draft's history."""
    return {line.key: line.row["name"] for line in (*found.lines, *found.removed)}


def _kept(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed into a row's form, as its page shows it again."""
    typed = many(form)
    empty = {f"hours_{day}": "" for day in range(len(WEEKDAYS))}
    lists: dict[str, Any] = {"categories": [], "days_from": [], "days_until": []}
    return {**empty, **lists, "kinds": "some", "clock": "always", "desk_id": "", **typed, "enabled": "enabled" in typed}
