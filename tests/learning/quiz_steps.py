"""Taking a quiz in tests: by its verbs, and through the browser."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.test import Client

from accounts.models import User
from courses import publishing
from courses.models import Quiz
from learning import quizzes
from learning.models import Attempt, AttemptQuestion
from tests.factories import NOW

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


def make_quiz(key: str = "module-1", **settings: object) -> Quiz:
    """Publish a quiz of the course with other settings."""
    Quiz.objects.filter(key=key).update(**settings)
    publishing.publish(Quiz.objects.get(key=key), author=None, now=NOW)
    return quizzes.get_live("two-pms", key)


def form_of(row: AttemptQuestion, *, right: bool) -> dict[str, list[str]]:
    """What a browser sends for a right or a wholly wrong answer."""
    truth = (row.version.answer_key or {})["choices"]
    if row.version.body["type"] == "classify":
        other = {"product": "project", "project": "product"}
        buckets = {key: choice["bucket"] for key, choice in truth.items()}
        return {f"bucket-{shown}": [buckets[k] if right else other[buckets[k]]] for shown, k in row.options}
    picked = [shown for shown, key in row.options if truth[key]["correct"] is right]
    many = row.version.body["type"] == "multiple"
    return {"option": picked if many else picked[:1]}


def answer(row: AttemptQuestion, *, right: bool, sequence: int = 1, now: datetime = NOW) -> quizzes.Saved:
    """Save an answer."""
    return quizzes.save_answer(
        user=row.attempt.user,
        attempt_id=row.attempt_id,
        position=row.position,
        form=form_of(row, right=right),
        sureness="sure",
        sequence=sequence,
        now=now,
    )


def take(user: User, quiz: Quiz, *, right: int, now: datetime = NOW) -> Attempt:
    """Start, answer all questions, so many of them right, and hand in."""
    attempt = quizzes.start(user=user, quiz=quiz, now=now)
    for row in attempt.questions.select_related("version", "attempt__user").order_by("position"):
        answer(row, right=row.position <= right, now=now)
    return quizzes.submit(user=user, attempt_id=attempt.pk, now=now)


def send(
    client: Client, attempt_id: UUID, position: int, *, right: bool = True, **more: object
) -> "Response":
    """Press a button below a question."""
    row = AttemptQuestion.objects.select_related("version").get(attempt_id=attempt_id, position=position)
    form = {**form_of(row, right=right), "sureness": "sure", "sequence": "1", **more}
    return client.post(f"/attempts/{attempt_id}/answers/{position}/", form)
