"""What the editors' pages cost in queries with a small course and bank, and with large ones."""

from functools import partial

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts.models import User
from courses.models import Course
from tests.courses.large import grow
from tests.factories import make_course
from tests.learning.test_budgets import cost

pytestmark = pytest.mark.django_db
LISTS, EDITORS = 15, 25


def pages(course: Course) -> dict[str, int]:
    """Addresses of the pages that editors use most, with their budgets (docs/performance.md)."""

    def change(kind: str, pk: int) -> str:
        return reverse(f"admin:courses_{kind}_change", args=[pk])

    def listed(kind: str) -> str:
        return reverse(f"admin:courses_{kind}_changelist")

    lesson, question = course.lessons.latest("pk"), course.questions.latest("pk")
    quiz = course.quizzes.latest("pk")
    return {
        listed("question"): LISTS,
        f"{listed('question')}?q=project": LISTS,
        listed("lesson"): LISTS,
        listed("quiz"): LISTS,
        listed("objective"): LISTS,
        listed("version"): LISTS,
        reverse("admin:index"): LISTS,
        change("course", course.pk): EDITORS,
        change("lesson", lesson.pk): EDITORS,
        change("question", question.pk): EDITORS,
        change("quiz", quiz.pk): EDITORS,
    }


def test_no_page_of_editors_costs_more_with_a_large_course_and_bank(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    course = make_course()
    grow(course, lessons=22, questions=6)  # more than one page of each list
    small = measured(client, course)
    large = make_course("large")
    grow(large, lessons=100, questions=500)
    found = measured(client, large)
    assert list(found.values()) == list(small.values())
    budgets = pages(large)
    assert {page: queries for page, queries in found.items() if queries > budgets[page]} == {}


def measured(client: Client, course: Course) -> dict[str, int]:
    """Queries of each page, as a process answers that has answered before."""
    found = {}
    for page in pages(course):
        assert client.get(page).status_code == 200, page
        for name in ("admin_pages", "admin_frames", "admin_rows"):
            caches[name].clear()
        found[page] = cost(partial(client.get, page))
    return found
