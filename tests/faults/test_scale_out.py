"""Several hosts: two web servers and three workers, at addresses of their own, share PostgreSQL and Valkey.

Behind nginx, and through pgbouncer in transaction mode. One of each is killed under load.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import User
from courses.models import Lesson
from learning import checks
from learning.models import Attempt, LessonProgress
from learning.reminders import plan
from mailing.models import OutboxMail
from tests.factories import make_course
from tests.faults import balanced
from tests.faults.crowd import make_crowd
from tests.faults.outcomes import copies, report, settled
from tests.faults.web import Browser, Web, cookies_of
from tests.faults.workers import Workers
from tests.learning.quiz_steps import form_of
from tests.servers import wait_until
from tests.sinks import MailSink

HOSTS = ("127.0.0.2", "127.0.0.3")
pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1", *HOSTS]),
    pytest.mark.fault,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(balanced.missing()), reason=f"not installed: {', '.join(balanced.missing())}"),
]
A_LONG_RUN = 600.0
READY = 90.0


class Hosts:
    """What runs, and where."""

    def __init__(self, balancer: balanced.Balancer, webs: list[Web], workers: Workers) -> None:
        self.balancer = balancer
        self.webs = webs
        self.workers = workers

    def browser(self, learner: User) -> Browser:
        """A browser before nginx in which somebody is logged in."""
        return Browser(self.balancer, cookies_of(learner))


@pytest.fixture
def hosts(sink: MailSink) -> Iterator[Hosts]:
    """Two web servers and three workers (two that send, one that plans), and two beats."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crossroads-hosts-")))
        pooler = stack.enter_context(balanced.pooling(folder, os.environ["DATABASE_URL"]))
        database = f"{pooler}{connection.settings_dict['NAME']}?{balanced.POOLED}"
        webs = []
        for host in HOSTS:
            own = folder / host
            own.mkdir()
            web = Web(own, host=host, DATABASE_URL=database, DATA_DIR=str(own))
            webs.append(stack.enter_context(web))
        workers = Workers(folder, sink, ticking=False, DATABASE_URL=database)
        stack.enter_context(workers)
        workers.start("worker", copy="-2")
        workers.start_beat("beat-1")
        workers.start_beat("beat-2")
        yield Hosts(stack.enter_context(balanced.balancing(folder, webs)), webs, workers)


def test_the_whole_journey_works_through_balancer_and_pooler(hosts: Hosts) -> None:
    course = make_course()
    learner = User.objects.create_user("lea@example.org")
    browser = hosts.browser(learner)
    for lesson in course.lessons.order_by("key"):
        assert browser.get(reverse("learning:lesson", args=[course.key, lesson.key])).status == 200
        done = browser.post(reverse("learning:complete_lesson", args=[course.key, lesson.key]))
        assert done.status == 302
    started = browser.post(reverse("learning:start_attempt", args=[course.key, "module-1"]))
    attempt = Attempt.objects.get(user=learner)
    assert str(attempt.pk) in started.location
    for row in attempt.questions.select_related("version").order_by("position"):
        path = reverse("learning:save_answer", args=[attempt.pk, row.position])
        saved = browser.post(path, {**form_of(row, right=True), "sequence": "1"})
        assert saved.status in (200, 302)
    browser.post(reverse("learning:submit_attempt", args=[attempt.pk]))
    result = browser.get(reverse("learning:result", args=[attempt.pk]))
    assert (result.status, Attempt.objects.get().passed) == (200, True)
    for name in ("portal:dashboard", "learning:review", "portal:search", "learning:settings_reminders"):
        assert browser.get(reverse(name)).status == 200
    assert list(checks.differences()) == []


def test_a_reminder_goes_out_once_whoever_plans_and_sends(
    hosts: Hosts, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    people, now = 2000, datetime.now(UTC)
    crowd = make_crowd(make_course(), people, now=now)
    together = threading.Barrier(20)

    def call() -> int:
        try:
            connection.ensure_connection()
            together.wait(timeout=READY)
            return plan.plan(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        for each in [pool.submit(call) for _ in range(20)]:
            each.result(timeout=READY)
    wait_until(lambda: settled(people), meaning="all mails are sent", patience=A_LONG_RUN)
    rows = list(OutboxMail.objects.values_list("user", "slot"))
    report(capsys, f"{len(rows)} rows, {len(set(rows))} distinct, {sink.count()} mails for {people} learners")
    assert len(rows) == len(set(rows)) == people
    assert copies(sink) == {user.email: 1 for user in crowd}


def test_what_was_acknowledged_is_there_after_a_web_server_and_a_worker_were_killed_under_load(
    hosts: Hosts, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    course = make_course()
    crowd = make_crowd(course, 300, now=datetime.now(UTC))
    lessons = list(Lesson.objects.order_by("key"))
    browsers = {user.pk: hosts.browser(user) for user in crowd[:40]}
    acknowledged: set[tuple[int, int]] = set()
    refused: list[int] = []

    def study(user: int) -> None:
        for lesson in lessons:
            path = reverse("learning:complete_lesson", args=[course.key, lesson.key])
            while not _done(browsers[user], path, refused):
                time.sleep(0.05)  # a person, too, waits before they press again
            acknowledged.add((user, lesson.pk))

    sink.behave("delay 10")
    with ThreadPoolExecutor(8) as pool:
        studying = [pool.submit(study, user) for user in browsers]
        wait_until(lambda: len(acknowledged) > 20, meaning="people study", patience=READY)
        first = hosts.webs[0]
        assert first.process is not None
        first.process.kill()
        first.process.wait()
        hosts.workers.kill("worker")
        wait_until(lambda: len(acknowledged) > 90, meaning="they go on", patience=READY)
        first.start()
        hosts.workers.start("worker")
        for each in studying:
            each.result(timeout=A_LONG_RUN)
    wait_until(
        lambda: settled(OutboxMail.objects.count()), meaning="all mails are settled", patience=A_LONG_RUN
    )
    kept = set(LessonProgress.objects.filter(undone_at__isnull=True).values_list("user_id", "lesson_id"))
    report(
        capsys,
        f"{len(acknowledged)} completions acknowledged, {len(acknowledged - kept)} lost; "
        f"{len(refused)} requests failed on the way and were sent again",
    )
    assert acknowledged <= kept
    wrong = [each for each in checks.differences() if not each.where.startswith("enrollment ")]
    assert wrong == [], "the crowd was enrolled without events; all else has its own"
    extra = sum(count - 1 for count in copies(sink).values())
    assert extra <= sum(OutboxMail.objects.values_list("ambiguous", flat=True))


def _done(browser: Browser, path: str, refused: list[int]) -> bool:
    try:
        status = browser.post(path).status
    except OSError:
        status = 0
    if status not in (200, 302):
        refused.append(status)
    return status in (200, 302)
