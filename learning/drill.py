"""The contrast drill: everyday sentences, one at a time, to call product, project, both or neither."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.models import F, Max

from accounts import prepared
from accounts.models import User
from courses.models import DrillSentence, Label, Misconception
from learning import activity
from learning.confusions import Table
from learning.drill_order import RUN, Candidate, pick
from learning.models import DrillAnswer, LearningEvent

ROUND = 10
"""After so many answers comes a summary."""
LATEST = 500
"""Answers that are counted: what somebody mixes up changes, and years cost no more than months."""


class NotAsked(Exception):
    """The answer belongs to a turn that the learner has not come to."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is asked now: the number of the answer, and the sentence without its label and reason."""

    number: int
    sentence: DrillSentence | None
    table: Table
    round_right: int | None
    """How many of the last ten were right, where a round has just ended."""


def next_turn(learner: User | None, *, today: date) -> Turn:
    """Choose the next sentence, in three queries.

    A visitor, of whom nothing is known, begins with a sentence of the day.
    """
    rows = _candidates(learner)
    asked = sorted((one for one, _ in rows if one.asked_last), key=lambda one: one.asked_last)
    number = asked[-1].asked_last + 1 if asked else 1
    found, right = _counted(learner, since=number - ROUND)
    chosen = pick(
        [one for one, archived in rows if not archived],
        turn=number,
        recent=[one.label for one in asked[-RUN:]],
        weight=found.weight,
        seed=f"{learner.pk}:{number}" if learner else str(today),
    )
    sentence = _text(chosen.id) if chosen else None
    ended = number > 1 and (number - 1) % ROUND == 0
    return Turn(number, sentence, found, right if ended else None)


def _text(sentence_id: int) -> DrillSentence:
    """A sentence as it is asked, without label and reason; one query."""
    found = prepared.row("SELECT id, key, text FROM courses_drillsentence WHERE id = %s", [sentence_id])
    return DrillSentence.from_db(DEFAULT_DB_ALIAS, ["id", "key", "text"], found)


def _candidates(learner: User | None) -> list[tuple[Candidate, bool]]:
    """All sentences with what the learner did with each, and whether it is archived; one query."""
    return [
        (Candidate(pk, label, last or 0, bool(correct)), archived)
        for pk, label, archived, last, correct in prepared.rows(CANDIDATES, [learner.pk if learner else 0])
    ]


# Raw, because the ORM would read all that a learner ever answered; this looks up one answer a sentence.
CANDIDATES = """
    SELECT sentence.id, sentence.label, sentence.archived_at IS NOT NULL, latest.number, latest.correct
    FROM courses_drillsentence AS sentence LEFT JOIN LATERAL (
        SELECT number, correct FROM learning_drillanswer AS answer
        WHERE answer.user_id = %s AND answer.sentence_id = sentence.id ORDER BY number DESC LIMIT 1
    ) AS latest ON true
"""


def _counted(learner: User | None, *, since: int) -> tuple[Table, int]:
    """What the learner called what lately, and how many were right from a turn on; one query."""
    if learner is None:
        return Table.of({}), 0
    found = prepared.rows(COUNTED, [since, learner.pk, LATEST])
    counts = {(expected, given): count for expected, given, count, _ in found}
    return Table.of(counts), sum(right for *_, right in found)


COUNTED = """
    SELECT expected, given, count(*), count(*) FILTER (WHERE correct AND number >= %s)
    FROM (
        SELECT expected, given, correct, number FROM learning_drillanswer
        WHERE user_id = %s ORDER BY number DESC LIMIT %s
    ) AS latest
    GROUP BY expected, given
"""


def answer(*, user: User, number: int, sentence: DrillSentence, given: Label, now: datetime) -> DrillAnswer:
    """Keep a learner's answer to a turn and write it to the ledger.

    A second answer to the same turn changes nothing and returns the first. Raises NotAsked for a turn that
    has not come yet.
    """
    numbers = DrillAnswer.objects.filter(user=user).order_by("-number").values_list("number", flat=True)
    last = numbers.first() or 0
    if not 1 <= number <= last + 1:
        raise NotAsked
    if number <= last:
        return get(user, number)
    try:
        with transaction.atomic():
            made = DrillAnswer.objects.create(
                user=user,
                number=number,
                sentence=sentence,
                given=given,
                expected=sentence.label,
                correct=given == sentence.label,
                at=now,
                local_date=now.astimezone(user.zone).date(),
            )
            kind = LearningEvent.Kind.DRILL_ANSWERED
            activity.record(user=user, kind=kind, now=now, drill_answer=made)
    except IntegrityError:  # the same turn was answered in another window a moment ago
        return get(user, number)
    return made


def get(learner: User, number: int) -> DrillAnswer:
    """Return a learner's answer to a turn with its sentence. Raises DrillAnswer.DoesNotExist."""
    return DrillAnswer.objects.select_related("sentence").get(user=learner, number=number)


def misconception_behind(answered: DrillAnswer) -> Misconception | None:
    """Return the named wrong idea that led to a wrong label, where the sentence has one for it."""
    if answered.correct:
        return None
    traps = {"traps__sentence": answered.sentence_id, "traps__label": answered.given}
    return Misconception.objects.filter(**traps).first()


def inherit(*, guest: User, user: User) -> None:
    """Give a guest's answers to an account, numbered after the account's own."""
    last: int = DrillAnswer.objects.filter(user=user).aggregate(last=Max("number"))["last"] or 0
    DrillAnswer.objects.filter(user=guest).update(user=user, number=F("number") + last)
