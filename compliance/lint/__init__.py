"""Who breaks the interface between a server and an application: which side, which requirement, where.

`compliance.lint.wsgi.Lint` and `compliance.lint.asgi.Lint` are middleware for anybody's tests. The same rules
judge a recorded trace:

    judge_asgi(scope, [("receive", message), ("send", message), …])
    judge_wsgi([("environ", environ), ("start_response", call), ("block", data), …])

The rules are the tables of `compliance.interface`; here is only what a table cannot say, because it needs the
scope, the end of the call, or what came before or after. What the specifications leave open is no violation.
"""

from compliance.lint.asgi_trace import AsgiTrace, Outcome, judge_asgi
from compliance.lint.collecting import LintError, LintWarning, fail
from compliance.lint.violation import Party, Violation
from compliance.lint.wsgi_trace import WsgiTrace, judge_wsgi

__all__ = [
    "AsgiTrace",
    "LintError",
    "LintWarning",
    "Outcome",
    "Party",
    "Violation",
    "WsgiTrace",
    "fail",
    "judge_asgi",
    "judge_wsgi",
]
