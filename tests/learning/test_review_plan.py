"""How often a learner wants to be asked, and what comes back before an interview; on dates that move."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from courses import publishing
from courses.models import Course, GlossaryTerm, Objective
from learning import due, enrollment, review, review_plan
from learning.models import DailyActivity, ReviewCard, ReviewPlan
from learning.rhythm import CEILING, SET, Rhythm
from tests.factories import NOW
from tests.learning.test_review import words

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 25)
"""A Wednesday."""
NOON = datetime(2026, 11, 25, 12, tzinfo=NOW.tzinfo)
MET = 30


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def met(course: Course, learner: User) -> User:
    """The learner with 30 words: the first due today, one more due on each following day."""
    for n in range(MET):
        term = GlossaryTerm.objects.create(
            key=f"word-{n}", name=f"Word {n}", meaning=f"About {n}.", used_by="both"
        )
        publishing.publish(term, author=None, now=NOW)
        meet(learner, term, due_on=TODAY + n * DAY)
    return learner


def meet(user: User, thing: GlossaryTerm | Objective, *, due_on: date) -> None:
    of = {"term": thing} if isinstance(thing, GlossaryTerm) else {"objective": thing}
    ReviewCard.objects.create(
        user=user,
        **of,
        met_at=NOW,
        stability=10,
        difficulty=5,
        last_on=TODAY - 30 * DAY,
        due_on=due_on,
    )


def asked(user: User, today: date = TODAY) -> int:
    """How many are asked: the same on the page of the review and in the navigation of every other."""
    found = len(review.standing(user, today=today).set)
    assert due.count([(user.pk, today)]) == {(user.pk, today): found}
    row: Any = User.objects.annotate(**due.carried(user, today=today)).get(pk=user.pk)
    assert row.due == found
    return found


def answered(user: User, on: date, many: int) -> None:
    """The most urgent cards are answered on a date, and come back after three months."""
    for card in review.standing(user, today=on).set[:many]:
        ReviewCard.objects.filter(pk=card.pk).update(last_on=on, due_on=on + 90 * DAY)
    row, _ = DailyActivity.objects.get_or_create(user=user, local_date=on)
    row.reviews += many
    row.save()


def choose(user: User, rhythm: Rhythm) -> None:
    review_plan.choose(user=user, chosen=rhythm, now=NOON)


def prepare(user: User, on: date | None, now: datetime = NOON) -> int:
    return review_plan.prepare(user=user, interview_on=on, now=now)


def test_by_default_it_is_what_is_due_today_below_the_ceiling(met: User) -> None:
    assert asked(met) == 1
    assert asked(met, TODAY + 9 * DAY) == 10
    met.review_cards.update(due_on=TODAY)
    assert asked(met) == CEILING
    answered(met, TODAY, CEILING - 1)
    assert asked(met) == 1


def test_once_a_week_is_one_set_of_what_falls_due_by_sunday(met: User) -> None:
    choose(met, Rhythm.WEEKLY)
    assert asked(met) == 5  # Wednesday to Sunday
    answered(met, TODAY, 5)
    assert [asked(met, TODAY + n * DAY) for n in range(1, 5)] == [0, 0, 0, 0]
    assert asked(met, TODAY + 5 * DAY) == 7
    assert review.standing(met, today=TODAY).next_on == TODAY + 5 * DAY


def test_a_weekly_set_is_never_larger_than_twelve_and_asks_nothing_twice(met: User) -> None:
    met.review_cards.update(due_on=TODAY)
    choose(met, Rhythm.WEEKLY)
    assert asked(met) == SET
    answered(met, TODAY, SET)
    ReviewCard.objects.filter(user=met, last_on=TODAY).update(due_on=TODAY + DAY)  # forgotten again
    assert asked(met, TODAY + DAY) == 0
    assert asked(met, TODAY + 5 * DAY) == SET


def test_once_a_month_is_one_set_of_what_falls_due_by_its_end(met: User) -> None:
    choose(met, Rhythm.MONTHLY)
    assert asked(met) == 6  # 25 to 30 November
    answered(met, TODAY, 6)
    assert asked(met, date(2026, 11, 30)) == 0
    assert asked(met, date(2026, 12, 1)) == SET


def test_whoever_stopped_is_asked_nothing_until_they_go_on(met: User) -> None:
    met.review_cards.update(due_on=TODAY)
    choose(met, Rhythm.STOPPED)
    assert [asked(met, TODAY + n * DAY) for n in (0, 1, 400)] == [0, 0, 0]
    assert review.standing(met, today=TODAY).next_on is None
    choose(met, Rhythm.DAILY)
    assert asked(met) == CEILING


def test_before_an_interview_everything_met_is_asked_once_within_the_ceiling(met: User) -> None:
    choose(met, Rhythm.STOPPED)
    met.review_cards.update(due_on=TODAY + 300 * DAY)
    assert prepare(met, TODAY + 7 * DAY) == MET
    counts = []
    for n in range(7):
        counts.append(asked(met, TODAY + n * DAY))
        answered(met, TODAY + n * DAY, counts[-1])
    assert sum(counts) == MET
    assert max(counts) == 5
    assert not met.review_cards.filter(last_on__lt=TODAY).exists()
    assert asked(met, TODAY + 7 * DAY) == 0


def test_what_was_left_on_one_day_comes_on_the_next_and_none_after_the_interview(met: User) -> None:
    met.review_cards.update(due_on=TODAY + 300 * DAY)
    prepare(met, TODAY + 3 * DAY)
    assert [asked(met, TODAY + n * DAY) for n in range(4)] == [10, 20, 20, 0]


def test_with_too_few_days_the_most_urgent_have_room(met: User) -> None:
    assert prepare(met, TODAY + DAY) == CEILING
    assert set(met.review_cards.filter(wanted_on=None).values_list("due_on", flat=True)) == {
        TODAY + n * DAY for n in range(CEILING, MET)
    }


def test_the_same_date_again_changes_nothing(met: User) -> None:
    prepare(met, TODAY + 7 * DAY)
    before = list(met.review_cards.order_by("pk").values())
    assert prepare(met, TODAY + 7 * DAY, NOON + 2 * DAY) == MET
    assert list(met.review_cards.order_by("pk").values()) == before


def test_without_an_interview_it_is_as_before(met: User) -> None:
    prepare(met, TODAY + 7 * DAY)
    assert prepare(met, None) == 0
    assert asked(met) == 1


def test_whoever_comes_back_after_months_begins_with_twelve(met: User, browser: Client) -> None:
    met.review_cards.update(last_on=TODAY - 100 * DAY, due_on=TODAY - 80 * DAY)
    assert asked(met) == SET
    assert "We start with the 12 that matter most; the rest can wait." in words(browser.get("/review/"))
    answered(met, TODAY, SET)
    assert asked(met) == 0
    assert asked(met, TODAY + DAY) == MET - SET


def test_the_count_heeds_what_can_be_asked(met: User, course: Course) -> None:
    met.review_cards.update(due_on=TODAY)
    for objective in Objective.objects.all()[:2]:
        meet(met, objective, due_on=TODAY)
    review_cards = met.review_cards.filter(objective__isnull=False)
    met.review_cards.filter(term__isnull=False).exclude(term__key="word-0").delete()
    assert asked(met) == 1 + review_cards.count() > 1
    GlossaryTerm.objects.exclude(key="word-0").update(live_version=None)
    assert asked(met) == review_cards.count()
    course.questions.update(live_version=None)
    assert asked(met) == 0


def test_the_page_says_how_often_and_changes_it(met: User, browser: Client) -> None:
    assert "Every day on which something is due" in words(browser.get("/review/"))
    for _ in range(2):
        told = browser.post("/review/rhythm/", {"rhythm": "weekly"}, follow=True)
    assert "You are asked once a week, from Monday on." in words(told)
    assert "at most 12 questions, about 6 minutes" in words(told)
    assert ReviewPlan.objects.get().rhythm == Rhythm.WEEKLY
    met.review_cards.update(due_on=TODAY)
    answered(met, TODAY, SET)
    assert "Enough for this week" in words(browser.get("/review/"))
    assert "can wait until Monday, 30 November" in words(browser.get("/review/"))
    assert "You have stopped reviewing" in words(
        browser.post("/review/rhythm/", {"rhythm": "stopped"}, follow=True)
    )
    browser.post("/review/rhythm/", {"rhythm": "hourly"})
    assert ReviewPlan.objects.get().rhythm == Rhythm.STOPPED


def test_the_page_takes_an_interview_and_lets_it_go(met: User, browser: Client) -> None:
    told = words(browser.post("/review/interview/", {"interview_on": "2026-12-12"}, follow=True))
    assert "30 things come back before Saturday, 12 December." in told
    assert "Until the day before your interview on Saturday, 12 December 2026, every day." in told
    told = words(browser.post("/review/interview/", {"none": "1", "interview_on": ""}, follow=True))
    assert "You prepare for no interview any more." in told
    assert not met.review_cards.exclude(wanted_on=None).exists()


@pytest.mark.parametrize(
    ("given", "words_back"),
    [
        ("2026-11-25", "Choose a date after today."),
        ("2029-01-01", "Choose a date within a year."),
        ("soon", "Write the date as year, month, day"),
        ("", "Choose the date of your interview."),
    ],
)
def test_a_date_that_is_none_is_refused_and_kept(
    met: User, browser: Client, given: str, words_back: str
) -> None:
    page = browser.post("/review/interview/", {"interview_on": given})
    assert page.status_code == 400
    assert words_back in page.content.decode()
    assert f'value="{given}"' in page.content.decode() or not given
    assert not ReviewPlan.objects.exists()


def test_the_date_is_the_learners_own(met: User, browser: Client) -> None:
    User.objects.update(time_zone="Pacific/Auckland")  # 26 November, one in the morning
    assert browser.post("/review/interview/", {"interview_on": "2026-11-26"}).status_code == 400
    assert browser.post("/review/interview/", {"interview_on": "2026-11-27"}).status_code == 302


def test_a_visitor_has_nothing_to_set(course: Course, client: Client) -> None:
    assert client.post("/review/rhythm/", {"rhythm": "weekly"}).headers["Location"] == "/review/"
    assert client.post("/review/interview/", {"interview_on": "2026-12-12"}).headers["Location"] == "/review/"
    assert not ReviewPlan.objects.exists()


@pytest.mark.parametrize(("own", "kept"), [(None, "weekly"), (Rhythm.MONTHLY, "monthly")])
def test_a_guests_rhythm_comes_along_where_the_account_has_none(
    course: Course, learner: User, own: Rhythm | None, kept: str
) -> None:
    guest = User.objects.create(last_seen_on=TODAY)
    choose(guest, Rhythm.WEEKLY)
    if own:
        choose(learner, own)
    enrollment.inherit(guest=guest, user=learner, now=NOON)
    guest.delete()
    assert ReviewPlan.objects.get().rhythm == kept
