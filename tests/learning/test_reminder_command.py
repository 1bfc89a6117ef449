"""`manage.py send_reminders`: says who gets what and why, or plans and sends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from learning.reminders import contract, plan
from mailing.models import OutboxMail
from tests.factories import make_course
from tests.learning.reminding import ask, at, make_due_now, make_learner, run
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    out = StringIO()
    call_command("send_reminders", *words, stdout=out)
    return out.getvalue()


def test_a_dry_run_lists_who_gets_what_in_local_time_and_who_not_and_why_and_writes_nothing() -> None:
    course = make_course()
    ann, ben, eve = (make_learner(course, time_zone="Europe/Berlin") for _ in range(3))
    ask(ann)
    ask(ben)
    contract.change(user_id=ben.pk, change=contract.Change.STOP, now=at(9))
    ask(eve, weekdays={1})
    listed = said("--dry-run", "--at", "2026-11-21T17:30:00+00:00")
    assert f"user {ann.pk}, Sat 21 Nov 2026 18:00 Europe/Berlin: Where you stopped: " in listed
    assert f"user {ben.pk}, Sat 21 Nov 2026 18:00 Europe/Berlin: no mail, unsubscribed" in listed
    assert f"user {eve.pk}" not in listed
    assert "1 would get a mail, 1 would not." in listed
    assert not OutboxMail.objects.exists()


def test_a_dry_run_says_what_is_settled_already(sink: MailSink) -> None:
    user = make_learner(make_course())
    ask(user)
    run(at(18))
    assert f"user {user.pk}, Sat 21 Nov 2026 18:00 UTC: no mail, settled_already" in said(
        "--dry-run", "--at", "2026-11-21T18:30"
    )


def test_a_dry_run_says_the_same_as_what_then_happens(sink: MailSink) -> None:
    course = make_course()
    for _ in range(3):
        ask(make_learner(course))
    assert "3 would get a mail, 0 would not." in said("--dry-run", "--at", at(18).isoformat())
    plan.plan(now=at(18))
    assert run(at(18)) == {"accepted": 3}


def test_without_dry_run_it_plans_and_sends_now(sink: MailSink) -> None:
    user = make_due_now(make_course())
    assert "1 planned\n1 accepted" in said()
    assert sink.recipients() == [user.email]


@pytest.mark.parametrize("words", [["--at", "2026-11-21T18:00"], ["--dry-run", "--at", "tomorrow"]])
def test_a_time_alone_or_nonsense_is_refused(words: list[str]) -> None:
    with pytest.raises(CommandError):
        said(*words)
