"""What a handed-in attempt came to, and as much of the why as the quiz's policy gives away."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import caches
from django.urls import reverse

from courses import grading, presentation, question_types
from courses.grading import Options
from courses.models import Quiz, Version
from courses.outline import Outline
from courses.presentation import QuestionView
from learning import quizzes
from learning.models import Answer, Attempt, AttemptQuestion


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a lesson that teaches what a question asks."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A question of a result. `item` is the question, with its feedback where the policy shows it."""

    row: AttemptQuestion
    answer: Answer | None
    item: QuestionView
    passage: Passage | None

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
    missed: Sequence[Marked]
    right: Sequence[Marked]

    @property
    def corrected(self) -> bool:
        """Whether an editor corrected a question of it after it was handed in."""
        return any(each.row.key_version_id for each in (*self.missed, *self.right))

    @property
    def points(self) -> str:
        """What the attempt earned, as text."""
        return self.attempt.points


def pass_points(pass_mark: int, questions: int) -> int:
    """Return the fewest whole points that pass a quiz of so many questions; the pass mark is in per cent."""
    return -(-pass_mark * questions // 100)


def of(attempt: Attempt, plan: Outline | None, *, passed_before: bool) -> Result:
    """Return the result of a handed-in attempt, with as much feedback as its quiz's policy gives away.

    `passed_before`: the learner passed this quiz in another attempt; a policy "after passing" is satisfied.
    `plan`: where passages are linked to; None when the course is no longer live.
    """
    after_passing = quizzes.feedback_of(attempt) == Quiz.Feedback.AFTER_PASSING
    shown = not after_passing or bool(attempt.passed) or passed_before
    rows = quizzes.questions_of(attempt)
    rows = rows if shown else quizzes.without_keys(rows)
    marked = [_marked(row, plan, shown=shown) for row in rows]
    return Result(
        attempt,
        pass_points=pass_points(attempt.quiz_version.body["pass_mark"], attempt.question_count),
        shown=shown,
        missed=[each for each in marked if each.credit < 1],
        right=[each for each in marked if each.credit >= 1],
    )


def feedback(version: Version, options: Options, answer: Answer | None) -> QuestionView:
    """Return a question with its answer, if any, what was right and why. Reads the answer key."""
    if answer is None:
        return presentation.answered(version, options, None, None)
    body = version.body
    grade = question_types.get(body["type"]).grade(body, version.answer_key or {}, answer.response)
    return presentation.answered(version, options, answer.response, grade)


def check(answer: Answer) -> QuestionView:
    """Return an answered check, with why. A single choice's is kept: all who chose the same see the same."""
    version, choice = answer.version, answer.response.get("choice")
    if choice is None:
        return feedback(version, presentation.check_options(version), answer)
    name = f"answered:{version.pk}:{version.content_hash}:{choice}"
    kept: QuestionView | None = caches["versions"].get(name)
    if kept is None:
        kept = feedback(version, presentation.check_options(version), answer)
        caches["versions"].set(name, kept)
    return kept


def graded_version(row: AttemptQuestion) -> Version:
    """Return the frozen text with the key that graded it: its own, or the one that corrected it later."""
    if row.key_version is None:
        return row.version
    key = grading.key_for(row.version.body, row.key_version.answer_key or {})
    return Version(pk=row.version.pk, course_id=row.version.course_id, body=row.version.body, answer_key=key)


def _marked(row: AttemptQuestion, plan: Outline | None, *, shown: bool) -> Marked:
    answer: Answer | None = getattr(row, "answer", None)
    response = answer.response if answer else None
    item = (
        feedback(graded_version(row), row.options, answer)
        if shown
        else presentation.ask(row.version, row.options, response)
    )
    return Marked(row, answer, item, passage_of(row.version, plan))


def passage_of(version: Version, plan: Outline | None) -> Passage | None:
    """Return the passage that teaches a question; None when its lesson is no longer in the course."""
    key, _, heading = version.body["passage"].partition("#")
    lesson = next((each for each in plan.lessons if each.key == key), None) if plan else None
    if plan is None or lesson is None:
        return None
    url = reverse("learning:lesson", args=[plan.course_key, key])
    return Passage(f"{url}#{heading}", lesson.title)
