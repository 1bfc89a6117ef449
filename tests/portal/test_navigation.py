"""The way round: guests, learners and staff find what is theirs, and "Learn" leads on."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses.models import Course
from learning.models import Enrollment
from tests.learning import history

pytestmark = pytest.mark.django_db

LEARN = '<a href="/learn/two-pms/">Learn</a>'


@pytest.fixture
def course() -> Course:
    return history.make_course()


@pytest.fixture
def learner() -> User:
    return User.objects.create_user("learner@example.org")


def see(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_guests_are_offered_courses_log_in_and_sign_up(client: Client) -> None:
    page = see(client, "/help/")
    assert all(f">{word}</a>" in page for word in ("Courses", "Log in", "Sign up"))
    assert ">Account</a>" not in page


def test_learn_leads_to_the_course_last_worked_on(course: Course, learner: User, client: Client) -> None:
    now = timezone.now()
    Enrollment.objects.create(user=learner, course=course, started_at=now, last_active_at=now)
    client.force_login(learner)
    assert LEARN in see(client, "/settings/profile/")


def test_without_a_course_learn_waits_on_a_phone_for_the_catalogue(learner: User, client: Client) -> None:
    client.force_login(learner)
    page = see(client, "/settings/profile/")
    assert "Learn</a>" in page
    assert "/learn/" not in page


def test_a_missing_course_does_not_offer_itself(learner: User, client: Client) -> None:
    client.force_login(learner)
    assert 'href="/learn/no-such-course/"' not in see(client, "/learn/no-such-course/")


def test_the_admin_is_offered_to_staff_alone(learner: User, client: Client) -> None:
    client.force_login(learner)
    assert 'href="/admin/"' not in see(client, "/settings/profile/")
    User.objects.update(is_staff=True)
    assert 'href="/admin/"' in see(client, "/settings/profile/")
