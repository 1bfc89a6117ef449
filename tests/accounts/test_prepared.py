"""Sessions and people are read by prepared statements, and are what Django would have read."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import prepared
from accounts.models import User
from accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada@example.org", name="Ada", time_zone="Europe/Lisbon")


def test_a_person_is_read_as_the_orm_reads_them(ada: User) -> None:
    found = prepared.by_id(User, ada.pk)
    assert found == ada
    assert found
    names = [field.attname for field in User._meta.concrete_fields]
    expected = User.objects.get(pk=ada.pk)
    assert [getattr(found, name) for name in names] == [getattr(expected, name) for name in names]
    assert prepared.by_id(User, ada.pk + 1) is None


def test_whoever_was_shut_out_is_nobody_at_the_next_request(
    ada: User, client: Client, rf: RequestFactory
) -> None:
    client.force_login(ada)
    request = rf.get("/")
    request.session = client.session
    assert get_user(request) == ada
    User.objects.update(is_active=False)
    assert not get_user(request).is_authenticated


def test_a_session_holds_what_was_written_until_it_ends() -> None:
    written = SessionStore()
    written["answer"] = 42
    written.save()
    assert SessionStore(written.session_key)["answer"] == 42
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(written.session_key)
    assert "answer" not in late
    assert late.session_key is None
