"""How many cards are due stands in the navigation of every page of a learner, and costs none a query."""

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import guests, organisation
from accounts.models import User
from courses import publishing
from courses.models import Course, GlossaryTerm, Lesson
from learning import progress, quizzes
from learning.models import Enrollment, ReviewCard
from learning.rhythm import CEILING
from tests.factories import NOW
from tests.learning import test_review
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db
QUIZ = "/learn/two-pms/quiz/module-1/"
PAGES = {
    "landing": "/",
    "catalogue": "/courses/",
    "course": "/courses/two-pms/",
    "my course": "/learn/two-pms/",
    "lesson": "/learn/two-pms/lesson-2/",
    "quiz": QUIZ,
    "result": "/attempts/{done}/result/",
    "practise": "/attempts/{done}/practise/",
    "attempt": "/attempts/{open}/",
    "overview": "/attempts/{open}/?question=overview",
    "review": "/review/",
    "card": "/review/card/",
    "drill": "/drill/",
    "adverts": "/drill/adverts/",
    "progress": "/dashboard/",
    "answers": "/dashboard/answers/",
    "why": "/dashboard/done/two-pms/",
    "search": "/search/?q=sponsor",
    "help": "/help/",
    "reminders": "/settings/reminders/",
    "profile": "/settings/profile/",
    "account": "/accounts/email/",
}
FOR_GUESTS = ("my course", "lesson", "quiz", "result", "practise", "attempt", "overview", "drill", "progress")
clock = test_review.clock
met = test_review.met


def known_as_guest(user: User) -> Client:
    client = Client()
    signer = signing.get_cookie_signer(salt=guests.COOKIE + guests.SALT)
    client.cookies[guests.COOKIE] = signer.sign(str(user.pk))
    return client


def address(user: User, page: str) -> str:
    done = user.attempts.filter(submitted_at__isnull=False).values_list("pk", flat=True).first()
    open_one = user.attempts.filter(submitted_at=None).values_list("pk", flat=True).first()
    return PAGES[page].format(done=done, open=open_one)


def tried(user: User) -> None:
    """One attempt is handed in, and one is open; two cards are due."""
    quiz = quizzes.get_live("two-pms", "module-1")
    take(user, quiz, right=2)
    quizzes.start(user=user, quiz=quiz, now=NOW)
    keep = user.review_cards.order_by("pk").values_list("pk", flat=True)[:2]
    user.review_cards.exclude(pk__in=list(keep)).delete()
    user.review_cards.update(last_on=NOW.date(), due_on=test_review.TODAY)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_it(met: User, browser: Client, page: str) -> None:
    tried(met)
    answer = browser.get(address(met, page))
    assert answer.status_code == 200
    assert answer.content.decode().count("Review, 2 due</a>") == 2  # at the top, and at the thumb


@pytest.mark.parametrize("page", FOR_GUESTS)
def test_guests_see_it_too(course: Course, page: str) -> None:
    guest = User.objects.create(last_seen_on=NOW.date())
    progress.complete_lesson(user=guest, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    tried(guest)
    answer = known_as_guest(guest).get(address(guest, page))
    assert answer.content.decode().count("Review, 2 due</a>") == 2


def test_a_lesson_of_a_course_not_begun_says_it_for_no_query_more(met: User, browser: Client) -> None:
    organisation.current()
    Enrollment.objects.all().delete()
    browser.get(PAGES["lesson"])
    with CaptureQueriesContext(connection) as queries:
        assert "Review, 2 due</a>" in browser.get(PAGES["lesson"]).content.decode()
    assert len(queries) <= 5


def test_with_nothing_due_there_is_no_number(met: User, browser: Client) -> None:
    ReviewCard.objects.update(due_on=test_review.TODAY + test_review.DAY)
    assert ">Review</a>" in browser.get(PAGES["lesson"]).content.decode()


def test_it_is_never_larger_than_the_days_ceiling(met: User, browser: Client) -> None:
    known = met.review_cards.get(term__isnull=False)
    for n in range(CEILING + 5):
        more = GlossaryTerm.objects.create(key=f"more-{n}", name=f"{n}", meaning="More.", used_by="both")
        publishing.publish(more, author=None, now=NOW)
        known.pk, known.term = None, more
        known.save()
    assert f"Review, {CEILING} due</a>" in browser.get(PAGES["lesson"]).content.decode()


def test_it_follows_the_learners_own_date(met: User, browser: Client) -> None:
    ReviewCard.objects.update(due_on=test_review.TODAY + test_review.DAY)
    met.time_zone = "Pacific/Kiritimati"  # fourteen hours ahead
    met.save()
    with time_machine.travel(NOW.replace(hour=11) + 3 * test_review.DAY, tick=False):
        browser.force_login(met)
        assert "Review, 2 due</a>" in browser.get(PAGES["my course"]).content.decode()


def test_a_visitor_is_told_of_no_review(course: Course, client: Client) -> None:
    for page in ("landing", "lesson", "my course", "drill"):
        assert "/review/" not in client.get(PAGES[page]).content.decode()
