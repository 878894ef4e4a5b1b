"""An application behind a middleware, under a tap of its own: both sides of the middleware are recorded."""

from typing import Any

from compliance.guest import tap
from compliance.guest.channel import current

PREFIX = "inner "


def tapped(app: Any) -> Any:
    """The WSGI application with its traffic recorded, each event with "inner " before its name."""

    def inner(environ: Any, start_response: Any) -> Any:
        channel = current()
        if channel is None:
            return app(environ, start_response)
        return tap.wsgi(app, environ, start_response, channel, prefix=PREFIX)

    return inner
