"""Pages of the conversation: a reporter's contact, opened with a reason, and how telling felt, as counts."""

import uuid
from typing import Final

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from reporting.auth.guards import guarded
from reporting.dashboard import blueprint
from reporting.dashboard.conversation_forms import ContactForm
from reporting.dashboard.pages import bare, context
from reporting.domain.conversation import VEILED_BELOW
from reporting.domain.errors import NotPossible, Refused
from reporting.queries import feelings, incident_reports
from reporting.services.contacts import open_contact

ASK: Final = "Say why you need it. The reason stands on the timeline."


@blueprint.post("/reports/<uuid:report_id>/contact")
@guarded("contact.open")
def contact_page(report_id: uuid.UUID) -> ResponseReturnValue:
    """What the reporter left, once, on a page of its own; nothing is opened without a reason."""
    details, trouble, status = None, "", 200
    try:
        details = open_contact(g.actor, report_id, ContactForm().load(request.form.to_dict())["reason"])
    except (ValidationError, Refused):
        trouble, status = ASK, 422
    except NotPossible as refused:
        trouble, status = refused.message, 409
    report = incident_reports.report(g.actor, report_id)
    page = {"report": report, "details": details, "trouble": trouble, "incident_id": request.form.get("incident", "")}
    return render_template("dashboard/contact.html", **context(g.actor, bare()), **page), status


@blueprint.get("/feelings")
@guarded("feeling.read")
def feelings_page() -> ResponseReturnValue:
    """How telling felt, by kind of report over the last twelve months; small counts are withheld. It needs no JavaScript."""
    page = {"rows": feelings.table(g.actor), "veiled_below": VEILED_BELOW}
    return render_template("dashboard/feelings.html", **context(g.actor, bare()), **page)
