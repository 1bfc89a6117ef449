"""What a learner has met: the cards of objectives and terms, moved by answers, read back from their logs.

Completing a lesson meets its objectives and terms, opening the meaning of a term that term, the first answer
to a check its objective. All of them only begin a card: a check is answered with the text in front of one and
says little about memory. Quizzes and reviews move it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from accounts.models import User
from courses.grading import Response
from courses.models import GlossaryTerm, Objective, Version
from learning import scheduler
from learning.models import AttemptQuestion, ReviewCard, ReviewLog
from learning.scheduler import Memory, Rating

Source = ReviewLog.Source
READ = Rating.Hard
"""Reading is no recall: a card that a lesson began comes back as soon as a card can."""


@dataclass(frozen=True, slots=True)
class Known:
    """A card as it was read: the change is written only if nobody changed it since."""

    id: int
    number: int
    memory: Memory

    @classmethod
    def of(cls, card: ReviewCard) -> "Known":
        """Return what to remember of a card that was read."""
        return cls(card.pk, card.review_number, memory_of(card))


@dataclass(frozen=True, slots=True)
class Recalled:
    """One thing met or asked for: an objective or a term (one of both ids). `card` is None for a new one."""

    source: Source
    rating: Rating
    objective_id: int | None = None
    term_id: int | None = None
    card: Known | None = None
    question_id: int | None = None
    version_id: int | None = None
    direction: str = ""
    offered: Sequence[str] = field(default_factory=list)
    response: Response | None = None
    sureness: str = ""
    credit: float | None = None

    @property
    def thing(self) -> tuple[int | None, int | None]:
        """What tells the objective or term apart."""
        return self.objective_id, self.term_id

    @property
    def sure_but_wrong(self) -> bool:
        """Whether somebody was certain of what was not so."""
        return self.sureness == "sure" and self.rating == Rating.Again


def memory_of(card: ReviewCard) -> Memory:
    """Return a card's state as the scheduler knows it."""
    return Memory(card.stability, card.difficulty, card.last_on, card.due_on)


def meet_lesson(*, user: User, version: Version, now: datetime) -> None:
    """Begin cards for what a lesson teaches, in the version that was completed. What has a card keeps it.

    A lesson that is later marked as not done leaves them: it has been read all the same. Two queries.
    """
    objectives = Objective.objects.filter(
        course_id=version.course_id or 0, key__in=[each["key"] for each in version.body.get("objectives", [])]
    )
    terms = GlossaryTerm.objects.filter(key__in=version.body.get("terms", []))
    met = objectives.order_by().values_list(Value("objective"), "pk")
    for_both = met.union(terms.order_by().values_list(Value("term"), "pk"))
    write(
        user=user,
        recalled=[
            Recalled(Source.LESSON, READ, version_id=version.pk, **{f"{kind}_id": pk})
            for kind, pk in for_both
        ],
        now=now,
    )


def meet_term(*, user: User, term: GlossaryTerm, version: Version, now: datetime) -> None:
    """Begin a card for a term whose meaning was opened in a lesson. One that has a card keeps it."""
    met = Recalled(Source.LESSON, READ, version_id=version.pk, term_id=term.pk)
    write(user=user, recalled=[met], now=now)


def write(*, user: User, recalled: Sequence[Recalled], now: datetime) -> list[int]:
    """Begin or move cards and log why, in one statement. Returns the ids of the logs that were written.

    Of each card the first on a local date moves it; the rest are logged only. A card that has begun or moved
    meanwhile is left as it is, and nothing about it is logged: whoever was first has it.
    """
    if not recalled:
        return []
    today = now.astimezone(user.zone).date()
    cards: list[dict[str, Any]] = []
    logs: list[dict[str, Any]] = []
    for thing in dict.fromkeys(each.thing for each in recalled):
        same = [each for each in recalled if each.thing == thing]
        card, counted = _moved(same, today)
        cards.append(card)
        logs += [_log(each, moves) for each, moves in zip(same, counted, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "cards": json.dumps(cards),
                "logs": json.dumps(logs),
                "user": user.pk,
                "now": now,
                "today": today,
                "fsrs": scheduler.FSRS,
                "parameters": scheduler.PARAMETERS,
            },
        )
        return [pk for (pk,) in cursor.fetchall()]


def _moved(same: Sequence[Recalled], today: date) -> tuple[dict[str, Any], list[bool]]:
    """Return the row of a card after these, and which of them moved it."""
    known = same[0].card
    memory = known.memory if known else None
    counted, lapses = [], 0
    for each in same:
        moves = memory is None or memory.last_on < today
        if moves:
            memory = scheduler.review(memory, each.rating, on=today)
            lapses += each.rating == Rating.Again
        counted.append(moves)
    if memory is None:
        raise ValueError("A card cannot be moved by nothing.")
    row = {
        "card_id": known.id if known else None,
        "number": known.number if known else 0,
        "objective_id": same[0].objective_id,
        "term_id": same[0].term_id,
        "stability": memory.stability,
        "difficulty": memory.difficulty,
        "last_on": memory.last_on.isoformat(),
        "due_on": memory.due_on.isoformat(),
        "lapses": lapses,
        "sure_but_wrong": same[-1].sure_but_wrong,
    }
    return row, counted


def _log(each: Recalled, counted: bool) -> dict[str, Any]:
    row = asdict(each)
    del row["card"]
    return {**row, "rating": int(each.rating), "offered": list(each.offered), "counted": counted}


# Raw, because the ORM cannot write cards and their logs in one statement, nor say what a conflict left out.
WRITE = """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(%(cards)s) AS given(
            card_id bigint, number int, objective_id bigint, term_id bigint, stability float8,
            difficulty float8, last_on date, due_on date, lapses int, sure_but_wrong bool
        )
    ), begun AS (
        INSERT INTO learning_reviewcard (
            user_id, objective_id, term_id, met_at, stability, difficulty, last_on, due_on, review_number,
            lapses, sure_but_wrong
        )
        SELECT %(user)s, objective_id, term_id, %(now)s, stability, difficulty, last_on, due_on, 1,
            lapses, sure_but_wrong
        FROM given WHERE card_id IS NULL ORDER BY objective_id, term_id
        ON CONFLICT DO NOTHING
        RETURNING id, objective_id, term_id
    ), moved AS (
        UPDATE learning_reviewcard AS card SET
            stability = given.stability, difficulty = given.difficulty, last_on = given.last_on,
            due_on = given.due_on, review_number = card.review_number + 1,
            lapses = card.lapses + given.lapses, sure_but_wrong = given.sure_but_wrong
        FROM given
        WHERE card.id = given.card_id AND card.user_id = %(user)s AND card.review_number = given.number
        RETURNING card.id, card.objective_id, card.term_id
    ), written AS (
        TABLE begun UNION ALL TABLE moved
    )
    INSERT INTO learning_reviewlog (
        card_id, source, question_id, version_id, direction, offered, response, sureness, credit, rating,
        counted, at, local_date, fsrs, parameters
    )
    SELECT written.id, log.source, log.question_id, log.version_id, log.direction, log.offered, log.response,
        log.sureness, log.credit, log.rating, log.counted, %(now)s, %(today)s, %(fsrs)s, %(parameters)s
    FROM jsonb_to_recordset(%(logs)s) AS log(
        source text, question_id bigint, version_id bigint, direction text, offered text[], response jsonb,
        sureness text, credit numeric, rating int, counted bool, objective_id bigint, term_id bigint
    )
    JOIN written ON written.objective_id = log.objective_id OR written.term_id = log.term_id
    ORDER BY written.id, log.counted DESC
    RETURNING id
"""


def with_card(rows: QuerySet[AttemptQuestion]) -> QuerySet[AttemptQuestion]:
    """Annotate questions of an attempt with their objective and the learner's card of it; no query more."""
    card = ReviewCard.objects.filter(
        user_id=OuterRef("attempt__user_id"), objective_id=OuterRef("question__objective_id")
    ).values(
        one=JSONObject(
            id="pk",
            number="review_number",
            stability="stability",
            difficulty="difficulty",
            last_on="last_on",
            due_on="due_on",
        )
    )
    return rows.annotate(objective_id=F("question__objective_id"), card=Subquery(card))


def known(found: dict[str, Any] | None) -> Known | None:
    """Read the card that `with_card` annotated; None if the learner has none."""
    if found is None:
        return None
    last_on, due_on = date.fromisoformat(found["last_on"]), date.fromisoformat(found["due_on"])
    return Known(
        found["id"], found["number"], Memory(found["stability"], found["difficulty"], last_on, due_on)
    )


def replay(logs: Iterable[ReviewLog]) -> Memory | None:
    """Return what a card's logs, the oldest first, add up to; those undone or not counted move nothing."""
    moving = (log for log in logs if log.counted and log.undone_at is None)
    return scheduler.replay((Rating(log.rating), log.local_date) for log in moving)


def rebuild(card: ReviewCard) -> None:
    """Set a card to what its logs add up to, and make older forms of it late."""
    logs = list(card.logs.filter(undone_at__isnull=True).order_by("pk"))
    memory = replay(logs)
    if memory is None:
        raise ValueError("A card without a log that counts cannot be.")
    card.stability, card.difficulty = memory.stability, memory.difficulty
    card.last_on, card.due_on = memory.last_on, memory.due_on
    card.lapses = sum(log.counted and log.rating == Rating.Again for log in logs)
    card.sure_but_wrong = logs[-1].sureness == "sure" and logs[-1].rating == Rating.Again
    card.review_number += 1
    card.save()


def inherit(*, guest: User, user: User) -> None:
    """Move a guest's cards to an account.

    Where both have one, it is as if one person had answered: the logs come together, and of those of one
    local date the first counts.
    """
    own = {(card.objective_id, card.term_id): card for card in ReviewCard.objects.filter(user=user)}
    for theirs in ReviewCard.objects.filter(user=guest):
        if mine := own.get((theirs.objective_id, theirs.term_id)):
            moving = _first_of_each_day([*mine.logs.all(), *theirs.logs.all()])
            ReviewLog.objects.filter(card__in=[mine, theirs]).update(counted=False)
            theirs.logs.update(card=mine)
            ReviewLog.objects.filter(pk__in=moving).update(counted=True)
            mine.met_at = min(mine.met_at, theirs.met_at)
            rebuild(mine)
            theirs.delete()
    ReviewCard.objects.filter(user=guest).update(user=user)


def _first_of_each_day(logs: Iterable[ReviewLog]) -> list[int]:
    """The ids of the logs that count when they are one person's; a date before the last counts nothing."""
    ids, last = [], date.min
    for log in sorted(logs, key=lambda each: each.pk):
        if log.undone_at is None and log.local_date > last:
            ids.append(log.pk)
            last = log.local_date
    return ids
