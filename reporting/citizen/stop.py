"""The link at the end of a letter: one tap, and no more letters come by this way. Only looking at it changes nothing."""

from flask import render_template
from flask.typing import ResponseReturnValue

from reporting.auth.guards import public
from reporting.citizen import blueprint
from reporting.domain.errors import NotFound
from reporting.services.subscriptions import require_token, stop_by_token


@blueprint.get("/stop/<token>")
@public("the link of a letter stops that letter's own way and opens nothing")
def stop_letters(token: str) -> ResponseReturnValue:
    """Asks for the tap; programs that look into mail follow links."""
    try:
        require_token(token)
    except NotFound:
        return _page("unknown"), 404
    return _page("asks")


@blueprint.post("/stop/<token>")
@public("the link of a letter stops that letter's own way and opens nothing")
def stop_letters_now(token: str) -> ResponseReturnValue:
    """Deletes the address; also what mail programs send for their own button (RFC 8058)."""
    try:
        stop_by_token(token)
    except NotFound:
        return _page("unknown"), 404
    return _page("done")


def _page(state: str) -> str:
    return render_template("citizen/stop.html", state=state)
