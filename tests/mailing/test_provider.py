"""Mails handed to providers' HTTP APIs, here to a server on loopback that answers as they do."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from mailing import control, delivery
from mailing.models import OutboxMail, Suppression
from tests.mailing.probe import NOW, put
from tests.servers import free_port

pytestmark = pytest.mark.django_db
State = OutboxMail.State
YES: dict[str, tuple[int, Any]] = {
    "brevo": (201, {"messageId": "<1@brevo>"}),
    "mailjet": (
        200,
        {"Messages": [{"Status": "success", "To": [{"Email": "a@example.org", "MessageID": 1}]}]},
    ),
    "postmark": (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "ann@example.org"}),
}
KEYS = {"brevo": "a-key", "mailjet": "a-key:a-secret", "postmark": "a-key"}


class Api(ThreadingHTTPServer):
    """A provider's API: gives `answers` in turn, the last one to all that follow; None is silence."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, Any] | None] = []
        self.heard: list[dict[str, Any]] = []
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        api = self.server
        assert isinstance(api, Api)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        api.heard.append({"path": self.path, "headers": dict(self.headers), "body": body})
        answer = api.answers.pop(0) if len(api.answers) > 1 else api.answers[0]
        if answer is None:
            api.over.wait(5)
            return
        content = json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: object) -> None:
        """Keep quiet."""


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


def use(name: str, api: Api, settings: Settings, *answers: tuple[int, Any] | None) -> None:
    settings.MAIL_PROVIDER, settings.MAIL_API_KEY = name, KEYS[name]
    settings.MAIL_API_URL = f"http://127.0.0.1:{api.server_port}/"
    api.answers = list(answers) or [YES[name]]


def drain(minutes: float = 0) -> dict[str, int]:
    return dict(delivery.drain(now=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize("name", YES)
def test_a_mail_goes_to_the_provider_with_its_id_and_without_tracking(
    name: str, api: Api, settings: Settings
) -> None:
    use(name, api, settings)
    mail = put("ann@example.org", name="Änn Other", subject="Grüße")
    assert drain() == {"accepted": 1}
    mail.refresh_from_db()
    (heard,) = api.heard
    said = json.dumps(heard["body"], ensure_ascii=False)
    assert (mail.state, mail.to_address) == (State.SENT, None)
    assert str(mail.pk) in said
    for words in ("ann@example.org", "Änn Other", "Grüße", "Hello.", "<p>Hello.</p>", "auto-generated"):
        assert words in said
    tracking = {
        "brevo": {},  # an account's setting there
        "mailjet": {"TrackOpens": "disabled", "TrackClicks": "disabled"},
        "postmark": {"TrackOpens": False, "TrackLinks": "None"},
    }
    body = heard["body"].get("Globals", heard["body"])
    assert {key: value for key, value in body.items() if key.startswith("Track")} == tracking[name]


def test_postmark_keeps_our_message_id(api: Api, settings: Settings) -> None:
    use("postmark", api, settings)
    mail = put("ann@example.org")
    drain()
    headers = {each["Name"]: each["Value"] for each in api.heard[0]["body"]["Headers"]}
    assert headers["Message-ID"] == f"<{mail.pk}@localhost>"
    assert headers["X-PM-KeepID"] == "true"


def test_brevo_is_given_one_key_for_a_mail_sent_again_after_silence_and_its_word_that_it_has_it_counts(
    api: Api, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    use("brevo", api, settings, None, (400, {"code": "duplicate_request", "message": "seen before"}))
    mail = put("ann@example.org")
    assert drain() == {"ambiguous": 1, "accepted": 1}
    first, second = (heard["body"]["headers"]["idempotencyKey"] for heard in api.heard)
    mail.refresh_from_db()
    assert (first == second, mail.state, mail.ambiguous) == (True, State.SENT, 1)


def test_brevo_is_given_another_key_after_a_no(api: Api, settings: Settings) -> None:
    use("brevo", api, settings, (429, {"code": "too_many_requests"}), YES["brevo"])
    put("ann@example.org")
    assert (drain(), drain(minutes=2)) == ({"deferred": 1}, {"accepted": 1})
    first, second = (heard["body"]["headers"]["idempotencyKey"] for heard in api.heard)
    assert first != second


@pytest.mark.parametrize(
    ("name", "answer", "outcome", "reason"),
    [
        ("brevo", (429, {"code": "x"}), "deferred", "429 from the provider"),
        ("brevo", (503, {"code": "x"}), "deferred", "503 from the provider"),
        ("brevo", (504, {"code": "x"}), "ambiguous", ""),
        ("brevo", (201, {"what": "?"}), "ambiguous", ""),
        ("brevo", (400, {"code": "x", "message": "sender not valid"}), "deferred", "400 from the provider"),
        (
            "brevo",
            (400, {"code": "x", "message": "email is not valid in to"}),
            "refused",
            "400 for the recipient",
        ),
        ("postmark", (422, {"ErrorCode": 400, "Message": "sender"}), "deferred", "422 from the provider"),
        (
            "postmark",
            (
                422,
                {
                    "ErrorCode": 406,
                    "Message": "Found inactive addresses: ann@example.org. Inactive recipients are",
                },
            ),
            "refused",
            "422 for the recipient",
        ),
        (
            "mailjet",
            (400, {"Messages": [{"Status": "error", "Errors": [{"ErrorRelatedTo": ["To[0].Email"]}]}]}),
            "refused",
            "400 for the recipient",
        ),
        (
            "mailjet",
            (400, {"Messages": [{"Status": "error", "Errors": [{"ErrorRelatedTo": ["From"]}]}]}),
            "deferred",
            "400 from the provider",
        ),
    ],
)
def test_what_a_provider_answers_decides_whether_a_mail_is_tried_again(
    name: str, answer: tuple[int, Any], outcome: str, reason: str, api: Api, settings: Settings
) -> None:
    use(name, api, settings, answer)
    mail = put("ann@example.org")
    assert outcome in drain()
    mail.refresh_from_db()
    states = {"deferred": State.PENDING, "refused": State.FAILED, "ambiguous": State.UNKNOWN}
    assert mail.state == states[outcome]
    assert mail.reason == reason or outcome == "ambiguous"


def test_an_address_that_the_provider_knows_as_dead_gets_no_further_reminders(
    api: Api, settings: Settings
) -> None:
    inactive = "Found inactive addresses: ann@example.org. Inactive recipients are ones that"
    use("postmark", api, settings, (422, {"ErrorCode": 406, "Message": inactive}))
    put("ann@example.org")
    drain()
    assert Suppression.objects.get().scope == Suppression.Scope.REMINDERS


@pytest.mark.parametrize("answer", [(401, {"message": "Key not found"}), "nobody listens"])
def test_a_provider_that_is_away_or_does_not_know_our_key_costs_no_mail_a_try(
    answer: Any, api: Api, settings: Settings
) -> None:
    use("brevo", api, settings, answer)
    if answer == "nobody listens":
        settings.MAIL_API_URL = f"http://127.0.0.1:{free_port()}/"
    mail = put("ann@example.org")
    assert drain() == {"unreachable": 1}
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (State.PENDING, 0)
    assert control.current().paused_until is not None
