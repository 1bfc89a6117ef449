"""From the sign-up form to the mail in the box and back, on a real mail server."""

import re

import pytest
from django.test import Client

from accounts.models import User
from mailing import delivery
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import ADDRESS, CODE_PAGE, SIGN_UP
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_code_in_the_mail_logs_in_and_the_outbox_forgets_it(client: Client, sink: MailSink) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    delivery.drain(now=now())
    [message] = sink.messages()
    text = message.get_body(("plain",))
    assert text is not None
    code = re.findall(r"^\d{6}\b", text.get_content(), re.MULTILINE)[0]
    assert message["Subject"] == f"{code} is your code for Crossroads"
    client.post(CODE_PAGE, {"code": code})
    assert User.objects.get(email=ADDRESS).pk == int(client.session["_auth_user_id"])
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.to_address, mail.payload) == ("sent", None, None)
