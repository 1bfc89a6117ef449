"""A mail on the wire: headers that mail programs expect, and that nobody's name can break."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailing.identifiers import uuid7
from mailing.kinds import Message
from mailing.message import ImpossibleAddressError, compose, envelope_address, letter, one_line
from tests.mailing.probe import NOW

MAIL_ID = uuid7()
NASTY = st.text(max_size=500) | st.sampled_from(
    [
        "Ann\r\nBcc: x@example.org",
        "\u202egnp.exe",
        "a" * 500,
        "🦊" * 200,
        "<script>alert(1)</script>",
        '"',
        "\\",
        "=?utf-8?q?x?=",
    ]
)


def composed(**fields: str) -> EmailMessage:
    words = {
        "to_address": "ann@example.org",
        "locale": "en",
        "subject": "S",
        "text": "T\n",
        "html": "<p>T</p>",
    }
    message = Message(**(words | fields))  # type: ignore[arg-type]  # strings all
    content = compose(letter(message, mail_id=MAIL_ID, now=NOW))
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content, policy=SMTP)


def test_a_mail_says_who_when_what_and_that_a_machine_wrote_it() -> None:
    mail = composed(to_name="Ann Other", subject="Grüße")
    assert mail["To"] == "Ann Other <ann@example.org>"
    assert mail["Subject"] == "Grüße"
    assert mail["Message-ID"] == f"<{MAIL_ID}@localhost>"
    assert mail["Date"].datetime == NOW
    assert mail["From"] == "Crossroads <crossroads@localhost>"
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_a_mail_has_text_and_html() -> None:
    mail = composed(text="Ünïcode, and a long line: " + "x" * 2000, html="<p>Ünïcode</p>")
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Ünïcode" in text
    assert "x" * 2000 in text
    assert "Ünïcode" in html


@settings(deadline=None)
@given(name=NASTY, subject=NASTY, text=NASTY)
def test_no_name_and_no_title_breaks_a_header(name: str, subject: str, text: str) -> None:
    plain = composed()
    mail = composed(to_name=name, subject=subject, text=text)
    assert mail.keys() == plain.keys()
    assert mail["To"].addresses[0].addr_spec == "ann@example.org"
    assert len(mail["To"].addresses) == 1
    assert len(mail["To"].encode()) <= 320


def test_a_display_name_that_is_too_long_is_left_out() -> None:
    assert composed(to_name="a" * 400)["To"] == "ann@example.org"


@settings(deadline=None)
@given(NASTY)
def test_a_header_value_is_one_line_without_control_or_direction_characters(text: str) -> None:
    assert not set(one_line(text)) & set("\r\n\0\u202e\u2028\x85")


@pytest.mark.parametrize(
    "address", ["", "ann", "a b@example.org", "ann@exa mple.org", "ünn@example.org", "a@b@c\r\n"]
)
def test_an_address_that_cannot_work_is_refused_without_being_named(address: str) -> None:
    with pytest.raises(ImpossibleAddressError) as refusal:
        envelope_address(address)
    assert str(refusal.value) == ""


def test_a_domain_in_any_script_is_written_in_ascii() -> None:
    assert envelope_address("ann@bücher.example") == "ann@xn--bcher-kva.example"
