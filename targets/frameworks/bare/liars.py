"""Bare applications with exactly one lie each, which prove that a check of frameworks can fail."""

from asgi_contract import AsgiContract
from wsgi_contract import WsgiContract


def wsgi(name):
    """The WSGI application of the liar `name`; the honest one if the liar lies about ASGI."""
    kind = globals()[name]
    return kind() if issubclass(kind, WsgiContract) else WsgiContract()


def asgi(name):
    """The ASGI application of the liar `name`; the honest one if the liar lies about WSGI."""
    kind = globals()[name]
    return kind() if issubclass(kind, AsgiContract) else AsgiContract()
