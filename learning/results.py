"""What a handed-in attempt came to, and as much of the why as the quiz's policy gives away."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from courses import question_types
from courses.grading import Grade
from courses.models import Quiz
from learning import quizzes
from learning.models import Answer, Attempt, AttemptQuestion


@dataclass(frozen=True, slots=True)
class Marked:
    """A question of a result. `grade` is None where nothing was answered or the policy keeps it back."""

    row: AttemptQuestion
    answer: Answer | None
    grade: Grade | None

    @property
    def credit(self) -> Decimal:
        """0 to 1; as it was stored when the attempt was handed in."""
        return (self.answer.credit if self.answer else None) or Decimal(0)


@dataclass(frozen=True, slots=True)
class Result:
    """An attempt that was handed in. `pass_points`: the fewest that pass. `shown`: feedback may be seen."""

    attempt: Attempt
    pass_points: int
    shown: bool
    questions: Sequence[Marked]


def result(attempt: Attempt, *, passed_before: bool) -> Result:
    """Return the result of a handed-in attempt, with as much feedback as its quiz's policy gives away.

    `passed_before`: the learner passed this quiz in another attempt; a policy "after passing" is satisfied.
    """
    after_passing = quizzes.feedback_of(attempt) == Quiz.Feedback.AFTER_PASSING
    shown = not after_passing or bool(attempt.passed) or passed_before
    rows = quizzes.questions_of(attempt)
    rows = rows if shown else rows.defer("version__answer_key")
    marked = [_marked(row, shown=shown) for row in rows]
    share = attempt.quiz_version.body["pass_mark"] * attempt.question_count
    return Result(attempt, pass_points=-(-share // 100), shown=shown, questions=marked)


def _marked(row: AttemptQuestion, *, shown: bool) -> Marked:
    answer: Answer | None = getattr(row, "answer", None)
    if answer is None or not shown:
        return Marked(row, answer, None)
    body = row.version.body
    key = row.version.answer_key or {}
    return Marked(row, answer, question_types.get(body["type"]).grade(body, key, answer.response))
