"""Venues over HTTP: for operators what a house says of itself, for a venue's people and systems what they reported."""

from typing import Any

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded
from reporting.queries import venue, venues_shown
from reporting.schemas.venues import OwnReportsSchema, ShownVenuesSchema

blueprint = Resource("venues", __name__, url_prefix="/api/v1", description="Premises with staff")


@blueprint.route("/venues", methods=["GET"])
@guarded("venue.show")
@blueprint.doc(operationId="listVenues", summary="Venues of your room, and where something is open")
@blueprint.response(200, ShownVenuesSchema)
def get_venues() -> dict[str, Any]:
    """The venues your room belongs to, and those with an open incident that it sees, at most 200. Contacts come with whom to call
    at this hour first. Nobody else reads a house's contacts, cameras and procedures."""
    return {"items": venues_shown.venues(actor())}


@blueprint.route("/venue/reports", methods=["GET"])
@guarded("venue.own_reports")
@blueprint.doc(operationId="listOwnReports", summary="What you or your system reported")
@blueprint.response(200, OwnReportsSchema)
def get_own_reports() -> dict[str, Any]:
    """For staff of a venue and for its systems: one's own reports and what became of them, in the words every reporter gets. What
    is about people who work there is left out; its receipt code opens it."""
    return {"items": venue.own_reports(actor())}
