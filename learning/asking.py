"""How a card is asked: an objective through the question least recently seen, a term through other terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import prepared
from accounts.models import User
from courses import kept, presentation, question_types
from courses.grading import Grade, Options, Response, shuffled
from courses.models import GlossaryTerm, Objective, Question, Version
from courses.presentation import QuestionView
from learning.models import AttemptQuestion, ReviewCard, ReviewLog

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
        if self.question_id is not None and not error and typed is None:
            return presentation.asked(self.version)
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


def card_of(user: User, card_id: int) -> ReviewCard:
    """Return the learner's own card with what asking it needs, else raise ReviewCard.DoesNotExist."""
    found = prepared.rows(CARD, [user.pk, card_id])
    if not found:
        raise ReviewCard.DoesNotExist
    *own, term, key, course_id = found[0]
    card = prepared.made(ReviewCard, own)
    card.user = user
    if card.term_id is not None:
        card.term = GlossaryTerm.from_db(DEFAULT_DB_ALIAS, ["id", "key"], [card.term_id, term])
    if card.objective_id is not None:
        names = ["id", "course_id", "key"]
        card.objective = Objective.from_db(DEFAULT_DB_ALIAS, names, [card.objective_id, course_id, key])
    return card


CARD = f"""
    SELECT {prepared.columns(ReviewCard, "card")}, term.key, objective.key, objective.course_id
    FROM learning_reviewcard AS card
    LEFT JOIN courses_glossaryterm AS term ON term.id = card.term_id
    LEFT JOIN courses_objective AS objective ON objective.id = card.objective_id
    WHERE card.user_id = %s AND card.id = %s
"""  # noqa: S608 - from the model


def ask(card: ReviewCard) -> Showing | None:
    """Return how to ask a card now (1 query); None if it can no longer be asked."""
    if card.term_id is not None:
        return _term(card, card.review_number)
    question = _least_recently_seen(card)
    return _question(card, *question) if question else None


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


def _least_recently_seen(card: ReviewCard) -> tuple[int, Version] | None:
    """The live question for review that this learner has not seen for longest, or never; ties by the seed.

    What an open attempt of theirs asks is left out. One query; the version is kept, and without its key.
    """
    values = {"user": card.user_id, "card": card.pk, "objective": card.objective_id}
    by_key = {row[1]: row for row in prepared.rows(BANK, values)}
    order = {key: place for place, key in enumerate(shuffled(by_key, card.pk))}
    chosen = min(by_key.values(), key=lambda row: (row[4] or NEVER, order[row[1]]), default=None)
    if chosen is None:
        return None
    question_id, _, version_id, content_hash, _ = chosen
    return question_id, kept.versions([(version_id, content_hash)])[version_id]


# Raw, because Django needs longer to put it together than PostgreSQL to answer it.
BANK = """
    SELECT question.id, question.key, version.id, version.content_hash, GREATEST(
        (
            SELECT max(saved_at) FROM learning_answer AS answer
            WHERE answer.user_id = %(user)s AND answer.question_id = question.id
        ),
        (
            SELECT max(at) FROM learning_reviewlog AS log
            WHERE log.card_id = %(card)s AND log.question_id = question.id
        )
    )
    FROM courses_question AS question JOIN courses_version AS version ON version.id = question.live_version_id
    WHERE question.objective_id = %(objective)s AND question.uses @> ARRAY['review']::varchar[]
        AND NOT EXISTS (
            SELECT FROM learning_attempt AS attempt
            JOIN learning_attemptquestion AS held ON held.attempt_id = attempt.id
            WHERE attempt.user_id = %(user)s AND attempt.submitted_at IS NULL
                AND held.question_id = question.id
        )
"""


def _question(
    card: ReviewCard, question_id: int | None, version: Version, response: Response | None = None
) -> Showing:
    options = presentation.check_options(version)
    return Showing(card, version, options, version.pk, question_id, response=response)


def _live_terms() -> list[Version]:
    found = prepared.rows(TERMS, [])
    shown = kept.versions(found)
    return [shown[pk] for pk, _ in found]


TERMS = """
    SELECT version.id, version.content_hash
    FROM courses_glossaryterm AS term JOIN courses_version AS version ON version.id = term.live_version_id
    ORDER BY version.key
"""


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
    that_is = _("That is: %(term)s")
    asks = _("What does **%(word)s** mean?") if asks_meaning else _("Which word means this? %(meaning)s")
    version = Version(
        kind=Version.Kind.QUESTION,
        key=own.key,
        body={
            "type": "single",
            "prompt": asks % {"word": name, "meaning": meaning},
            "buckets": [],
            "choices": [{"key": key, "text": terms[key].body[text]} for key in shown],
        },
        answer_key={
            "choices": {
                key: {
                    "correct": key == own.key,
                    "bucket": None,
                    "feedback": "" if key == own.key else that_is % {"term": terms[key].body[other]},
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
