"""The console's forms as plain posts: acknowledge, take, note, priority, wait, shelve, close. They need no JavaScript."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from reporting.auth.guards import guarded, kept_fields, reader
from reporting.dashboard import blueprint
from reporting.dashboard import words as labels
from reporting.dashboard.conversation_forms import AskForm, TakeBackForm, TellForm
from reporting.dashboard.forms import (
    AssignForm,
    CloseForm,
    CorrectForm,
    EscalateForm,
    LookForm,
    NoteForm,
    PriorityForm,
    ReasonForm,
    ShelveForm,
    VersionForm,
)
from reporting.dashboard.join_forms import CheckForm, OtherForm, SplitForm
from reporting.dashboard.pages import show
from reporting.dashboard.panes import ALL, Typed
from reporting.domain.errors import DomainError, NotFound, NotPossible, Refused, VersionConflict
from reporting.policy import decide
from reporting.services import (
    answering,
    assigning,
    casework,
    checks,
    conversation,
    correcting,
    escalation,
    first_look,
    merging,
    splitting,
)


@dataclass(frozen=True, slots=True)
class Doing:
    """One action: its form, and the service that does it."""

    form: type[Schema]
    act: Callable[..., Any]


DOINGS = {
    "acknowledge": Doing(VersionForm, answering.acknowledge),
    "take": Doing(VersionForm, casework.take),
    "note": Doing(NoteForm, answering.note),
    "priority": Doing(PriorityForm, casework.change_priority),
    "waiting": Doing(ReasonForm, casework.wait),
    "shelve": Doing(ShelveForm, casework.shelve),
    "correct": Doing(CorrectForm, correcting.correct),
    "close": Doing(CloseForm, casework.close),
    "escalate": Doing(EscalateForm, escalation.escalate),
    "assign": Doing(AssignForm, assigning.assign),
    "give-back": Doing(ReasonForm, answering.give_back),
    "reopen": Doing(ReasonForm, casework.reopen),
    "check": Doing(CheckForm, checks.check),
    "merge": Doing(OtherForm, merging.merge),
    "not-same": Doing(OtherForm, merging.say_not_same),
    "first-look": Doing(LookForm, first_look.ask),
    "withdraw-look": Doing(VersionForm, first_look.withdraw),
    "split": Doing(SplitForm, splitting.split),
    "question": Doing(AskForm, conversation.ask),
    "message": Doing(TellForm, conversation.tell),
    "take-back": Doing(TakeBackForm, conversation.take_back),
}
SEVERAL = "reports"
"""The one field of which a form may hold several."""


@blueprint.post("/incidents/<incident_id>/<action>")
@guarded("incident.work")
def act(incident_id: str, action: str) -> ResponseReturnValue:
    """Does the action and shows the incident again; a refusal shows the form with everything that was typed."""
    doing = DOINGS.get(action)
    if doing is None:
        raise NotFound
    try:
        given = doing.form().load(_fields())
        doing.act(g.actor, incident_id, **given)
    except (ValidationError, Refused, VersionConflict, NotPossible) as error:
        return show(g.actor, ALL, incident_id, refused(action, error))
    return redirect(url_for("dashboard.console", incident=incident_id), 303)


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = request.form.to_dict()
    return {**fields, SEVERAL: request.form.getlist(SEVERAL)} if SEVERAL in fields else fields


TYPED = ("text", "reason")


def typed_again() -> ResponseReturnValue | None:
    """The incident with what was typed into a form of an older page, for its operator to send again; None for other pages."""
    who = reader()
    if request.endpoint != "dashboard.act" or who is None or not decide(who, "incident.work").allowed:
        return None
    g.actor = who
    asked = request.view_args or {}
    values = {name: value for name, value in request.form.items() if name not in ("csrf_token", "version")}
    words = "This page was open for long. Look at what you typed and send it again."
    return show(who, ALL, asked["incident_id"], Typed(asked["action"], words, 403, values))


def kept_typing() -> ResponseReturnValue | None:
    """A page that keeps what was typed until its writer has signed in again; None where nothing was typed."""
    typed = [request.form.get(name, "") for name in TYPED]
    if request.endpoint != "dashboard.act" or not any(words.strip() for words in typed):
        return None
    return render_template("dashboard/signed_out.html", kept=list(kept_fields()), typed="".join(typed), words=labels), 401


def refused(action: str, error: ValidationError | DomainError) -> Typed:
    """The refusal in words, with what was typed."""
    values = {name: value for name, value in request.form.items() if name not in ("csrf_token", "version")}
    if isinstance(error, ValidationError):
        said = tuple(message for messages in error.normalized_messages().values() for message in messages)
        return Typed(action, "Something is missing.", 422, values, said)
    status = 422 if isinstance(error, Refused) else 409
    problems = tuple(problem.message for problem in getattr(error, "problems", ()))
    return Typed(action, error.message, status, values, problems)
