"""What everybody may know: about the service, privacy, accessibility, and where to tell of a security problem."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reporting.auth.guards import public
from reporting.bootstrap import adapters
from reporting.citizen import blueprint
from reporting.domain.privacy import NETWORK_KEY_HOURS, REPORTER_POINT_HOURS

SECURITY_TEXT_LASTS = timedelta(days=180)
"""RFC 9116 asks for an expiry of less than a year."""


@blueprint.get("/about")
@public("information for everybody")
def about() -> ResponseReturnValue:
    """What this service is, what to send, who reads it."""
    return render_template("citizen/about.html")


@blueprint.get("/privacy")
@public("information for everybody")
def privacy() -> ResponseReturnValue:
    """What is kept, how long, and who gets it."""
    return render_template(
        "citizen/privacy.html",
        retention=_retention(),
        network_hours=NETWORK_KEY_HOURS,
        identity_days=adapters().settings.retention["identity_only"],
    )


@blueprint.get("/accessibility")
@public("information for everybody")
def accessibility() -> ResponseReturnValue:
    """What works for whom, how it was checked, and what was not."""
    return render_template("citizen/accessibility.html")


@blueprint.get("/.well-known/security.txt")
@public("tells researchers where to write")
def security_text() -> ResponseReturnValue:
    """Contact and expiry as RFC 9116 asks for."""
    settings = adapters().settings
    site = settings.origin
    contact = settings.security_contact or site + url_for("citizen.about")
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    expires = adapters().clock() + SECURITY_TEXT_LASTS
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {site}/.well-known/security.txt",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _retention() -> list[tuple[str, str]]:
    """Each class of data in plain words and how long it is kept."""
    words = {
        "acted_on": _("A report that helped, after closing"),
        "no_action": _("A report that led to nothing, after closing"),
        "low_trust_or_unfounded": _("A report that proved unfounded, after closing"),
        "identity_only": _("A report that only says how someone looks"),
        "contact_after_closing": _("Your name and number, after closing"),
    }
    rows = [(label, _days(adapters().settings.retention[name])) for name, label in words.items()]
    return [(_("An open case"), _days(adapters().settings.retention["open"])), *rows]


@dataclass(frozen=True, slots=True)
class Kept:
    """How long things are kept, in words, as the report page says it before anybody sends."""

    report: str
    nothing: str
    hours: int


def kept() -> Kept:
    """The longest time of a report, that of one which led to nothing, and the hours of traces and of the reporter's point."""
    days = adapters().settings.retention
    hours = max(NETWORK_KEY_HOURS, REPORTER_POINT_HOURS)
    return Kept(_days(max(days["open"], days["acted_on"])), _days(days["no_action"]), hours)


def _days(days: int) -> str:
    if days % 365 == 0:
        return str(ngettext("%(num)d year", "%(num)d years", days // 365))
    return str(ngettext("%(num)d day", "%(num)d days", days))
