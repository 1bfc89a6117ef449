"""Time spent: from one thing done to the next; a long break is none, and nothing is counted twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from learning import activity, checks
from learning.models import DailyActivity, LearningEvent
from tests.factories import NOW

pytestmark = pytest.mark.django_db
Kind = LearningEvent.Kind


def do(user: User, minutes: float, kind: Kind = Kind.DRILL_ANSWERED) -> None:
    """Do something so many minutes after nine."""
    activity.record(user=user, kind=kind, now=NOW + timedelta(minutes=minutes))


def spent(user: User) -> float:
    """Minutes, of all days together."""
    return sum(day.spent.total_seconds() for day in DailyActivity.objects.filter(user=user)) / 60


def test_it_runs_from_one_thing_done_to_the_next(learner: User) -> None:
    for minutes in (0, 6, 14):
        do(learner, minutes)
    assert spent(learner) == 14


def test_one_thing_by_itself_took_nobody_knows_how_long(learner: User) -> None:
    do(learner, 0)
    assert spent(learner) == 0


def test_a_break_is_left_out(learner: User) -> None:
    for minutes in (0, 10, 10 + 30, 40 + 30.1, 75):
        do(learner, minutes)
    assert spent(learner) == pytest.approx(10 + 30 + 4.9)


def test_a_quiz_takes_its_time_from_its_start_on_and_its_start_is_no_day_of_study(learner: User) -> None:
    do(learner, 0, Kind.ATTEMPT_STARTED)
    assert not DailyActivity.objects.studied().exists()
    do(learner, 8, Kind.ATTEMPT_SUBMITTED)
    assert spent(learner) == 8


def test_what_editors_do_to_a_record_is_nobodys_time(learner: User) -> None:
    do(learner, 0)
    do(learner, 5, Kind.GUEST_MERGED)
    do(learner, 10, Kind.LESSON_UNDONE)
    assert spent(learner) == 0


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(-90, 90),
            st.sampled_from(
                [Kind.DRILL_ANSWERED, Kind.ATTEMPT_STARTED, Kind.CARD_REVIEWED, Kind.LESSON_UNDONE]
            ),
            st.sampled_from(["Europe/Lisbon", "Asia/Tokyo", "America/Los_Angeles"]),
        ),
        max_size=12,
    )
)
def test_counted_again_from_the_ledger_it_is_the_same(acts: list[tuple[int, Kind, str]]) -> None:
    """Also when clocks go back, and when a traveller's day begins anew."""
    user = User.objects.create(email=None)
    now = datetime(2026, 11, 21, 23, 40, tzinfo=UTC)
    for minutes, kind, zone in acts:
        now += timedelta(minutes=minutes)
        user.time_zone = zone
        activity.record(user=user, kind=kind, now=now)
    where = [each.where for each in checks.differences() if "time spent" in each.where]
    assert where == []
    before = list(
        DailyActivity.objects.filter(user=user)
        .order_by("local_date")
        .values_list("local_date", "spent", "last_at")
    )
    activity.recount(user)
    again = DailyActivity.objects.filter(user=user).order_by("local_date")
    assert list(again.values_list("local_date", "spent", "last_at")) == before


def test_a_wrong_sum_is_found(learner: User) -> None:
    do(learner, 0)
    do(learner, 6)
    DailyActivity.objects.update(spent=timedelta(minutes=7))
    found = [str(each) for each in checks.differences() if "time spent" in each.where]
    assert found == [f"time spent by user {learner.pk} on 2026-11-21: stored 0:07:00, counted 0:06:00"]
