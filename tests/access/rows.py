"""The rows of the isolation matrix: one for every route and method, saying how to knock and what an open door answers.

Who may pass is not written here: that follows from the policy. A new route needs a new row, else the matrix fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.access import asked
from tests.access.house import A_PICTURE, House
from tests.cast import a_report, new_key
from tests.pictures import of_piece

Targets = Callable[[House], dict[str, tuple[str, Any]]]
PAGE: Final = "b1946ac9-2d2e-4b6f-8c1a-5a0b3e7f9d10"
STALE: Final = 999
"""A version nobody saw: whoever reaches the incident is told of the conflict, and nothing changes."""
ANYTHING: Final = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
"""An id of nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """`opens`: the status for who may pass. `turned_away`: for who is not signed in. `targets` fills the address's id."""

    opens: int
    turned_away: int = 401
    targets: Targets | None = None
    address: dict[str, str] = field(default_factory=dict)
    asked: Callable[[House], dict[str, Any]] = lambda _house: {}


def _stale(**more: Any) -> Callable[[House], dict[str, Any]]:
    return lambda _house: {"json": {"version": STALE, **more}}


def _stale_draft(key: str = "", **more: Any) -> Callable[[House], dict[str, Any]]:
    return lambda _house: {"data": {"version": STALE, **more}, "query_string": {"key": key} if key else {}}


def _by_code(house: House, **more: Any) -> dict[str, Any]:
    return {"json": {"receipt_code": house.receipts["nobody"], **more}}


def _page(opens: int = 200, **more: Any) -> Row:
    """A page of the console or of a venue: who is not signed in is led to the door."""
    return Row(opens, turned_away=303, **more)


def _with_receipt(house: House, **headers: str) -> dict[str, Any]:
    return {"headers": {"Receipt-Code": house.receipts["city"], **headers}}


def _a_piece(house: House) -> dict[str, Any]:
    """The last one of a picture that is whole already."""
    return {"data": A_PICTURE, **_with_receipt(house, **of_piece(A_PICTURE, 0, last=True))}


OWN_RECEIPT: Final[Targets] = lambda house: {"its holder": (house.reports["city"], None)}  # noqa: E731  as the others here
INCIDENTS: Final[Targets] = House.incident_targets
REPORTS: Final[Targets] = House.report_targets
PICTURE: Final = "/api/v1/reports/<uuid:report_id>/pictures/<int:n>"
FIRST: Final = {"int(min=1,max=3):n": "1", "int:n": "1"}
"""The number of the picture that every report of the house has."""
DRAFTS: Final[Targets] = House.draft_targets
INCIDENT: Final = "/api/v1/incidents/<uuid:incident_id>"
DRAFT: Final = "/control/routing/drafts/<uuid:draft_id>"
KIND: Final = "any(evacuation,invacuation,lockdown,communication):kind"
LOG: Final = "any(training,drills):log"
PROCEDURE: Final = f"/venue/manage/procedures/<{KIND}>"
WORLD: Final = "world"
"""The key of a row that every draft of the house has."""

RENEWAL: Final = {
    "id": ANYTHING,
    "endpoint": "https://fcm.googleapis.com/fcm/send/former",
    "subscription": {"endpoint": "https://fcm.googleapis.com/fcm/send/new", "keys": {"p256dh": "BA", "auth": "BA"}},
}

ROWS: Final[dict[tuple[str, str], Row]] = {
    # the API
    ("/api/v1/reports", "POST"): Row(201, asked=lambda _house: {"json": a_report(category="other"), "headers": new_key()}),
    ("/api/v1/reports/<uuid:report_id>", "GET"): Row(200, targets=REPORTS),
    (PICTURE, "PUT"): Row(
        200,
        targets=OWN_RECEIPT,
        address=FIRST,
        asked=lambda house: {"data": A_PICTURE, **_with_receipt(house)},
    ),
    (PICTURE, "GET"): Row(200, targets=REPORTS, address=FIRST),
    (f"{PICTURE}/upload", "GET"): Row(200, targets=OWN_RECEIPT, address=FIRST, asked=_with_receipt),
    (f"{PICTURE}/upload", "PATCH"): Row(409, targets=OWN_RECEIPT, address=FIRST, asked=_a_piece),
    (f"{PICTURE}/upload", "DELETE"): Row(409, targets=OWN_RECEIPT, address=FIRST, asked=_with_receipt),
    (f"{PICTURE}/thumbnail", "GET"): Row(200, targets=REPORTS, address=FIRST),
    (f"{PICTURE}/blurred", "GET"): Row(200, targets=REPORTS, address=FIRST),
    ("/api/v1/incidents", "GET"): Row(200),
    (INCIDENT, "GET"): Row(200, targets=INCIDENTS),
    (f"{INCIDENT}/reports", "GET"): Row(200, targets=INCIDENTS),
    (f"{INCIDENT}/acknowledge", "POST"): Row(409, targets=INCIDENTS, asked=_stale()),
    (f"{INCIDENT}/take", "POST"): Row(409, targets=INCIDENTS, asked=_stale()),
    (f"{INCIDENT}/note", "POST"): Row(409, targets=INCIDENTS, asked=_stale(text="A note")),
    (f"{INCIDENT}/priority", "POST"): Row(409, targets=INCIDENTS, asked=_stale(priority=4)),
    (f"{INCIDENT}/correct", "POST"): Row(409, targets=INCIDENTS, asked=_stale(category="drone")),
    (f"{INCIDENT}/waiting", "POST"): Row(409, targets=INCIDENTS, asked=_stale(text="They ring back")),
    (f"{INCIDENT}/shelve", "POST"): Row(409, targets=INCIDENTS, asked=_stale(text="Until the morning")),
    (f"{INCIDENT}/reopen", "POST"): Row(409, targets=INCIDENTS, asked=_stale(text="It is there again")),
    (f"{INCIDENT}/check", "POST"): Row(409, targets=INCIDENTS, asked=_stale(kind="camera_looked")),
    (f"{INCIDENT}/merge", "POST"): Row(409, targets=INCIDENTS, asked=_stale(other=ANYTHING)),
    (f"{INCIDENT}/split", "POST"): Row(409, targets=INCIDENTS, asked=_stale(reports=[ANYTHING])),
    (f"{INCIDENT}/not-same", "POST"): Row(409, targets=INCIDENTS, asked=_stale(other=ANYTHING)),
    ("/api/v1/undo/<uuid:event_id>", "POST"): Row(409, targets=House.event_targets),
    (f"{INCIDENT}/close", "POST"): Row(409, targets=INCIDENTS, asked=_stale(outcome="nothing_found")),
    ("/api/v1/figures/rules", "GET"): Row(200),
    (f"{INCIDENT}/escalate", "POST"): Row(409, targets=INCIDENTS, asked=_stale(reason="A second pair of eyes")),
    (f"{INCIDENT}/assign", "POST"): Row(409, targets=INCIDENTS, asked=_stale(desk=PAGE)),
    (f"{INCIDENT}/give-back", "POST"): Row(409, targets=INCIDENTS, asked=_stale(text="Not ours")),
    (f"{INCIDENT}/question", "POST"): Row(409, targets=INCIDENTS, asked=_stale(card="still_there")),
    (f"{INCIDENT}/message", "POST"): Row(409, targets=INCIDENTS, asked=_stale(text="Thank you")),
    (f"{INCIDENT}/take-back", "POST"): Row(409, targets=INCIDENTS, asked=_stale(question=ANYTHING)),
    ("/api/v1/reports/<uuid:report_id>/contact", "POST"): Row(
        200, targets=REPORTS, asked=lambda _house: {"json": {"reason": "To ask more"}}
    ),
    ("/api/v1/presence", "POST"): Row(200, asked=lambda _house: {"json": {"page": PAGE}}),
    ("/api/v1/presence/leave", "POST"): Row(204, asked=lambda _house: {"json": {"page": PAGE}}),
    ("/api/v1/notices", "GET"): Row(200),
    ("/api/v1/notices", "POST"): Row(201, asked=lambda house: {"json": asked.a_notice(house)}),
    ("/api/v1/notices/<uuid:notice_id>/withdraw", "POST"): Row(409, targets=asked.written),
    ("/api/v1/notices/<uuid:notice_id>/read", "POST"): Row(409, targets=asked.told),
    (f"{INCIDENT}/first-look", "GET"): Row(200, targets=INCIDENTS),
    (f"{INCIDENT}/first-look", "POST"): Row(409, targets=INCIDENTS, asked=_stale()),
    (f"{INCIDENT}/withdraw-look", "POST"): Row(409, targets=INCIDENTS, asked=_stale()),
    ("/api/v1/live", "GET"): Row(307),
    ("/api/v1/categories", "GET"): Row(200),
    ("/api/v1/room", "POST"): Row(200, asked=lambda _house: {"json": {"category": "other"}}),
    ("/api/v1/places", "GET"): Row(200, asked=lambda _house: {"query_string": {"q": "asema"}}),
    ("/api/v1/venues/<code>", "GET"): Row(200, address={"code": "K7QD"}),
    ("/api/v1/venues", "GET"): Row(200),
    ("/api/v1/venue/reports", "GET"): Row(200),
    ("/api/v1/follow-up", "POST"): Row(200, asked=lambda house: {"json": {"receipt_code": house.receipts["nobody"]}}),
    ("/api/v1/channels", "GET"): Row(200),
    ("/api/v1/channels", "POST"): Row(409, asked=lambda _house: {"json": {"channel": "mail"}}),
    ("/api/v1/channels/stop", "POST"): Row(200, asked=lambda _house: {"json": {}}),
    ("/api/v1/follow-up/channels", "POST"): Row(
        409, asked=lambda house: {"json": {"receipt_code": house.receipts["nobody"], "channel": "mail"}}
    ),
    ("/api/v1/follow-up/channels/stop", "POST"): Row(
        200, asked=lambda house: {"json": {"receipt_code": house.receipts["nobody"]}}
    ),
    ("/api/v1/push/renew", "POST"): Row(409, asked=lambda _house: {"json": RENEWAL}),
    ("/api/v1/follow-up/messages", "POST"): Row(200, asked=lambda house: _by_code(house, text="More")),
    ("/api/v1/follow-up/withdraw", "POST"): Row(422, asked=lambda house: _by_code(house, sure=False)),
    ("/api/v1/follow-up/feeling", "POST"): Row(409, asked=lambda house: _by_code(house, answer="safer")),
    ("/api/v1/follow-up/download", "POST"): Row(422, asked=lambda _house: {"json": {}}),
    ("/api/v1/questions", "GET"): Row(200),
    ("/health/live", "GET"): Row(200),
    ("/health/ready", "GET"): Row(503),
    ("/metrics", "GET"): Row(200),
    # the console
    ("/control/", "GET"): _page(),
    ("/control/queue", "GET"): _page(),
    ("/control/map", "GET"): _page(),
    ("/control/incidents/<incident_id>", "GET"): _page(targets=INCIDENTS),
    ("/control/reports/<uuid:incident_id>", "GET"): _page(targets=INCIDENTS),
    ("/control/incidents/<incident_id>/<action>", "POST"): _page(
        409, targets=INCIDENTS, address={"action": "take"}, asked=lambda _house: {"data": {"version": STALE}}
    ),
    ("/control/judgement", "GET"): _page(),
    ("/control/feelings", "GET"): _page(),
    ("/control/reports/<uuid:report_id>/contact", "POST"): _page(
        targets=REPORTS, asked=lambda _house: {"data": {"reason": "To ask more"}}
    ),
    ("/control/messages", "GET"): _page(),
    ("/control/messages", "POST"): Row(303, turned_away=303),
    ("/control/desks", "GET"): _page(),
    ("/control/desks/<any(shift,removed,numbers,assigning):step>", "POST"): _page(
        303, address={"any(shift,removed,numbers,assigning):step": "numbers"}, asked=lambda _house: {"data": {"numbers": ""}}
    ),
    # routing as drafts
    ("/control/routing", "GET"): _page(),
    ("/control/routing/drafts", "POST"): _page(303),
    (DRAFT, "GET"): _page(targets=DRAFTS),
    (f"{DRAFT}/row", "GET"): _page(targets=DRAFTS, asked=lambda _house: {"query_string": {"key": WORLD}}),
    (f"{DRAFT}/row", "POST"): _page(409, targets=DRAFTS, asked=_stale_draft(key=WORLD, step="reset")),
    (f"{DRAFT}/publish", "POST"): _page(409, targets=DRAFTS, asked=_stale_draft()),
    (f"{DRAFT}/shapes", "POST"): _page(422, targets=DRAFTS),
    (f"{DRAFT}/take-shapes", "POST"): _page(422, targets=DRAFTS, asked=_stale_draft()),
    (f"{DRAFT}/<any(try,rebase,discard):step>", "POST"): _page(
        409, targets=DRAFTS, address={"any(try,rebase,discard):step": "rebase"}, asked=_stale_draft()
    ),
    ("/control/routing/shapes/<uuid:trial_id>", "GET"): _page(targets=House.trial_targets),
    ("/control/routing/trials/<uuid:trial_id>", "GET"): _page(targets=House.trial_targets),
    ("/control/routing/place", "POST"): _page(422, asked=lambda _house: {"data": {"place": ""}}),
    ("/control/routing/back", "POST"): _page(404, asked=lambda _house: {"data": {"number": "1"}}),
    ("/control/incidents/<uuid:incident_id>/beside/<uuid:other_id>", "GET"): _page(targets=INCIDENTS),
    ("/control/reports/<uuid:report_id>/pictures/<int(min=1,max=3):n>", "GET"): _page(targets=REPORTS, address=FIRST),
    ("/control/undo/<uuid:event_id>", "POST"): _page(409, targets=House.event_targets),
    ("/control/closed", "GET"): _page(),
    ("/control/sign-in", "GET"): Row(200),
    ("/control/sign-in", "POST"): Row(403, asked=lambda _house: {"data": {"email": "aino@example.org"}}),
    ("/control/sign-out", "POST"): _page(303),
    ("/control/notices", "GET"): _page(),
    ("/control/notices", "POST"): _page(422),
    ("/control/notices/<uuid:notice_id>/withdraw", "POST"): _page(409, targets=asked.written),
    # the venue
    ("/venue/asked", "GET"): _page(),
    ("/venue/duty", "POST"): _page(422),
    ("/venue/looks/<uuid:look_id>/answer", "POST"): _page(409, targets=asked.looks),
    ("/venue/looks/<uuid:look_id>/pass", "POST"): _page(303, targets=asked.looks),
    ("/venue/notices/<uuid:notice_id>/read", "POST"): _page(303, targets=asked.told),
    ("/venue/hot-or-not", "GET"): _page(),
    ("/venue/hot-or-not", "POST"): _page(422),
    ("/venue/records", "GET"): _page(),
    ("/venue/records.pdf", "GET"): _page(),
    (f"/venue/records/<{LOG}>", "POST"): _page(422, address={LOG: "drills"}),
    (f"/venue/records/<{LOG}>/<uuid:entry>/withdraw", "POST"): _page(303, targets=asked.drills, address={LOG: "drills"}),
    ("/venue/posters", "GET"): _page(),
    ("/venue/posters/places", "POST"): _page(303),
    ("/venue/posters/<code>/revoke", "POST"): _page(404, address={"code": "KK77"}),
    ("/venue/posters/<code>.pdf", "GET"): _page(
        address={"code": "K7QD"}, asked=lambda _house: {"query_string": {"tongue": "en"}}
    ),
    ("/venue/", "GET"): _page(),
    ("/venue/report", "POST"): Row(422, turned_away=401, asked=lambda _house: {"data": {"category": "nothing"}}),
    ("/venue/sign-in", "GET"): Row(200),
    ("/venue/sign-in", "POST"): Row(403, asked=lambda _house: {"data": {"email": "gil@example.org"}}),
    ("/venue/sign-out", "POST"): _page(303),
    ("/venue/pass", "GET"): _page(),
    ("/venue/offline", "GET"): Row(200),
    ("/venue/open/<token>", "GET"): Row(303, address={"token": "forged.word"}),
    ("/venue/device", "GET"): _page(),
    ("/venue/device", "POST"): Row(403, asked=lambda _house: {"data": {"code": "K7QD2MXR"}}),
    ("/venue/device/place", "POST"): _page(303),
    ("/venue/device/give-up", "POST"): _page(303),
    ("/venue/unlock", "POST"): _page(401),
    ("/venue/plan", "GET"): _page(),
    ("/venue/reports", "GET"): _page(),
    ("/venue/manage", "GET"): _page(),
    ("/venue/manage/facts", "POST"): _page(409),
    (PROCEDURE, "GET"): _page(address={KIND: "lockdown"}),
    (PROCEDURE, "POST"): _page(409, address={KIND: "lockdown"}),
    ("/venue/manage/zones", "POST"): _page(422),
    ("/venue/manage/zones/<code>", "POST"): _page(422, address={"code": "K7QD"}),
    ("/venue/manage/staff", "GET"): _page(),
    ("/venue/manage/staff", "POST"): _page(422),
    ("/venue/manage/staff/<uuid:account_id>/<any(code,end):step>", "POST"): _page(
        201, targets=House.staff_targets, address={"any(code,end):step": "code"}
    ),
    ("/venue/manage/devices/<uuid:device_id>/end", "POST"): _page(303, targets=House.device_targets),
    ("/venue/manage/keys", "GET"): _page(),
    ("/venue/manage/keys", "POST"): _page(422),
    ("/venue/manage/keys/<uuid:account_id>/<any(rotate,end):step>", "POST"): _page(
        201, targets=House.system_targets, address={"any(rotate,end):step": "rotate"}
    ),
    ("/venue/manage/links", "POST"): _page(422),
    ("/venue/manage/links/<uuid:link_id>", "GET"): _page(targets=House.link_targets),
    ("/venue/manage/links/<uuid:link_id>/end", "POST"): _page(303, targets=House.link_targets),
    # everybody's
    ("/", "GET"): Row(200),
    ("/", "POST"): Row(422, asked=lambda _house: {"data": {}}),
    ("/v/<code>", "GET"): Row(200, address={"code": "K7QD"}),
    ("/colours.css", "GET"): Row(200),
    ("/logo", "GET"): Row(404),
    ("/follow-up", "GET"): Row(200),
    ("/follow-up/pictures", "GET"): Row(200),
    ("/follow-up/pictures", "POST"): Row(404, asked=lambda _house: {"data": {"receipt_code": "nothing"}}),
    ("/follow-up", "POST"): Row(422, asked=lambda _house: {"data": {}}),
    ("/follow-up/channels", "POST"): Row(404, asked=lambda _house: {"data": {}}),
    ("/s/<word>", "GET"): Row(404, address={"word": "A" * 10}),
    ("/s/<word>", "POST"): Row(404, address={"word": "A" * 10}, asked=lambda _house: {"data": {"step": "yes"}}),
    ("/not-me/<word>", "GET"): Row(404, address={"word": "0" * 64}),
    ("/not-me/<word>", "POST"): Row(404, address={"word": "0" * 64}),
    ("/stop/<token>", "GET"): Row(404, address={"token": "0" * 64}),
    ("/stop/<token>", "POST"): Row(404, address={"token": "0" * 64}),
    ("/follow-up/<any(answer,add,withdraw,feel):step>", "POST"): Row(404, address={"any(answer,add,withdraw,feel):step": "add"}),
    ("/follow-up/<any(copy,file):kind>", "POST"): Row(404, address={"any(copy,file):kind": "copy"}),
    ("/leave", "GET"): Row(303),
    ("/about", "GET"): Row(200),
    ("/privacy", "GET"): Row(200),
    ("/accessibility", "GET"): Row(200),
    ("/.well-known/security.txt", "GET"): Row(200),
    ("/worker.js", "GET"): Row(200),
    ("/manifest.webmanifest", "GET"): Row(200),
    ("/static/<path:filename>", "GET"): Row(404, address={"filename": "nothing.css"}),
    ("/static/@<mark>/<path:filename>", "GET"): Row(404, address={"mark": "0123456789ab", "filename": "nothing.css"}),
}

EXPLICIT: Final[dict[tuple[str, str], tuple[int, str]]] = {
    ("incident.answer", "untriaged report"): (404, "a report that is on no incident has nothing to answer for yet"),
    ("incident.work", "untriaged report"): (404, "a report that is on no incident has nothing to work on yet"),
    ("contact.open", "untriaged report"): (404, "nobody is responsible yet for a report that is on no incident"),
}
"""(action, target) -> the status that the policy alone does not tell, and why."""
