"""The queue of figures whose day of review has come: still right, historic, or replaced."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditLog, User
from courses import lessons, publishing, versions
from courses.models import Fact, Lesson
from courses.versions import State
from tests.factories import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def fact() -> Fact:
    """A live figure whose day of review was yesterday, as its lessons say."""
    course = make_course()
    fact = Fact.objects.get(key="pay")
    fact.review_by = timezone.localdate() - timedelta(days=1)
    fact.save()
    publishing.publish(fact, author=None, now=timezone.now())
    assert "Not checked lately" in read(course.lessons.get(key="lesson-1"))
    return fact


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def read(lesson: Lesson) -> str:
    """What learners read of a lesson."""
    assert lesson.live_version
    filled = lessons.fill(lesson.live_version, today=timezone.localdate())
    return "".join(part.html for part in filled.parts)


def decide(client: Client, fact: Fact, action: str) -> str:
    """Press a button of the queue, and return the page that follows."""
    data = {"action": action, "_selected_action": fact.pk}
    return client.post(reverse("admin:courses_fact_changelist"), data, follow=True).text


def queue(client: Client) -> int:
    """How many figures are in the queue."""
    page = client.get(reverse("admin:courses_fact_changelist"), {"review": "due"})
    count: int = page.context["cl"].result_count
    return count


def test_a_figure_that_is_still_right_leaves_the_queue_and_its_warning(owner: Client, fact: Fact) -> None:
    assert queue(owner) == 1
    assert (
        "Learners read that this was not checked lately"
        in owner.get(reverse("admin:courses_fact_change", args=[fact.pk])).text
    )
    for _ in range(2):
        assert "to be checked again by" in decide(owner, fact, "still_right")
    assert queue(owner) == 0
    lesson = Lesson.objects.get(key="lesson-1")
    assert "Not checked lately" not in read(lesson)
    fact = versions.with_draft(Fact.objects.all()).get()
    assert versions.state(fact) == State.LIVE
    assert fact.live_version
    assert (fact.live_version.number, fact.live_version.major) == (3, False)
    assert AuditLog.objects.filter(action="publish", object_id=fact.pk).count() == 1


def test_a_historic_figure_says_from_when_it_is_and_that_none_newer_was_found(
    owner: Client, fact: Fact
) -> None:
    for _ in range(2):
        decide(owner, fact, "mark_historic")
    said = read(Lesson.objects.get(key="lesson-1"))
    today = f"{timezone.localdate():%-d %B %Y}"
    assert f"As of 2025. From 2025; no newer figure found by {today}.</p>" in said
    assert "Not checked lately" not in said


def test_a_figure_with_unpublished_changes_is_left_as_it_is_and_says_why(owner: Client, fact: Fact) -> None:
    Fact.objects.filter(pk=fact.pk).update(show="about $95,000")
    for action in ("still_right", "mark_historic"):
        assert "has changes that learners do not see" in decide(owner, fact, action)
    assert queue(owner) == 1
