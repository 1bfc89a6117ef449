"""A worker that is to stop gives back its claims at once, and only then ends."""

import mmap
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from mailing import stopping, tasks
from mailing.models import OutboxMail
from tests.mailing.probe import put
from tests.sinks import MailSink


@pytest.fixture
def ended() -> Iterator[list[int]]:
    """Notes the SIGTERMs that reach this process instead of ending with them."""
    signals: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: signals.append(number))
    yield signals
    signal.signal(signal.SIGTERM, before)


def test_a_process_that_is_told_to_end_stops_first_and_ends_afterwards(ended: list[int]) -> None:
    with stopping.obeying() as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop()
        assert ended == []
    assert ended == [signal.SIGTERM]


def test_a_process_that_nobody_told_goes_on(ended: list[int]) -> None:
    with stopping.obeying() as stop:
        assert not stop()
    assert ended == []


@pytest.mark.django_db
def test_a_worker_that_shuts_down_hands_over_nothing_more(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "_asked", mmap.mmap(-1, 1))
    mail = put()
    tasks.give_back_claims()
    tasks.drain()
    mail.refresh_from_db()
    assert (mail.state, mail.claim_token, sink.count()) == (OutboxMail.State.PENDING, None, 0)


def test_a_thread_that_no_signal_reaches_hears_of_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "_asked", mmap.mmap(-1, 1))
    heard = []

    def look() -> None:
        with stopping.obeying() as stop:
            heard.append(stop())
            stopping.ask_to_stop()
            heard.append(stop())

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert heard == [False, True]
