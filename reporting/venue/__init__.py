"""The venue face: staff of a place sign in, flag something in two taps, and see what became of it."""

from flask import Blueprint

from reporting.auth.sessions import csrf_field
from reporting.page import equip

blueprint = Blueprint("venue", __name__, url_prefix="/venue", template_folder="templates")
equip(blueprint)
blueprint.context_processor(lambda: {"csrf_field": csrf_field})

from reporting.venue import sign_in, views  # noqa: E402, F401  they put their routes on the blueprint
