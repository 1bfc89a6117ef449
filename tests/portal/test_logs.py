"""The log: one line a record, JSON for machines, and the request or task that each line belongs to."""

import io
import json
import logging
from collections.abc import Iterator
from logging.config import dictConfig

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit
from mailing import clock, trace
from mailing.tasks import heartbeat
from portal import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the product's JSON log writes during a test."""
    written = io.StringIO()
    config = logs.config("json")
    config["handlers"]["console"]["stream"] = written
    root = logging.getLogger()
    kept = (list(root.handlers), root.level)
    dictConfig(config)
    yield written
    dictConfig(logs.config("text"))
    root.handlers[:], root.level = kept


def test_a_line_break_in_a_message_stays_on_its_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "name: %s", ("a\r\nERROR forged: b",), None)
    assert (
        logs.OneLine("{levelname} {message}", style="{").format(record) == "INFO name: a\\r\\nERROR forged: b"
    )


def test_every_json_line_parses_whatever_was_typed(lines: io.StringIO) -> None:
    logging.getLogger("portal").warning("typed: %s", 'x"\r\n{"level": "forged"}\u2028')
    (line,) = lines.getvalue().splitlines()[:1]
    told = json.loads(lines.getvalue())
    assert (told["level"], told["logger"], line.count("\n")) == ("WARNING", "portal", 0)


@pytest.mark.django_db
def test_a_request_is_logged_by_the_name_of_its_address_never_by_its_path(
    client: Client, lines: io.StringIO
) -> None:
    token = "secret-token-in-the-path"
    client.get(f"/reminders/u/{token}/", headers={"x-request-id": "from-the-proxy-1"})
    told = json.loads(lines.getvalue().splitlines()[-1])
    assert told["request_id"] == "from-the-proxy-1"
    assert (told["address"], told["method"], told["status"]) == ("learning:unsubscribe", "GET", 404)
    assert token not in lines.getvalue()


@pytest.mark.parametrize("sent", ["", "short", "x" * 37, "with space in it", "line\tbreak-in-it"])
def test_an_id_that_is_none_is_replaced(client: Client, sent: str) -> None:
    answer = client.get(reverse("live"), headers={"x-request-id": sent})
    assert len(answer["X-Request-ID"]) == 32


def test_the_id_ends_with_its_request(client: Client) -> None:
    client.get(reverse("live"))
    assert trace.request_id.get() == ""


@pytest.mark.django_db
def test_the_audit_log_names_the_request(client: Client) -> None:
    before = trace.request_id.set("a-request")
    row = audit.record(actor=None, action="tried", now=clock.now())
    trace.request_id.reset(before)
    assert row.request_id == "a-request"


@pytest.mark.django_db
def test_a_line_of_a_task_names_it(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "mailing.housekeeping.beat", lambda *, now: logging.getLogger("mailing").warning("beats at %s", now)
    )
    heartbeat.apply(task_id="the-task")
    told = json.loads(lines.getvalue().splitlines()[0])
    assert (told["task_id"], told["task"]) == ("the-task", "mailing.tasks.heartbeat")
