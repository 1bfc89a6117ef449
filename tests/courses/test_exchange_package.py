"""Courses as packages: all of a course goes out and comes in, as drafts, whole or not at all."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditLog, User
from courses import publishing
from courses.exchange import package
from courses.exchange.limits import NotReadable
from courses.models import Course, Fact, Lesson, Question, ShippedContent, Version
from tests.courses.mutations import zipped
from tests.factories import NOW, make_bank_of_all_types, make_course

pytestmark = pytest.mark.django_db
IMPORT = "/admin/courses/course/import/"


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def as_another(content: bytes) -> bytes:
    """The same course under another key, as it comes from another portal."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = [(name, archive.read(name)) for name in archive.namelist()]
    return zipped(
        [
            (name.replace("two-pms/", "other/"), each.replace(b"key: two-pms", b"key: other"))
            for name, each in held
        ]
    )


def bring(content: bytes, *, change: bool = False) -> package.PackagePlan:
    """Look at a package and import it."""
    found = package.read(content)
    seen = package.digest(package.plan(found, change=change))
    return package.carry_out(found, change=change, seen=seen, author=None, now=NOW)


def test_a_course_comes_in_whole_as_drafts_and_goes_out_the_same() -> None:
    course = make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    content = as_another(package.write(course))
    live = Version.objects.count()
    bring(content)
    other = Course.objects.get(key="other")
    assert (other.lessons.count(), other.questions.count(), other.quizzes.count()) == (4, 29, 2)
    assert Version.objects.count() == live
    assert not other.questions.exclude(live_version=None, shipped_hash="").exists()
    assert package.write(other) == zipped_alike(content)
    assert {step.action for step in bring(content).steps} == {"same"}


def zipped_alike(content: bytes) -> bytes:
    """The same files, packed as an export packs them."""
    found = package.read(content)
    return package.packed(found.content)


def test_what_differs_here_stays_unless_it_is_asked_to_follow() -> None:
    course = make_course()
    content = package.write(course)
    lesson = Lesson.objects.get(key="lesson-1")
    Lesson.objects.filter(pk=lesson.pk).update(title="The editor's title")
    kept = [step.name for step in bring(content).of("keep")]
    assert [key for kind, _, key in kept if kind == "Lesson"] == ["lesson-1"]
    assert Lesson.objects.get(key="lesson-1").title == "The editor's title"
    bring(content, change=True)
    after = Lesson.objects.get(key="lesson-1")
    assert (after.title, after.revision) == (lesson.title, lesson.revision + 1)
    assert after.live_version == lesson.live_version


def test_an_import_touches_nothing_that_a_release_shipped() -> None:
    bring(package.write(make_course()))
    assert not ShippedContent.objects.exists()


def test_faults_are_told_by_file_and_line_and_nothing_comes_in(owner: Client) -> None:
    content = as_another(package.write(make_course()))
    broken = content_with(content, "lesson-1.md", b"::: check check-1", b"::: check no-such-question")
    page = owner.post(IMPORT, {"file": SimpleUploadedFile("course.zip", broken)})
    assert "other/01-module-1/01-lesson-1.md:" in page.context["faults"][0]
    assert "unknown question" in page.content.decode()
    assert not Course.objects.filter(key="other").exists()


def content_with(content: bytes, ending: str, old: bytes, new: bytes) -> bytes:
    """The package with words of one file replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = [(name, archive.read(name)) for name in archive.namelist()]
    return zipped([(name, each.replace(old, new) if name.endswith(ending) else each) for name, each in held])


def test_a_text_that_no_database_takes_is_refused() -> None:
    content = as_another(package.write(make_course()))
    with pytest.raises(NotReadable, match="no text has"):
        package.read(content_with(content, "course.yaml", b"title: Two jobs", b'title: "a\\0b"'))


def test_an_editor_looks_and_imports_and_what_came_in_can_be_published(owner: Client) -> None:
    content = as_another(package.write(make_course()))
    page = owner.post(IMPORT, {"file": SimpleUploadedFile("course.zip", content)})
    form = {"digest": page.context["upload"].digest, "seen": page.context["look"].digest}
    assert owner.post(IMPORT, form, follow=True).status_code == 200
    question = Question.objects.get(course__key="other", key="single-1")
    assert publishing.publish(question, author=None, now=datetime.now(UTC)).number == 1
    counts = AuditLog.objects.get(action="package.import").after
    assert counts is not None
    assert counts["courses"] == ["other"]


def test_a_course_is_downloaded_and_the_download_is_in_the_audit_log(owner: Client) -> None:
    course = make_course()
    page = owner.get(f"/admin/courses/course/{course.pk}/export/", follow=True)
    assert "Download the course" in page.content.decode()
    answer = owner.post("/admin/courses/question/export/?of=two-pms", {"format": "package"})
    assert answer["Content-Disposition"].startswith('attachment; filename="two-pms-')
    assert package.read(answer.content).content.courses[0].course.key == "two-pms"
    assert AuditLog.objects.filter(action="content.export").exists()


def test_only_what_the_course_names_goes_with_it() -> None:
    course = make_course()
    source = Fact.objects.get().source
    Fact.objects.create(
        key="other-pay", value=1, show="1", unit="x", statement="s", source=source, as_of="2025",
        review_by=NOW.date(), bears="b",
    )  # fmt: skip
    found = package.read(package.write(course)).content
    assert [fact.key for fact in found.facts] == ["pay"]
    assert [term.key for term in found.terms] == ["sponsor"]
