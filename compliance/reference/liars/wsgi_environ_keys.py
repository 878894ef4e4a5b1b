"""Lies about environ: the dict itself, the keys of WSGI, threads and processes."""

from __future__ import annotations

import os
import threading
from typing import Any, ClassVar

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(catches=["test_environ_is_exactly_a_builtin_dict"])
class DictSubclass(WSGICycle):
    """environ is a subclass of dict."""

    class Environ(dict[str, Any]):
        """Not the builtin."""

    def environ(self) -> dict[str, Any]:
        """The same keys in another type."""
        return self.Environ(super().environ())


@liar(catches=["test_every_key_is_a_str", "test_the_servers_own_keys_are_lower_case_with_a_prefix"])
class KeyIsBytes(WSGICycle):
    """One key of environ is bytes."""

    def environ(self) -> dict[str, Any]:
        """One more."""
        environ: dict[Any, Any] = super().environ()
        return environ | {b"SERVER_ADMIN": "nobody"}


@liar(catches=["test_an_application_may_empty_environ"])
class NeedsEnviron(WSGICycle):
    """The server looks a key up in environ when the application has returned."""

    def call(self, environ: dict[str, Any]) -> Any:
        """A look-up that may fail."""
        result = super().call(environ)
        self.wrapper = environ["wsgi.file_wrapper"]
        return result


@liar(catches=["test_an_application_may_overwrite_environ"])
class BelievesEnviron(WSGICycle):
    """The server answers the method that environ names when the application has returned."""

    def call(self, environ: dict[str, Any]) -> Any:
        """A method that may be the application's."""
        result = super().call(environ)
        self.response.method = environ.get("REQUEST_METHOD") or ""
        return result


@liar(catches=["test_a_key_of_one_request_is_not_in_the_next"])
class KeepsAddedKeys(WSGICycle):
    """The keys that an application has added are in the next request's environ."""

    added: ClassVar[dict[str, Any]] = {}

    def environ(self) -> dict[str, Any]:
        """With what was left behind."""
        return {**self.added, **super().environ()}

    def call(self, environ: dict[str, Any]) -> Any:
        """Remember what is new."""
        before = set(environ)
        try:
            return super().call(environ)
        finally:
            type(self).added = {key: environ[key] for key in set(environ) - before}


@liar(catches=["test_what_one_request_took_away_is_there_in_the_next"])
class MissesRemovedKeys(WSGICycle):
    """What an application has removed of the server's own variables is not in the next request's environ."""

    removed: ClassVar[set[str]] = set()

    def server_variables(self) -> dict[str, Any]:
        """Without what was taken away."""
        return {key: value for key, value in super().server_variables().items() if key not in self.removed}

    def call(self, environ: dict[str, Any]) -> Any:
        """Remember what is gone."""
        before = set(environ)
        try:
            return super().call(environ)
        finally:
            type(self).removed = before - set(environ)


@liar(catches=["test_a_value_of_one_request_is_not_in_the_next"])
class KeepsCookies(WSGICycle):
    """A request without a cookie has that of the request before."""

    last: ClassVar[dict[str, Any]] = {}

    def header_variables(self) -> dict[str, Any]:
        """With what was left behind."""
        variables = super().header_variables()
        left, type(self).last = self.last, {k: v for k, v in variables.items() if k == "HTTP_COOKIE"}
        return {**left, **variables}


@liar(catches=["test_the_version_is_a_tuple"])
class VersionList(WSGICycle):
    """wsgi.version is a list."""

    def interface_variables(self) -> dict[str, Any]:
        """The version in another type."""
        return {**super().interface_variables(), "wsgi.version": [1, 0]}


@liar(
    catches=[
        "test_a_field_with_the_name_of_a_variable_does_not_set_it",
        "test_environ_makes_the_url_of_the_request",
        "test_the_scheme_is_http",
    ]
)
class SchemeIsHttps(WSGICycle):
    """wsgi.url_scheme is "https" without TLS."""

    def interface_variables(self) -> dict[str, Any]:
        """Another scheme."""
        return {**super().interface_variables(), "wsgi.url_scheme": "https"}


@liar(
    catches=[
        "test_multiprocess_is_present",
        "test_multithread_is_present",
        "test_multithread_is_true_if_threads_share_a_process",
        "test_run_once_is_present",
        "test_the_flags_are_truth_values",
        "test_what_the_flags_say",
    ]
)
class NoFlags(WSGICycle):
    """environ says nothing about threads, processes and the number of calls."""

    def concurrency(self) -> dict[str, Any]:
        """Nothing."""
        return {}


@liar(
    catches=[
        "test_run_once_is_false_in_a_process_that_serves_again",
        "test_the_flags_are_truth_values",
        "test_what_the_flags_say",
    ]
)
class FlagsAreTexts(WSGICycle):
    """The three flags are the texts "True" and "False"."""

    def concurrency(self) -> dict[str, Any]:
        """Texts, all of them true."""
        return {key: str(value) for key, value in super().concurrency().items()}


@liar(catches=["test_multithread_is_true_if_threads_share_a_process", "test_what_the_flags_say"])
class DeniesThreads(WSGICycle):
    """wsgi.multithread is false although each request has a thread of its own."""

    def concurrency(self) -> dict[str, Any]:
        """No threads."""
        return {**super().concurrency(), "wsgi.multithread": False}


@liar(catches=["test_multiprocess_is_true_if_there_are_processes"])
class DeniesProcesses(WSGICycle):
    """Each thread passes for a process of its own, and wsgi.multiprocess is false."""

    def concurrency(self) -> dict[str, Any]:
        """No processes, as far as one is told."""
        os.getpid = threading.get_ident
        return super().concurrency()


@liar(catches=["test_run_once_is_false_in_a_process_that_serves_again", "test_what_the_flags_say"])
class RunsOnce(WSGICycle):
    """wsgi.run_once is true in a process that serves for ever."""

    def concurrency(self) -> dict[str, Any]:
        """Only once."""
        return {**super().concurrency(), "wsgi.run_once": True}
