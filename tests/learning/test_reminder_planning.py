"""Who is due when: the planner and what it leaves in the outbox."""

import threading
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from learning.models import ReminderContract
from learning.models.moves import FollowsMoves
from learning.reminders import contract, plan
from mailing import housekeeping
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.learning.reminding import ask, at, make_learner, make_reminded, reminders, run
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def test_nobody_is_reminded_who_did_not_ask(sink: MailSink) -> None:
    make_learner(make_course())
    assert run(at(18)) == {}


def test_a_reminder_goes_out_at_the_learners_own_hour(sink: MailSink) -> None:
    user = make_learner(make_course(), time_zone="America/New_York")
    ask(user)
    assert run(at(22, 59)) == {}
    assert run(at(23)) == {"accepted": 1}
    assert sink.recipients() == [user.email]


def test_a_reminder_is_planned_once_a_date_however_often_the_planner_runs() -> None:
    user = make_reminded()
    for _ in range(3):
        plan.plan(now=at(18))
    assert reminders(user) == [("2026-11-21", "pending")]


def test_the_next_one_is_due_on_the_next_chosen_day() -> None:
    user = make_reminded(weekdays={2, 4})
    row = ReminderContract.objects.get(user=user)
    assert (row.next_local_date, row.next_due_at) == (date(2026, 11, 24), at(18, days=3))
    plan.plan(now=at(18, days=3))
    row.refresh_from_db()
    assert row.next_local_date == date(2026, 11, 26)


def test_choosing_a_later_hour_on_the_same_day_gives_no_second_reminder(sink: MailSink) -> None:
    user = make_reminded()
    run(at(18))
    ask(user, now=at(19), local_time=time(20))
    run(at(20))
    assert reminders(user) == [("2026-11-21", "sent")]


def test_a_mail_that_could_not_go_out_within_three_hours_expires(sink: MailSink) -> None:
    user = make_reminded()
    plan.plan(now=at(20, 59))
    assert run(at(21)) == {}
    housekeeping.sweep(now=at(21))
    assert reminders(user) == [("2026-11-21", "too late")]


def test_after_a_long_outage_there_is_one_row_for_the_missed_date_and_the_next_is_ahead() -> None:
    user = make_reminded()
    plan.plan(now=at(12, days=5))
    assert reminders(user) == [("2026-11-21", "pending")]
    assert ReminderContract.objects.get(user=user).next_due_at == at(18, days=5)


def test_after_a_restore_nobody_is_reminded_of_what_fell_due_before_it(sink: MailSink) -> None:
    user = make_reminded()
    with connection.cursor() as cursor:
        cursor.execute(plan.BEGIN_ANEW)
    assert run(at(18, 30)) == {}
    assert reminders(user) == []
    assert run(at(18, days=1)) == {"accepted": 1}


def test_who_moves_to_another_zone_is_reminded_at_the_hour_there(sink: MailSink) -> None:
    user = make_reminded()
    User.objects.filter(pk=user.pk).update(time_zone="America/New_York")
    assert run(at(18)) == {}
    assert ReminderContract.objects.get(user=user).next_due_at == at(23)
    assert run(at(23)) == {"accepted": 1}


def test_only_those_who_moved_are_marked_to_be_planned_anew_however_their_zone_was_changed() -> None:
    moved, stayed = make_reminded(), make_learner()
    ask(stayed)
    User.objects.update(name="Ann")
    assert not ReminderContract.objects.moved().exists()
    User.objects.filter(pk=moved.pk).update(time_zone="Asia/Tokyo")
    assert [row.user_id for row in ReminderContract.objects.moved()] == [moved.pk]


def test_moves_are_followed_as_long_as_the_database_is_told_to() -> None:
    user = make_reminded()
    follows = next(each for each in ReminderContract._meta.constraints if isinstance(each, FollowsMoves))
    with connection.schema_editor() as editor:
        editor.remove_constraint(ReminderContract, follows)
    User.objects.filter(pk=user.pk).update(time_zone="Asia/Tokyo")
    assert not ReminderContract.objects.moved().exists()
    with connection.schema_editor() as editor:
        editor.add_constraint(ReminderContract, follows)
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Berlin")
    assert ReminderContract.objects.moved().exists()


def test_moving_ten_times_a_day_gives_one_reminder_a_date_and_twelve_hours_between_two(
    sink: MailSink,
) -> None:
    user = make_reminded()
    zones = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "Asia/Kathmandu", "Mars/Base"]
    for hour in range(24 * 4):
        now = NOW + timedelta(hours=hour)
        zone = zones[hour // 2 % len(zones)]
        User.objects.filter(pk=user.pk).update(time_zone=zone, last_seen_on=now.date())
        run(now)
    sent = sorted(row.sent_at for row in OutboxMail.objects.filter(state="sent") if row.sent_at)
    assert sent
    assert all(late - early >= timedelta(hours=12) for early, late in pairwise(sent))


def test_an_unknown_zone_counts_as_utc_and_disturbs_nobody_else(sink: MailSink) -> None:
    course = make_course()
    for zone in ("Mars/Base", "UTC"):
        ask(make_learner(course, time_zone=zone))
    assert run(at(18)) == {"accepted": 2}


def test_recomputing_leaves_what_is_right_and_what_is_due() -> None:
    user = make_reminded()
    assert plan.recompute(now=at(12)) == 0
    assert plan.recompute(now=at(18, 30)) == 0
    ReminderContract.objects.update(next_due_at=at(20))
    assert plan.recompute(now=at(12)) == 1
    assert ReminderContract.objects.get(user=user).next_due_at == at(18)


def test_what_other_time_zone_data_called_due_waits_for_its_own_hour() -> None:
    user = make_reminded()
    ReminderContract.objects.update(next_due_at=at(12))
    assert plan.plan(now=at(12)) == 1
    assert not OutboxMail.objects.exists()
    assert ReminderContract.objects.get(user=user).next_due_at == at(18)


def test_after_thirty_days_away_one_last_mail_is_planned_and_then_none_until_the_learner_is_back(
    sink: MailSink,
) -> None:
    user = make_reminded()
    User.objects.update(last_seen_on=(NOW - timedelta(days=30)).date())
    assert run(at(18)) == {"accepted": 1}
    assert run(at(18, days=1)) == {"skipped": 1}
    assert ReminderContract.objects.get(user=user).next_due_at is None
    assert plan.recompute(now=at(3, days=2)) == 0
    User.objects.update(last_seen_on=at(3, days=2).date())
    assert plan.recompute(now=at(3, days=2)) == 1


def test_a_pause_and_a_stop_leave_nothing_due() -> None:
    user = make_reminded()
    paused = contract.change(user_id=user.pk, change=contract.Change.PAUSE, now=NOW)
    assert paused is not None
    assert paused.next_local_date == date(2026, 12, 5)
    stopped = contract.change(user_id=user.pk, change=contract.Change.STOP, now=NOW)
    assert stopped is not None
    assert stopped.next_due_at is None


def test_fewer_means_one_a_week_and_going_on_ends_a_pause() -> None:
    user = make_reminded()
    for change in (contract.Change.FEWER, contract.Change.PAUSE, contract.Change.GO_ON):
        row = contract.change(user_id=user.pk, change=change, now=NOW)
    assert row is not None
    assert (row.ceiling_per_week, row.paused_until, row.next_local_date) == (1, None, date(2026, 11, 21))
    assert contract.change(user_id=0, change=contract.Change.STOP, now=NOW) is None


def test_planning_costs_the_same_number_of_queries_for_one_and_for_forty() -> None:
    course = make_course()
    counts: list[int] = []
    for learners in (1, 39):
        for _ in range(learners):
            ask(make_learner(course))
        with CaptureQueriesContext(connection) as queries:
            assert plan.plan(now=at(18, days=len(counts))) == learners + (1 if counts else 0)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_planners_in_parallel_make_one_row_for_each_learner_and_date() -> None:
    for _ in range(30):
        ask(make_learner())

    def work(now: datetime) -> None:
        try:
            plan.plan(now=now)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=[at(18)]) for _ in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    slots = list(OutboxMail.objects.values_list("user", "slot"))
    assert len(slots) == len(set(slots)) == 30
