"""`check_progress`: silent while the sums are right, one line for each that is not, ids only."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts import guests
from accounts.models import User
from courses.models import Course, Lesson, Question
from learning import checks, progress
from learning.models import Answer, DailyActivity, Enrollment, LessonProgress
from tests.learning import history
from tests.learning.history import NOW, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> User:
    """Somebody with two lessons, one check and one quiz behind them, all of it counted rightly."""
    user = User.objects.create_user("learner@example.org")
    course = history.make_course()
    question = history.Bank.of(course).question
    history.enrol(user, course)
    for lesson in course.lessons.order_by("order")[:2]:
        history.complete(user, lesson)
    history.hand_in(user, course.quizzes.get(), question, 1, NOW)
    check = Answer.objects.create(
        user=user,
        context="check",
        question=question,
        version=history.live(question),
        response={},
        saved_at=NOW,
        credit=1,
    )
    history.event(user, Kind.CHECK_ANSWERED, NOW, course=course, answer=check).save()
    history.count(user, NOW.date(), answers=1)
    return user


def found() -> list[str]:
    """What the checks say."""
    return [str(difference) for difference in checks.differences()]


def test_right_sums_are_passed_over(learner: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_progress")
    assert capsys.readouterr().out == "All sums agree with the record.\n"


def test_nobody_to_check_is_no_difference() -> None:
    assert found() == []


def test_a_difference_ends_with_status_1(learner: User, capsys: pytest.CaptureFixture[str]) -> None:
    Enrollment.objects.update(lessons_done=7)
    with pytest.raises(CommandError, match=r"1 difference\.") as failure:
        call_command("check_progress")
    assert failure.value.returncode == 1
    assert "stored 7, counted 2" in capsys.readouterr().out


def test_a_day_with_a_wrong_sum_is_named(learner: User) -> None:
    DailyActivity.objects.update(answers=9)
    assert found() == [
        f"daily activity of user {learner.pk} on 2026-11-18: stored 2 lessons, 9 answers, 1 quizzes,"
        " 0 reviews, counted 2 lessons, 2 answers, 1 quizzes, 0 reviews"
    ]


def test_an_answer_that_no_longer_counts_or_does_not_yet_is_named(learner: User) -> None:
    graded, check = Answer.objects.order_by("pk")
    Answer.objects.filter(pk=graded.pk).update(recent=False)
    Answer.objects.filter(pk=check.pk).update(recent=True)
    assert found() == [
        f"recent answer {graded.pk} (user {learner.pk}): stored False, counted True",
        f"recent answer {check.pk} (user {learner.pk}): stored True, counted False",
    ]


def test_a_day_that_is_missing_is_named(learner: User) -> None:
    DailyActivity.objects.all().delete()
    assert "stored no day, counted 2 lessons" in found()[0]


def test_a_day_without_any_event_is_named(learner: User) -> None:
    history.count(learner, (NOW - timedelta(days=3)).date(), lessons=1)
    assert "2026-11-15: stored 1 lessons, 0 answers, 0 quizzes, 0 reviews, counted no day" in found()[0]


def test_a_lesson_done_twice_on_a_day_counts_once(learner: User) -> None:
    progress = LessonProgress.objects.first()
    for kind in (Kind.LESSON_UNDONE, Kind.LESSON_COMPLETED):
        history.event(learner, kind, NOW, lesson_progress=progress).save()
    assert found() == []


def test_a_lesson_whose_ledger_says_undone_is_named(learner: User) -> None:
    progress = LessonProgress.objects.first()
    assert progress
    history.event(learner, Kind.LESSON_UNDONE, NOW + timedelta(minutes=1), lesson_progress=progress).save()
    assert found() == [
        f"lesson progress {progress.pk} (user {learner.pk}): stored completed, counted lesson_undone"
    ]


def test_a_credit_that_its_answers_do_not_add_up_to_is_named(learner: User) -> None:
    Answer.objects.filter(context="quiz").update(credit="0.5")
    assert "stored 1.000, counted 0.500" in found()[0]


def test_a_check_that_the_ledger_does_not_tell_of_is_named(learner: User) -> None:
    Answer.objects.filter(context="check").update(user=User.objects.create_user("other@example.org"))
    again = Answer.objects.get(context="check")
    again.pk, again.user = None, learner
    again.save()
    assert f"check answer {again.pk}: stored one, counted 0 events in the ledger" in found()


def test_a_course_begun_without_a_word_in_the_ledger_is_named(learner: User) -> None:
    course = history.make_course("another")
    begun = Enrollment.objects.create(user=learner, course=course, started_at=NOW, last_active_at=NOW)
    assert found() == [f"enrollment {begun.pk}: stored one, counted no event in the ledger"]


def test_a_quiz_whose_handing_in_is_told_twice_is_named(learner: User) -> None:
    attempt = learner.attempts.get()
    history.event(learner, Kind.ATTEMPT_SUBMITTED, NOW, attempt=attempt).save()
    assert found() == [f"handing in of attempt {attempt.pk}: stored one, counted 2 events in the ledger"]


def test_an_event_that_points_to_somebody_elses_record_is_named(learner: User) -> None:
    other = User.objects.create_user("other@example.org")
    astray = history.event(other, Kind.LESSON_UNDONE, NOW, attempt=learner.attempts.get())
    astray.save()
    assert found() == [f"event {astray.pk}: stored of user {other.pk}, counted a record of somebody else"]


def test_a_local_date_that_no_zone_had_is_named(learner: User) -> None:
    astray = history.event(learner, Kind.GUEST_MERGED, NOW)
    astray.local_date = NOW.date() + timedelta(days=2)
    astray.save()
    assert found() == [f"local date of event {astray.pk}: stored 2026-11-20, counted about 2026-11-18"]


def test_learners_are_checked_in_chunks(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHUNK", 2)
    for n in range(4):
        User.objects.create_user(f"{n}@example.org")
    Enrollment.objects.update(lessons_done=7)
    assert len(list(checks.chunks())) == 3
    assert len(found()) == 1


ACTS = st.tuples(
    st.sampled_from(["account", "phone", "tablet"]),
    st.sampled_from(["complete", "undo", "answer", "log in"]),
    st.sampled_from(["lesson-1", "lesson-2"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(acts=st.lists(ACTS, max_size=14))
@example(
    acts=[
        ("account", "complete", "lesson-1"),
        ("tablet", "complete", "lesson-1"),
        ("tablet", "undo", "lesson-1"),
        ("phone", "complete", "lesson-1"),
        ("phone", "log in", ""),
        ("tablet", "log in", ""),
    ]
)
def test_whatever_people_do_the_sums_agree(course: Course, acts: list[tuple[str, str, str]]) -> None:
    """An account and the guests of two browsers complete, undo and answer; the browsers may log in."""
    with transaction.atomic():
        people = {name: User.objects.create(last_seen_on=NOW.date()) for name in ("phone", "tablet")}
        people["account"] = User.objects.create_user("account@example.org", time_zone="Pacific/Auckland")
        for hour, (who, what, key) in enumerate(acts):
            now = NOW + timedelta(hours=5 * hour)
            lesson = Lesson.objects.live().get(key=key or "lesson-1")
            if what == "complete":
                progress.complete_lesson(user=people[who], lesson=lesson, now=now)
            elif what == "undo":
                progress.undo_lesson(user=people[who], lesson=lesson, now=now)
            elif what == "answer":
                question = Question.objects.select_related("live_version").get(
                    key=key.replace("lesson", "check")
                )
                progress.answer_check(
                    user=people[who], lesson=lesson, question=question, response={}, sureness="", now=now
                )
            elif people[who].is_guest:
                guests.merge(guest=people[who], user=people["account"], now=now)
                people[who] = people["account"]
        assert found() == []
        transaction.set_rollback(True)
