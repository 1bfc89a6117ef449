"""Mails handed to a provider's HTTP API, through Anymail's writers of their formats.

Who opens a mail and who follows a link in it is not tracked. Where the API leaves that to the account
(Brevo), docs/operating.md says where it is switched off.
"""

import re
from email.utils import quote
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string
from urllib3.exceptions import MaxRetryError, NewConnectionError

from mailing.message import Letter
from mailing.transport import Outcome, Result

OWN_HEADERS = ("Date", "Message-ID")
"""Providers write these themselves, and some refuse a mail that has them. Postmark keeps our Message-ID."""
NOT_US = (401, 402, 403)
GATEWAY_TIMEOUT = 504
ABOUT_RECIPIENT = re.compile(r"\b(in to|recipients?)\b", re.IGNORECASE)
SENT_BEFORE = "duplicate_request"  # Brevo: the same idempotency key again


class Provider:
    """Hands mails to the API of settings.MAIL_PROVIDER over one session. Use as a context manager."""

    def __init__(self) -> None:
        words = {"timeout": settings.EMAIL_TIMEOUT} | _access(settings.MAIL_PROVIDER, settings.MAIL_API_KEY)
        if settings.MAIL_API_URL:
            words["api_url"] = settings.MAIL_API_URL
        self._backend: Any = import_string(f"anymail.backends.{settings.MAIL_PROVIDER}.EmailBackend")(**words)

    def __enter__(self) -> "Provider":
        return self

    def __exit__(self, *_: object) -> None:
        self._backend.fail_silently = True
        self._backend.close()

    @staticmethod
    def form(letter: Letter) -> EmailMultiAlternatives:
        """Return what it sends of a letter: Django's message with what only the provider needs."""
        name = settings.MAIL_PROVIDER
        headers = {key: value for key, value in letter.headers.items() if key not in OWN_HEADERS}
        if name == "postmark":
            headers |= {"Message-ID": letter.headers["Message-ID"], "X-PM-KeepID": "true"}
        if name == "brevo":
            headers["idempotencyKey"] = str(letter.key)
        mail = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.text,
            from_email=_mailbox(letter.sender_name, letter.sender),
            to=[_mailbox(letter.recipient_name, letter.recipient)],
            headers=headers,
        )
        mail.attach_alternative(letter.html, "text/html")
        about: Any = mail  # Anymail reads these from any message
        if name == "mailjet":
            about.esp_extra = {"Globals": {"CustomID": str(letter.id)}}
        else:
            about.metadata = {"outbox": str(letter.id)}
        if name != "brevo":
            about.track_opens = about.track_clicks = False
        return mail

    def send(self, recipient: str, content: EmailMultiAlternatives) -> Result:
        """Try to hand over one mail that `form` made."""
        try:
            self._backend.open()
            self._backend.send_messages([content])
        except AnymailRecipientsRefused as refusal:
            return Result(Outcome.REFUSED, f"{_status(refusal)} for the recipient", dead_address=True)
        except AnymailAPIError as error:
            return _answered(error) if error.response is not None else self._unanswered(error)
        except AnymailError as error:
            return Result(Outcome.REFUSED, f"the provider cannot carry it ({type(error).__name__})")
        status: Any = content
        if status.anymail_status.status == {"failed"}:
            return _mailjet_answer(status.anymail_status.esp_response)
        return Result(Outcome.ACCEPTED)

    def _unanswered(self, error: AnymailAPIError) -> Result:
        """Tell apart what never arrived from what may have."""
        self._backend.close()
        cause = error.__cause__
        words = f"({type(cause).__name__})"
        reason = cause.args[0] if cause is not None and cause.args else None
        refused = isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
        before = (requests.ConnectTimeout, requests.exceptions.ProxyError, requests.exceptions.SSLError)
        if refused or isinstance(cause, before):
            return Result(Outcome.UNREACHABLE, f"no connection {words}")
        return Result(Outcome.AMBIGUOUS, f"connection lost {words}")


def _access(name: str, key: str) -> dict[str, Any]:
    if name == "postmark":
        return {"server_token": key}
    if name == "mailjet":
        public, _, secret = key.partition(":")
        return {"api_key": public, "secret_key": secret}
    return {"api_key": key}


def _mailbox(name: str, address: str) -> str:
    """Return name and address as Anymail reads them: in Unicode, which providers encode themselves."""
    return f'"{quote(name)}" <{address}>' if name else address


def _status(error: AnymailError) -> int:
    return int(error.response.status_code) if error.response is not None else 0


def _answered(error: AnymailAPIError) -> Result:
    """Read a provider's no. Only what is about the recipient is final; all else is worth more tries."""
    code, words = _status(error), error.response.text
    reason = f"{code} from the provider"
    if code in NOT_US:  # the key or the account: no mail would do better, and none is to blame
        return Result(Outcome.UNREACHABLE, reason)
    if SENT_BEFORE in words:
        return Result(Outcome.ACCEPTED)
    if code < 300 or code == GATEWAY_TIMEOUT:
        return Result(Outcome.AMBIGUOUS, reason)
    if code == 400 and ABOUT_RECIPIENT.search(words):
        return Result(Outcome.REFUSED, f"{code} for the recipient")
    return Result(Outcome.DEFERRED, reason)


def _mailjet_answer(response: requests.Response) -> Result:
    """Read what Mailjet minds, field by field."""
    errors = [each for message in response.json()["Messages"] for each in message.get("Errors", [])]
    fields = [str(field) for each in errors for field in each.get("ErrorRelatedTo", [])]
    if any(field.startswith("To") for field in fields):
        return Result(Outcome.REFUSED, f"{response.status_code} for the recipient", dead_address=True)
    return Result(Outcome.DEFERRED, f"{response.status_code} from the provider")
