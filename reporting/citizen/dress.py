"""The deployer's own colour and logo, where the settings name them: a few lines of style, and one small picture."""

from functools import lru_cache
from pathlib import Path

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from reporting.auth.guards import public
from reporting.bootstrap import adapters
from reporting.citizen import blueprint
from reporting.config import LOGO_TYPES
from reporting.domain.colours import by_day, by_night, read_colour

KEPT_S = 3600


@blueprint.get("/colours.css")
@public("the colour of the pages is no secret")
def colours() -> ResponseReturnValue:
    """The tones of the deployer's colour for both themes."""
    colour = read_colour(adapters().settings.deployer_colour)
    style = render_template("citizen/colours.css", day=by_day(colour), night=by_night(colour))
    return _kept(Response(style, mimetype="text/css"))


@blueprint.get("/logo")
@public("the logo stands on every page")
def logo() -> ResponseReturnValue:
    """The deployer's logo; 404 where there is none."""
    path = adapters().settings.deployer_logo
    if not path:
        raise NotFound
    return _kept(Response(_picture(path), mimetype=LOGO_TYPES[Path(path).suffix.lower()]))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response


@lru_cache(maxsize=2)
def _picture(path: str) -> bytes:
    return Path(path).read_bytes()
