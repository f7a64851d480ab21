"""The four procedures: the form in which a manager writes the steps of one, version by version."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reporting.auth.guards import actor, guarded
from reporting.domain.errors import NotFound, Refused, VersionConflict
from reporting.domain.premises import number_in
from reporting.queries.workspace import Procedure, workspace
from reporting.schemas.report_form import FormProblem
from reporting.services import premises
from reporting.venue import blueprint
from reporting.venue.manage import as_lines, changed_meanwhile
from reporting.venue.plan import procedure_words

Kinds = "<any(evacuation,invacuation,lockdown,communication):kind>"


@blueprint.get(f"/manage/procedures/{Kinds}")
@guarded("venue.manage")
def procedure(kind: str) -> ResponseReturnValue:
    """The steps as they stand."""
    stands = _standing(kind)
    return _page(stands, "\n".join(stands.steps), [])


@blueprint.post(f"/manage/procedures/{Kinds}")
@guarded("venue.manage")
def save_procedure(kind: str) -> ResponseReturnValue:
    """Adds the next version; what was typed comes back beside what stands where somebody else was faster."""
    steps, number = request.form.get("steps", ""), request.form.get("version", "")
    try:
        premises.save_procedure(actor(), kind, number_in(number), steps)
    except VersionConflict:
        return _page(_standing(kind), steps, [changed_meanwhile()], conflict=True), 409
    except Refused as refused:
        return _page(_standing(kind), steps, as_lines(refused.problems)), 422
    return redirect(url_for("venue.plan"), 303)


def _standing(kind: str) -> Procedure:
    found = next((each for each in workspace(actor()).procedures if each.kind == kind), None)
    if found is None:
        raise NotFound
    return found


def _page(stands: Procedure, steps: str, problems: list[FormProblem], conflict: bool = False) -> str:
    name, purpose = procedure_words()[stands.kind]
    page = {"stands": stands, "steps": steps, "name": name, "purpose": purpose, "conflict": conflict}
    return render_template("venue/procedure.html", problems=problems, **page)
