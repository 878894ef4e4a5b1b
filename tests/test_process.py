"""Processes: no target outlives its run, however the run ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from suite import gone

from compliance.process import LaunchError, launch, strays

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"


def test_a_program_that_cannot_start_is_named(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match=r"/nowhere/server cannot be started: No such file"):
        launch(["/nowhere/server"], env={}, cwd=tmp_path, log=tmp_path / "log")


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    process = launch([sys.executable, "-c", code], env={}, cwd=tmp_path, log=tmp_path / "log")
    while "up" not in process.log_tail():
        assert process.alive()
    assert process.stop(grace=0.05) == -signal.SIGKILL


def test_children_go_with_their_group(tmp_path: Path) -> None:
    start = f"subprocess.Popen([sys.executable, '-c', {SLEEPER!r}])"
    code = f"import subprocess, sys; print({start}.pid, flush=True)"
    process = launch([sys.executable, "-c", code], env={}, cwd=tmp_path, log=tmp_path / "log")
    process.wait(30)
    child = int(process.log_tail().splitlines()[0])
    process.stop()
    assert gone(child)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="environments of processes are not visible here")
def test_the_watchdog_ends_what_a_killed_run_leaves(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from compliance.process import MARK, launch
folder = Path({str(tmp_path)!r})
sleeper = [sys.executable, "-c", {SLEEPER!r}]
leader = launch(sleeper, env={{}}, cwd=folder, log=folder / "log")
code = "import subprocess, sys; subprocess.Popen(sys.argv[1:], start_new_session=True)"
launch([sys.executable, "-c", code, *sleeper], env={{}}, cwd=folder, log=folder / "log2").wait(30)
print(MARK, leader.pid, flush=True)
sys.stdin.read()
"""
    host = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert host.stdout is not None
    mark, leader = host.stdout.readline().decode().split()
    running = set(strays(mark))
    assert len(running) == 2
    host.kill()
    host.communicate()
    assert all(gone(pid) for pid in {int(leader), *running})
