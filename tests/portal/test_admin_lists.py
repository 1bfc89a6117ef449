"""Lists of the admin and the rows in its forms: drawn by us as the installed Unfold draws them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import unfold
from django.contrib import admin
from django.core.cache import caches
from django.template import engines
from django.test import Client
from django.urls import reverse
from unfold.admin import StackedInline

from accounts.models import User
from courses.models import Course, Question
from tests.courses.large import grow
from tests.factories import make_course
from tests.portal.test_admin_fields import compared

pytestmark = pytest.mark.django_db
OURS = (
    "admin/filter.html",
    "admin/edit_inline/stacked.html",
    "unfold/helpers/change_list_headers.html",
    "unfold/helpers/welcomemsg.html",
)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    forget()
    yield
    forget()


@pytest.fixture
def course() -> Course:
    course = make_course()
    grow(course, lessons=4, questions=40)
    return course


def forget() -> None:
    for name in ("admin_pages", "admin_frames", "admin_rows"):
        caches[name].clear()


def bare(html: str) -> str:
    """Return a page without blanks, without our mark and the names of two buttons."""
    html = re.sub(r'<!-- found -->|aria-label="Show or hide the lists"', "", compared(html))
    return re.sub(r"\s+", "", html)


def pages(client: Client, course: Course) -> list[str]:
    """Lists that are narrowed and sorted, forms with rows, and one sent back with an error."""
    forget()
    questions, lessons = (reverse(f"admin:courses_{name}_changelist") for name in ("question", "lesson"))
    lists = [
        *(
            questions + query
            for query in ("", "?q=nothing", "?o=-1.2&tag=tag-1", "?_popup=1&difficulty__exact=1")
        ),
        *(lessons + query for query in ("", "?o=2", "?open__exact=1&state=live", "?module__id__exact=1")),
        *(reverse(f"admin:accounts_{name}_changelist") for name in ("user", "auditlog")),
    ]
    quiz, question = course.quizzes.latest("pk"), course.questions.latest("pk")
    lesson = course.lessons.latest("pk")
    rows = [("lesson", lesson.pk), ("question", question.pk), ("quiz", quiz.pk)]
    forms = [reverse(f"admin:courses_{name}_change", args=[key]) for name, key in rows]
    drawn = [client.get(address) for address in (*lists, *forms, reverse("admin:courses_quiz_add"))]
    many = {f"choices-{part}": "1" for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    drawn.append(client.post(forms[1], {**many, "choices-0-id": Question.objects.count()}))
    assert {answer.status_code for answer in drawn} == {200}
    return [bare(answer.content.decode()) for answer in drawn]


def test_lists_and_rows_are_what_the_installed_unfold_makes_of_them(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@example.org"))
    ours = pages(client, course)
    engine = engines["django"].engine  # type: ignore[attr-defined]  # Django's backend has one
    found, folder = engine.get_template, Path(unfold.__file__).parent / "templates"
    theirs = {name: engine.from_string((folder / name).read_text()) for name in OURS}
    monkeypatch.setattr(engine, "get_template", lambda name: theirs.get(name) or found(name))
    for mine, other in zip(ours, pages(client, course), strict=True):
        assert mine == other


def test_no_list_and_no_row_asks_for_what_we_cannot_draw() -> None:
    for own in admin.site._registry.values():
        assert not getattr(own, "ordering_field", None), own
        assert not getattr(own, "list_sections", ()), own
        for inline in own.inlines:
            assert issubclass(inline, StackedInline), inline
            for name in ("collapsible", "tab", "per_page", "show_count", "hide_title", "show_change_link"):
                assert not getattr(inline, name), inline
            assert not (
                inline.fieldsets or inline.inlines if hasattr(inline, "inlines") else inline.fieldsets
            )
            assert not hasattr(inline.model, "get_inline_title"), inline
