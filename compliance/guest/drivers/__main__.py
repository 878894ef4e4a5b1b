"""Runs a driver in a framework's environment: `python -m compliance.guest.drivers --interface asgi --app …`.

The process imports the application once and then only waits: for each instance that the host wants it forks
a child, which plays. So an instance is as fresh as a new process and costs a fork instead of an import.
"""

import argparse
import os
import signal
import sys
import traceback
from typing import Any, Dict

from compliance.guest.drivers import asgi, wsgi
from compliance.guest.drivers.line import Control


def _application(interface: str, path: str) -> Any:
    os.environ["COMPLIANCE_FRAMEWORK"] = path
    from compliance.guest import probe

    return getattr(probe.FRAMEWORK, interface)


def _reap(control: Control, names: Dict[int, str]) -> None:
    """Tell the host how children ended; none is left as a zombie."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        how = "signal {}".format(status & 127) if status & 127 else "exit code {}".format(status >> 8)
        control.note("ended", {"name": names.get(pid, ""), "how": how})


def _play(app: Any, interface: str, command: Dict[str, Any]) -> None:
    """Be the child: play until the host says stop, then end without the interpreter's own farewell."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 1
    try:
        if interface == "asgi":
            asgi.drive(app, command["name"], lifespan=command["lifespan"], state=command["state"])
        else:
            wsgi.drive(app, command["name"])
        code = 0
    except BaseException:  # noqa: BLE001 - it must not return into the parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _fork(names: Dict[int, str], name: str) -> int:
    """Fork, and let nobody reap the child before its name is known."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    pid = os.fork()
    names[pid] = name
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    return pid


def main() -> None:
    """Import the application and fork an instance for each command, until the host is gone."""
    parser = argparse.ArgumentParser(prog="compliance.guest.drivers")
    parser.add_argument("--interface", choices=["asgi", "wsgi"], required=True)
    parser.add_argument("--app", required=True, help="a file with an attribute of the interface's name")
    parser.add_argument("--name", default="nursery", help="how this process says hello")
    options = parser.parse_args()
    app = _application(options.interface, options.app)
    control = Control(options.name)
    names: Dict[int, str] = {}
    signal.signal(signal.SIGCHLD, lambda _number, _frame: _reap(control, names))
    for command in control.commands():
        pid = _fork(names, command["name"])
        if pid == 0:
            control.abandon()
            _play(app, options.interface, command)


if __name__ == "__main__":
    main()
