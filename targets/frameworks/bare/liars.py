"""The liars by name, for COMPLIANCE_BARE_LIAR."""

import asgi_concurrency_liars
import asgi_contract_liars
import asgi_end_liars
import asgi_extension_liars
import asgi_handler_liars
import asgi_liars
import asgi_request_liars
import asgi_scope_liars
import asgi_websocket_liars
import wsgi_concurrency_liars
import wsgi_file_liars
import wsgi_input_liars
import wsgi_liars
import wsgi_response_liars
from asgi_contract import AsgiContract
from lies import LIARS
from wsgi_contract import WsgiContract

MODULES = (
    asgi_concurrency_liars,
    asgi_contract_liars,
    asgi_end_liars,
    asgi_extension_liars,
    asgi_handler_liars,
    asgi_liars,
    asgi_request_liars,
    asgi_scope_liars,
    asgi_websocket_liars,
    wsgi_concurrency_liars,
    wsgi_file_liars,
    wsgi_input_liars,
    wsgi_liars,
    wsgi_response_liars,
)


def wsgi(name):
    """The WSGI application of the liar `name`; the honest one if the liar lies about ASGI."""
    kind = LIARS[name]
    return kind() if issubclass(kind, WsgiContract) else WsgiContract()


def asgi(name):
    """The ASGI application of the liar `name`; the honest one if the liar lies about WSGI."""
    kind = LIARS[name]
    return kind() if issubclass(kind, AsgiContract) else AsgiContract()
