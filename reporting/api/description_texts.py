"""The words of the API's description that belong to no single route: what it is, how to sign in, what can go wrong."""

from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema

from reporting.schemas.public import ConflictDetailsSchema, ProblemDetailsSchema

ABOUT: Final = """\
Tell a control room about something unusual, follow up on it without an account, and work on it as an operator.

A report is accepted once, however often it is sent: the sender makes an `Idempotency-Key` and keeps it for every retry.
Reports are never refused for coming too often, and an accepted report is never lost. Errors are `application/problem+json`
(RFC 9457). Query parameters and body fields that are not described here are refused with 422; a method that a path does
not have is refused with 405 and an `Allow` header. Answers may gain fields at any time: read past what you do not know.
`README.md` beside this file is the guide for people who write phone applications.
"""

TAGS: Final = {
    "reports": "File a report; read one back as an operator",
    "pictures": "Pictures of a report: sent with its receipt code, looked at by operators",
    "public": "Open to everybody: categories, question cards, place codes, places by words",
    "follow_up": "The reporter's side by receipt code: state, answers, adding, withdrawing, a download",
    "incidents": "The control room's work: the queue, an incident, each step of casework",
    "joins": "What belongs together and what does not, and taking steps back",
    "conversation": "The room's side: question cards, messages, and a reporter's contact with a reason",
    "desks": "Who sits where, giving incidents to desks and people, escalating by hand",
    "first looks": "Asking trained staff of venues to look at something, and taking the question back",
    "notices": "What your room or venue is told of incidents that others work on, and what rooms write to venues",
    "venues": "What a house says of itself, for operators; what its people and systems reported, for them",
    "subscriptions": "Being told that there is an answer: by push, mail or text message, only where it was asked for",
    "figures": "Counts of your organisation",
    "live": "What changes, pushed as Server-Sent Events",
    "health": "For load balancers and watchers",
}

SECURITY: Final[dict[str, dict[str, Any]]] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token for a program, issued for one account by `reporting key new`; it ends when it is revoked.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-session",
        "description": "The session of somebody who signed in at `/control/` or `/venue/`. Requests that change something "
        "also carry the page's token in the header `X-CSRF-Token`.",
    },
}
GUARDED: Final[list[dict[str, list[str]]]] = [{"token": []}, {"session": []}]

PATH_WORDS: Final = {
    "incident_id": "The incident, or a report that is on no incident yet.",
    "report_id": "The report.",
    "event_id": "The event of the timeline that tells the step: `event_id` of its answer.",
    "notice_id": "The notice.",
    "n": "Which of the report's pictures.",
    "code": "The code on the poster or its QR code; capitals do not matter.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One status of errors: its name among the components, when it is answered, and the headers it always carries."""

    name: str
    when: str
    headers: tuple[str, ...] = ()
    schema: type[Schema] = ProblemDetailsSchema


REFUSALS: Final = {
    400: Refusal("BadRequest", "The request cannot be read: broken JSON, or a header that is missing or not usable."),
    401: Refusal("NotSignedIn", "No credentials came along, or they do not hold any more.", ("WWW-Authenticate",)),
    403: Refusal("Forbidden", "Your role may never do this, whatever the record."),
    404: Refusal("NotFound", "Absent, or not yours: both look the same."),
    409: Refusal(
        "Conflict", "Somebody else was faster, or the step does not fit any more.", ("Retry-After",), ConflictDetailsSchema
    ),
    413: Refusal("TooLarge", "The body has more than 64 kB of JSON, or a picture more than 25 MB."),
    415: Refusal("WrongType", "The body is not declared as JSON, or a picture is of a kind that is not taken here."),
    422: Refusal("Refused", "Fields or parameters are wrong; `errors` names every one of them."),
    429: Refusal("TooManyGuesses", "Wrong codes came too often. A right one is never kept waiting.", ("Retry-After",)),
    503: Refusal("Unavailable", "Briefly away. Send the same again after `Retry-After` seconds.", ("Retry-After",)),
    507: Refusal("NoRoom", "The disk for pictures is full. Reports are still accepted.", ("Retry-After",)),
}
"""status -> how it is described. Every operation may answer 422 (an unknown parameter) and 503."""

HEADERS: Final[dict[str, dict[str, Any]]] = {
    "WWW-Authenticate": {"description": "How to sign in.", "required": True, "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
}
