"""Serve a WSGI application with mod_wsgi-express: MODULE:ATTRIBUTE HOST PORT FOLDER [OPTION …].

The folder holds its files, and the options are its own. Apache and mod_wsgi refuse to serve as root. Root
becomes Debian's user for web servers instead, who may read and write all files as before, because our folders
and the environment may be root's alone.
"""

import os
import sys

_AS_WEB_SERVER = ["setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups"]
# The secure bit keeps access() true to the capability: mod_wsgi asks it about Python's folder.
_READ_ALL = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]


def main() -> None:
    """Become mod_wsgi-express, with its defaults but for the locale, which may not be there."""
    app, host, port, folder, *options = sys.argv[1:]
    module, _, attribute = app.partition(":")
    scripts = os.path.dirname(sys.executable)  # noqa: PTH120 - guests take paths as text
    command = [scripts + "/mod_wsgi-express", "start-server", module, "--application-type", "module"]
    command += ["--callable-object", attribute, "--host", host, "--port", port]
    command += ["--server-root", folder + "/httpd", "--log-to-terminal", "--locale", "C.UTF-8", *options]
    if os.getuid() == 0:
        command = [*_AS_WEB_SERVER, *_READ_ALL, *command]
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
