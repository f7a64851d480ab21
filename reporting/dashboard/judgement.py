"""The page on which a room sees how its rules were judged: fired, kept, raised, lowered, ended harmless. It prints well."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from reporting.auth.guards import guarded
from reporting.bootstrap import adapters
from reporting.dashboard import blueprint
from reporting.dashboard.pages import bare, context
from reporting.domain.judgement import WINDOWS_DAYS
from reporting.queries import judgement


@blueprint.get("/judgement")
@guarded("judgement.read")
def judgement_page() -> ResponseReturnValue:
    """Every rule over the last 30 or 90 days; it needs no JavaScript."""
    asked = request.args.get("days", "")
    days = int(asked) if asked in {str(each) for each in WINDOWS_DAYS} else WINDOWS_DAYS[0]
    table = judgement.table(g.actor, days, adapters().clock())
    page = {"table": table, "windows": WINDOWS_DAYS}
    return render_template("dashboard/judgement.html", **context(g.actor, bare()), **page)
