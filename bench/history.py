"""Learners with a short and a long past, for pages that must not get slower as it grows."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse

from accounts.models import User
from courses.models import Quiz
from learning import quizzes
from learning.models import Answer, Attempt
from tests.portal import states

PLAIN = "django.contrib.auth.backends.ModelBackend"
SHORT, LONG = 50, 60_000
"""Events in the ledger."""


@dataclass(frozen=True)
class Cookies:
    """Learners, each as the cookie of their session, and what they are in the middle of."""

    short: str
    long: str
    plain: str
    """The second learner's again, for the bare page, which reads people as plain Django does."""

    quiz: str
    """The key of the quiz that the second learner has open."""

    attempt_path: str
    answer_path: str
    submits: list[tuple[str, str]]
    """Where others hand in their attempts, each with their cookie."""

    option: str

    def answer(self, sequence: int) -> dict[str, str]:
        """What the form of the open question holds; `sequence` counts what a browser sends."""
        return {"sequence": str(sequence), "option": self.option}


def cookies(*, now: datetime, submits: int) -> Cookies:
    """Make a learner of four weeks with SHORT events, one of five years with LONG, and some before a hand-in.

    All are made by the product's own verbs; of the five years, most is written straight into the tables.
    """
    short = User.objects.create_user("short@example.org", name="Short", time_zone="Europe/Lisbon")
    states.fifty_events(short, now)
    long = User.objects.create_user("long@example.org", name="Long", time_zone="Europe/Lisbon")
    states.five_years(long, now, events=LONG)
    quiz = Quiz.objects.filter(course__key="two-pms", live_version__isnull=False).earliest("pk")
    attempt = _begin(long, quiz, now)
    row = attempt.questions.filter(version__body__type__in=["single", "true_false"]).earliest("position")
    pages = []
    for number in range(submits):
        one = User.objects.create_user(f"{number}@example.org", time_zone="UTC")
        open_one = _begin(one, quiz, now)
        _answer_all(open_one, now)
        pages.append((reverse("learning:submit_attempt", args=[open_one.pk]), cookie(one)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Cookies(
        short=cookie(short),
        long=cookie(long),
        plain=cookie(long, PLAIN),
        quiz=quiz.key,
        attempt_path=reverse("learning:attempt", args=[attempt.pk]),
        answer_path=reverse("learning:save_answer", args=[attempt.pk, row.position]),
        submits=pages,
        option=row.options[0][0],
    )


def _begin(user: User, quiz: Quiz, now: datetime) -> Attempt:
    return quizzes.start(user=user, quiz=quizzes.get_live("two-pms", quiz.key), now=now)


def _answer_all(attempt: Attempt, now: datetime) -> None:
    """Answer what has one choice by the first that is shown: what a hand-in has to grade."""
    rows = attempt.questions.filter(version__body__type__in=["single", "true_false"])
    Answer.objects.bulk_create(
        Answer(
            user=attempt.user,
            context=Answer.Context.QUIZ,
            question_id=row.question_id,
            version_id=row.version_id,
            attempt_question=row,
            response={"choice": row.options[0][1]},
            sureness="sure",
            sequence=1,
            saved_at=now,
        )
        for row in rows
    )


def cookie(user: User, backend: str = settings.AUTHENTICATION_BACKENDS[0]) -> str:
    """Log somebody in; return the cookie that their browser then sends."""
    return f"{settings.SESSION_COOKIE_NAME}={log_in(user, backend)}"


def log_in(user: User, backend: str) -> str:
    """Log somebody in; return the key of the session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = backend
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
