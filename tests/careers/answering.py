"""Taking the fit check in tests."""

from datetime import datetime, timedelta

from accounts.models import User
from careers import again, assessment
from careers.assessment import Asked, Sitting
from careers.models import ResponseSet
from courses.models import Module
from tests.factories import NOW

WORTH = {"product": (2, 0), "project": (0, 2), "both": (1, 1), "neither": (0, 0)}


def given(asked: Asked, side: str) -> str:
    """What somebody answers who is wholly on one side, on both or on neither."""
    if asked.item.scale is None:
        options = asked.item.options.all()
        return next(each.key for each in options if (each.product, each.project) == WORTH[side])
    agrees = side in (asked.item.scale.key, "both")
    return "5" if agrees is not asked.item.reverse else "1"


def take(user: User, side: str, *, count: int = 14, now: datetime = NOW) -> Sitting:
    """Answer so many questions in their order, wholly on a side; return where that leads."""
    sitting = assessment.current(user)
    for asked in sitting.asked[:count]:
        later = now + timedelta(seconds=asked.number)
        sitting = assessment.answer(user=user, key=asked.item.key, given=given(asked, side), now=later)
    return sitting


def answer_again(user: User, module: Module, value: str = "3", *, now: datetime = NOW) -> ResponseSet:
    """Answer the six statements that are asked again after a module."""
    _, asked = again.questions(user)
    given = {each.item.key: value for each in asked}
    return again.answer(user=user, module=module, given=given, now=now)
