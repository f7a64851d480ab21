"""Notices to venues: writing them, taking them back, and who has read them, kept current while the page is open."""

import uuid
from typing import Any, Final

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load
from marshmallow.validate import Length, OneOf

from reporting.auth.guards import guarded
from reporting.bootstrap import adapters
from reporting.dashboard import blueprint, words
from reporting.dashboard.actions import refused
from reporting.dashboard.panes import Typed
from reporting.domain.errors import NotFound, NotPossible, Refused
from reporting.domain.room_notices import KINDS, MINUTES, TEXT_LIMIT, NewRoomNotice
from reporting.policy import Actor
from reporting.queries import room_notices as query
from reporting.queries.incident import number_of
from reporting.schemas.fields import PlainText
from reporting.services import room_notices

DONE: Final = {"sent": "The venues are told.", "withdrawn": "Taken back. The venues read so."}
NONE_CHOSEN: Final = "Choose at least one venue or area."


class NoticeForm(Schema):
    """What the form may send."""

    class Meta:
        unknown = EXCLUDE

    kind = fields.String(required=True, validate=OneOf(tuple(KINDS), error="Choose what it is."))
    text = PlainText(required=True, limit=TEXT_LIMIT, validate=Length(min=1, error="Write what the venues should know."))
    minutes = fields.Integer(required=True, validate=OneOf(MINUTES, error="Choose for how long."))
    venues = fields.List(fields.UUID(), load_default=list)
    areas = fields.List(fields.String(), load_default=list)
    incident = fields.UUID(load_default=None, allow_none=True)

    @post_load
    def _new(self, data: dict[str, Any], **_more: Any) -> NewRoomNotice:
        chosen = tuple(str(each) for each in data.pop("venues")), tuple(data.pop("areas"))
        return NewRoomNotice(venues=chosen[0], areas=chosen[1], incident_id=data.pop("incident"), **data)


@blueprint.get("/notices")
@guarded("notice.write")
def notices_page() -> ResponseReturnValue:
    """The form, and what the room has written with who has read it. `?only=list`: that list alone."""
    if request.args.get("only") == "list":
        return render_template("dashboard/notices_list.html", **_told(g.actor))
    return _show(g.actor)


@blueprint.post("/notices")
@guarded("notice.write")
def write_notice() -> ResponseReturnValue:
    """Tells the venues; a refusal shows the form with everything that was typed."""
    asked: dict[str, Any] = {name: value for name, value in request.form.items() if value}
    asked |= {name: request.form.getlist(name) for name in ("venues", "areas")}
    try:
        room_notices.write(g.actor, NoticeForm().load(asked))
    except (ValidationError, Refused) as error:
        return _show(g.actor, refused("notice", error))
    return redirect(url_for("dashboard.notices_page", done="sent"), 303)


@blueprint.post("/notices/<uuid:notice_id>/withdraw")
@guarded("notice.write")
def withdraw_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Takes it back; one that is over already stays so."""
    try:
        room_notices.withdraw(g.actor, notice_id)
    except NotPossible as error:
        return _show(g.actor, Typed("withdraw", error.message, 409))
    return redirect(url_for("dashboard.notices_page", done="withdrawn"), 303)


def _told(actor: Actor) -> dict[str, Any]:
    now, zone = adapters().clock(), adapters().settings.time_zone
    return {"actor": actor, "sent": query.sent(actor), "kinds": KINDS, "words": words, "now": now, "zone": zone}


def _show(actor: Actor, typed: Typed | None = None) -> ResponseReturnValue:
    page = _told(actor)
    page |= {
        "reach": query.reach_of(actor),
        "about": _about(actor),
        "chosen": set(request.form.getlist("venues")) | set(request.form.getlist("areas")),
        "minutes": MINUTES,
        "limit": TEXT_LIMIT,
        "said": DONE.get(request.args.get("done", "")),
        "typed": typed,
    }
    return render_template("dashboard/notices.html", **page), typed.status if typed else 200


def _about(actor: Actor) -> dict[str, str] | None:
    """The incident that the notice is about, where the address or the form names one that the actor sees."""
    named = request.values.get("incident", "")
    try:
        key = uuid.UUID(named)
        return {"id": str(key), "number": number_of(actor, key)}
    except (ValueError, NotFound):
        return None
