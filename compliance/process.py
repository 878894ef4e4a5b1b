"""Processes of the run: each a process group of its own, known to the watchdog, ended without leftovers."""

import atexit
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import compliance
from compliance.patience import ceiling
from compliance.profiling import timed
from compliance.watchdog import kill_group, kill_strays, strays

_LOG_LIMIT = 16 << 20
_LINE_LIMIT = 1000
_PAUSE, _PAUSE_MAX = 0.0005, 0.02
MARK = secrets.token_hex(8)
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH", "TZ")


class LaunchError(Exception):
    """A program that could not be started at all."""


@cache
def scratch() -> Path:
    """The run's own folder for sockets and logs; it goes when the run ends."""
    folder = tempfile.TemporaryDirectory(prefix="gwc-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def guest_path() -> Path:
    """The one path entry that guests get: a folder that holds a link to our package and nothing else."""
    folder = scratch() / "guest"
    folder.mkdir()
    (folder / "compliance").symlink_to(Path(compliance.__file__).parent, target_is_directory=True)
    return folder


@cache
def _watchdog() -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("watchdog.py")
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", str(script), MARK],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    atexit.register(_dismiss, guard)
    return guard


def _dismiss(guard: subprocess.Popen[bytes]) -> None:
    if guard.stdin is not None:
        guard.stdin.close()
    guard.wait()


def _tell(text: str) -> None:
    stdin = _watchdog().stdin
    if stdin is not None:
        stdin.write(text.encode())
        stdin.flush()


def prepare() -> None:
    """Make what all processes of the run share; call it before launching from several threads."""
    guest_path()
    _watchdog()


def base_environment() -> dict[str, str]:
    """The environment variables that a guest inherits: none of Python's and none of pytest's."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    return kept | {"COMPLIANCE_RUN": MARK}


class Process:
    """A started program: the leader of a process group.

    A leader that has exited is not reaped before `kill`: as long as it is a zombie, no other program can get
    its number, which is the number of the group that `kill` ends, perhaps much later.
    """

    def __init__(self, popen: "subprocess.Popen[bytes]", log: Path) -> None:
        self._popen = popen
        self.pid = popen.pid
        self.log = log
        self._stopped = False

    def alive(self) -> bool:
        """Whether the leader is still running."""
        return self.exit_code() is None

    def exit_code(self) -> int | None:
        """The leader's exit code, negative for a signal; None while it runs."""
        if self._popen.returncode is not None or not hasattr(os, "waitid"):
            return self._popen.poll()
        end = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if end is None:
            return None
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status

    def signal(self, number: int) -> None:
        """Send a signal to the leader; one that has exited is no error."""
        if self.alive():
            os.kill(self.pid, number)

    def wait(self, seconds: float) -> int | None:
        """Wait for the leader's exit, at most `seconds`; its exit code, or None if it still runs."""
        deadline, pause = now() + seconds, _PAUSE
        while (code := self.exit_code()) is None and (left := deadline - now()) > 0:
            time.sleep(min(pause, left))
            pause = min(pause * 2, _PAUSE_MAX)
        return code

    def terminate(self) -> None:
        """Send SIGTERM without waiting for its effect."""
        self.signal(signal.SIGTERM)

    def stop(self, grace: float | None = None) -> int:
        """SIGTERM, wait at most `grace` seconds, then SIGKILL for the whole group; the leader's exit code."""
        with timed("stops"):
            self.terminate()
            self.wait(ceiling("stop") if grace is None else grace)
            return self.kill()

    def kill(self) -> int:
        """End what is left of the group at once; the leader's exit code."""
        if not self._stopped:
            kill_group(self.pid)
            self._popen.wait()
            _tell(f"-{self.pid}\n")
            self._stopped = True
        return self._popen.wait()

    def trim_log(self) -> None:
        """Start the log anew if the program floods it."""
        with contextlib.suppress(OSError):
            if self.log.stat().st_size > _LOG_LIMIT:
                os.truncate(self.log, 0)

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of what the program printed."""
        with contextlib.suppress(OSError), self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 20_000))
            text = file.read().decode(errors="replace")
            return "\n".join(line[:_LINE_LIMIT] for line in text.splitlines()[-lines:])
        return ""


def launch(
    argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, pass_fds: Sequence[int] = ()
) -> Process:
    """Start a program from its argument list, never through a shell; raises LaunchError.

    Its environment is `base_environment()` and `env` on top; its output goes to the file `log`.
    """
    with log.open("ab") as output:
        try:
            popen = subprocess.Popen(
                list(argv),
                env=base_environment() | dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(pass_fds),
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(f"{argv[0]} cannot be started: {error.strerror}") from error
    _tell(f"+{popen.pid}\n")
    return Process(popen, log)


def sweep() -> int:
    """Kill the processes of this run that left their group; how many there were."""
    if not any(True for _ in strays(MARK)):
        return 0
    return kill_strays(MARK)


def descendants(pid: int) -> list[int]:
    """The pids of the process group that `pid` leads, itself included (Linux; elsewhere only itself)."""
    found = [pid]
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = entry.read_text().rpartition(")")[2].split()
            if int(fields[2]) == pid and int(entry.parent.name) != pid:
                found.append(int(entry.parent.name))
    return found


def now() -> float:
    """Seconds of the clock that guests use as well (monotonic, the same in every process of the machine)."""
    return time.monotonic_ns() / 1e9
