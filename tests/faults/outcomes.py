"""What became of mails after a fault: states in the outbox, copies at the referee."""

import sys
from collections import Counter

import pytest

from mailing.models import OutboxMail
from tests.sinks import MailSink

UNDER_WAY = (OutboxMail.State.PENDING, OutboxMail.State.SENDING)


def settled(count: int) -> bool:
    """Whether so many mails have been put and all have their final state."""
    return OutboxMail.objects.count() == count and not OutboxMail.objects.filter(state__in=UNDER_WAY).exists()


def copies(sink: MailSink) -> Counter[str]:
    """How often each recipient got a mail; all copies of a mail must carry one Message-ID."""
    received = sink.received()
    counts = Counter(line["to"] for line in received)
    assert len({(line["to"], line["message_id"]) for line in received}) == len(counts)
    return counts


def report(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Print what was measured."""
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")
