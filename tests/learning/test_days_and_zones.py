"""Study days through zones, changes of the clocks, travel, midnight and clocks that are wrong.

What holds, in terms of the local dates that the ledger stores:

1. A thing done counts on exactly one date: the one that the learner's clocks show at that moment.
2. A move to another zone, by itself, changes no stored row: no day is lost by it and none is gained.
3. Whatever is done afterwards takes no day away and makes no day's counts smaller; each thing done adds one
   day at most. So nobody gains two days by one thing, and nobody loses the day of one.
4. All study days of a stretch of real time of length L, however often its learner moved, are at most
   floor((L + 26 h) / 24 h) + 2: zones lie between 12 hours behind UTC and 14 ahead.
5. Each study day belongs to exactly one week, from Monday on, and a week has seven days at most.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count, pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.time_zones import names
from courses.models import Course, DrillSentence, Label, Lesson
from learning import checks, drill, goals, progress, quizzes, review, rhythm
from learning.models import DailyActivity, ReviewCard
from tests.factories import NOW
from tests.learning.quiz_steps import answer, make_quiz, take
from tests.learning.sentences import make_sentences

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ZONES = sorted(names())
FAR = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "America/New_York", "Australia/Lord_Howe"]
DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))
learners = count(1)

# --- On the record ----------------------------------------------------------------------------------------

steps = st.tuples(
    st.one_of(
        st.integers(0, 5).map(lambda n: n * MINUTE),
        st.integers(0, 40).map(lambda n: n * HOUR),
        st.just(-5 * MINUTE),  # the clock of the process that serves the next request is behind
    ),
    st.none() | st.sampled_from(FAR) | st.sampled_from(ZONES),
    st.sampled_from(["drill", "complete", "undo", "nothing"]),
)
journeys = st.lists(steps, min_size=1, max_size=12)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def do(user: User, what: str, now: datetime) -> None:
    """Do one thing, as the product does it."""
    lesson = Lesson.objects.select_related("live_version", "course").get(key="lesson-1")
    if what == "complete":
        progress.complete_lesson(user=user, lesson=lesson, now=now)
    elif what == "undo":
        progress.undo_lesson(user=user, lesson=lesson, now=now)
    elif what == "drill":
        number = user.drill_answers.count() + 1
        sentence = DrillSentence.objects.earliest("pk")
        drill.answer(user=user, number=number, sentence=sentence, given=Label.BOTH, now=now)


def study_days(user: User) -> dict[date, tuple[int, int]]:
    """Each study day with its lessons and answers."""
    rows = DailyActivity.objects.studied().filter(user=user).values_list("local_date", "lessons", "answers")
    return {day: (lessons, answers) for day, lessons, answers in rows}


def stored(user: User) -> list[tuple[object, ...]]:
    """Everything that is stored with a local date."""
    events = user.learning_events.order_by("pk").values_list("pk", "at", "local_date", "time_zone")
    return [*events, *sorted(study_days(user).items())]


@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(starts, journeys)
@example(
    datetime(2026, 11, 21, 10, 30, tzinfo=UTC),  # three dates at one instant
    [(0 * HOUR, "Pacific/Pago_Pago", "drill"), (0 * HOUR, "UTC", "drill"), (0 * HOUR, FAR[0], "drill")],
)
def test_moving_takes_no_day_and_gives_none_and_one_thing_done_gives_one_at_most(
    course: Course, start: datetime, journey: list[tuple[timedelta, str | None, str]]
) -> None:
    with transaction.atomic():
        make_sentences()
        user = User.objects.create_user(f"traveller-{next(learners)}@example.org")
        now, done_at = start, []
        for gap, zone, what in journey:
            now += gap
            before = study_days(user)
            if zone is not None:
                rows = stored(user)
                user.time_zone = zone
                user.save()
                assert stored(user) == rows
            events = user.learning_events.count()
            do(user, what, now)
            today, after = now.astimezone(user.zone).date(), study_days(user)
            assert before.keys() <= after.keys() <= before.keys() | {today}
            for day, counts in before.items():
                assert after[day] == counts or day == today
                assert all(late >= early for early, late in zip(counts, after[day], strict=True))
            told = list(user.learning_events.order_by("pk")[events:])
            assert all((one.local_date, one.time_zone) == (today, user.zone.key) for one in told)
            if after != before:
                done_at.append(now)
        if done_at:
            length = max(done_at) - min(done_at)
            assert len(study_days(user)) <= (length + 26 * HOUR) // DAY + 2
        assert list(checks.differences()) == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_move_over_the_date_line_keeps_both_days_and_the_week_counts_both(course: Course) -> None:
    make_sentences()
    user = User.objects.create_user("traveller@example.org", time_zone="Pacific/Pago_Pago")
    goals.set_goal(user=user, days=2, now=datetime(2026, 11, 16, 12, tzinfo=UTC))
    now = datetime(2026, 11, 18, 10, 30, tzinfo=UTC)  # 17 November, 23:30 there
    do(user, "drill", now)
    user.time_zone = "Pacific/Kiritimati"  # 19 November, 00:30: the 18th never was
    user.save()
    do(user, "drill", now + MINUTE)
    days = study_days(user)
    assert days == {date(2026, 11, 17): (0, 1), date(2026, 11, 19): (0, 1)}
    week = goals.week_of(date(2026, 11, 19), study_days=days, goals={date(2026, 11, 16): 2})
    assert (week.days, week.missing, week.in_a_row) == (2, 0, 1)
    user.time_zone = "Pacific/Pago_Pago"  # and back, where it is still the 17th
    user.save()
    do(user, "drill", now + 2 * MINUTE)
    assert study_days(user) == {date(2026, 11, 17): (0, 2), date(2026, 11, 19): (0, 1)}


@pytest.mark.django_db
def test_a_lesson_done_again_on_another_date_of_the_same_hour_counts_there_too(course: Course) -> None:
    user = User.objects.create_user("traveller@example.org", time_zone="America/New_York")
    now = datetime(2026, 11, 18, 4, 50, tzinfo=UTC)  # ten to midnight
    for what, at in (("complete", now), ("undo", now), ("complete", now + MINUTE)):
        do(user, what, at)
    assert study_days(user) == {date(2026, 11, 17): (1, 0)}
    for what, at in (("undo", now), ("complete", now + 10 * MINUTE)):
        do(user, what, at)
    assert study_days(user) == {date(2026, 11, 17): (1, 0), date(2026, 11, 18): (1, 0)}


@pytest.mark.django_db
def test_a_quiz_over_midnight_counts_on_the_date_on_which_it_is_handed_in(course: Course) -> None:
    user = User.objects.create_user("owl@example.org", time_zone="Europe/Lisbon")
    before, after = (datetime(2026, 11, 18, 23, 59, tzinfo=UTC) + n * MINUTE for n in (0, 2))
    attempt = quizzes.start(user=user, quiz=quizzes.get_live("two-pms", "module-1"), now=before)
    for row in attempt.questions.select_related("version", "attempt__user"):
        answer(row, right=True, now=before)
    quizzes.submit(user=user, attempt_id=attempt.pk, now=after)
    assert study_days(user) == {date(2026, 11, 19): (0, 4)}


@pytest.mark.django_db
def test_a_quiz_whose_time_was_up_before_midnight_counts_on_the_date_of_its_end(course: Course) -> None:
    quiz = make_quiz(time_limit_minutes=10)
    user = User.objects.create_user("owl@example.org")
    before = datetime(2026, 11, 18, 23, 45, tzinfo=UTC)
    attempt = quizzes.start(user=user, quiz=quiz, now=before)
    row = attempt.questions.select_related("version", "attempt__user").earliest("position")
    answer(row, right=True, now=before)
    quizzes.submit(user=user, attempt_id=attempt.pk, now=before + 9 * HOUR)
    assert study_days(user) == {date(2026, 11, 18): (0, 1)}


@pytest.mark.django_db
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],  # an example takes half a second: smaller ones are not looked for
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(FAR)), min_size=2, max_size=8))
def test_however_one_travels_a_card_moves_once_a_date_and_never_back(
    course: Course, stops: list[tuple[int, str]]
) -> None:
    with transaction.atomic():
        user = User.objects.create_user(f"traveller-{next(learners)}@example.org")
        now = NOW
        for hours, zone in stops:
            now += hours * HOUR
            user.time_zone = zone
            user.save()
            take(user, quizzes.get_live("two-pms", "module-1"), right=4, now=now)
        for card in ReviewCard.objects.filter(user=user):
            moved = list(card.logs.filter(counted=True).order_by("pk").values_list("local_date", flat=True))
            assert all(early < late for early, late in pairwise(moved))
            assert card.last_on == moved[-1] < card.due_on
        assert list(checks.differences()) == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_review_is_open_from_the_midnight_of_the_learners_own_clocks(course: Course) -> None:
    user = User.objects.create_user("east@example.org", time_zone="Asia/Kathmandu")
    do(user, "complete", NOW)
    due = max(user.review_cards.values_list("due_on", flat=True))
    midnight = datetime.combine(due, time(), ZoneInfo("Asia/Kathmandu"))
    for now, open_ in ((midnight - MINUTE, False), (midnight, True)):
        today = now.astimezone(UTC).astimezone(user.zone).date()
        asked = review.standing(user, today=today).set
        assert (due in {card.due_on for card in asked}) is open_


# --- Weeks, as pure rules ---------------------------------------------------------------------------------


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=80))
def test_each_study_day_counts_in_exactly_one_week(days: set[date]) -> None:
    mondays = {goals.monday_of(day) for day in days}
    weeks = [goals.week_of(monday, study_days=days, goals={}) for monday in mondays]
    assert sum(week.days for week in weeks) == len(days)
    assert all(week.days <= 7 for week in weeks)


@given(DATES, st.integers(0, 6), st.sets(st.integers(-60, 20)), st.integers(1, 7), st.integers(0, 10))
def test_a_week_stands_the_same_on_each_of_its_days_wherever_its_learner_is(
    today: date, other: int, back: set[int], goal: int, since: int
) -> None:
    monday = goals.monday_of(today)
    days = [today + n * DAY for n in back]
    found = {
        goals.week_of(day, study_days=days, goals={monday - since * goals.WEEK: goal})
        for day in (today, monday + other * DAY)
    }
    assert len(found) == 1


@given(DATES, st.sets(st.integers(-200, 0)), DATES, st.integers(1, 7))
def test_another_study_day_never_shortens_a_row_of_weeks(
    today: date, back: set[int], more: date, goal: int
) -> None:
    days = {today + n * DAY for n in back}
    set_goals = {goals.monday_of(today) - 30 * goals.WEEK: goal}
    before = goals.week_of(today, study_days=days, goals=set_goals)
    after = goals.week_of(today, study_days=days | {more}, goals=set_goals)
    assert after.in_a_row >= before.in_a_row
    assert before.days <= after.days <= before.days + 1


@given(DATES, st.sampled_from(rhythm.Rhythm))
def test_sets_of_the_review_cover_each_date_once_whichever_way_one_travels(
    day: date, chosen: rhythm.Rhythm
) -> None:
    window = rhythm.window(chosen, day)
    inside = [window.since + n * DAY for n in range((window.until - window.since).days + 1)]
    assert {rhythm.window(chosen, each) for each in inside} == {window}
    assert rhythm.window(chosen, window.since - DAY).until == window.since - DAY


def test_local_dates_never_run_backwards_for_whoever_stays_through_every_change_until_2032() -> None:
    """Nor is a date left out, in any zone that can be chosen: so a day is neither lost nor counted twice."""
    for name in ZONES:
        zone = ZoneInfo(name)
        noons = [datetime(2026, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(7 * 366)]
        for early, late in pairwise(noons):
            if early.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset():
                continue
            quarters = [early + n * 15 * MINUTE for n in range(97)]
            dates = [each.astimezone(zone).date() for each in quarters]
            assert all(timedelta() <= after - before <= DAY for before, after in pairwise(dates)), name
