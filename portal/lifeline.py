"""No process outlives the one that started it: Linux tells a child when its parent is gone."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(death_signal: signal.Signals, *, parent: int) -> None:
    """Ask the kernel to send this process `death_signal` as soon as its parent (process id) ends, however.

    To be called in the child, after it has changed user, since that would clear the request. Elsewhere than
    on Linux nothing happens.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it ended between the fork and the request
        os.kill(os.getpid(), death_signal)


def lifeline(death_signal: signal.Signals) -> Callable[[], None]:
    """Return the `preexec_fn` that binds a child to this process. For programs without threads only."""
    parent = os.getpid()
    ctypes.CDLL(None)  # loaded here, so that the fork has nothing left to load

    def bind() -> None:
        die_with_parent(death_signal, parent=parent)

    return bind
