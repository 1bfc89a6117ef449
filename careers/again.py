"""Six statements of the fit check, asked again after some modules; the other answers stay as they were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import guests
from accounts.models import User
from careers import assessment, fit
from careers.assessment import Asked, NoAnswer
from careers.models import AskedAgainSkipped, PreviewReaction, Response, ResponseSet
from courses.models import Module

REST = timedelta(days=3)
"""Nobody is asked again sooner after the last result."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a learner has behind them: the modules (course, key) they were asked after or skipped."""

    dealt_with: set[tuple[str, str]]
    last_result_at: datetime | None
    """None, too, while a fit check that has no result yet is under way."""

    def may_ask(self, *, now: datetime) -> bool:
        """Whether there is a result, and it has rested."""
        return self.last_result_at is not None and self.last_result_at <= now - REST


# Raw, because Django needs longer to put these together than PostgreSQL to answer them.
OF_USER = (
    """
    SELECT COALESCE(json_agg(json_build_object('course', course.key, 'module', module.key, 'at', result.at)
        ORDER BY taken.number), '[]'::json)::text
    FROM careers_responseset AS taken
    LEFT JOIN careers_result AS result ON result.response_set_id = taken.id
    LEFT JOIN courses_module AS module ON module.id = taken.after_id
    LEFT JOIN courses_course AS course ON course.id = module.course_id
    WHERE taken.user_id = accounts_user.id
    """,
    """
    SELECT COALESCE(json_agg(json_build_object('course', course.key, 'module', module.key)
        ORDER BY skipped.id), '[]'::json)::text
    FROM careers_askedagainskipped AS skipped
    JOIN courses_module AS module ON module.id = skipped.module_id
    JOIN courses_course AS course ON course.id = module.course_id
    WHERE skipped.user_id = accounts_user.id
    """,
)
"""For a row of User: what `past` reads, as JSON. A page that reads its learner anyway need not ask again."""


def past(taken: list[dict[str, Any]], skipped: list[dict[str, Any]]) -> Past:
    """Read what OF_USER found."""
    dealt_with = {(row["course"], row["module"]) for row in [*taken, *skipped] if row["module"]}
    last = datetime.fromisoformat(taken[-1]["at"]) if taken and taken[-1]["at"] else None
    return Past(dealt_with, last)


def questions(learner: User) -> tuple[ResponseSet | None, list[Asked]]:
    """Return the newest set with a result and the six statements that are asked now; nothing without one."""
    newest = learner.fit_checks.filter(result__isnull=False).last()
    if newest is None:
        return None, []
    times = learner.fit_checks.filter(after__isnull=False).count()
    asked = assessment.sitting_of(newest).asked
    chosen = set(fit.asked_again([assessment.as_question(each.item) for each in asked], times=times))
    return newest, [each for each in asked if each.item.key in chosen]


@transaction.atomic
def answer(*, user: User, module: Module, given: Mapping[str, str], now: datetime) -> ResponseSet:
    """Keep all six answers as a new set, which takes the other answers and reactions over from the newest.

    Sent twice it is kept once: the first set after the module stands. Raises NoAnswer where one is missing or
    is none.
    """
    assessment.one_at_a_time(user)
    if found := user.fit_checks.filter(after=module).first():
        return found
    newest, asked = questions(user)
    if newest is None:
        raise NoAnswer
    worth = {each.item.pk: assessment.worth(each.item, given.get(each.item.key, "")) for each in asked}
    last = user.fit_checks.latest("number").number
    made = user.fit_checks.create(instrument=newest.instrument, number=last + 1, started_at=now, after=module)
    kept = [
        Response(
            response_set=made,
            item_id=row.item_id,
            value=row.value,
            option=row.option,
            product=row.product,
            project=row.project,
            answered_at=row.answered_at,
        )
        for row in newest.responses.all()
        if row.item_id not in worth
    ]
    fresh = [Response(response_set=made, item_id=pk, answered_at=now, **each) for pk, each in worth.items()]
    Response.objects.bulk_create([*kept, *fresh])
    PreviewReaction.objects.bulk_create(
        PreviewReaction(response_set=made, scale_id=row.scale_id, part=row.part, reaction=row.reaction)
        for row in newest.reactions.all()
    )
    rows = list(made.responses.select_related("item"))
    assessment.keep_result(made, rows, now=now)
    guests.seen(user, now=now)
    return made


@transaction.atomic
def skip(*, user: User, module: Module, now: datetime) -> None:
    """Note that a learner is not to be asked after this module."""
    AskedAgainSkipped.objects.get_or_create(user=user, module=module, defaults={"at": now})
    guests.seen(user, now=now)


def inherit(*, guest: User, user: User) -> None:
    """Give a guest's skips to an account, each module once."""
    own = user.fit_checks_skipped.values("module_id")
    guest.fit_checks_skipped.filter(module_id__in=own).delete()
    guest.fit_checks_skipped.update(user=user)
