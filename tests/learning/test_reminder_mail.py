"""What a reminder says, and every reason for which it is not sent."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.template import Engine
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts import organisation
from accounts.models import Organisation, User
from courses.models import Course, GlossaryTerm, Question
from learning import progress, quizzes
from learning.models import ReminderContract
from learning.reminders import contract, enclosed, kinds, plan, standing
from learning.reminders.reasons import Reason
from mailing import delivery
from mailing.identifiers import uuid7
from mailing.kinds import Message
from mailing.message import compose, letter
from mailing.models import OutboxMail
from tests.factories import NOW, make_course, make_final
from tests.learning.quiz_steps import take
from tests.learning.reminding import ask, at, make_learner, make_reminded, put_reminder, reminders, run
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def rendered(user: User, variant: int = 0, *, now: datetime = NOW) -> Message:
    """Return the reminder that a learner would get, in one of its wordings."""
    who, today = standing.load([user.pk], now=now)[user.pk], now.date()
    reasons = who.reasons(today, now=now)
    found = enclosed.load(who, reasons[0], today=today)
    return kinds.message(who, reasons, day=today, variant=variant, enclosed=found)


# --- what it says -----------------------------------------------------------------------------------------


def test_a_reminder_names_the_lesson_where_the_learner_stopped_and_leads_there(sink: MailSink) -> None:
    make_reminded()
    run(at(18))
    (mail,) = sink.messages()
    body = mail.get_body(("plain",))
    assert body is not None
    assert "http://testserver/learn/two-pms/lesson-2/" in body.get_content()


@pytest.mark.parametrize("variant", range(kinds.VARIANTS))
def test_text_and_html_say_the_same_and_carry_the_same_links(variant: int) -> None:
    message = rendered(make_reminded(), variant)
    in_text = set(re.findall(r"http://\S+", message.text))
    in_html = set(re.findall(r'href="([^"]+)"', message.html))
    assert in_text == in_html
    assert len(in_text) == 5  # the lesson, fewer, pause, stop, settings
    words = message.text.split("\n\n")[0]
    assert words in re.sub(r"<[^>]+>", "", message.html).replace("&#x27;", "'")


@pytest.mark.parametrize("variant", range(kinds.VARIANTS))
def test_a_reminder_says_why_it_comes_who_sends_it_and_that_opens_are_not_tracked(variant: int) -> None:
    Organisation.objects.update_or_create(singleton=True, defaults={"postal_address": "1 Long Lane\nOldtown"})
    organisation.forget()
    message = rendered(make_reminded(weekdays={2, 4}), variant)
    organisation.forget()
    for part in (message.text, message.html):
        assert (
            "You asked for this mail on Tuesdays and Thursdays at 18:00 (UTC), at most 4 times a week."
            in part
        )
        assert "Oldtown" in part
        assert "We do not track opens." in part


@pytest.mark.parametrize("variant", range(kinds.VARIANTS))
def test_a_reminder_makes_nobody_feel_guilty(variant: int) -> None:
    message = rendered(make_reminded(), variant)
    said = f"{message.subject} {message.text}".lower()
    assert "!" not in said
    assert not re.search(r"\b(miss|missed|days ago|haven.t|streak|don.t|forget|still)\b", said)


def test_a_reminder_has_the_headers_that_mail_programs_expect(sink: MailSink) -> None:
    user = make_reminded()
    run(at(18))
    (mail,) = sink.messages()
    row = OutboxMail.objects.get(user=user)
    assert mail["Message-ID"].startswith(f"<{row.pk}@")
    assert mail["List-Id"] == "Reminders <reminders.testserver>"
    assert re.fullmatch(r"<http://testserver/reminders/u/[^/]+/>", mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert mail["Date"]
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert len(mail.as_bytes(policy=SMTP)) < 100_000


def test_a_reminder_loads_nothing_from_anywhere() -> None:
    html = rendered(make_reminded()).html
    assert not re.search(r"<img|<link|<script|url\(|@import|src=", html)


def test_no_name_or_title_breaks_the_html_or_a_header() -> None:
    user = make_learner(make_course(), name="Ann\r\nBcc: x@example.org <script>alert(1)</script>")
    ask(user)
    who = standing.load([user.pk], now=NOW)[user.pk]
    assert who.step is not None
    step = replace(who.step, title="<script>alert(2)</script>\r\nBcc: y@example.org")
    matters = replace(who.matters, step=step)
    message = kinds.message(replace(who, matters=matters), [Reason.RESUME], day=NOW.date(), variant=1)
    mail = message_from_bytes(compose(letter(message, mail_id=uuid7(), now=NOW)), policy=SMTP)
    assert (len(mail["To"].addresses), mail["Bcc"]) == (1, None)
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html


def test_no_template_variable_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "MISSING %s")
    user = make_reminded()
    for variant in range(kinds.VARIANTS):
        message = rendered(user, variant)
        assert "MISSING" not in message.subject + message.text + message.html


def test_the_quiz_is_named_when_it_is_the_next_step(sink: MailSink) -> None:
    course = make_course()
    user = make_learner(course)
    lesson = course.lessons.select_related("live_version", "course").get(key="lesson-2")
    progress.complete_lesson(user=user, lesson=lesson, now=NOW - timedelta(days=1))
    ask(user)
    for variant in range(kinds.VARIANTS):
        message = rendered(user, variant)
        assert "quiz" in message.text
        assert "http://testserver/learn/two-pms/quiz/module-1/" in message.text


def test_the_final_is_named_when_it_is_the_next_step(sink: MailSink) -> None:
    course = make_course()
    make_final(course)
    user = make_learner(course)
    for lesson in course.lessons.select_related("live_version", "course"):
        progress.complete_lesson(user=user, lesson=lesson, now=NOW - timedelta(days=1))
    for key in ("module-1", "module-2"):
        take(user, quizzes.get_live("two-pms", key), right=4, now=NOW - timedelta(days=1))
    ask(user)
    for variant in range(kinds.VARIANTS):
        message = rendered(user, variant)
        assert "final" in message.text
        assert "Take the final" in message.html
        assert "http://testserver/learn/two-pms/quiz/final/" in message.text


# --- why it is not sent -----------------------------------------------------------------------------------


def practise(user: User) -> None:
    lesson = Course.objects.get().lessons.select_related("live_version", "course").get(key="lesson-2")
    progress.complete_lesson(user=user, lesson=lesson, now=at(18))


def stop(user: User) -> None:
    contract.change(user_id=user.pk, change=contract.Change.STOP, now=at(18))


def pause(user: User) -> None:
    contract.change(user_id=user.pk, change=contract.Change.PAUSE, now=at(18))


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def lose_access(user: User) -> None:
    Course.objects.update(live_version=None)
    Question.objects.update(live_version=None)
    GlossaryTerm.objects.update(live_version=None)


def doubt_address(user: User) -> None:
    EmailAddress.objects.update(verified=False)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (practise, "practised_today"),
        (stop, "unsubscribed"),
        (pause, "paused"),
        (deactivate, "inactive"),
        (lose_access, "nothing_due"),
        (doubt_address, "address_unconfirmed"),
    ],
)
def test_what_happens_between_planning_and_sending_counts(
    sink: MailSink, happens: "object", reason: str
) -> None:
    user = make_reminded()
    plan.plan(now=at(18))
    happens(user)  # type: ignore[operator]  # one of the functions above
    assert delivery.drain(now=at(18)) == {"skipped": 1}
    assert reminders(user) == [("2026-11-21", reason)]
    assert sink.recipients() == []


def test_an_erased_learner_gets_nothing(sink: MailSink) -> None:
    user = make_reminded()
    plan.plan(now=at(18))
    user.learning_events.all()._raw_delete("default")
    User.objects.filter(pk=user.pk).delete()
    assert delivery.drain(now=at(18)) == {"skipped": 1}
    assert OutboxMail.objects.get().reason == "erased"


def test_a_changed_address_gets_the_reminder_and_the_old_one_does_not(sink: MailSink) -> None:
    user = make_reminded()
    plan.plan(now=at(18))
    User.objects.filter(pk=user.pk).update(email="new@example.org")
    EmailAddress.objects.filter(user=user).update(email="new@example.org")
    delivery.drain(now=at(18))
    assert sink.recipients() == ["new@example.org"]


def test_two_reminders_are_twelve_hours_apart(sink: MailSink) -> None:
    user = make_reminded()
    run(at(18))
    put_reminder(user, now=at(5, days=1))
    delivery.drain(now=at(5, days=1))
    assert reminders(user)[-1] == ("2026-11-22", "too_soon")


def test_the_ceiling_holds_in_any_seven_days(sink: MailSink) -> None:
    user = make_reminded(ceiling_per_week=2)
    for days in range(8):
        User.objects.update(last_seen_on=at(9, days=days).date())
        run(at(18, days=days))
    sent = [day for day, state in reminders(user) if state == "sent"]
    assert sent == ["2026-11-21", "2026-11-22", "2026-11-28"]
    assert reminders(user)[2] == ("2026-11-23", "cap_reached")


def test_over_sixty_days_of_silence_reminders_thin_out_and_end_with_one_that_says_so(sink: MailSink) -> None:
    user = make_reminded()
    for days in range(60):
        run(at(18, days=days))
        plan.recompute(now=at(3, days=days + 1))
    sent = [day for day, state in reminders(user) if state == "sent"]
    first_week = ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    assert sent == [*first_week, "2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"]
    assert list(user.outbox_mails.filter(reason="last").values_list("slot", flat=True)) == [
        "reminder:2026-12-22"
    ]


def test_a_reminder_put_after_the_last_mail_is_not_sent(sink: MailSink) -> None:
    user = make_reminded()
    User.objects.update(last_seen_on=(NOW - timedelta(days=31)).date())
    run(at(18))
    put_reminder(user, now=at(18, days=8))
    assert delivery.drain(now=at(18, days=8)) == {"skipped": 1}
    assert reminders(user)[-1] == ("2026-11-29", "away")


def test_doing_something_brings_the_full_number_back(sink: MailSink) -> None:
    user = make_reminded()
    for days in range(5):
        run(at(18, days=days))
    assert ReminderContract.objects.get(user=user).unanswered == 3
    lesson = Course.objects.get().lessons.select_related("live_version", "course").get(key="lesson-2")
    progress.complete_lesson(user=user, lesson=lesson, now=at(9, days=5))
    plan.plan(now=at(18, days=6))
    assert run(at(18, days=7)) == {"accepted": 1}


def test_rechecking_costs_the_same_number_of_queries_for_one_and_for_twenty(settings: Settings) -> None:
    course = make_course()
    mails: list[OutboxMail] = []
    counts = []
    for learners in (1, 19):
        for _ in range(learners):
            user = make_learner(course)
            ask(user)
            mails.append(put_reminder(user, now=at(18)))
        kind = kinds.ReminderMail()
        organisation.current()
        kind.recheck(mails[:1], now=at(18))  # what is live is read once a process
        with CaptureQueriesContext(connection) as queries:
            assert set(kind.recheck(mails, now=at(18)).values()) == {None}
            for mail in mails:
                kind.render(mail, now=at(18))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8
