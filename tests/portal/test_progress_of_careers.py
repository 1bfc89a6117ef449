"""The progress page knows which plan is followed and when to ask six questions again, at no further query."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from careers import again, plans
from careers.models import Instrument, Plan, PlanStep, Result
from learning.overview import FinishedModule
from mailing import clock
from portal.views.progress import module_to_ask_after
from tests.factories import make_course
from tests.learning import history

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> User:
    """Somebody with an account."""
    return User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")


@pytest.fixture(autouse=True)
def two_plans(db: None) -> None:
    """A plan of two steps for product, and one for both."""
    for key in ("product", "both"):
        plan = Plan.objects.create(key=key, title=f"Thirty days: {key}", summary="Half an hour a day.")
        for order, step in enumerate(("read", "talk")):
            PlanStep.objects.create(plan=plan, key=step, days="1", text=f"Do {step}.", order=order)


def finished(number: int, of: int = 8, key: str = "") -> FinishedModule:
    """A module that is done."""
    return FinishedModule("two-pms", key or f"module-{number}", f"Module {number}", number, of)


@pytest.mark.parametrize(
    ("numbers", "asked"), [([1, 2], None), ([1, 2, 3], 3), ([1, 2, 3, 4, 5], 5), ([3, 5, 8], 8), ([4], None)]
)
def test_six_questions_come_again_after_the_third_fifth_and_eighth_module(
    numbers: list[int], asked: int | None
) -> None:
    now = clock.now()
    past = again.Past(dealt_with=set(), last_result_at=now - again.REST)
    found = module_to_ask_after([finished(number) for number in numbers], past, now=now)
    assert (found and found.number) == asked


def test_nobody_is_asked_again_without_a_result_too_soon_twice_or_in_a_short_course() -> None:
    now = clock.now()
    rested = again.Past(set(), now - again.REST)
    assert module_to_ask_after([finished(3)], again.Past(set(), None), now=now) is None
    assert module_to_ask_after([finished(3)], again.Past(set(), now), now=now) is None
    assert module_to_ask_after([finished(3, of=3)], rested, now=now) is None
    dealt_with = again.Past({("two-pms", "module-3")}, now - again.REST)
    assert module_to_ask_after([finished(3)], dealt_with, now=now) is None


def test_the_offer_stands_on_the_page_until_it_is_skipped(
    learner: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.views.progress.FIT_AFTER", (1, 2))
    course = make_course()
    history.enrol(learner, course, at=clock.now())
    for key in ("lesson-1", "lesson-2"):
        history.complete(learner, course.lessons.get(key=key), at=clock.now())
    instrument = Instrument.objects.create(key="fit-check", answers=["a", "b", "c", "d", "e"])
    old = clock.now() - again.REST
    taken = learner.fit_checks.create(instrument=instrument, number=1, started_at=old)
    scores = {"product": 50, "product_error": 5, "project": 50, "project_error": 5}
    Result.objects.create(response_set=taken, answered=14, verdict="balanced", at=old, **scores)
    client.force_login(learner)
    assert "Do you see the two roles otherwise now?" in page(client)
    assert client.post("/fit/after/two-pms/module-1/skip/").headers["Location"] == "/dashboard/"
    assert "Do you see the two roles otherwise now?" not in page(client)


def page(client: Client) -> str:
    """The words of the progress page, markup left out and spaces evened."""
    answer = client.get("/dashboard/")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_it_shows_the_plan_that_is_followed_and_none_that_is_not(learner: User, client: Client) -> None:
    client.force_login(learner)
    assert "Thirty days" not in page(client)
    plans.tick(user=learner, key="product", done=["talk"], now=clock.now())
    told = page(client)
    assert "Thirty days: product Day 1 of 30. 1 of 2 done." in told
    assert "Thirty days: both" not in told
    assert 'href="/fit/plan/product/"' in client.get("/dashboard/").content.decode()


def test_it_stands_beside_a_course_too_and_costs_no_query(learner: User, client: Client) -> None:
    history.enrol(learner, make_course(), at=clock.now())
    client.force_login(learner)
    organisation.current()
    page(client)
    counts = []
    for key in (None, "product", "both"):
        if key:
            plans.tick(user=learner, key=key, done=["talk"], now=clock.now())
        with CaptureQueriesContext(connection) as queries:
            told = page(client)
        assert key is None or f"Thirty days: {key}" in told
        counts.append(len(queries))
    assert len(set(counts)) == 1
    assert max(counts) <= 8
