"""Every task may run twice in a row and twice at once, and what it leaves is the same as after one run."""

import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from celery import Task
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model

from accounts import invitations
from accounts.models import DataExport, Invitation, User
from accounts.privacy import erasure, exports
from courses import scheduling
from courses.exchange import uploads
from courses.models import ContentChange, Lesson, PublishJob, Upload
from learning.models import Attempt, DailyTotal, ItemSummary, ReminderContract
from learning.reminders import editors
from mailing.models import Heartbeat, OutboxMail
from portal.celery import app
from tests.factories import make_course
from tests.learning.reminding import make_due_now, put_reminder
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db(transaction=True)
LEAVES: dict[str, type[Model]] = {
    # task: the table whose rows and states must be the same after one run and after many
    "accounts.tasks.clear_sessions": Session,
    "accounts.tasks.erase_sleepers": User,
    "accounts.tasks.forget_guests": User,
    "accounts.tasks.make_exports": DataExport,
    "accounts.tasks.retire_unused": OutboxMail,
    "accounts.tasks.sweep_exports": DataExport,
    "accounts.tasks.forget_invitations": Invitation,
    "accounts.tasks.plan_invitations": OutboxMail,
    "courses.tasks.forget_changes": ContentChange,
    "courses.tasks.forget_uploads": Upload,
    "courses.tasks.publish_due": PublishJob,
    "learning.tasks.close_overdue_attempts": Attempt,
    "learning.tasks.count_days": DailyTotal,
    "learning.tasks.plan_editors_mails": OutboxMail,
    "learning.tasks.plan_reminders": OutboxMail,
    "learning.tasks.summarise_items": ItemSummary,
    "learning.tasks.recompute_reminders": ReminderContract,
    "mailing.tasks.drain": OutboxMail,
    "mailing.tasks.heartbeat": Heartbeat,
    "mailing.tasks.purge": OutboxMail,
    "mailing.tasks.sweep": OutboxMail,
}


def our_tasks() -> list[str]:
    """Names of all tasks but Celery's own."""
    for room in ("accounts", "careers", "courses", "learning", "mailing"):
        try:
            import_module(f"{room}.tasks")
        except ModuleNotFoundError:
            continue
    return sorted(name for name in app.tasks if not name.startswith("celery."))


def what_is_left(table: type[Model]) -> list[tuple[object, ...]]:
    """The rows of a table by what does not tell the time of the run."""
    names = {field.attname for field in table._meta.concrete_fields}
    telling = {"user_id", "slot", "state", "reason", "next_local_date", "name", "email", "measure", "amount"}
    kept = sorted(names & telling)
    return sorted(table._default_manager.values_list(*kept), key=str)


def test_no_task_is_left_out() -> None:
    assert our_tasks() == sorted(LEAVES)


@pytest.mark.parametrize("name", LEAVES)
def test_running_twice_and_at_once_leaves_what_one_run_leaves(name: str, sink: MailSink) -> None:
    our_tasks()
    task: Task[[], None] = app.tasks[name]
    now = datetime.now(UTC)
    late = make_due_now(make_course())
    put_reminder(make_due_now(late.enrollments.get().course), now=now - timedelta(minutes=1))
    User.objects.create(last_seen_on=now.date() - timedelta(days=40))
    leave_to_privacy(now)
    leave_to_staff(late.time_zone, now)
    minute = timedelta(minutes=1)
    scheduling.archive_at(Lesson.objects.all()[0], now - minute, author=None, now=now - 2 * minute)
    task()
    after_one = what_is_left(LEAVES[name])
    task()
    run_at_once(task)
    assert what_is_left(LEAVES[name]) == after_one
    assert len(sink.received()) == len(set(sink.recipients()))


def leave_to_staff(noon: str, now: datetime) -> None:
    """Leave three people to invite, two of them in this hour, and an editor in whose morning all is over."""
    invitations.invite(
        addresses=[f"invited-{number}@example.org" for number in range(3)],
        label="Autumn",
        per_hour=2,
        starts_at=now - timedelta(minutes=1),
        time_zone=noon,
        actor=None,
        now=now,
    )
    editor = User.objects.create_user("editor@example.org", is_staff=True, time_zone=noon)
    editors.switch(user=editor, on=True)
    uploads.keep(
        user=editor, kind="csv", name="bank.csv", content=b"type,prompt", now=now - timedelta(hours=2)
    )


def leave_to_privacy(now: datetime) -> None:
    """Leave somebody who wanted to go, somebody who stayed away, a file to make and one that is over."""
    gone = User.objects.create_user("gone@example.org")
    erasure.ask(user=gone, now=now - timedelta(days=8))
    away = User.objects.create_user("away@example.org", last_seen_on=now.date() - timedelta(days=710))
    User.objects.filter(pk=away.pk).update(created_at=now - timedelta(days=1000))
    exports.ask(user=away, rows=1, now=now)
    over = User.objects.create_user("over@example.org")
    about = {"rows": 1, "asked_at": now, "state": "ready", "expires_at": now - timedelta(days=1)}
    DataExport.objects.create(user=over, **about)
    Session.objects.create(session_key="over", session_data="", expire_date=now - timedelta(days=1))


def run_at_once(task: "Task[[], None]") -> None:
    """Run a task four times in parallel, each on a connection of its own."""
    broken: list[Exception] = []

    def work() -> None:
        try:
            task()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
            broken.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not broken
