"""Starts the stream. Cooperative sockets must be in place before anything else is imported."""

from gevent import monkey

monkey.patch_all()

from reporting.stream.server import serve  # noqa: E402

if __name__ == "__main__":
    serve()
