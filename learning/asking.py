"""How a card is asked: an objective through the question least recently seen, a term through other terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from courses import presentation, question_types
from courses.grading import Grade, Options, Response, shuffled
from courses.models import Question, Version
from courses.presentation import QuestionView
from learning.models import Answer, AttemptQuestion, ReviewCard, ReviewLog

Form = Mapping[str, Sequence[str]]
OPTIONS = 4
"""How many terms or meanings a term is asked among."""
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Showing:
    """A card as it is asked: a question's version, or one made of terms. `offered`: the terms' keys."""

    card: ReviewCard
    version: Version
    options: Options
    version_id: int
    question_id: int | None = None
    direction: str = ""
    offered: Sequence[str] = field(default_factory=list)
    response: Response | None = None

    def ask(self, error: str = "", typed: Form | None = None) -> QuestionView:
        """Return the question before its answer; `typed`: a form that was none."""
        return presentation.ask(self.version, self.options, error=error, typed=typed)

    def read(self, form: Form) -> tuple[Response, Grade]:
        """Return the answer in a form and its grade. Raises InvalidResponse."""
        response = question_types.get(self.version.body["type"]).parse(form, self.version.body, self.options)
        return response, self._grade(response)

    def answered(self) -> QuestionView:
        """Return the question with the answer that was given, and why."""
        grade = self._grade(self.response) if self.response else None
        return presentation.answered(self.version, self.options, self.response, grade)

    def _grade(self, response: Response) -> Grade:
        kind = question_types.get(self.version.body["type"])
        return kind.grade(self.version.body, self.version.answer_key or {}, response)


def ask(card: ReviewCard) -> Showing | None:
    """Return how to ask a card now (1 query); None if it can no longer be asked."""
    if card.term_id is not None:
        return _term(card, card.review_number)
    question = _least_recently_seen(card)
    return _question(card, question.pk, question.live_version) if question else None


def again(card: ReviewCard, version_id: int, number: int) -> Showing:
    """Return the showing that a form answers, with its answer key (1 query).

    A question that was published anew meanwhile is graded as it was asked. Raises ReviewCard.DoesNotExist for
    what this card never asks.
    """
    if card.term_id is not None:
        showing = _term(card, number)
        if showing is None or showing.version_id != version_id:
            raise ReviewCard.DoesNotExist
        return showing
    if card.objective is None:
        raise ReviewCard.DoesNotExist
    asked = Version.objects.filter(
        pk=version_id,
        kind=Version.Kind.QUESTION,
        course_id=card.objective.course_id,
        body__objective=card.objective.key,
    )
    question = Question.objects.filter(
        course_id=OuterRef("course_id"), key=OuterRef("key"), uses__contains=["review"]
    )
    found: Any = asked.annotate(question_id=Subquery(question.values("pk")[:1])).first()
    if found is None or found.question_id is None:
        raise ReviewCard.DoesNotExist
    return _question(card, found.question_id, found)


def as_asked(log: ReviewLog) -> Showing:
    """Return the showing of an answer that was given; `log` with its version, card, term and objective."""
    if log.version is None:
        raise ValueError("Only answers were asked.")
    if log.card.term_id is None:
        return _question(log.card, log.question_id, log.version, log.response)
    terms = {version.key: version for version in _live_terms()} | {log.version.key: log.version}
    return _of_terms(log.card, log.version, terms, list(log.offered), log.direction, 0, log.response)


def in_open_attempts(user_id: int) -> QuerySet[AttemptQuestion, Any]:
    """Return which questions a learner's open attempts ask: elsewhere they would give the answer away."""
    asked = AttemptQuestion.objects.filter(attempt__user=user_id, attempt__submitted_at__isnull=True)
    return asked.values("question")


def _least_recently_seen(card: ReviewCard) -> Question | None:
    """The live question for review that this learner has not seen for longest, or never; ties by the seed.

    What an open attempt of theirs asks is left out.
    """
    answers = (
        Answer.objects.filter(user_id=card.user_id, question=OuterRef("pk")).order_by().values("question")
    )
    logs = ReviewLog.objects.filter(card=card, question=OuterRef("pk")).order_by().values("question")
    bank = (
        Question.objects.filter(
            objective_id=card.objective_id or 0, live_version__isnull=False, uses__contains=["review"]
        )
        .exclude(pk__in=in_open_attempts(card.user_id))
        .select_related("live_version")
        .defer("live_version__answer_key")
        .annotate(
            seen=Greatest(
                Subquery(answers.annotate(at=Max("saved_at")).values("at")),
                Subquery(logs.annotate(last=Max("at")).values("last")),
            )
        )
    )
    by_key: dict[str, Any] = {question.key: question for question in bank}
    order = {key: place for place, key in enumerate(shuffled(by_key, card.pk))}
    return min(by_key.values(), key=lambda each: (each.seen or NEVER, order[each.key]), default=None)


def _question(
    card: ReviewCard, question_id: int | None, version: Version | None, response: Response | None = None
) -> Showing:
    if version is None:
        raise ReviewCard.DoesNotExist
    options = presentation.check_options(version)
    return Showing(card, version, options, version.pk, question_id, response=response)


def _live_terms() -> list[Version]:
    live = Version.objects.filter(kind=Version.Kind.TERM, live_glossaryterm__isnull=False)
    return list(live.order_by("key"))


def _term(card: ReviewCard, number: int) -> Showing | None:
    """Ask a term among others: by turns its meaning is asked and its word; the seed decides the rest."""
    terms = {version.key: version for version in _live_terms()}
    own = terms.get(card.term.key) if card.term else None
    if own is None:
        return None
    seed = card.pk * 1000 + number
    others = shuffled((key for key in terms if key != own.key), seed)[: OPTIONS - 1]
    offered = shuffled([own.key, *others], seed + 1)
    direction = ReviewLog.Direction.MEANING if number % 2 else ReviewLog.Direction.WORD
    return _of_terms(card, own, terms, offered, direction, number)


def _of_terms(
    card: ReviewCard,
    own: Version,
    terms: Mapping[str, Version],
    offered: Sequence[str],
    direction: str,
    number: int,
    response: Response | None = None,
) -> Showing:
    """Make a question of terms, in the form that all questions have. Withdrawn terms are left out."""
    shown = [key for key in offered if key in terms]
    asks_meaning = direction == ReviewLog.Direction.MEANING
    name, meaning = own.body["name"], own.body["meaning"]
    text, other = ("meaning", "name") if asks_meaning else ("name", "meaning")
    prompt = f"What does **{name}** mean?" if asks_meaning else f"Which word means this? {meaning}"
    version = Version(
        kind=Version.Kind.QUESTION,
        key=own.key,
        body={
            "type": "single",
            "prompt": prompt,
            "buckets": [],
            "choices": [{"key": key, "text": terms[key].body[text]} for key in shown],
        },
        answer_key={
            "choices": {
                key: {
                    "correct": key == own.key,
                    "bucket": None,
                    "feedback": "" if key == own.key else f"That is: {terms[key].body[other]}",
                    "misconception": None,
                }
                for key in shown
            },
            "explanation": f"**{name}**: {meaning}",
        },
    )
    options = [[_public_id(card, number, key), key] for key in shown]
    return Showing(card, version, options, own.pk, None, direction, list(offered), response)


def _public_id(card: ReviewCard, number: int, key: str) -> str:
    """An id that tells nobody which term it stands for."""
    return salted_hmac("learning.review", f"{card.pk}:{number}:{key}").hexdigest()[:8]
