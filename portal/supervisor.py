"""One parent for every process of Crossroads: starts them, shows what they say, restarts and stops them.

Single-threaded on purpose: children are bound to this process between fork and exec, which no other thread
may disturb. Each child leads a session of its own, so that Ctrl-C reaches us alone and we stop them in order.
"""

import errno
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.embedded.folders import CannotStartError, Ownership
from portal.lifeline import lifeline

TICK_SECONDS = 0.2
LONGEST_BACKOFF_SECONDS = 30.0
STEADY_SECONDS = 60.0  # who has run for so long is forgiven earlier crashes
COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)


class StopRequestedError(Exception):
    """Ctrl-C or SIGTERM came while something was being started."""


@dataclass
class Program:
    """A child: what starts it, how it is asked to end, and how long it may take over that."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    stage: int = 0
    """Higher stages are stopped first, all of one stage at once."""
    farewell: signal.Signals = signal.SIGTERM
    patience: float = 4.0
    """Seconds between the farewell and SIGKILL."""
    run_as: Ownership = field(default_factory=Ownership)
    directory: str | None = None
    """Where it works; `None` is here."""
    hush: tuple[str, ...] = ()
    """Lines with one of these in them are not worth showing."""
    before: Callable[[], bool] = lambda: True
    """Asked before each start; `False` means "not yet, ask again"."""

    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    again_at: float | None = None
    unfinished: bytes = b""
    last_line: str = ""


class Output:
    """The one place that writes to the terminal: a coloured name, then what its owner said."""

    def __init__(self) -> None:
        self.colourful = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.seen: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """Write one line. A reader who is gone is no reason to fall over, nor a full disk to fall silent."""
        label = f"{name:<9}|"
        if self.colourful:
            colour = self.seen.setdefault(name, COLOURS[len(self.seen) % len(COLOURS)])
            label = f"\033[{colour}m{label}\033[0m"
        try:
            sys.stdout.write(f"{label} {text}\n")
            sys.stdout.flush()
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open until the process ends


class Supervisor:
    """Runs programs until it is asked to stop."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.programs: list[Program] = []
        self.stopping = False
        self.selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        for end in (self._wake_reader, self._wake_writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        self.selector.register(self._wake_reader, selectors.EVENT_READ, None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def start(self, program: Program) -> None:
        """Start a program that is to run from now on."""
        self.programs.append(program)
        self._spawn(program)

    def start_when_possible(self, program: Program, *, patience: float) -> None:
        """Start a program as soon as it lets itself be started.

        Raises CannotStartError if `program.before()` has not agreed after `patience` seconds.
        """
        give_up = time.monotonic() + patience
        while not program.before():
            if time.monotonic() > give_up:
                raise CannotStartError(f"{program.name} still runs from before: stop it first.")
            self._turn()
        self.start(program)

    def _spawn(self, program: Program) -> None:
        words = program.command
        own = Path(sys.executable).parent / words[0]
        program.process = subprocess.Popen(
            [str(own), *words[1:]] if own.exists() else words,
            cwd=program.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **program.environment},
            start_new_session=True,
            preexec_fn=lifeline(program.farewell),
            **program.run_as,
        )
        assert program.process.stdout is not None  # noqa: S101 - it was asked for
        os.set_blocking(program.process.stdout.fileno(), False)
        self.selector.register(program.process.stdout, selectors.EVENT_READ, program)
        program.started, program.again_at, program.unfinished = time.monotonic(), None, b""

    def run(self, program: Program) -> None:
        """Run a program to its end, while the others go on.

        Raises CannotStartError with its last line if it fails, StopRequestedError if we are asked to stop.
        """
        self._spawn(program)
        process = program.process
        try:
            while not self._has_ended(program):
                self._turn()
        except BaseException:
            self._end([program])
            raise
        self._bury(program)
        if process is not None and process.returncode != 0:
            raise CannotStartError(f"{program.name} failed: {program.last_line or 'no reason given'}")

    def wait_for(self, ready: Callable[[], bool], program: Program, *, patience: float) -> None:
        """Return when `ready()` says so.

        Raises CannotStartError if `program` ends before, or after `patience` seconds.
        """
        give_up = time.monotonic() + patience
        while not ready():
            if program.process is None or self._has_ended(program):
                self._read_all(program)
                raise CannotStartError(
                    f"{program.name} did not start: {program.last_line or 'no reason given'}"
                )
            if time.monotonic() > give_up:
                raise CannotStartError(f"{program.name} did not answer within {patience:g} seconds.")
            self._turn()

    def _turn(self) -> None:
        """Show what the children say for a moment; raise StopRequestedError if we are asked to stop."""
        if self.stopping:
            raise StopRequestedError
        self._listen(TICK_SECONDS / 4)

    def supervise(self) -> None:
        """Show what the children say and restart who dies, until we are asked to stop."""
        while not self.stopping:
            self._listen(TICK_SECONDS)
            for program in self.programs:
                if program.process is not None and self._has_ended(program):
                    self._note_crash(program)
                elif (
                    program.again_at is not None and time.monotonic() >= program.again_at and program.before()
                ):
                    self._spawn(program)

    def _note_crash(self, program: Program) -> None:
        how = self._bury(program)
        if time.monotonic() - program.started > STEADY_SECONDS:
            program.crashes = 0
        wait = min(2.0**program.crashes, LONGEST_BACKOFF_SECONDS)
        program.crashes += 1
        program.again_at = time.monotonic() + wait
        self.output.line("up", f"{program.name} ended ({how}); starting it again in {wait:g} s")

    def stop(self) -> None:
        """Stop every program, stage after stage, and whatever they started."""
        for stage in sorted({program.stage for program in self.programs}, reverse=True):
            self._end([program for program in self.programs if program.stage == stage])

    def _end(self, programs: Iterable[Program]) -> None:
        living = [program for program in programs if program.process is not None]
        asked = time.monotonic()
        for program in living:
            self._signal(program, program.farewell)
        while living:
            for program in living:
                if not self._has_ended(program) and time.monotonic() - asked > program.patience:
                    self._signal(program, signal.SIGKILL)
            for program in [program for program in living if self._has_ended(program)]:
                self._bury(program)
                living.remove(program)
            if living:
                self._listen(0.02)

    @staticmethod
    def _signal(program: Program, number: signal.Signals) -> None:
        """Signal the main process only: it knows best how to end its own children."""
        if program.process is not None:
            os.kill(program.process.pid, number)  # Popen's own would bury it first

    @staticmethod
    def _has_ended(program: Program) -> bool:
        """Say whether the main process is dead, without burying it: its number stays taken until then."""
        if program.process is None:
            return True
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, program.process.pid, options) is not None
        except ChildProcessError:
            return True

    def _bury(self, program: Program) -> str:
        """Kill what a dead program left of its session, take leave of it and say how it ended."""
        process = program.process
        if process is None:
            return "never started"
        with suppress(ProcessLookupError, PermissionError):  # nobody is left
            os.killpg(process.pid, signal.SIGKILL)
        self._read_all(program)
        code = process.wait()
        if process.stdout is not None and not process.stdout.closed:
            self.selector.unregister(process.stdout)
            process.stdout.close()
        program.process = None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"

    def _listen(self, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            if isinstance(key.data, Program):
                self._read(key.data)
            else:
                os.read(self._wake_reader, 4096)

    def _read(self, program: Program) -> bool:
        """Pass on the whole lines that a child has said. Say whether there may be more to read at once."""
        pipe = program.process.stdout if program.process else None
        if pipe is None or pipe.closed:
            return False
        try:
            said = os.read(pipe.fileno(), 65536)
        except BlockingIOError:
            return False
        if not said:
            self.selector.unregister(pipe)
            pipe.close()
        *lines, program.unfinished = (program.unfinished + said).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            if text and not any(word in text for word in program.hush):
                program.last_line = text
                self.output.line(program.name, text)
        return bool(said)

    def _read_all(self, program: Program) -> None:
        while self._read(program):
            pass
        if program.unfinished:
            program.last_line = program.unfinished.decode(errors="replace").rstrip()
            self.output.line(program.name, program.last_line)
            program.unfinished = b""
