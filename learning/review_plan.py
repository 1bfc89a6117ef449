"""What a learner chooses about the review: a rhythm, and an interview that everything comes back before."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from learning import activity, review, rhythm
from learning.models import ReviewCard, ReviewPlan
from learning.rhythm import Rhythm


@transaction.atomic
def choose(*, user: User, chosen: Rhythm, now: datetime) -> None:
    """Ask a learner in this rhythm from now on. An interview that they prepare for stays."""
    ReviewPlan.objects.update_or_create(user=user, defaults={"rhythm": chosen.value})
    activity.was_here(user, now=now)


@transaction.atomic
def prepare(*, user: User, interview_on: date | None, now: datetime) -> int:
    """Bring what was met back before an interview, or no longer (None). Return how much of it has room.

    What can be asked is spread over the days up to the day before the interview, in the order in which it is
    due, never above the day's ceiling; what was asked today comes last. The same date again changes nothing.
    What is met later is not part of it: it is fresh anyway.
    """
    today = now.astimezone(user.zone).date()
    locked = User.objects.select_for_update().get(pk=user.pk)
    plan, _ = ReviewPlan.objects.get_or_create(user=locked)
    if plan.interview_on != interview_on:
        plan.interview_on = interview_on
        plan.save(update_fields=["interview_on"])
        _spread(locked, today=today, before=interview_on)
        activity.was_here(user, now=now)
    return user.review_cards.filter(wanted_on__isnull=False).count()


def _spread(user: User, *, today: date, before: date | None) -> None:
    user.review_cards.update(wanted_on=None)
    if before is None:
        return
    found = review.standing(user, today=today)
    in_order = sorted(found.askable, key=lambda card: (card.last_on >= today, card.due_on, card.pk))
    dates = rhythm.spread(len(in_order), first=today, before=before)
    rows = [  # with too few days, the last have none
        ReviewCard(pk=card.pk, wanted_on=day) for card, day in zip(in_order, dates, strict=False)
    ]
    ReviewCard.objects.bulk_update(rows, ["wanted_on"])
