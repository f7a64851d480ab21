""" "HOT or not?": five made cases in a minute. The house's answers are counted; nobody's are kept."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth.guards import actor, guarded
from reporting.domain.errors import Refused
from reporting.domain.exercise import DRILL_SECONDS, Case, cases
from reporting.queries.records import Books, books
from reporting.schemas.report_form import FormProblem
from reporting.services import records
from reporting.venue import blueprint


@blueprint.get("/hot-or-not")
@guarded("records.read")
def hot_drill() -> ResponseReturnValue:
    """Some cases by chance, and how the house has answered this year."""
    return _page(records.deal(), [], books(actor()))


@blueprint.post("/hot-or-not")
@guarded("records.read")
def answer_cases() -> ResponseReturnValue:
    """Says what was right and why; counts it for the house."""
    dealt = tuple(cases()[key] for key in dict.fromkeys(request.form.getlist("dealt")) if key in cases())
    said = {case.key: request.form[case.key] == "hot" for case in dealt if request.form.get(case.key) in ("hot", "not")}
    known = books(actor())
    try:
        right = records.play(actor(), said, known.today)
    except Refused:
        return _page(dealt or records.deal(), [FormProblem("", _("Answer at least one case."))], known), 422
    page = {"dealt": dealt, "said": said, "right": right, "known": books(actor())}
    return render_template("venue/hot_drill_done.html", **page)


def _page(dealt: tuple[Case, ...], problems: list[FormProblem], known: Books) -> str:
    page = {"dealt": dealt, "seconds": DRILL_SECONDS, "known": known, "chosen": request.form}
    return render_template("venue/hot_drill.html", problems=problems, **page)
