"""The progress page knows the plans of thirty days that a learner follows, at no further query."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from careers import plans
from careers.models import Plan, PlanStep
from mailing import clock
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
