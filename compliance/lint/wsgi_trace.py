"""The judge of the calls between a WSGI server and an application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compliance.interface import wsgi
from compliance.lint.violation import PARTIES, Party, Violation, known
from compliance.lint.wsgi_body import Body
from compliance.lint.wsgi_input import InputUse, errors_problems

WsgiTrace = Sequence[tuple[str, Any]]


def judge_wsgi(trace: WsgiTrace) -> list[Violation]:
    """The violations of one request, in order. Never raises.

    The steps, each a name and a value:

        ("environ", environ)
        ("start_response", {"status", "headers", "exc_info": tuple, name of an exception's type, or None})
        ("start_response", {"positional": [type names], "keywords": [names]})   for any other call
        ("write", data)  ("next", None)  ("block", data)  ("exhausted", None)  ("close", None)
        ("taken", None)  when start_response or write has returned
        ("return", iterable)  ("len", what len() says)
        ("raised", {"by": "application", "iter", "next", "close", "start_response" or "write", …})
        ("input", {"method", "args", "keywords", "gave"})    ("input attribute", name)
        ("errors", {"method", "args", "keywords"})           ("errors attribute", name)

    A block or the end stands for the server's request for it too, unless "next" came before. An exception
    is a step of its own after the call that raised it. Other names are passed over.
    """
    judge = WsgiJudge()
    return [found for name, value in trace for found in judge.step(name, value)]


_RAISES = "wsgi.sr.exc_info_raises"
_OUTPUT = ("start_response", "write", "block", "exhausted", "return")


class WsgiJudge:
    """One request, judged step by step: by the tables, and by what they cannot remember."""

    def __init__(self) -> None:
        """Nothing has been called."""
        self._conversation = wsgi.conversation()
        self._body = Body()
        self._input = InputUse({})
        self._found: list[Violation] = []
        self._index = -1
        self._asked = False  # "next" came, and neither block nor end yet
        self._must_refuse = ("", "")  # the call out of which the server must raise now, by which requirement
        self._must_propagate = False  # it raised with exc_info, which the application must let pass

    def step(self, name: str, value: Any = None) -> list[Violation]:
        """What is wrong with this step, or with what led to it."""
        self._found = []
        self._index += 1
        on_step = getattr(self, "_on_" + name.replace(" ", "_"), None)
        if on_step is not None:
            self._settle_refusal(name, value)
            on_step(value)
        return self._found

    def _report(self, requirement: str, party: Party, text: str) -> None:
        self._found.append(Violation(requirement, party, text, self._index))

    def _blame(self, problems: list[wsgi.Problem], party: Party) -> None:
        for problem in problems:
            self._report(problem.requirement, party, problem.text)

    def _receive(self, kind: str) -> None:
        self._blame(self._conversation.receive({"type": kind}), PARTIES["receive"])

    def _send(self, kind: str, **values: Any) -> None:
        self._blame(self._conversation.send({"type": kind, **values}), PARTIES["send"])

    def _settle_refusal(self, name: str, value: Any) -> None:
        """Look at what followed a call that the server had to refuse."""
        raised_by = value.get("by") if name == "raised" and isinstance(value, dict) else None
        call, requirement = self._must_refuse
        if requirement:
            if raised_by != call:
                self._report(requirement, "server", f"{call} returned")
            self._must_propagate = requirement == _RAISES and raised_by == call
            self._must_refuse = ("", "")
        elif self._must_propagate and (name in _OUTPUT or name == "raised"):
            self._must_propagate = False
            if name in _OUTPUT:
                text = f"{name} after start_response raised with exc_info"
                self._report("wsgi.sr.exc_info_app_not_trap", "application", text)

    # The call and its streams

    def _on_environ(self, environ: Any) -> None:
        if isinstance(environ, dict):
            self._input = InputUse(environ)
            self._body.method = environ.get("REQUEST_METHOD")
        if type(environ) is dict:
            environ = {name: known(value) for name, value in environ.items()}
        self._blame(wsgi.environ_problems(environ), "server")
        self._receive("call")

    def _on_input(self, call: Any) -> None:
        self._blame(self._input.call_problems(call), "application")
        self._blame(self._input.result_problems(call), "server")

    def _on_input_attribute(self, name: Any) -> None:
        self._on_attribute("input", name)
        self._input.lose_track()

    def _on_errors(self, call: Any) -> None:
        self._blame(errors_problems(call), "application")

    def _on_errors_attribute(self, name: Any) -> None:
        self._on_attribute("errors", name)

    def _on_attribute(self, stream: str, name: Any) -> None:
        requirement = "wsgi.input.app_no_close" if name == "close" else f"wsgi.{stream}.app_only_listed"
        self._report(requirement, "application", f"{name} of wsgi.{stream}")

    # The response

    def _on_start_response(self, call: Any) -> None:
        if not isinstance(call, dict) or "status" not in call:
            text = "start_response was not called with two or three positional arguments"
            self._report("wsgi.callable.start_response_positional", "application", text)
            self._conversation.advance("send", {"type": "start_response"})
            return
        before, exc_info = self._conversation.state["send"], _exc_info(call.get("exc_info"))
        self._send("start_response", **{**call, "exc_info": exc_info})
        self._blame(self._body.promise(call.get("status"), call.get("headers")), "application")
        if exc_info and before == "sent":
            self._must_refuse = ("start_response", _RAISES)
        elif not exc_info and before in ("started", "sent"):
            self._must_refuse = ("start_response", "wsgi.sr.second_call_without_exc_info")

    def _on_write(self, data: Any) -> None:
        self._send("write", data=data)
        self._blame(self._body.give(data), "application")
        if self._body.too_long:
            self._must_refuse = ("write", "wsgi.cl.write_past_raises")

    def _on_taken(self, _value: Any) -> None:
        """Nothing: what led to it is settled."""

    def _on_return(self, iterable: Any) -> None:
        self._send("return", iterable=known(iterable))

    def _on_len(self, length: Any) -> None:
        self._body.claimed = length if isinstance(length, int) else None

    def _on_next(self, _value: Any) -> None:
        self._receive("next")
        self._asked = True

    def _on_block(self, data: Any) -> None:
        self._settle_next()
        self._send("block", data=data)
        if self._body.is_complete and data:
            self._report("wsgi.cl.stop_iterating", "server", "a block was taken after Content-Length bytes")
        self._body.blocks += 1
        self._blame(self._body.give(data), "application")

    def _on_exhausted(self, _value: Any) -> None:
        self._settle_next()
        self._send("end")
        self._blame(self._body.end(), "application")

    def _settle_next(self) -> None:
        if not self._asked:
            self._receive("next")
        self._asked = False

    def _on_close(self, _value: Any) -> None:
        self._receive("close")

    def _on_raised(self, error: Any) -> None:
        if isinstance(error, dict) and error.get("by") in ("application", "iter", "next"):
            self._asked = False
            self._conversation.advance("send", {"type": "raise", "error": error})


def _exc_info(value: Any) -> Any:
    """A tuple that stands for the name of an exception's type; anything else as it is."""
    if isinstance(value, str) and value.isidentifier():
        error = Exception(value)
        return (type(error), error, None)
    return value
