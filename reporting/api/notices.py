"""Notices over HTTP: what your room or your venue is told of incidents that others work on, and what rooms write to venues."""

import uuid
from typing import Any

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded
from reporting.domain.room_notices import NewRoomNotice
from reporting.queries import room_notices as written
from reporting.queries.notices import notices
from reporting.schemas.notices import RoomNoticesSchema
from reporting.schemas.room_notices import NewRoomNoticeSchema, WrittenSchema
from reporting.services import room_notices

blueprint = Resource("notices", __name__, url_prefix="/api/v1/notices", description="What you are told of others' incidents")


@blueprint.route("", methods=["GET"])
@guarded("notice.read")
@blueprint.doc(operationId="listNotices", summary="For your information")
@blueprint.response(200, RoomNoticesSchema)
def get_notices() -> dict[str, Any]:
    """`items`: open incidents of the last 24 hours that another room works on and that yours is told of: kind, urgency, place,
    time and who works on it, and never what a reporter wrote. Staff of a venue reads what its venue was asked or told. `sent`:
    what your room has written to venues, and who has read it. `told`: what rooms have written to your venue."""
    who = actor()
    in_a_venue = who.venue_id is not None
    return {
        "items": notices(who),
        "sent": [] if in_a_venue else written.sent(who),
        "told": written.told(who) if in_a_venue else [],
    }


@blueprint.route("", methods=["POST"])
@guarded("notice.write")
@blueprint.doc(operationId="writeNotice", summary="Tell venues something")
@blueprint.arguments(NewRoomNoticeSchema)
@blueprint.response(201, WrittenSchema, description="Sent.")
@blueprint.refuses(404)
def post_notice(new: NewRoomNotice) -> dict[str, Any]:
    """Writes to venues of your room, or in the areas in which it is responsible. An all clear is about an incident, and only the
    room that works on that may give it. What is about people who work in a house is not told to that house."""
    return {"id": room_notices.write(actor(), new)}


@blueprint.route("/<uuid:notice_id>/withdraw", methods=["POST"])
@guarded("notice.write")
@blueprint.doc(operationId="withdrawNotice", summary="Take a notice back")
@blueprint.response(200, WrittenSchema, description="Taken back.")
@blueprint.refuses(409)
def post_withdrawal(notice_id: uuid.UUID) -> dict[str, Any]:
    """The venues read that it was taken back. It needs no body. 409 for a notice that is over."""
    room_notices.withdraw(actor(), notice_id)
    return {"id": notice_id}


@blueprint.route("/<uuid:notice_id>/read", methods=["POST"])
@guarded("notice.acknowledge")
@blueprint.doc(operationId="readNotice", summary="Say that you have read it")
@blueprint.response(200, WrittenSchema, description="The room sees it.")
@blueprint.refuses(409)
def post_reading(notice_id: uuid.UUID) -> dict[str, Any]:
    """For staff of a venue: the room that wrote it sees who has read it, and when. A second time changes nothing. It needs no
    body."""
    room_notices.acknowledge(actor(), notice_id)
    return {"id": notice_id}
