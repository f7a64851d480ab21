"""What the web server runs: the application behind the bridge."""

from reporting.app import create_app
from reporting.config import read_settings
from reporting.web.bridge import Bridge


def application() -> Bridge:
    """The whole web process; refuses to start where `create_app` does."""
    settings = read_settings()
    return Bridge(create_app(settings), settings.web_threads, pictures=settings.picture_folder)
