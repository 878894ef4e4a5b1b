"""Lies of servers that were told to have workers or one thread, a mount, a Unix socket or variables."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.server import Server
from compliance.reference.wsgi import WSGICycle


class Variables(WSGICycle):
    """What most of these lies change."""

    @property
    def unix(self) -> bool:
        """Whether the request came through a Unix socket."""
        return bool(self.server.unix_path)


@liar(
    catches=[
        "test_script_name_is_where_the_application_is_mounted",
        "test_the_slash_after_the_mount_belongs_to_path_info",
        "test_the_mount_itself_has_an_empty_path_info",
        "test_a_path_below_the_mount_is_decoded_like_others",
    ]
)
class NoScriptName(Variables):
    """The whole path is in PATH_INFO, wherever the application is mounted."""

    def target(self) -> dict[str, Any]:
        """As at the root."""
        return {**super().target(), "SCRIPT_NAME": "", "PATH_INFO": self.path_info()}


@liar(
    catches=[
        "test_the_slash_after_the_mount_belongs_to_path_info",
        "test_script_name_is_where_the_application_is_mounted",
        "test_a_path_below_the_mount_is_decoded_like_others",
        "test_script_name_and_path_info_make_the_path_of_a_mounted_application",
    ]
)
class DoubleSlash(Variables):
    """SCRIPT_NAME of a mounted application ends with a slash, with which PATH_INFO begins as well."""

    def target(self) -> dict[str, Any]:
        """One slash too many below the mount."""
        found = super().target()
        below = self.server.mount and found["PATH_INFO"]
        return {**found, "SCRIPT_NAME": found["SCRIPT_NAME"] + "/"} if below else found


@liar(catches=["test_the_mount_itself_has_an_empty_path_info"])
class SlashAfterMount(Variables):
    """The mount itself gets a slash that the client has not sent."""

    def target(self) -> dict[str, Any]:
        """Never an empty PATH_INFO."""
        found = super().target()
        return {**found, "PATH_INFO": found["PATH_INFO"] or "/"}


@liar(catches=["test_a_path_below_the_mount_is_decoded_like_others"])
class EncodedBelowMount(Variables):
    """PATH_INFO is left encoded below a mount."""

    def target(self) -> dict[str, Any]:
        """What the client has sent."""
        raw = self.request.raw_path.decode("latin-1").removeprefix(self.server.mount)
        return {**super().target(), **({"PATH_INFO": raw} if self.server.mount else {})}


@liar(catches=["test_a_mount_ends_at_the_border_of_a_segment"], area="wsgi_server", interface="wsgi")
class MountByLetters(Connection):
    """A path that only begins with the letters of the mount is below it."""

    def parse(self, event: h11.Request) -> Request:
        """Without a look at the border."""
        mount, self.server.mount = self.server.mount, ""
        request = super().parse(event)
        self.server.mount = mount
        if not request.path.decode("latin-1").startswith(mount):
            raise RequestError(404, "no application is mounted there")
        return request


@liar(
    catches=[
        "test_a_mount_ends_at_the_border_of_a_segment",
        "test_what_comes_of_a_path_beside_the_mount",
    ],
    area="wsgi_server",
    interface="wsgi",
)
class CutsOffMount(Connection):
    """As many characters as the mount has are cut off any path."""

    def parse(self, event: h11.Request) -> Request:
        """Without a look at them."""
        mount, self.server.mount = self.server.mount, ""
        request = super().parse(event)
        self.server.mount = mount
        rest = request.raw_path[len(mount) :]
        return replace(request, raw_path=mount.encode() + rest) if mount else request


@liar(catches=["test_server_name_of_a_unix_socket_is_not_empty"])
class NoNameForUnix(Variables):
    """A Unix socket has no name."""

    def server_variables(self) -> dict[str, Any]:
        """An empty SERVER_NAME."""
        return {**super().server_variables(), **({"SERVER_NAME": ""} if self.unix else {})}


@liar(catches=["test_server_port_of_a_unix_socket_is_not_empty"])
class NoPortForUnix(Variables):
    """A Unix socket has no port, unless the client names one in Host."""

    def server_variables(self) -> dict[str, Any]:
        """An empty SERVER_PORT."""
        empty = self.unix and not self.request.values(b"host")
        return {**super().server_variables(), **({"SERVER_PORT": ""} if empty else {})}


@liar(catches=["test_what_is_said_of_the_ends_of_a_unix_socket"])
class NoneIsClient(Variables):
    """REMOTE_ADDR of a client of a Unix socket is None."""

    def client_variables(self) -> dict[str, Any]:
        """A variable without a value."""
        return {"REMOTE_ADDR": None} if self.unix else super().client_variables()


@liar(catches=["test_multiprocess_is_true_in_one_of_several_processes"])
class SaysOneProcess(Variables):
    """wsgi.multiprocess is false whatever the number of workers."""

    def concurrency(self) -> dict[str, Any]:
        """Each worker knows itself only."""
        return {**super().concurrency(), "wsgi.multiprocess": False}


@liar(catches=["test_multithread_is_true_where_threads_are_asked_for"])
class SaysOneThread(Variables):
    """wsgi.multithread is false where threads were asked for; elsewhere this server is honest."""

    def concurrency(self) -> dict[str, Any]:
        """As if there was one."""
        told = {"wsgi.multithread": False} if self.server.threads > 1 else {}
        return {**super().concurrency(), **told}


@liar(catches=["test_threads_that_are_asked_for_run_requests_at_once"], area="wsgi_server", interface="wsgi")
class ThreadsInTurn(Server):
    """Where threads were asked for, they run one request at a time."""

    async def serve(self) -> int:
        """What is said of threads stays true in words."""
        if self.threads > 1:
            self.wsgi_cycle_class = OneOfMany
            self.threads = 1
        return await super().serve()


class OneOfMany(WSGICycle):
    """Says that there are others."""

    def concurrency(self) -> dict[str, Any]:
        """What was asked for."""
        return {**super().concurrency(), "wsgi.multithread": True}


@liar(catches=["test_the_option_for_one_thread_keeps_requests_apart"])
class ManyThreads(WSGICycle):
    """The option for one thread changes what is said only."""

    async def run(self) -> None:
        """Take no turns."""
        self.over = self.loop.create_future()
        threading.Thread(target=self.work, daemon=True).start()
        await self.over


@liar(catches=["test_multithread_is_false_where_one_thread_is_asked_for"])
class SaysManyThreads(Variables):
    """wsgi.multithread is true also with one thread."""

    def concurrency(self) -> dict[str, Any]:
        """To be on the safe side."""
        return {**super().concurrency(), "wsgi.multithread": True}


@liar(
    catches=[
        "test_a_pair_of_the_deployer_is_in_environ",
        "test_a_pair_of_the_deployer_is_in_every_environ",
    ]
)
class DropsPairs(Variables):
    """What the deployer says is not put into environ."""

    def environ(self) -> dict[str, Any]:
        """Without it."""
        return {
            key: value for key, value in super().environ().items() if key not in self.server.environ_pairs
        }


@liar(catches=["test_a_pair_of_the_deployer_is_in_every_environ"])
class PairsOnce(Variables):
    """What an application removes of the deployer's variables is gone for good."""

    def call(self, environ: dict[str, Any]) -> Any:
        """Keep what the application has left."""
        try:
            return super().call(environ)
        finally:
            self.server.environ_pairs = {
                key: value for key, value in self.server.environ_pairs.items() if key in environ
            }
