"""The neutral apps: those that exist for both interfaces under one name, so that a check is written once."""

from compliance.exchange import App
from compliance.guest.apps import asgi_http, wsgi_http
from compliance.server import Server


def neutral(server: Server, name: str) -> App:
    """The app of this name ("reads", "ignores", "responds" …) for the server's interface."""
    app: App = getattr(wsgi_http if server.interface == "wsgi" else asgi_http, name)
    return app
