"""The question in a mail: asked and answered through its link, without logging in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from courses.grading import InvalidResponse
from courses.presentation import QuestionView
from learning import asking, review
from learning.models import ReviewCard, ReviewLog
from learning.reminders.links import AskedCard


class GoneError(Exception):
    """The person, the card or the question is not there any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as its page shows it; `log` once it is answered."""

    item: QuestionView
    log: ReviewLog | None = None


def look(asked: AskedCard, *, now: datetime, error: str = "") -> Asked:
    """Return the question, or the answer that stands once the card has moved on. Changes nothing.

    Raises GoneError.
    """
    user = _owner(asked)
    try:
        card = asking.card_of(user, asked.card_id)
        showing = asking.again(card, asked.version_id, asked.number)
        if card.review_number == asked.number:
            return Asked(showing.ask(error))
        if (log := review.last_answer(card)) is None:
            raise GoneError
        found = review.answered(user, log.pk, today=now.astimezone(user.zone).date())
    except (ReviewCard.DoesNotExist, ReviewLog.DoesNotExist) as gone:
        raise GoneError from gone
    return Asked(found.showing.answered(), found.log)


def answer(asked: AskedCard, form: Mapping[str, Sequence[str]], *, now: datetime) -> Asked:
    """Take the answer as a review of its owner, once, and return what was right. Raises GoneError.

    A form that is no answer is asked again with what is missing.
    """
    try:
        review.answer(
            user=_owner(asked),
            card_id=asked.card_id,
            version_id=asked.version_id,
            number=asked.number,
            form=form,
            sureness="",
            now=now,
        )
    except ReviewCard.DoesNotExist as gone:
        raise GoneError from gone
    except InvalidResponse as reason:
        return look(asked, now=now, error=str(reason))
    except review.Late:
        pass
    return look(asked, now=now)


def _owner(asked: AskedCard) -> User:
    user = User.objects.filter(pk=asked.user_id, is_active=True).first()
    if user is None:
        raise GoneError
    return user
