"""The public face: telling us, the receipt, following up, and what everybody may know about the service."""

from flask import Blueprint

from reporting.page import equip

blueprint = Blueprint("citizen", __name__, template_folder="templates")
equip(blueprint)

from reporting.citizen import channels, dress, follow_up, information, offline, pictures, replies, report, short, stop  # noqa: E402, F401  they put their routes on the blueprint
