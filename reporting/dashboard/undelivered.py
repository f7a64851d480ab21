"""Messages that did not arrive: the room sees them, knows why, and sends them again. It needs no JavaScript."""

import uuid
from typing import Final

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reporting.auth.guards import guarded
from reporting.bootstrap import adapters
from reporting.dashboard import blueprint, words
from reporting.domain.deliveries import CONFIRM, MAIL, PUSH, SMS
from reporting.domain.errors import NotFound
from reporting.policy import decide
from reporting.queries.undelivered import undelivered
from reporting.services.letters import replay_for_room

WHAT: Final = {
    "answer": "There is an answer",
    CONFIRM: "Do you want messages?",
    "notice": "There is a notice",
    "first_look": "Please open the venue page",
    "unanswered": "An incident waits",
}
HOW: Final = {MAIL: "Mail", SMS: "Text message", PUSH: "Message on the phone"}
WHY: Final = {
    "smtp_535": "The mail server does not take our password.",
    "smtp_550": "The mail server knows no such address.",
    "switched_off": "This kind of message is switched off here.",
    "too_old": "It waited a day for a service that was away.",
    "status_401": "The service does not take our key.",
    "status_403": "The service does not take our key.",
    "status_404": "The phone took its permission back.",
    "status_410": "The phone took its permission back.",
    "TimeoutError": "The service did not answer in time.",
    "ConnectionRefusedError": "The service was away.",
}
UNKNOWN: Final = "The service did not take it."


@blueprint.get("/messages")
@guarded("undelivered.read")
def undelivered_page() -> ResponseReturnValue:
    """What was given up, and what was refused in the last days."""
    done = request.args.get("again", "")
    page = {
        "actor": g.actor,
        "rows": [
            {**row, "what": WHAT[row["template"]], "how": HOW[row["channel"]], "why": why(row["result"])}
            for row in undelivered(g.actor)
        ],
        "may_replay": decide(g.actor, "undelivered.replay").allowed,
        "again": int(done) if done.isdecimal() and len(done) < 5 else None,
        "zone": adapters().settings.time_zone,
        "words": words,
    }
    return render_template("dashboard/undelivered.html", **page)


@blueprint.post("/messages")
@guarded("undelivered.replay")
def send_again() -> ResponseReturnValue:
    """Sends one again, or all of the room's that were given up."""
    given = request.form.get("message", "")
    try:
        one = uuid.UUID(given) if given else None
    except ValueError:
        raise NotFound from None
    return redirect(url_for("dashboard.undelivered_page", again=replay_for_room(g.actor, one)), 303)


def why(result: str) -> str:
    """The last answer in words; what we have no words for is said as such."""
    return WHY.get(result, UNKNOWN)
