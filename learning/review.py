"""The review: what of a learner's cards is due, asking one, taking the answer, taking it back.

A day's review has a ceiling, and nobody is ever shown more than that: what matters most comes first, the rest
can wait.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from accounts import prepared
from accounts.models import User
from courses.grading import InvalidResponse
from courses.models import Course
from learning import activity, asking, cards, due, mastery, rhythm, scheduler
from learning.asking import Form, Showing
from learning.models import LearningEvent, ReviewCard, ReviewLog
from learning.rhythm import Plan, Rhythm, Window

FORECAST_DAYS = 14
EVERY_DAY = Plan()
HELD = gettext_lazy("A quiz that you have open asks this question, too. Hand that in first.")


class Late(Exception):
    """The card has moved since the form was made: it was answered before, here or on another page."""

    def __init__(self, log: ReviewLog | None) -> None:
        super().__init__()
        self.log = log


class Card(NamedTuple):
    """What of a card says when it is asked, and how well its thing is remembered; see ReviewCard."""

    pk: int
    objective_id: int | None
    stability: float
    last_on: date
    due_on: date
    wanted_on: date | None
    review_number: int
    sure_but_wrong: bool
    can_be_asked: bool


@dataclass(frozen=True)
class Standing:
    """A learner's cards on one local date, and what they are asked of them.

    `plan` is how often they want to be asked; `done` were answered since today's set opened; `cards` are all
    that were met.
    """

    today: date
    plan: Plan = EVERY_DAY
    done: int = 0
    cards: Sequence[Card] = field(default_factory=list)

    @cached_property
    def askable(self) -> list[Card]:
        """The cards that can be asked: their objective has a live question for review, or their term is live
        and there is another to tell it from; and no quiz under way asks that question."""
        return [card for card in self.cards if card.can_be_asked]

    @property
    def open(self) -> Rhythm:
        """How often the learner is asked now; before an interview every day."""
        return self.plan.on(self.today)

    @cached_property
    def back(self) -> bool:
        """Whether the learner was away for months."""
        return rhythm.is_back((card.last_on for card in self.cards), today=self.today)

    @cached_property
    def window(self) -> Window:
        """What today's set is made of."""
        return self.plan.window(self.today, back=self.back)

    @cached_property
    def due(self) -> list[Card]:
        """All that is due, in the order to ask it: the sure but wrong, then the least remembered."""
        window = self.window
        due = [
            card
            for card in self.askable
            if card.last_on < window.since and self.due_on(card) <= window.until and window.most
        ]
        return sorted(due, key=lambda card: (*self._urgency(card), card.pk))

    @cached_property
    def set(self) -> list[Card]:
        """What of it is asked: as much as today's set still has room for."""
        return self.due[: max(0, self.window.most - self.done)]

    @property
    def waiting(self) -> bool:
        """Whether more is due than is asked."""
        return len(self.due) > len(self.set)

    @property
    def minutes(self) -> int:
        """About how long the set takes, at least a minute."""
        return rhythm.minutes(len(self.set))

    @property
    def next_on(self) -> date | None:
        """The local date on which the next set opens; None if none will."""
        return rhythm.next_set(self._later, self.plan, today=self.today)

    @cached_property
    def chances(self) -> dict[int, float]:
        """How likely each card's thing is recalled today, by the card's id."""
        return {card.pk: scheduler.chance(card.stability, card.last_on, on=self.today) for card in self.cards}

    @property
    def recalls(self) -> dict[int, float]:
        """How likely each objective met is recalled today, by the objective's id."""
        return {card.objective_id: self.chances[card.pk] for card in self.cards if card.objective_id}

    @property
    def remembered(self) -> int:
        """About how many of all things met would be recalled today."""
        return mastery.remembered(self.chances.values())

    @property
    def forecast(self) -> list[tuple[date, int]]:
        """How many cards are asked on each of the next days, no set above its size."""
        return rhythm.forecast(
            self._later, self.plan, today=self.today, first=len(self.set), days=FORECAST_DAYS
        )

    def due_on(self, card: Card) -> date:
        """The local date from which a card is asked: when it is due, or earlier before an interview."""
        if self.plan.prepares(self.today) and card.wanted_on and card.wanted_on > card.last_on:
            return min(card.due_on, card.wanted_on)
        return card.due_on

    @property
    def _later(self) -> list[date]:
        """The dates of all that is not in today's set."""
        asked = {card.pk for card in self.set}
        return [self.due_on(card) for card in self.askable if card.pk not in asked]

    def _urgency(self, card: Card) -> tuple[bool, float]:
        return scheduler.urgency(self.chances[card.pk], sure_but_wrong=card.sure_but_wrong)


# Raw, because Django needs longer to put these together than PostgreSQL to answer them. Each is for a row of
# User, and gives JSON.
CARDS = f"""
    SELECT COALESCE(json_agg(json_build_array(
        id, objective_id, stability, last_on, due_on, wanted_on, review_number, sure_but_wrong,
        {due.askable("accounts_user.id")}
    ) ORDER BY id), '[]'::json)::text
    FROM learning_reviewcard WHERE user_id = accounts_user.id
"""  # noqa: S608 - all of it is above, and in learning.due
PLAN = """
    SELECT json_build_array(rhythm, interview_on)::text
    FROM learning_reviewplan WHERE user_id = accounts_user.id
"""
REVIEWED = """
    SELECT COALESCE(json_agg(json_build_array(local_date, reviews) ORDER BY local_date), '[]'::json)::text
    FROM learning_dailyactivity WHERE user_id = accounts_user.id AND local_date >= %(since)s
"""
STANDING = f"SELECT ({CARDS}), ({PLAN}), ({REVIEWED}) FROM accounts_user WHERE id = %(user)s"  # noqa: S608 - see above


def standing(user: User | None, *, today: date) -> Standing:
    """Return a learner's cards on their local date (1 query). A visitor has none."""
    if user is None:
        return Standing(today)
    values = {"user": user.pk, "since": rhythm.oldest_set(today)}
    cards, plan, reviewed = prepared.row(STANDING, values)
    days = ((date.fromisoformat(day), number) for day, number in json.loads(reviewed))
    return read(cards, plan, days, today=today)


def read(cards: str, plan: str | None, reviewed: Iterable[tuple[date, int]], *, today: date) -> Standing:
    """Read what CARDS and PLAN found. `reviewed` are local dates with the reviews done on each.

    They reach back to `rhythm.oldest_set`, at least.
    """
    often, interview_on = json.loads(plan) if plan else (Rhythm.DAILY, None)
    chosen = Plan(Rhythm(often), interview_on and date.fromisoformat(interview_on))
    since = chosen.window(today).since
    done = sum(number for day, number in reviewed if day >= since)
    rows = json.loads(cards)
    return Standing(today, chosen, done, [Card(*row[:3], *map(_day, row[3:6]), *row[6:]) for row in rows])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def answer(
    *, user: User, card_id: int, version_id: int, number: int, form: Form, sureness: str, now: datetime
) -> ReviewLog:
    """Grade an answer, move the card, write the log and the ledger. A form counts once.

    `number` is the card's review number that the form carried. Raises ReviewCard.DoesNotExist for a card
    or question that is not the learner's, InvalidResponse for a form that is no answer or answers what an
    open attempt asks, Late, with the answer that stands, for a form that was sent before.
    """
    card = asking.card_of(user, card_id)
    showing = asking.again(card, version_id, number)
    if card.review_number != number:
        raise Late(last_answer(card))
    said = _said(card, showing, form, sureness)
    written = cards.write(user=user, recalled=[said], now=now)
    if not written:
        raise Late(last_answer(card))
    log = ReviewLog(pk=written[0])
    activity.record(
        user=user,
        kind=LearningEvent.Kind.CARD_REVIEWED,
        now=now,
        course=Course(pk=card.objective.course_id) if card.objective else None,
        version=showing.version if card.objective else None,
        review=log,
    )
    return log


def _said(card: ReviewCard, showing: Showing, form: Form, sureness: str) -> cards.Recalled:
    held = asking.in_open_attempts(card.user_id).filter(question=showing.question_id)
    if showing.question_id and held.exists():
        raise InvalidResponse(str(HELD))
    response, grade = showing.read(form)
    return cards.Recalled(
        cards.Source.REVIEW,
        scheduler.rating_of(grade.credit, sureness),
        objective_id=card.objective_id,
        term_id=card.term_id,
        card=cards.Known.of(card),
        question_id=showing.question_id,
        version_id=showing.version_id,
        direction=showing.direction,
        offered=showing.offered,
        response=response,
        sureness=sureness,
        credit=grade.credit,
    )


def last_answer(card: ReviewCard) -> ReviewLog | None:
    """Return the latest answer in a review of the card that stands; None before the first."""
    answered = card.logs.filter(source=ReviewLog.Source.REVIEW, undone_at__isnull=True)
    return answered.order_by("-pk").first()


@dataclass(frozen=True)
class Answered:
    """An answer given in the review, with the question as it was asked and whether it may be taken back."""

    log: ReviewLog
    showing: Showing
    can_undo: bool


def answered(user: User, log_id: int, *, today: date) -> Answered:
    """Return the learner's own answer, else raise ReviewLog.DoesNotExist."""
    later = ReviewLog.objects.filter(
        card__user=user, source=ReviewLog.Source.REVIEW, undone_at__isnull=True, pk__gt=OuterRef("pk")
    )
    own = ReviewLog.objects.filter(card__user=user, source=ReviewLog.Source.REVIEW)
    related = ("version", "card__user", "card__term", "card__objective__course__live_version")
    log = own.select_related(*related).annotate(is_last=~Exists(later)).get(pk=log_id)
    can_undo = log.is_last and log.undone_at is None and log.local_date == today
    return Answered(log, asking.as_asked(log), can_undo)


@transaction.atomic
def undo(*, user: User, log_id: int, now: datetime) -> ReviewCard | None:
    """Take back the last answer of the day: its card is what it was before. Returns None if it is too late.

    The study day that it made stays. Raises ReviewLog.DoesNotExist for an answer that is not the learner's.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    found = answered(locked, log_id, today=now.astimezone(user.zone).date())
    if not found.can_undo:
        return None
    log, card = found.log, found.log.card
    log.undone_at = now
    log.save(update_fields=["undone_at"])
    cards.rebuild(card)
    activity.record(user=user, kind=LearningEvent.Kind.REVIEW_UNDONE, now=now, review=log)
    return card
