"""The doors of a venue's pages: a code for a device, its PIN, a signed link for reporting only, e-mail for managers."""

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth import devices, sessions, sign_ins
from reporting.auth.devices import CODES
from reporting.auth.guards import actor, guarded, public
from reporting.domain.errors import Forbidden, NotSignedIn, Refused, SignInsCrowded, TooManySignIns
from reporting.queries.premises import premises
from reporting.schemas.report_form import FormProblem
from reporting.services import accounts
from reporting.services import devices as device_services
from reporting.services.devices import LOCKED, Pairing
from reporting.venue import blueprint
from reporting.venue.here import own_device
from reporting.venue.views import show

DOOR_REFUSALS = (NotSignedIn, Forbidden, TooManySignIns, SignInsCrowded)


@blueprint.get("/sign-in")
@public("the door itself")
def sign_in() -> ResponseReturnValue:
    """The sign-in forms: a code first, e-mail behind it."""
    return _form([])


@blueprint.post("/sign-in")
@public("the door itself")
def open_session() -> ResponseReturnValue:
    """Opens a session; a wrong address, password or code gets one and the same sentence."""
    email = request.form.get("email", "")
    try:
        cookie = sign_ins.sign_in(request, request.form.get("code", ""))
    except sign_ins.REFUSALS as refused:
        return sign_ins.as_refusal(_form([FormProblem("email", _(refused.message))], email, by_mail=True), refused)
    return sessions.set_session(make_response(redirect(url_for("venue.home"), 303)), cookie)


@blueprint.post("/device")
@public("the door itself")
def pair() -> ResponseReturnValue:
    """Signs this device in with a code: it gets a key of its own, never one that was there before, and an open session."""
    said = Pairing(**{name: request.form.get(name, "") for name in ("code", "name", "pin")})
    try:
        sessions.require_own_form()
        network = devices.require_few_wrong_codes(request)
        keys = _paired(said, network)
    except Refused as refused:
        problems = [FormProblem("new-pin", _(each.message)) for each in refused.problems]
        return _with_status(_form(problems), 422)
    except DOOR_REFUSALS as refused:
        return sign_ins.as_refusal(_form([FormProblem("code", _(refused.message))]), refused)
    answer = sessions.set_session(make_response(redirect(url_for("venue.home"), 303)), keys.session)
    return devices.set_device(answer, keys.device)


def _paired(said: Pairing, network: str) -> device_services.Keys:
    try:
        return device_services.pair(said, devices.device_key())
    except NotSignedIn:
        CODES.wrong(network)
        raise


@blueprint.post("/unlock")
@guarded("venue.file_report")
def unlock() -> ResponseReturnValue:
    """Opens a session with the PIN of a known device."""
    try:
        cookie = device_services.unlock(devices.device_key() or "", request.form.get("pin", ""))
    except NotSignedIn as refused:
        g.pop("venue_device", None)
        return show(pin_problem="" if refused.message == LOCKED else _(refused.message)), 401
    except SignInsCrowded as refused:
        return show(pin_problem=_(refused.message)), 503, {"Retry-After": str(sign_ins.CROWDED_S)}
    return sessions.set_session(make_response(redirect(url_for("venue.home"), 303)), cookie)


@blueprint.post("/sign-out")
@guarded("account.itself")
def sign_out() -> ResponseReturnValue:
    """Ends the session for good. A device of staff is locked by it, and goes on reporting."""
    to = "venue.home" if own_device(actor()) else "venue.sign_in"
    accounts.sign_out(sessions.session_cookie() or "")
    return sessions.clear_session(make_response(redirect(url_for(to), 303)))


@blueprint.get("/device")
@guarded("venue.read")
def this_device() -> ResponseReturnValue:
    """What this device is called, where it usually is, and how to sign it out for good."""
    return render_template("venue/device.html", device=own_device(actor()), premises=premises(actor()))


@blueprint.post("/device/place")
@guarded("venue.read")
def keep_place() -> ResponseReturnValue:
    """Keeps where this device usually is: the place its reports begin with."""
    if own_device(actor()):
        device_services.keep_place(devices.device_key() or "", request.form.get("place", ""))
    return redirect(url_for("venue.home"), 303)


@blueprint.post("/device/give-up")
@guarded("venue.read")
def give_up() -> ResponseReturnValue:
    """Signs this device out for good: its key, its sessions, and the pass of what it may still hold."""
    device_services.give_up(devices.device_key() or "")
    accounts.sign_out(sessions.session_cookie() or "")
    answer = sessions.clear_session(make_response(redirect(url_for("venue.sign_in"), 303)))
    return devices.clear_device(answer)


@blueprint.get("/open/<token>")
@public("a venue's link lets report without an account, and do nothing else")
def open_link(token: str) -> ResponseReturnValue:
    """A signed link: the flag form, without an account. One that is revoked or too old leads to the page for everybody."""
    if devices.link_holder(token) is None:
        return redirect(url_for("citizen.report"), 303)
    return devices.set_link(make_response(redirect(url_for("venue.home"), 303)), token)


def _form(problems: list[FormProblem], email: str = "", by_mail: bool = False) -> Response:
    sessions.new_visitor()
    page = render_template("venue/sign_in.html", problems=problems, email=email, by_mail=by_mail, values=request.form)
    return sessions.ensure_visitor(make_response(page))


def _with_status(answer: Response, status: int) -> Response:
    answer.status_code = status
    return answer
