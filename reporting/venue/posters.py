"""Posters: every place with its code, its sheet of paper in chosen languages, and taking a code out of use."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.adapters.paper.poster import poster_pdf
from reporting.adapters.paper.sheet import SIZES
from reporting.adapters.paper.words import written
from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, Refused
from reporting.page import page_language
from reporting.queries.premises import premises
from reporting.queries.records import codes
from reporting.schemas.report_form import FormProblem
from reporting.services import posters as services
from reporting.services.posters import HELP_POINT, Wanted
from reporting.services.venues import Place
from reporting.venue import blueprint


@blueprint.get("/posters")
@guarded("poster.print")
def posters() -> ResponseReturnValue:
    """Every code of the house; those out of use say since when."""
    return _page([])


@blueprint.post("/posters/places")
@guarded("poster.print")
def add_usual_places() -> ResponseReturnValue:
    """Codes for an entrance, a help point and a staff room, where the house has none of that name yet."""
    services.add_usual_places(actor(), page_language().code)
    return redirect(url_for("venue.posters"), 303)


@blueprint.post("/posters/<code>/revoke")
@guarded("poster.print")
def revoke_code(code: str) -> ResponseReturnValue:
    """Out of use for good: who scans it is told so, and may report all the same."""
    services.revoke(actor(), code)
    return redirect(url_for("venue.posters"), 303)


@blueprint.get("/posters/<code>.pdf")
@guarded("poster.print")
def poster_paper(code: str) -> ResponseReturnValue:
    """The poster of a code in use, A4 or A6, in one to three languages; the page again where they are none or too many."""
    chosen = next((each for each in codes(actor()) if each.code == code and each.revoked_at is None), None)
    if chosen is None:
        raise NotFound
    asked = request.args
    wanted = Wanted(
        languages=tuple(asked.getlist("tongue")), size=asked.get("size", "A4"), help_point=asked.get("help_point", "")
    )
    house = premises(actor())
    try:
        poster = services.poster_of(Place(chosen.code, house.name if house else "", chosen.label), wanted)
    except Refused:
        words = _("Choose one to three languages, and the paper.")
        return _page([FormProblem(f"{chosen.code}-tongues", words)], chosen.code), 422
    found = poster_pdf(poster)
    name = f"poster-{chosen.code}.pdf"
    return Response(found, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def _page(problems: list[FormProblem], opened: str = "") -> str:
    found = codes(actor())
    help_point = next(
        (each.label for each in found if each.revoked_at is None and services.is_called(each.label, HELP_POINT)), ""
    )
    page = {
        "codes": [each for each in found if each.revoked_at is None],
        "revoked": [each for each in found if each.revoked_at is not None],
        "tongues": written(),
        "chosen": request.args.getlist("tongue") or [page_language().code],
        "sizes": tuple(SIZES),
        "size": request.args.get("size", "A4"),
        "help_point": request.args.get("help_point", help_point),
        "missing": [_(place) for place in services.missing_places(each.label for each in found if each.revoked_at is None)],
    }
    return render_template("venue/posters.html", problems=problems, opened=opened, origin=adapters().settings.origin, **page)
