"""The mail of those who edit: only to whom it concerns and who asked, once a day, never empty."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from courses.models import Fact, Lesson
from learning.reminders import editors
from mailing import delivery
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.learning.reminding import at, make_learner
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
MORNING = at(9, 30)
RIGHTS = ("change_fact", "change_lesson", "view_outboxmail")


def make_editor(*rights: str, **fields: Any) -> User:
    """Make somebody of the staff with these rights who asked for the mail."""
    user = make_learner(is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights or RIGHTS))
    editors.switch(user=user, on=True)
    return user


def fail_a_mail(**fields: Any) -> None:
    words = {"kind": "reminder", "slot": "x", "priority": 5, "state": "failed", "reason": "550 at RCPT"}
    OutboxMail.objects.create(
        **(words | {"due_at": NOW, "next_try_at": NOW, "created_at": NOW, "epoch": 1} | fields)
    )


def run(days: int = 0) -> dict[str, int]:
    """Plan and send on the morning so many days later."""
    morning = MORNING + timedelta(days=days)
    editors.plan(now=morning)
    return dict(delivery.drain(now=morning))


def reasons() -> list[tuple[str, str]]:
    rows = OutboxMail.objects.filter(kind="editors").order_by("slot")
    return list(rows.values_list("state", "reason"))


def test_it_lists_what_waits_with_a_link_to_each(sink: MailSink) -> None:
    make_course()
    Fact.objects.update(review_by=NOW.date() - timedelta(days=3))
    fact = Fact.objects.filter(live_version__isnull=False).first()
    assert fact is not None
    fail_a_mail()
    make_editor()
    assert run() == {"accepted": 1}
    (mail,) = sink.messages()
    for part in mail.iter_parts():
        said = part.get_content()
        assert "Figures to check again (" in said
        assert f"http://testserver/admin/courses/fact/{fact.pk}/change/" in said
        assert "1 of kind reminder: 550 at RCPT" in said
        assert "http://testserver/settings/reminders/" in said
        assert "at most one mail a day" in said


def test_a_lesson_that_could_not_be_published_any_more_is_named() -> None:
    make_course()
    Lesson.objects.filter(key="lesson-1").update(body="Text.\n\n{{ fact:gone }}\n\n[A](lesson:nowhere)")
    section = editors.content_problems(NOW)
    assert section.count == 1
    assert section.items[0].url.startswith("http://testserver/admin/courses/lesson/")


def test_with_nothing_waiting_there_is_no_mail(sink: MailSink) -> None:
    make_editor()
    assert run() == {"skipped": 1}
    assert reasons() == [("skipped", "nothing_new")]


def test_what_was_told_is_told_again_only_with_news_or_after_a_week(sink: MailSink) -> None:
    fail_a_mail(created_at=at(8))
    make_editor("view_outboxmail")
    sent = [run(days).get("accepted", 0) for days in range(3)]
    assert sent == [1, 0, 0]
    fail_a_mail(created_at=at(12, days=2))
    assert [run(days).get("accepted", 0) for days in range(3, 6)] == [1, 0, 0]


def test_stale_figures_that_nobody_saw_to_are_told_again_after_a_week(sink: MailSink) -> None:
    make_course()
    Fact.objects.update(review_by=NOW.date() - timedelta(days=3))
    make_editor("change_fact")
    assert [run(days).get("accepted", 0) for days in range(9)] == [1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_each_is_told_what_they_may_look_at(sink: MailSink) -> None:
    make_course()
    Fact.objects.update(review_by=NOW.date())
    fail_a_mail()
    make_editor("view_outboxmail")
    run()
    (mail,) = sink.messages()
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Mails that did not arrive" in text.get_content()
    assert "Figures" not in text.get_content()


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        ({"is_staff": False}, "inactive"),
        ({"is_active": False}, "inactive"),
        ({"email": "new@example.org"}, "address_unconfirmed"),
    ],
)
def test_what_changes_before_it_is_sent_counts(sink: MailSink, happens: dict[str, Any], reason: str) -> None:
    fail_a_mail()
    editor = make_editor()
    editors.plan(now=MORNING)
    User.objects.filter(pk=editor.pk).update(**happens)
    delivery.drain(now=MORNING)
    assert reasons() == [("skipped", reason)]


def test_whoever_switches_it_off_or_is_gone_before_it_is_sent_gets_none(sink: MailSink) -> None:
    fail_a_mail()
    stays, goes = make_editor(), make_editor()
    editors.plan(now=MORNING)
    editors.switch(user=stays, on=False)
    goes.delete()
    assert dict(delivery.drain(now=MORNING)) == {"skipped": 2}
    assert sorted(reasons()) == [("skipped", "erased"), ("skipped", "unsubscribed")]
    assert sink.recipients() == []


def test_it_comes_in_the_morning_of_its_reader_once_a_day() -> None:
    make_editor(time_zone="Asia/Tokyo")  # nine there is midnight in UTC
    planned = [editors.plan(now=at(hour)) for hour in (0, 1, 11, 12, 23)]
    assert planned == [1, 0, 0, 0, 0]
    assert editors.plan(now=at(0, days=1)) == 1


def test_staff_switch_it_on_and_off_themselves_and_others_are_not_asked(client: Client) -> None:
    editor = make_editor()
    editors.switch(user=editor, on=False)
    client.force_login(editor)
    page = client.get("/settings/reminders/").content.decode()
    assert "Send me the editors&#x27; mail" in page or "Send me the editors' mail" in page
    client.post("/settings/reminders/", {"action": "editors_on"})
    assert editors.wants(editor)
    client.post("/settings/reminders/", {"action": "editors_off"})
    assert not editors.wants(editor)
    learner = make_learner()
    client.force_login(learner)
    assert "For editors" not in client.get("/settings/reminders/").content.decode()
    client.post("/settings/reminders/", {"action": "editors_on"})
    assert not editors.wants(learner)
