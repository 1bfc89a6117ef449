"""The fit check answered in two windows at once: nothing is lost, and nothing happens twice."""

from functools import partial
from pathlib import Path

import pytest

from accounts.models import User
from careers import again, assessment
from careers.models import Response, ResponseSet, Result
from courses.models import Module
from tests.careers import small
from tests.careers.answering import given, take
from tests.factories import NOW
from tests.learning.test_races import all_at_once, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learner(transactional_db: None, tmp_path: Path) -> User:
    """Somebody before the fit check."""
    small.bring(tmp_path)
    return User.objects.create_user("lea@example.org")


def test_the_last_two_answers_at_once_are_both_in_the_result(learner: User) -> None:
    take(learner, "product", count=12)
    last = assessment.current(learner).asked[12:14]
    keys = [(each.item.key, given(each, "product")) for each in last]
    all_at_once(
        [partial(assessment.answer, user=learner, key=key, given=value, now=NOW) for key, value in keys]
    )
    assert Result.objects.get().answered == 14


def test_the_first_answer_sent_many_times_makes_one_set(learner: User) -> None:
    first = assessment.current(learner).asked[0]
    at_once(lambda: assessment.answer(user=learner, key=first.item.key, given="5", now=NOW), times=8)
    assert ResponseSet.objects.count() == 1
    assert Response.objects.get().value == 5


def test_beginning_again_and_answering_again_happen_once(learner: User) -> None:
    take(learner, "product")
    module = Module.objects.get()
    six = {each.item.key: "3" for each in again.questions(learner)[1]}
    at_once(lambda: again.answer(user=learner, module=module, given=six, now=NOW), times=8)
    assert list(ResponseSet.objects.values_list("number", "after")) == [(1, None), (2, module.pk)]
    at_once(lambda: assessment.take_again(user=learner, after=2, now=NOW), times=8)
    assert ResponseSet.objects.count() == 3
