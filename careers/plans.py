"""Plans of thirty days: beginning one, ticking its steps, and where a learner stands in it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, OuterRef

from accounts import guests
from accounts.models import User
from careers.models import Plan, PlanFollowed, PlanStep, PlanTick

LENGTH = 30
SPAN = re.compile(r"(\d{1,2})(?:\s*[-\u2013]\s*(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whether it is done, and whether its days are now."""

    row: PlanStep
    done: bool
    now: bool

    @property
    def many(self) -> bool:
        """Whether it takes more than one day."""
        return not self.row.days.isdecimal()


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan as a learner stands in it. `day` counts from 1; None before it is begun."""

    plan: Plan
    steps: list[Step]
    day: int | None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.done for step in self.steps)

    @property
    def over(self) -> bool:
        """Whether the thirty days have passed."""
        return self.day is not None and self.day > LENGTH


def standing(learner: User | None, key: str, *, today: date) -> Standing:
    """Return a plan with what a learner ticked (3 queries at most). Raises Plan.DoesNotExist.

    `today` is the learner's local date.
    """
    plan = Plan.objects.get(key=key)
    ticks = PlanTick.objects.filter(followed=OuterRef("pk"))
    mine = learner.plans_followed.filter(plan=plan) if learner else PlanFollowed.objects.none()
    ticked = mine.annotate(done=ArraySubquery(ticks.values("step")))
    found = ticked.values_list("started_on", "done").first()
    day = _day(found[0], today) if found else None
    done = set(found[1]) if found else set()
    steps = [
        Step(row, row.key in done, day is not None and falls_on(row.days, day))
        for row in plan.steps.select_related("lesson__course").annotate(
            lesson_title=F("lesson__live_version__body__title")
        )
    ]
    return Standing(plan, steps, day)


def falls_on(days: str, day: int) -> bool:
    """Say whether a day lies in a step's days, such as "1" or "2-4"; words lie nowhere."""
    span = SPAN.fullmatch(days.strip())
    return span is not None and int(span[1]) <= day <= int(span[2] or span[1])


@transaction.atomic
def tick(*, user: User, key: str, done: Collection[str] | None, now: datetime) -> PlanFollowed:
    """Begin a plan if it is not begun, and keep which of its steps (by key) are done; None leaves them.

    Sent again it changes nothing. A step keeps the time of its first tick. Raises Plan.DoesNotExist.
    """
    plan = Plan.objects.get(key=key)
    row, _ = PlanFollowed.objects.update_or_create(
        user=user,
        plan=plan,
        defaults={"changed_at": now},
        create_defaults={"changed_at": now, "started_on": now.astimezone(user.zone).date()},
    )
    if done is not None:
        known = set(plan.steps.values_list("key", flat=True))
        wanted = known & set(done)
        row.ticks.filter(step__in=known - wanted).delete()
        rows = [PlanTick(followed=row, step=step, ticked_at=now) for step in sorted(wanted)]
        PlanTick.objects.bulk_create(rows, ignore_conflicts=True)
    guests.seen(user, now=now)
    return row


@dataclass(frozen=True, slots=True)
class Followed:
    """A plan that a learner follows, in short. `day` counts from 1."""

    key: str
    title: str
    done: int
    steps: int
    day: int


def followed(rows: list[dict[str, Any]], *, today: date) -> list[Followed]:
    """Read what OF_USER found. `today` is the learner's local date."""
    return [
        Followed(
            key=row["key"],
            title=row["title"],
            done=row["done"],
            steps=row["steps"],
            day=_day(date.fromisoformat(row["started_on"]), today),
        )
        for row in rows
    ]


def _day(started_on: date, today: date) -> int:
    """Which day of a plan it is, from 1; who has travelled west since it began is on the first."""
    return max(1, (today - started_on).days + 1)


# Raw, because Django needs longer to put it together than PostgreSQL to answer it.
OF_USER = """
    SELECT COALESCE(json_agg(json_build_object(
        'key', plan.key, 'title', plan.title, 'started_on', followed.started_on,
        'steps', (SELECT count(*) FROM careers_planstep AS step WHERE step.plan_id = plan.id),
        'done', (
            SELECT count(*) FROM careers_planstep AS step
            JOIN careers_plantick AS tick ON tick.followed_id = followed.id AND tick.step = step.key
            WHERE step.plan_id = plan.id
        )
    ) ORDER BY followed.changed_at DESC, followed.id DESC), '[]'::json)::text
    FROM careers_planfollowed AS followed JOIN careers_plan AS plan ON plan.id = followed.plan_id
    WHERE followed.user_id = accounts_user.id
"""
"""For a row of User: the plans that one follows, the last changed first, as JSON; `followed` reads it. A page
that reads its learner anyway need not ask again."""


def inherit(*, guest: User, user: User) -> None:
    """Give a guest's plans to an account. Of a plan that both follow the steps that either ticked are done.

    It then began on the earlier day, and was changed at the later time.
    """
    own = {row.plan_id: row for row in user.plans_followed.all()}
    for theirs in guest.plans_followed.all():
        mine = own.get(theirs.plan_id)
        if mine is None:
            continue
        theirs.ticks.filter(step__in=mine.ticks.values("step")).delete()
        theirs.ticks.update(followed=mine)
        mine.started_on = min(mine.started_on, theirs.started_on)
        mine.changed_at = max(mine.changed_at, theirs.changed_at)
        mine.save(update_fields=["started_on", "changed_at"])
        theirs.delete()
    guest.plans_followed.update(user=user)
