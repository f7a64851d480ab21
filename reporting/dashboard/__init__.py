"""The operators' face under /control: pages that work as plain HTML and come alive with the console's modules."""

from flask import Blueprint

blueprint = Blueprint("dashboard", __name__, url_prefix="/control", template_folder="templates")

from reporting.dashboard import actions, conversation, desks, joins, judgement, notices, routing, sign_in, undelivered, views  # noqa: E402, F401  they put routes on the blueprint
from reporting.dashboard.places import places_of  # noqa: E402

blueprint.context_processor(lambda: {"places_of": places_of})
