"""What puts the report page on a phone: the service worker with the files of this release, and the manifest."""

import json
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.adapters.release import modules, release, served
from reporting.auth.guards import public
from reporting.bootstrap import adapters
from reporting.citizen import blueprint
from reporting.page import page_language

FILES = ("css/public.css", "css/report.css", "css/slip.css", "icons/mark.svg")
START = "js/public/report.mjs"
ONLINE = ("js/public/pictures.mjs", "js/public/push.mjs", "js/public/map.mjs")
"""Offered to who has a connection: no phone keeps them in advance."""
PUSH = "js/public/push_worker.js"
"""Answers to messages from the server, where this release has it."""
PAPER = "#FFFFFF"
SHORT_NAME_LETTERS = 12
"""What home screens show below an icon."""


@blueprint.get("/worker.js")
@public("what works without a network holds nothing of anybody")
def worker() -> ResponseReturnValue:
    """The service worker. It changes with the release alone; browsers ask for it anew at every visit."""
    files = [url_for("static", filename=name) for name in (*filter(served, FILES), *modules(START, ONLINE))]
    text = render_template(
        "citizen/worker.js",
        worker=url_for("static", filename="js/public/worker.mjs"),
        push=url_for("static", filename=PUSH) if served(PUSH) else "",
        shell=json.dumps({"release": release(), "files": files, "dress": _dress()}),
    )
    return Response(text, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/manifest.webmanifest")
@public("the name and the icons of the app")
def manifest() -> ResponseReturnValue:
    """What a phone shows of the installed app, in the language of the page that was installed."""
    body = json.dumps(_manifest(), ensure_ascii=False)
    return Response(body, mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _dress() -> list[str]:
    """What a deployer's own colour and logo add to the page; they change with the settings, not with the release."""
    settings = adapters().settings
    colours = [url_for("citizen.colours")] if settings.has_own_colour else []
    return [*colours, *([url_for("citizen.logo")] if settings.deployer_logo else [])]


def _manifest() -> dict[str, Any]:
    name, language = adapters().settings.deployer_name, page_language()
    tell, follow_up = url_for("citizen.report"), url_for("citizen.follow_up")
    return {
        "id": "/",
        "name": name,
        "short_name": name if len(name) <= SHORT_NAME_LETTERS else name.split()[0],
        "description": _("Tell us about something unusual in a public place. No account, no name, a few taps."),
        "lang": language.code,
        "dir": language.direction,
        "start_url": tell,
        "scope": "/",
        "display": "standalone",
        "theme_color": adapters().settings.deployer_colour,
        "background_color": PAPER,
        "icons": [*_icons("any", 192, 512), *_icons("maskable", 192, 512)],
        "shortcuts": [
            {"name": _("Tell us about something unusual"), "short_name": _("Tell us"), "url": tell, "icons": _icons("any", 192)},
            {"name": _("Follow up on a report"), "short_name": _("Follow up"), "url": follow_up, "icons": _icons("any", 192)},
        ],
    }


def _icons(purpose: str, *sizes: int) -> list[dict[str, str]]:
    return [
        {
            "src": url_for("static", filename=f"icons/{purpose}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in sizes
    ]
