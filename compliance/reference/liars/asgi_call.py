"""Lies about the call of the application, and about applications of ASGI 2."""

from __future__ import annotations

import asyncio
import inspect
import threading
from types import MappingProxyType
from typing import Any

from compliance.reference.asgi import Message
from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.legacy import adapt, is_legacy
from compliance.reference.liar import liar
from compliance.reference.server import Server


@liar(catches=["test_the_application_can_use_the_event_loop"])
class NoLoop(HTTPCycle):
    """For the path /loop, the application begins where no event loop is known."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Hide the loop until the application gives way."""
        loop = asyncio.get_running_loop()
        if self.request.raw_path == b"/loop":
            asyncio._set_running_loop(None)  # noqa: SLF001 - nothing public hides a loop
        try:
            await super().call_application(scope)
        finally:
            asyncio._set_running_loop(loop)  # noqa: SLF001


@liar(
    catches=["test_the_application_runs_on_the_main_thread"],
    area="asgi_server",
    interface="asgi",
)
class OtherThread(Server):
    """The server, and with it the application, runs in a thread that is not the main one."""

    def run(self) -> int:
        """In another thread, which ends with the process."""
        thread = threading.Thread(target=super().run, daemon=True)
        thread.start()
        thread.join()
        return 0

    def install_signal_handlers(self) -> None:
        """Leave signals alone, which only the main thread may handle."""


@liar(catches=["test_the_application_may_clean_up_after_its_response"])
class EndsWithTheResponse(HTTPCycle):
    """The application is cancelled when its response is complete and it still waits for something."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Cancel it when the client has gone after the response."""
        work = asyncio.ensure_future(super().call_application(scope))
        while not work.done():
            await asyncio.wait(
                [work, asyncio.ensure_future(self.stream.changed())], return_when="FIRST_COMPLETED"
            )
            if self.response.complete and self.stream.eof:
                work.cancel()
        await work


@liar(catches=["test_the_application_may_clean_up_after_a_disconnect"])
class EndsWithTheClient(HTTPCycle):
    """The application is cancelled when it has been told of the disconnect."""

    def disconnect(self) -> Message:
        """The event, and the end."""
        task = asyncio.current_task()
        if task is not None and not self.response.complete:
            task.cancel()
        return super().disconnect()


@liar(catches=["test_the_application_is_called_with_scope_receive_and_send"])
class FourthArgument(HTTPCycle):
    """An application that takes more than three arguments gets a fourth."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Call it with a name more."""
        more = {"server": self} if getattr(self.server.application, "__name__", "") == "function" else {}
        await self.server.application(scope, self.receive, self.send, **more)


@liar(catches=["test_whether_the_names_of_parameters_matter"])
class NamedArguments(HTTPCycle):
    """The application is called with named arguments."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """By name."""
        await self.server.application(scope=scope, receive=self.receive, send=self.send)


@liar(
    catches=[
        "test_an_instance_is_an_application",
        "test_a_bound_method_is_an_application",
        "test_a_partial_is_an_application",
    ],
    area="asgi_server",
    interface="asgi",
)
class FunctionsOnly(Server):
    """Whatever is no plain function is taken for an application of ASGI 2."""

    def adapt(self, application: Any) -> Any:
        """Called with the scope alone, unless it is a function."""
        plain = inspect.isfunction(application) or is_legacy(application)
        return super().adapt(application) if plain else adapt(application)


@liar(
    catches=["test_a_class_of_asgi_2_is_served", "test_a_function_of_asgi_2_is_served"],
    area="asgi_server",
    interface="asgi",
)
class NoLegacy(Server):
    """Applications of ASGI 2 are called as all others."""

    def adapt(self, application: Any) -> Any:
        """As it is."""
        return application


class _Legacy(Server):
    """What the lies about ASGI 2 have in common: its applications get another scope."""

    def other(self, scope: dict[str, Any]) -> Any:
        """The lie."""
        raise NotImplementedError

    def adapt(self, application: Any) -> Any:
        """A single callable that changes the scope."""
        single = super().adapt(application)
        if single is application:
            return application

        async def changed(scope: Any, receive: Any, send: Any) -> None:
            await single(self.other(scope), receive, send)

        return changed


@liar(
    catches=["test_an_application_of_asgi_2_is_called_twice"],
    area="asgi_server",
    interface="asgi",
)
class LegacyScopeIsNoDict(_Legacy):
    """Applications of ASGI 2 are called with something else than a dict."""

    def other(self, scope: dict[str, Any]) -> Any:
        """Not a dict."""
        return MappingProxyType(scope)


@liar(
    catches=["test_the_scope_of_asgi_2_means_the_same"],
    area="asgi_server",
    interface="asgi",
)
class LegacyRawPath(_Legacy):
    """Applications of ASGI 2 get a path that is not decoded."""

    def other(self, scope: dict[str, Any]) -> Any:
        """The path as it came, where there is one."""
        return {**scope, "path": scope["raw_path"].decode()} if "raw_path" in scope else scope


@liar(
    catches=["test_which_version_an_application_of_asgi_2_is_told"],
    area="asgi_server",
    interface="asgi",
)
class LegacyIsToldThree(_Legacy):
    """Applications of ASGI 2 are told that this is 3.0."""

    def other(self, scope: dict[str, Any]) -> Any:
        """The server's own version."""
        return {**scope, "asgi": {"version": "3.0"}}
