"""What a guest did here moves to the account they log in to, each table by its stated rule."""

from datetime import timedelta

import pytest

from accounts import guests
from accounts.models import User
from careers import again, already, assessment, plans, report
from careers.models import AskedAgainSkipped, PlanFollowed, PlanTick, ResponseSet, TaskChoice
from courses.models import Module
from tests.careers.answering import answer_again, take
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("asked")
LATER = NOW + timedelta(days=2)


@pytest.fixture
def guest(db: None) -> User:
    """Somebody without an account."""
    return User.objects.create()


def merge(guest: User, learner: User) -> None:
    """Log the guest in to the account."""
    assert guests.merge(guest=guest, user=learner, now=LATER)
    assert not User.objects.filter(pk=guest.pk).exists()


def test_a_guests_fit_check_comes_after_the_accounts_own(guest: User, learner: User) -> None:
    take(learner, "project")
    take(guest, "product")
    merge(guest, learner)
    found = report.of(learner)
    assert found is not None
    assert (found.number, found.result.side) == (2, "product")
    assert [move.result.side for move in found.moves] == ["project", "product"]


def test_one_without_an_answer_does_not_come(guest: User, learner: User) -> None:
    take(learner, "project")
    take(guest, "product")
    assessment.take_again(user=guest, after=1, now=NOW)
    merge(guest, learner)
    assert list(ResponseSet.objects.values_list("user", "number")) == [(learner.pk, 1), (learner.pk, 2)]


def test_asked_again_after_the_same_module_by_both_the_guests_counts_as_any_other(
    guest: User, learner: User
) -> None:
    module = Module.objects.get()
    for user in (guest, learner):
        take(user, "both")
        answer_again(user, module)
        again.skip(user=user, module=module, now=NOW)
    merge(guest, learner)
    assert [row.after for row in ResponseSet.objects.order_by("number")] == [None, module, None, None]
    assert AskedAgainSkipped.objects.get().user == learner


def test_what_either_picked_is_picked_once(guest: User, learner: User) -> None:
    already.choose(user=learner, shown=["shift", "ask-guests"], chosen=["shift"], now=NOW)
    already.choose(user=guest, shown=["shift", "ask-guests"], chosen=["shift", "ask-guests"], now=LATER)
    merge(guest, learner)
    kept = TaskChoice.objects.order_by("chosen_at").values_list("user", "task__key", "chosen_at")
    assert list(kept) == [(learner.pk, "shift", NOW), (learner.pk, "ask-guests", LATER)]


def test_a_plan_that_both_follow_has_the_ticks_of_both_and_the_earlier_day(
    guest: User, learner: User
) -> None:
    plans.tick(user=guest, key="both", done=["read", "talk"], now=NOW)
    plans.tick(user=guest, key="project", done=["read"], now=NOW)
    plans.tick(user=learner, key="both", done=["read", "decide"], now=LATER)
    merge(guest, learner)
    assert set(PlanFollowed.objects.values_list("user", flat=True)) == {learner.pk}
    followed = PlanFollowed.objects.get(plan__key="both")
    assert (followed.started_on, followed.changed_at) == (NOW.date(), LATER)
    assert {(tick.step, tick.ticked_at) for tick in followed.ticks.all()} == {
        ("read", LATER),
        ("decide", LATER),
        ("talk", NOW),
    }
    assert PlanTick.objects.filter(followed__plan__key="project").count() == 1
