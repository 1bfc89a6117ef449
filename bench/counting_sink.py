"""A mail server that only counts, so that a measurement of sending measures sending.

`python -m bench.counting_sink PORT DELAY FILE` takes every mail DELAY milliseconds after its last line and
adds a byte to FILE. It keeps and reads nothing, and costs some tens of microseconds a mail; the sink that
tests use parses and stores each one, which takes longer than it takes Crossroads to write it.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tests.servers import free_port, wait_until

END = b"\r\n.\r\n"


class Connection(asyncio.Protocol):
    """One connection: commands are answered in a row, a mail after the delay."""

    def __init__(self, delay: float, log: int) -> None:
        self.delay = delay
        self.log = log
        self.waiting = b""
        self.in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(b"220 counting\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every command that is whole, and every mail that has its end."""
        self.waiting += data
        while True:
            mark = END if self.in_mail else b"\r\n"
            part, found, rest = self.waiting.partition(mark)
            if not found:
                return
            self.waiting = rest
            if self.in_mail:
                self.in_mail = False
                self._later(self._count)
            else:
                self._command(part)

    def _later(self, act: Callable[[], None]) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, act)
        else:
            act()

    def _count(self) -> None:
        os.write(self.log, b".")
        self.transport.write(b"250 counted\r\n")

    def _command(self, line: bytes) -> None:
        word = line[:4].upper()
        if word == b"DATA":
            self.in_mail = True
            self.transport.write(b"354 go on\r\n")
        elif word == b"EHLO":
            self.transport.write(b"250-counting\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif word == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 fine\r\n")


class CountingSink:
    """A running one: its port, its process, and how many mails it took."""

    def __init__(self, folder: Path, *, delay: int) -> None:
        self.port = free_port()
        self.log = folder / f"counted-{self.port}"
        self.log.touch()
        words = [sys.executable, "-m", "bench.counting_sink", str(self.port), str(delay), str(self.log)]
        self.process = subprocess.Popen(words)
        wait_until(self._answers, meaning="the counting sink answers")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def reset(self) -> None:
        """Begin at nought."""
        os.truncate(self.log, 0)

    def count(self) -> int:
        """Return how many mails came since."""
        return self.log.stat().st_size

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=10)


async def serve(port: int, delay: float, log: int) -> None:
    """Serve until SIGTERM."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    server = await loop.create_server(lambda: Connection(delay, log), "127.0.0.1", port)
    async with server:
        await over.wait()


if __name__ == "__main__":
    number, milliseconds, file = sys.argv[1:]
    asyncio.run(serve(int(number), int(milliseconds) / 1000, os.open(file, os.O_WRONLY | os.O_APPEND)))
