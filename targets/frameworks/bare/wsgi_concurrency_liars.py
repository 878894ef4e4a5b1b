"""WSGI applications with one lie each about requests at the same time."""

import threading

from lies import liar
from wsgi_contract import WsgiContract


@liar(
    "promise.concurrency.blocking",
    [
        "test_as_many_blocking_handlers_as_promised_meet",
        "test_as_many_blocking_handlers_as_promised_overlap",
        "test_a_blocking_handler_does_not_delay_another_one",
    ],
)
class OneAtATime(WsgiContract):
    """Calls of the application wait for each other."""

    turn = threading.Lock()

    def __call__(self, environ, start_response):
        with self.turn:
            return super().__call__(environ, start_response)
