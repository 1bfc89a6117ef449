"""Putting mails into the outbox."""

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from accounts.models import User
from mailing import control, encryption, outbox
from mailing.models import OutboxMail
from tests.mailing.probe import put

pytestmark = pytest.mark.django_db


def test_a_mail_waits_in_the_outbox_until_it_is_due() -> None:
    mail = put("ann@example.org")
    mail.refresh_from_db()
    assert (mail.state, mail.next_try_at, mail.epoch) == (OutboxMail.State.PENDING, mail.due_at, 1)


def test_a_person_gets_one_mail_a_slot_and_the_second_put_finds_the_first() -> None:
    user = User.objects.create_user("ann@example.org")
    first, second = put(user=user, slot="code:1"), put(user=user, slot="code:1")
    assert first.pk == second.pk
    assert OutboxMail.objects.count() == 1


def test_mails_without_a_person_are_never_taken_for_one_another() -> None:
    put(slot="code:1")
    put(slot="code:1")
    assert OutboxMail.objects.count() == 2


def test_a_mail_of_a_transaction_that_fails_is_not_in_the_outbox() -> None:
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert not OutboxMail.objects.exists()


def test_the_payload_is_stored_encrypted_and_can_be_read_back() -> None:
    mail = put("ann@example.org", code="384021")
    mail.refresh_from_db()
    assert b"384021" not in bytes(mail.payload or b"")
    assert outbox.decrypt(mail)["code"] == "384021"


def test_a_payload_closed_by_an_older_key_still_opens(settings: Settings) -> None:
    closed = encryption.close({"code": "384021"})
    hashed = encryption.address_hashes("Ann@Example.org")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "a new and quite different key",
        [settings.SECRET_KEY],
    )
    assert encryption.open_payload(closed) == {"code": "384021"}
    assert encryption.address_hashes("ann@example.org")[1] == hashed[0]


def test_a_mail_belongs_to_the_epoch_it_was_put_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute(control.BEGIN_EPOCH)
    assert put().epoch == 2


def test_the_database_refuses_a_final_mail_that_keeps_an_address() -> None:
    mail = put()
    with pytest.raises(IntegrityError, match="final_mail_keeps_no_address"):
        OutboxMail.objects.filter(pk=mail.pk).update(state=OutboxMail.State.SENT)
