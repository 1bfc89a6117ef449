"""Quizzes: an attempt is frozen at start, answers are kept as given, handing in grades once."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from accounts.models import User
from courses import kept, presentation, question_types, questions
from courses.models import Quiz, Version
from learning import (
    activity,
    cards,
    certificates,
    enrollment,
    quiz_standing,
    recent_answers,
    scheduler,
    sheets,
)
from learning.models import Answer, Attempt, AttemptQuestion, Enrollment, LearningEvent


class CannotStart(Exception):
    """The quiz cannot be started now. The message says why, to the learner."""


class AlreadyHandedIn(Exception):
    """A change came after the attempt was handed in, or after its time was up, and was not counted."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self.attempt = attempt


def get_live(course_key: str, quiz_key: str, **carried: RawSQL) -> Quiz:
    """Return a quiz that learners can see, with its course, in one query. Raises Quiz.DoesNotExist.

    The query carries along what else its page needs to know.
    """
    return kept.part(Quiz, course_key, quiz_key, **carried)


def start(*, user: User, quiz: Quiz, now: datetime) -> Attempt:
    """Return the open attempt, or begin one: questions, versions, order and option ids are fixed now.

    Two starts at once land on the same attempt: the database holds one open attempt per learner and quiz, and
    the slower start looks again. Raises CannotStart with the reason.
    """
    if quiz.live_version is None:
        raise Quiz.DoesNotExist
    for _ in range(3):
        before = quiz_standing.of(user, quiz)
        if before.open:
            return before.open
        if reason := before.refusal(quiz.live_version.body, user=user, now=now):
            raise CannotStart(reason)
        try:
            return _begin(user=user, quiz=quiz, version=quiz.live_version, number=before.used + 1, now=now)
        except IntegrityError:
            continue
    raise CannotStart(gettext("This quiz is being started on another page. Please try again."))


@transaction.atomic
def _begin(*, user: User, quiz: Quiz, version: Version, number: int, now: datetime) -> Attempt:
    seed, shuffle = secrets.randbits(62), version.body["shuffle_choices"]
    drawn = questions.draw(version, seed=seed)
    if not drawn:
        raise CannotStart(gettext("This quiz has no questions at the moment."))
    attempt = Attempt.objects.create(
        user=user,
        quiz=quiz,
        quiz_version=version,
        number=number,
        seed=seed,
        started_at=now,
        ends_at=quiz_standing.ends_at(user, version.body, now=now),
        question_count=len(drawn),
    )
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=position,
            question=question,
            version=question.live_version,
            options=presentation.freeze_options(question.live_version, seed=seed, shuffle=shuffle),
        )
        for position, question in enumerate(drawn, start=1)
        if question.live_version
    )
    if not Enrollment.objects.filter(user=user, course_id=quiz.course_id).update(last_active_at=now):
        enrollment.enrol(user=user, course=quiz.course, now=now)
    activity.record(
        user=user,
        kind=LearningEvent.Kind.ATTEMPT_STARTED,
        now=now,
        course=quiz.course,
        version=version,
        attempt=attempt,
    )
    return attempt


def questions_of(attempt: Attempt) -> QuerySet[AttemptQuestion]:
    """Return the questions of an attempt in order, with versions (answer keys included) and answers."""
    return attempt.questions.select_related("version", "key_version", "answer").order_by("position")


def without_keys(rows: QuerySet[AttemptQuestion]) -> QuerySet[AttemptQuestion]:
    """Leave the answer keys in the database: pages before feedback do not even read them."""
    return rows.defer("version__answer_key", "key_version__answer_key")


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer that stands after a save. `newer_kept`: the one sent was older or too late."""

    answer: Answer
    newer_kept: bool
    next_position: int | None
    """Where to go on; None after the last question. With immediate feedback one stays where one answered."""


@transaction.atomic
def save_answer(
    *,
    user: User,
    attempt_id: UUID,
    position: int,
    form: Mapping[str, Sequence[str]],
    sureness: str,
    sequence: int,
    now: datetime,
) -> Saved:
    """Keep an answer as given. The highest `sequence` (the client's counter) wins, whatever arrives last.

    Raises Attempt.DoesNotExist for a question that is not the learner's, InvalidResponse for a form that is
    no answer to it, AlreadyHandedIn after the attempt was handed in.
    """
    attempt = sheets.locked(user, attempt_id)
    row = next(iter(sheets.sheet(attempt, position=position)), None)
    if row is None:
        raise Attempt.DoesNotExist
    if attempt.submitted_at is not None or attempt.is_over(now):
        raise AlreadyHandedIn(attempt)
    body = row.version.body
    response = question_types.get(body["type"]).parse(form, body, row.options)
    activity.was_here(user, now=now)
    answer = getattr(row, "answer", None)
    if answer is None:
        answer = Answer(
            user=user,
            context=Answer.Context.QUIZ,
            question_id=row.question_id,
            version=row.version,
            attempt_question=row,
        )
    elif answer.sequence >= sequence or feedback_of(attempt) == Quiz.Feedback.IMMEDIATE:
        return Saved(answer, newer_kept=answer.response != response, next_position=_next_position(row))
    answer.response, answer.sureness, answer.saved_at, answer.sequence = response, sureness, now, sequence
    answer.save()
    return Saved(answer, newer_kept=False, next_position=_next_position(row))


def _next_position(row: AttemptQuestion) -> int | None:
    if feedback_of(row.attempt) == Quiz.Feedback.IMMEDIATE:
        return row.position
    return row.position + 1 if row.position < row.attempt.question_count else None


@transaction.atomic
def submit(*, user: User, attempt_id: UUID, now: datetime) -> Attempt:
    """Hand an attempt in: grade, then the ledger, then each answer's credit, then the cards of what was
    asked, then the certificate, if that was the last of the course. A second call reads the first's.

    Questions without an answer earn nothing. After its time was up it counts as handed in at its end.
    Raises Attempt.DoesNotExist for one that is not the learner's.
    """
    attempt = sheets.locked(user, attempt_id)
    if attempt.submitted_at is not None:
        return attempt
    now = min(now, attempt.ends_at or now)
    given = questions_of(attempt).filter(answer__isnull=False)
    answered = list(cards.with_card(given))
    answers = [_graded(row) for row in answered]
    credit = sum((Decimal(str(answer.credit)) for answer in answers), Decimal(0))
    attempt.submitted_at, attempt.credit = now, credit
    attempt.passed = credit * 100 >= attempt.quiz_version.body["pass_mark"] * attempt.question_count
    # The condition is the last word, should a lock ever be forgotten: an attempt is handed in once.
    handed_in = Attempt.objects.filter(pk=attempt.pk, submitted_at__isnull=True).update(
        submitted_at=now, credit=credit, passed=attempt.passed
    )
    if not handed_in:
        raise RuntimeError("An attempt was handed in while its row was locked.")
    Enrollment.objects.filter(user=user, course_id=attempt.quiz.course_id).update(last_active_at=now)
    activity.record(
        user=user,
        kind=LearningEvent.Kind.ATTEMPT_SUBMITTED,
        now=now,
        course=attempt.quiz.course,
        version=attempt.quiz_version,
        attempt=attempt,
        answered=len(answers),
    )
    recent_answers.keep(user_id=user.pk, graded=answers)
    cards.write(user=user, recalled=[_recalled(row) for row in answered], now=now)
    if attempt.passed and certificates.ends_with(attempt.quiz.course, quiz_id=attempt.quiz_id):
        certificates.award(user=user, course=attempt.quiz.course, now=now)
    return attempt


def _graded(row: AttemptQuestion) -> Answer:
    """Return the question's answer with its credit."""
    body, answer = row.version.body, row.answer
    grade = question_types.get(body["type"]).grade(body, row.version.answer_key or {}, answer.response)
    answer.credit = Decimal(str(grade.credit))
    return answer


def _recalled(row: Any) -> cards.Recalled:
    """What a graded answer says about memory; `row` as `cards.with_card` annotated it."""
    credit = float(row.answer.credit)
    return cards.Recalled(
        cards.Source.QUIZ,
        scheduler.rating_of(credit, row.answer.sureness),
        objective_id=row.objective_id,
        card=cards.known(row.card),
        question_id=row.question_id,
        version_id=row.version_id,
        sureness=row.answer.sureness,
        credit=credit,
    )


def feedback_of(attempt: Attempt) -> str:
    """Return when the attempt's quiz shows feedback: one of `Quiz.Feedback`."""
    policy: str = attempt.quiz_version.body["feedback"]
    return policy
