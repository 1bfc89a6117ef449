"""Rows of the admin's forms: drawn by us as the installed Unfold draws them."""

import re
from pathlib import Path

import pytest
import unfold
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import FileField
from django.template import engines
from django.test import Client
from django.urls import reverse

from accounts.models import User
from courses.models import Course, MediaAsset
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db
ROW = "unfold/helpers/fieldset_row.html"


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)


@pytest.fixture
def course() -> Course:
    return make_course()


def compared(html: str) -> str:
    """Return a page without what differs each time, its blanks and the names of classes in one order."""
    html = re.sub(r'csrfmiddlewaretoken" value="\w+|nonce="[^"]+', "", html)
    html = re.sub(r'class="([^"]*)"', lambda found: f'class="{" ".join(sorted(found[1].split()))}"', html)
    return re.sub(r"\s+", " ", html)


def pages(client: Client, course: Course) -> list[str]:
    """Forms with every kind of field, with help, with inlines, and sent back with errors."""
    lesson, quiz = course.lessons.latest("pk"), course.quizzes.latest("pk")
    question = course.questions.latest("pk")
    media = MediaAsset.objects.get()
    rows = [(row, row._meta) for row in (lesson, quiz, question, course, media)]
    changed = [reverse(f"admin:{o.app_label}_{o.model_name}_change", args=[row.pk]) for row, o in rows]
    added = [
        reverse(f"admin:{name}_add") for name in ("courses_mediaasset", "learning_cohort", "courses_quiz")
    ]
    drawn = [client.get(address) for address in (*changed, *added)] + [client.post(added[-1], {"title": ""})]
    return [compared(answer.content.decode()) for answer in drawn if answer.status_code == 200]


def test_rows_are_what_the_installed_unfold_makes_of_them(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = {"width": 1, "height": 1, "widths": [640], "fallback": "png"}
    MediaAsset.objects.create(key="map", name="<map>", alt="A map", digest="a" * 64, created_at=NOW, **size)
    owner, looker = Client(), Client()
    owner.force_login(User.objects.create_superuser("owner@example.org"))
    somebody = User.objects.create_user("looker@example.org", is_staff=True)
    somebody.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    looker.force_login(somebody)
    ours = [pages(client, course) for client in (owner, looker)]
    assert [len(drawn) for drawn in ours] == [9, 5]
    engine = engines["django"].engine  # type: ignore[attr-defined]  # Django's backend has one
    found, path = engine.get_template, Path(unfold.__file__).parent / "templates" / ROW
    theirs = engine.from_string(path.read_text())
    monkeypatch.setattr(engine, "get_template", lambda name: theirs if name == ROW else found(name))
    assert [pages(client, course) for client in (owner, looker)] == ours


def test_no_form_asks_for_rows_that_we_cannot_draw() -> None:
    for own in admin.site._registry.values():
        assert getattr(own, "compressed_fields", False), own
        assert not getattr(own, "conditional_fields", None), own
        assert not [field for field in own.opts.fields if isinstance(field, FileField)], own
