"""Lets the processes of a worker know that it is to stop, so that they give back their claims at once."""

import mmap
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# One byte that a worker's main process shares with the processes it forks; only the main one is told to stop.
_asked = mmap.mmap(-1, 1)


def ask_to_stop() -> None:
    """Tell every process of this worker that it is to stop."""
    _asked[0] = 1


@contextmanager
def obeying() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether to stop: the worker was asked to, or this very process got SIGTERM.

    The latter is carried out after the block.
    """
    received: list[int] = []

    def asked() -> bool:
        return bool(received) or _asked[0] == 1

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    if threading.current_thread() is not threading.main_thread():  # signals come to the main thread alone
        yield asked
        return
    before = signal.signal(signal.SIGTERM, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)
        if received:
            os.kill(os.getpid(), signal.SIGTERM)
