"""Somebody of each kind, what they own, and every address of the house."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import picture_files, pictures
from accounts.models import User
from accounts.privacy import exports
from courses import marks
from courses.models import Lesson, Question, Version
from learning import certificates, progress, quizzes
from learning.models import Certificate, Cohort, ReviewCard, ReviewLog
from learning.reminders import links
from mailing import clock
from tests.careers import small
from tests.careers.answering import take as take_fit
from tests.factories import make_course
from tests.images import picture
from tests.learning.quiz_steps import take
from tests.learning.test_review import answer_right

DAY = timedelta(days=1)
ACTORS = ("visitor", "guest", "owner", "other", "staff", "admin")
"""Nobody known, no account, whose things they are, another learner, staff without any right, all rights."""


@dataclass(frozen=True)
class World:
    """A browser for each of ACTORS, and what stands for each part of an address."""

    browsers: dict[str, Client]
    parts: dict[str, Any]

    def address(self, name: str, **other: Any) -> str:
        """Return an address by its name, about what belongs to the owner unless `other` parts are given."""
        parts = {**self.parts, **self.parts.get(name, {}), **other}
        return reverse(name, kwargs={part: parts.get(part) for part in PATTERNS[name].pattern.converters})


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the house but the admin's, with its full name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":  # its doors are tried by tests/security/test_admin_doors.py
                inside = f"{before}{pattern.namespace}:" if pattern.namespace else before
                yield from patterns(pattern, inside)
        else:
            yield f"{before}{pattern.name}", pattern


PATTERNS = dict(patterns())


def make_world(folder: Path) -> World:
    """Make a course, the fit check, somebody of each kind, and what the owner has left behind."""
    small.bring(folder)
    make_course("toolkit")
    now = clock.now()
    people = {
        "owner": User.objects.create_user("lea@example.org"),
        "other": User.objects.create_user("omar@example.org"),
        "staff": User.objects.create_user("staff@example.org", is_staff=True),
        "admin": User.objects.create_superuser("admin@example.org"),
    }
    browsers = {actor: Client() for actor in ACTORS}
    for actor, user in people.items():
        browsers[actor].force_login(user)
    browsers["guest"].post("/learn/toolkit/lesson-1/complete/")
    return World(browsers, _belongings(people["owner"], browsers["owner"], now))


def _belongings(owner: User, browser: Client, now: datetime) -> dict[str, Any]:
    """What of the owner's stands in addresses, by the part's name or by the address that wants another."""
    lessons = Lesson.objects.select_related("live_version", "course__live_version")
    lesson = lessons.get(key="lesson-1", course__key="toolkit")
    outline = Version.objects.get(pk=lesson.course.live_version_id or 0)
    progress.complete_lesson(user=owner, lesson=lesson, now=now - 3 * DAY)
    answer_right(browser)
    attempt = take(owner, quizzes.get_live("toolkit", "module-1"), right=2, now=now)
    opened = quizzes.start(user=owner, quiz=quizzes.get_live("toolkit", "module-1"), now=now)
    take_fit(owner, "product", count=30, now=now)
    card = ReviewCard.objects.filter(user=owner).earliest("due_on", "pk")
    certificate = Certificate.objects.create(
        user=owner,
        course=lesson.course,
        outline=outline,
        awarded_at=now,
        lessons=4,
        quizzes=2,
    )
    certificates.issue(user=owner, certificate_id=certificate.pk, name="Lea Lopes", now=now)
    cohort = Cohort.objects.create(course=lesson.course, name="Autumn", created_at=now)
    cohort.owners.add(owner)
    asked = links.AskedCard(owner.pk, card.pk, 1, lesson.live_version_id or 0)
    return {
        "course": "toolkit",
        "lesson": "lesson-2",
        "quiz": "module-1",
        "module": "two-words",
        "key": "check-2",
        "position": 1,
        "number": 1,
        "attempt_id": attempt.pk,
        "card_id": card.pk,
        "cohort_id": cohort.pk,
        "log_id": ReviewLog.objects.get(source=ReviewLog.Source.REVIEW).pk,
        "lesson_id": lesson.pk,
        "certificate_id": certificate.pk,
        "export_id": exports.ask(user=owner, rows=9, now=now).pk,
        "question_id": Question.objects.filter(course=lesson.course).earliest("pk").pk,
        "kind": "png",
        "thumbprint": "none",
        "token": "nobodys",
        "name": "0001.eml",
        "mark": marks.of_version(lesson.live_version_id or 0),
        "accounts:picture": {"digest": _a_picture(), "name": "64.webp"},
        "learning:attempt": {"attempt_id": opened.pk},
        "learning:save_answer": {"attempt_id": opened.pk},
        "learning:submit_attempt": {"attempt_id": opened.pk},
        "learning:open_term": {"key": "sponsor"},
        "learning:unsubscribe": {"token": links.token(owner.pk)},
        "learning:mailed_question": {"token": urlsplit(links.question_url(asked)).path.split("/")[-2]},
        "careers:fit_after": {"course": "two-pms"},
        "careers:answer_fit_after": {"course": "two-pms"},
        "careers:skip_fit_after": {"course": "two-pms"},
        "careers:plan": {"key": "both"},
        "careers:tick_plan": {"key": "both"},
    }


def _a_picture() -> str:
    """Store a picture and return its digest."""
    file = picture()
    made = pictures.encode(BytesIO(file), size=len(file))
    picture_files.store(made)
    return made.digest


def finish(answer: HttpResponseBase) -> None:
    """Let an answer close its files, and leave the test's database connection open."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)
