"""What the web server runs: the application behind the bridge."""

from reporting.adapters.memory import settle
from reporting.app import create_app
from reporting.config import read_settings
from reporting.web.bridge import Bridge
from reporting.web.plain_reports import PlainReports


def application() -> Bridge:
    """The whole web process; refuses to start where `create_app` does."""
    settings = read_settings()
    app = create_app(settings)
    settle()
    return Bridge(app, settings.web_threads, pictures=settings.picture_folder, first=PlainReports(app))
