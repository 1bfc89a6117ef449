"""A mail server that keeps what it is sent: `make run` reads it at /dev/mail/, tests take it as the referee.

    python -m portal.mail_sink --port 1025 --folder var/mail [--mode MODE]

Every accepted message becomes one `.eml` file; a line with recipient and Message-ID per recipient goes to
`received.jsonl`. MODE says how the server behaves; what a file `mode` in the folder says goes first, and is
read anew each time, so that a test can change it:

    ok          accept
    delay MS    accept, but answer only after so many milliseconds
    drop        accept, then cut the connection before the answer
    450         answer every recipient with this code (any 4xx or 5xx)
    bad N       answer every N-th recipient with 550
    refuse      cut the connection at once
    hang        never answer
    one by one  take no commands in a row (it does not offer PIPELINING)
"""

import argparse
import asyncio
import itertools
import json
import os
import signal
import time
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

LOG = "received.jsonl"
MODE = "mode"
SIZE_LIMIT = 32 * 1024 * 1024
FOR_EVER = 24 * 3600.0


class Sink:
    """What the server does with recipients and messages, according to its mode."""

    def __init__(self, folder: Path, mode: str = "ok") -> None:
        self.folder = folder
        self.default_mode = mode
        self.recipients = itertools.count(1)
        self.messages = itertools.count(1)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def mode(self) -> list[str]:
        """The words of the mode that holds now."""
        try:
            words = (self.folder / MODE).read_text().split()
        except OSError:
            words = []
        return words or self.default_mode.split()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer PIPELINING, as nearly every mail server does."""
        session.host_name = hostname
        name, *rest = responses
        return responses if self.mode[0] == "one" else [name, "250-PIPELINING", *rest]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        word, *rest = self.mode
        if word.isdigit():
            return f"{word} {'Try again later' if word.startswith('4') else 'No such mailbox here'}"
        if word == "bad" and next(self.recipients) % int(rest[0]) == 0:
            return "550 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one message, and answer as the mode says."""
        word, *rest = self.mode
        if word == "hang":
            await asyncio.sleep(FOR_EVER)
        self._keep(envelope)
        if word == "delay":
            await asyncio.sleep(int(rest[0]) / 1000)
        if word == "drop" and server.transport is not None:
            cast(asyncio.Transport, server.transport).abort()
        return "250 Kept"

    def _keep(self, envelope: Envelope) -> None:
        """Write the message under its final name in one step, then say so in the log."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self.messages)}.eml"
        fresh = self.folder / f".{name}"
        fresh.write_bytes(content)
        fresh.rename(self.folder / name)
        identity = str(message_from_bytes(content, policy=modern).get("Message-ID", ""))
        lines = "".join(
            json.dumps({"to": to, "message_id": identity, "file": name, "at": time.time()}) + "\n"
            for to in envelope.rcpt_tos
        )
        with (self.folder / LOG).open("a") as log:
            log.write(lines)


class Server(SMTP):
    """One connection; in mode `refuse` there is none."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Cut the connection at once if the mode says so."""
        if isinstance(self.event_handler, Sink) and self.event_handler.mode[0] == "refuse":
            cast(asyncio.Transport, transport).abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End the connection; one that was cut at once never began."""
        if self.transport is not None:
            super().connection_lost(error)


async def serve(sink: Sink, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for end in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(end, over.set)

    def connection() -> Server:
        return Server(
            sink, data_size_limit=SIZE_LIMIT, enable_SMTPUTF8=True, hostname="crossroads", loop=loop
        )

    server = await loop.create_server(connection, host, port)
    async with server:
        await over.wait()


def main(words: list[str] | None = None) -> None:
    """Read the command line and serve."""
    parser: Any = argparse.ArgumentParser(
        prog="python -m portal.mail_sink", description="A mail server that keeps."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--mode", default="ok")
    given = parser.parse_args(words)
    os.umask(0o077)
    asyncio.run(serve(Sink(given.folder, given.mode), host=given.host, port=given.port))


if __name__ == "__main__":
    main()
