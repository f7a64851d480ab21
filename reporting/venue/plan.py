"""Our plan: the four procedures as cards, whom to call now, the ways out; and, for the manager, every report of the house."""

from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.domain.premises import in_order
from reporting.queries import venue
from reporting.queries.workspace import workspace
from reporting.venue import blueprint
from reporting.venue.views import plain


def procedure_words() -> dict[str, tuple[str, str]]:
    """Kind of procedure -> its name and what it is for."""
    return {
        "evacuation": (_("Evacuation"), _("Everybody leaves the house.")),
        "invacuation": (_("Invacuation"), _("Everybody comes in, to a safe part of the house.")),
        "lockdown": (_("Lockdown"), _("Doors are locked. Nobody comes in or goes out.")),
        "communication": (_("Communication"), _("Who tells whom, and how.")),
    }


@blueprint.get("/plan")
@guarded("venue.read")
def plan() -> ResponseReturnValue:
    """The house's plan, to read and to print."""
    found = workspace(actor())
    local = adapters().clock().astimezone(ZoneInfo(adapters().settings.time_zone))
    contacts = in_order(found.contacts, local)
    return render_template("venue/plan.html", house=found, contacts=contacts, kinds=procedure_words(), weekdays=weekdays())


@blueprint.get("/reports")
@guarded("venue.house_reports")
def house_reports() -> ResponseReturnValue:
    """What everybody of the house reported, with its outcome."""
    return render_template("venue/house_reports.html", reports=[plain(each) for each in venue.house_reports(actor())])


def weekdays() -> tuple[str, ...]:
    """Short names, Monday first."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
