"""Practise what was missed in a quiz: a round that is kept nowhere, with feedback at once.

No row is written: not to the ledger, not to the evidence of mastery, not to the review's cards. So a round
can be done again, or left, without any effect.
"""

from dataclasses import dataclass

from courses import presentation, question_types
from courses.grading import Form, shuffled
from courses.models import Question, Quiz, Version
from courses.models.questions import Use
from courses.presentation import QuestionView
from learning import asking
from learning.models import Attempt


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question of a round, in its live version."""

    question: Question
    version: Version

    def ask(self, error: str = "", typed: Form | None = None) -> QuestionView:
        """Return it before an answer; `typed`: a form that was none."""
        options = presentation.check_options(self.version)
        return presentation.ask(self.version, options, error=error, typed=typed)

    def answered(self, form: Form) -> QuestionView:
        """Return it with what a form answered, what is right and why. Raises InvalidResponse."""
        body, options = self.version.body, presentation.check_options(self.version)
        kind = question_types.get(body["type"])
        response = kind.parse(form, body, options)
        grade = kind.grade(body, self.version.answer_key or {}, response)
        return presentation.answered(self.version, options, response, grade)


def round_of(attempt: Attempt) -> list[Exercise]:
    """Return the round for a handed-in attempt: one question for each that was missed, in two queries.
    Empty while the quiz holds its feedback back until it is passed.

    It is another live question on the same objective where there is one, else the missed one itself, as it is
    live; none comes twice. What one of the learner's open attempts asks is left out: practising gives the
    answer away. The attempt's seed decides, so that a round stays the same while it is done.
    """
    if _held_back(attempt):
        return []
    missed = list(attempt.questions.select_related("question", "answer").order_by("position"))
    asked = {row.question_id for row in missed}
    missed = [row for row in missed if not hasattr(row, "answer") or (row.answer.credit or 0) < 1]
    bank = Question.objects.filter(
        live_version__isnull=False,
        uses__overlap=[Use.QUIZ, Use.REVIEW],
        objective__in={row.question.objective_id for row in missed},
    )
    free = (
        bank.exclude(pk__in=asking.in_open_attempts(attempt.user_id))
        .select_related("live_version")
        .defer("live_version__answer_key")
    )
    by_key = {str(question.pk): question for question in free}
    siblings = [by_key[key] for key in shuffled(by_key, attempt.seed) if by_key[key].pk not in asked]
    found: list[Question] = []
    for row in missed:
        same = [each for each in siblings if each.objective_id == row.question.objective_id]
        itself = by_key.get(str(row.question_id))
        chosen = next((each for each in [*same, itself] if each and each not in found), None)
        found += [chosen] if chosen else []
    return [Exercise(each, each.live_version) for each in found if each.live_version]


def _held_back(attempt: Attempt) -> bool:
    if attempt.quiz_version.body["feedback"] != Quiz.Feedback.AFTER_PASSING or attempt.passed:
        return False
    return not Attempt.objects.filter(user=attempt.user_id, quiz=attempt.quiz_id, passed=True).exists()
