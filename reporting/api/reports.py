"""Filing a report, and reading one back as an operator."""

import uuid
from typing import Final

from flask import Response, request

from reporting.api.body import Resource
from reporting.auth.devices import HEADER as STAFF_PASS
from reporting.auth.devices import by_pass
from reporting.auth.guards import actor, guarded, identify, public
from reporting.auth.senders import IDEMPOTENCY_KEY, idempotency_key, sender
from reporting.domain.records import Filing, NewReport
from reporting.policy import Actor, decide
from reporting.queries import incident_reports
from reporting.schemas.incidents import ReportSchema
from reporting.schemas.reports import FiledReportSchema, NewReportSchema
from reporting.services.filing import file_report

blueprint = Resource("reports", __name__, url_prefix="/api/v1/reports", description="Reports of residents and staff")

FAILED: Final = "reporting.failed"
"""In the environ: how the filing of this report failed already; it is answered and not tried again."""

HEADERS = [
    {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY}$", "format": "idempotency-key"},
        "description": "Random, made by the sender, kept for every retry of the same report; quoted or bare.",
    },
    {
        "in": "header",
        "name": "Device-Key",
        "required": False,
        "schema": {"type": "string"},
        "description": "Random, made on the phone, 1 to 255 printable ASCII characters; kept only as a keyed hash, for a day. "
        "A report is never refused for it: one that cannot be used counts as none.",
    },
    {
        "in": "header",
        "name": "Staff-Pass",
        "required": False,
        "schema": {"type": "string"},
        "description": "From `/venue/pass`, kept beside a report that waits for a connection: it is staff's however late it is. "
        "One that is too old, or of a device that was revoked, counts as none, and the report as the public's.",
    },
]

REPLAYED = {
    "Idempotency-Replayed": {
        "description": "Nothing new was stored: this is the first answer again, after 24 hours without the receipt code.",
        "required": True,
        "schema": {"type": "string", "enum": ["true"]},
    }
}


@blueprint.route("", methods=["POST"])
@public("residents report without an account")
@blueprint.doc(parameters=HEADERS, operationId="fileReport", summary="File a report", security=[{}, {"token": []}])
@blueprint.arguments(NewReportSchema)
@blueprint.response(201, FiledReportSchema, description="Accepted. It is stored and will be worked on.")
@blueprint.alt_response(200, schema=FiledReportSchema, description="Filed before with this key.", headers=REPLAYED)
@blueprint.refuses(409)
def post_report(new: NewReport) -> Response:
    """Accepts a report. Never refused for sending too much: over budget it is accepted with `trust` low."""
    if FAILED in request.environ:
        raise request.environ[FAILED]
    filing = Filing(
        new=new, sender=sender(request, staff()), key=idempotency_key(request), sent=request.environ["reporting.sent"]
    )
    filed = file_report(filing)
    response = Response(filed.body, status=200 if filed.replayed else 201, content_type="application/json")
    if filed.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def staff() -> Actor | None:
    """Staff are known by their token, or by the pass of the device their report waited on; everybody else files like the public,
    also with a wrong one."""
    given = request.headers.get(STAFF_PASS, "")
    found = identify() if request.headers.get("Authorization") else by_pass(given) if given else None
    return found if found is not None and decide(found, "venue.file_report").allowed else None


@blueprint.route("/<uuid:report_id>", methods=["GET"])
@guarded("incident.read")
@blueprint.doc(operationId="readReport", summary="One report")
@blueprint.response(200, ReportSchema)
def get_report(report_id: uuid.UUID) -> dict:
    """A report on one of your organisation's incidents. Contact details are not part of it."""
    return incident_reports.report(actor(), report_id)
