"""The short link of a way to be told, and "that was not me": what whoever reads an address says to us. Looking changes nothing.

The page of an address that was never confirmed does not say what this is about: its reader may be a stranger.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from reporting.auth.guards import public
from reporting.auth.guesses import count_wrong_code
from reporting.citizen import blueprint
from reporting.domain.errors import NotFound
from reporting.services import addresses


@blueprint.get("/s/<word>")
@public("the link of a message decides about that message's own way and opens nothing")
def short_link(word: str) -> ResponseReturnValue:
    """Asks whether messages are wanted, or leads to their page and lets them be stopped; programs that look into mail follow
    links, so that only a tap does anything."""
    try:
        found = addresses.standing(word)
    except NotFound:
        count_wrong_code(request)
        return _gone()
    return render_template("citizen/short.html", state="stands" if found.confirmed else "asks", page=found.page)


@blueprint.post("/s/<word>")
@public("the link of a message decides about that message's own way and opens nothing")
def short_link_said(word: str) -> ResponseReturnValue:
    """Yes, no more, or never again."""
    step = request.form.get("step", "")
    try:
        if step == "yes":
            addresses.confirm(word)
        elif step in ("stop", "never"):
            addresses.stop(word, for_good=step == "never")
        else:
            return short_link(word)
    except NotFound:
        count_wrong_code(request)
        return _gone()
    return render_template("citizen/short.html", state=step, page="")


@blueprint.get("/not-me/<word>")
@public("the link of a message keeps us away from the address that got it, and opens nothing")
def not_me(word: str) -> ResponseReturnValue:
    """Asks for the tap."""
    try:
        addresses.require_never(word)
    except NotFound:
        return _gone()
    return render_template("citizen/short.html", state="not_me", page="")


@blueprint.post("/not-me/<word>")
@public("the link of a message keeps us away from the address that got it, and opens nothing")
def not_me_said(word: str) -> ResponseReturnValue:
    """Nothing is sent there again; also what mail programs send for their own button (RFC 8058)."""
    try:
        addresses.stop_for_good(word)
    except NotFound:
        return _gone()
    return render_template("citizen/short.html", state="never", page="")


def _gone() -> ResponseReturnValue:
    """The way is gone, or there never was one."""
    return render_template("citizen/short.html", state="gone", page=""), 404
