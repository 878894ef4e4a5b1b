"""Small servers that misbehave, each in the way that its name says: `python bad.py WAY HOST PORT`."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    """Echoes, and reports on the channel just enough for the pre-flight."""

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(os.environ["COMPLIANCE_CHANNEL"][len("unix:") :])
        wanted = json.loads(self.headers.get("Compliance", "{}")).get("exchange")
        hello = {"$": "dict", "v": [["exchange", wanted], ["pid", os.getpid()]]}
        channel.sendall(json.dumps(["hello", "wsgi", hello, time.monotonic_ns()]).encode() + b"\n")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        channel.close()

    do_GET = do_POST = answer


class Dying(Handler):
    """Ends the process at the third request."""

    count = 0

    def parse_request(self):
        Dying.count += 1
        if Dying.count == 3:
            print("fatal: out of luck", flush=True)
            os._exit(7)
        return super().parse_request()


class Fading(Handler):
    """Closes its sockets at a path that is no UTF-8, and ends the process a second later."""

    def parse_request(self):
        found = super().parse_request()
        if found and "\xff" in self.path:
            os.closerange(3, 100)
            time.sleep(1)
            os._exit(7)
        return found


def serve(host, port, handler=Handler):
    http.server.ThreadingHTTPServer((host, port), handler).serve_forever()


def exits(_host, _port):
    sys.exit("config error: no such worker class")


def hangs(_host, _port):
    print("still thinking", flush=True)
    signal.pause()


def elsewhere(host, _port):
    serve(host, 0)


def silent(host, port):
    with socket.create_server((host, port)):
        signal.pause()


def dies(host, port):
    serve(host, port, Dying)


def fades(host, port):
    serve(host, port, Fading)


def stubborn(host, port):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    serve(host, port)


def parent(host, port):
    code = "import signal; signal.pause()"
    child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    print("left", child.pid, flush=True)
    serve(host, port)


def floods(host, port):
    def flood():
        while True:
            os.write(1, b"x" * 65536 + b"\n")

    threading.Thread(target=flood, daemon=True).start()
    serve(host, port)


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
