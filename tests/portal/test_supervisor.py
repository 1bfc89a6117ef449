"""The supervisor shows, restarts and stops what it started, and nothing outlives it."""

import errno
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.supervisor import Output
from tests.servers import wait_until

PREAMBLE = """
import sys
from portal.embedded.folders import CannotStartError
from portal.supervisor import Output, Program, Supervisor
boss = Supervisor(Output())
def python(name, code, **more):
    return Program(name, [sys.executable, "-c", code], **more)
"""
SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


class Boss:
    """A supervisor in a process of its own, and what it has said so far."""

    def __init__(self, folder: Path, script: str) -> None:
        self.log = folder / "log"
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PREAMBLE + textwrap.dedent(script)], stdout=output, stderr=output
            )

    def said(self) -> str:
        return self.log.read_text()

    def pids(self, name: str) -> list[int]:
        lines = (line.split("| ") for line in self.said().splitlines() if line.startswith(name))
        return [int(words) for _, words in lines if words.isdigit()]

    def wait_for_pid(self, name: str, nth: int = 1) -> int:
        wait_until(lambda: len(self.pids(name)) >= nth, meaning=f"{name} said its number {nth} times")
        return self.pids(name)[nth - 1]


@pytest.fixture
def boss(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Boss]:
    """Run the supervisor script that the test names, and make sure that it is gone afterwards."""
    started = Boss(tmp_path, request.param)
    yield started
    started.process.kill()
    started.process.wait()


def runs(pid: int) -> bool:
    """Say whether this process is alive; a dead one that nobody has buried is not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


ONE_CHILD = f"""
    boss.start(python("one", {SLEEPER!r}))
    boss.supervise()
    boss.stop()
"""


@pytest.mark.parametrize("boss", [ONE_CHILD], indirect=True)
@pytest.mark.parametrize("farewell", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_children_and_then_the_supervisor(boss: Boss, farewell: signal.Signals) -> None:
    child = boss.wait_for_pid("one")
    boss.process.send_signal(farewell)
    assert boss.process.wait(timeout=10) == 0
    assert not runs(child)


@pytest.mark.parametrize("boss", [ONE_CHILD], indirect=True)
def test_children_are_out_of_reach_of_ctrl_c(boss: Boss) -> None:
    child = boss.wait_for_pid("one")
    assert os.getsid(child) == child


@pytest.mark.parametrize("boss", [ONE_CHILD], indirect=True)
def test_a_killed_child_is_restarted_and_said_so(boss: Boss) -> None:
    os.kill(boss.wait_for_pid("one"), signal.SIGKILL)
    again = boss.wait_for_pid("one", nth=2)
    assert runs(again)
    assert "one ended (killed by SIGKILL); starting it again in 1 s" in boss.said()


CRASHER = """
    boss.start(python("one", "raise SystemExit(3)"))
    boss.supervise()
"""


@pytest.mark.parametrize("boss", [CRASHER], indirect=True)
def test_the_wait_before_a_restart_grows(boss: Boss) -> None:
    wait_until(lambda: "(exit status 3); starting it again in 4 s" in boss.said(), meaning="third crash")
    assert "again in 1 s" in boss.said()
    assert "again in 2 s" in boss.said()


@pytest.mark.parametrize("boss", [ONE_CHILD], indirect=True)
def test_children_die_with_a_killed_supervisor(boss: Boss) -> None:
    child = boss.wait_for_pid("one")
    boss.process.kill()
    wait_until(lambda: not runs(child), meaning="the child is gone", patience=5)


PARENT = (
    f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); time.sleep(600)"
)
GRANDCHILD = f"""
    boss.start(python("one", {PARENT!r}))
    boss.supervise()
"""


@pytest.mark.parametrize("boss", [GRANDCHILD], indirect=True)
def test_what_a_killed_child_had_started_is_killed_too(boss: Boss) -> None:
    grandchild = boss.wait_for_pid("one")
    parent = int(Path(f"/proc/{grandchild}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(parent, signal.SIGKILL)
    wait_until(lambda: not runs(grandchild), meaning="the grandchild is gone")


STUBBORN = """
    boss.start(python("deaf", "import os, signal, time; signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(600)", patience=0.5))
    boss.supervise()
    boss.stop()
"""  # noqa: E501 - a program in one line


@pytest.mark.parametrize("boss", [STUBBORN], indirect=True)
def test_a_child_that_will_not_end_is_killed_when_its_patience_is_over(boss: Boss) -> None:
    child = boss.wait_for_pid("deaf")
    asked = time.monotonic()
    boss.process.terminate()
    boss.process.wait(timeout=10)
    assert time.monotonic() - asked >= 0.5
    assert not runs(child)


LAST_WORDS = "import atexit, signal, sys, time; signal.signal(15, lambda *_: sys.exit()); atexit.register(print, 'bye'); print('up', flush=True); time.sleep(600)"  # noqa: E501 - a program in one line
STAGES = f"""
    for stage, name in enumerate(["ground", "floor", "roof"]):
        boss.start(python(name, {LAST_WORDS!r}, stage=stage))
    boss.supervise()
    boss.stop()
"""


@pytest.mark.parametrize("boss", [STAGES], indirect=True)
def test_later_stages_are_stopped_before_the_ones_they_stand_on(boss: Boss) -> None:
    wait_until(lambda: boss.said().count("| up") == 3, meaning="all three are up")
    boss.process.terminate()
    boss.process.wait(timeout=10)
    farewells = [line.split()[0] for line in boss.said().splitlines() if line.endswith("| bye")]
    assert farewells == ["roof", "floor", "ground"]


STEP_FAILS = """
    try:
        boss.run(python("step", "import sys; sys.exit('no disk left')"))
    except CannotStartError as error:
        print("REFUSED:", error, flush=True)
"""


@pytest.mark.parametrize("boss", [STEP_FAILS], indirect=True)
def test_a_failed_step_is_refused_with_its_last_words(boss: Boss) -> None:
    boss.process.wait(timeout=10)
    assert "REFUSED: step failed: no disk left" in boss.said()


NEVER_READY = f"""
    child = python("one", {SLEEPER!r})
    boss.start(child)
    try:
        boss.wait_for(lambda: False, child, patience=0.2)
    except CannotStartError as error:
        print("REFUSED:", error, flush=True)
    boss.stop()
"""


@pytest.mark.parametrize("boss", [NEVER_READY], indirect=True)
def test_a_child_that_never_answers_is_refused(boss: Boss) -> None:
    boss.process.wait(timeout=10)
    assert "REFUSED: one did not answer within 0.2 seconds." in boss.said()


@pytest.mark.parametrize("boss", [ONE_CHILD], indirect=True)
def test_a_pipe_gets_no_colours(boss: Boss) -> None:
    boss.wait_for_pid("one")
    assert "\033[" not in boss.said()


class Full(io.StringIO):
    """A log on a disk that is full until somebody makes room."""

    room = False

    def flush(self) -> None:
        """Fail as the kernel does."""
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_the_log_goes_on_when_a_full_disk_has_room_again(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Full()
    monkeypatch.setattr(sys, "stdout", log)
    output = Output()
    output.line("web", "nobody can keep this")
    log.room = True
    output.line("web", "and this")
    assert log.getvalue().endswith("web      | and this\n")


@pytest.mark.parametrize("boss", [ONE_CHILD], indirect=True)
def test_a_log_that_logrotate_truncated_goes_on_at_its_beginning(boss: Boss) -> None:
    child = boss.wait_for_pid("one")
    os.truncate(boss.log, 0)
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: "starting it again" in boss.said(), meaning="it says so in what is left")
    assert boss.said().startswith("up ")
