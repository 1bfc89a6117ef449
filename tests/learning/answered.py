"""Many handed-in answers to one question, written at once: what a bank's history looks like."""

from datetime import timedelta

from accounts.models import User
from courses.models import Question, Quiz
from learning.models import Answer, Attempt, AttemptQuestion
from tests.factories import NOW


def answer_it(
    question: Question, picks: list[str], *, rest: float, seconds: int = 40, tag: str = "a"
) -> None:
    """Let one person for each pick hand in a quiz of four questions, this one among them.

    `rest` is the credit they get for the other three together, 0 to 3.
    """
    quiz = Quiz.objects.select_related("live_version").get(course=question.course, module=question.module)
    version = question.live_version
    assert version is not None
    assert quiz.live_version is not None
    truths = (version.answer_key or {})["choices"]
    people = User.objects.bulk_create(
        User(email=f"{tag}{number}-{question.pk}@example.org") for number in range(len(picks))
    )
    credits = [float(truths[pick]["correct"]) for pick in picks]
    attempts = Attempt.objects.bulk_create(
        Attempt(
            user=person,
            quiz=quiz,
            quiz_version=quiz.live_version,
            number=1,
            seed=1,
            started_at=NOW,
            submitted_at=NOW + timedelta(minutes=9),
            credit=credit + rest,
            question_count=4,
            passed=False,
        )
        for person, credit in zip(people, credits, strict=True)
    )
    asked = AttemptQuestion.objects.bulk_create(
        AttemptQuestion(attempt=attempt, position=1, question=question, version=version, options=[])
        for attempt in attempts
    )
    Answer.objects.bulk_create(
        Answer(
            user=row.attempt.user,
            context=Answer.Context.QUIZ,
            question=question,
            version=version,
            attempt_question=row,
            response={"choice": pick},
            saved_at=NOW + timedelta(seconds=seconds),
            credit=credit,
            recent=True,
        )
        for row, pick, credit in zip(asked, picks, credits, strict=True)
    )
