"""The venue face: staff of a place sign in, flag something in two taps, see what became of it, and keep their house's plan."""

from flask import Blueprint

from reporting.auth.sessions import csrf_field
from reporting.page import equip

blueprint = Blueprint("venue", __name__, url_prefix="/venue", template_folder="templates")
equip(blueprint)

from reporting.venue import asked, drills, here, keys, manage, plan, posters, procedures, records, sign_in, staff, views  # noqa: E402, F401  they put their routes on it

blueprint.context_processor(lambda: {"csrf_field": csrf_field, "here": here.here()})
