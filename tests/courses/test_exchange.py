"""Import and export: looked at first, drafts alone, one transaction, the same file again changes nothing."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditLog, User
from courses.exchange import exporting, planning, uploads
from courses.models import Course, Lesson, Objective, Question, Quiz, Upload, Version
from tests.factories import NOW, make_bank_of_all_types, make_course

pytestmark = pytest.mark.django_db
IMPORT = "/admin/courses/question/import/"
EXPORT = "/admin/courses/question/export/"
GIFT = b"""\
// [id:ends]
::Ends::Which one ends? {=A project#Right. ~A product#No. ####It ends.}

::Broken:: Which one? {=only

What lasts? {=product}
"""


@pytest.fixture
def course() -> Course:
    """A published course."""
    return make_course()


@pytest.fixture
def all_types(course: Course) -> Course:
    """The course with a question of every type besides."""
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    return course


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def looked(client: Client, content: bytes, name: str = "bank.gift", **more: object) -> dict[str, str]:
    """Upload a file, and return what the form below the report would send."""
    objective = Objective.objects.get(key="objective-1")
    data = {"file": SimpleUploadedFile(name, content), "objective": objective.pk, **more}
    page = client.post(IMPORT, data)
    assert page.status_code == 200
    look, upload = page.context["look"], page.context["upload"]
    if look is None:
        return {"problem": page.context["problem"]}
    sent = {"digest": upload.digest, "seen": look.digest, "objective": str(objective.pk), **more}
    return {**{name: str(value) for name, value in sent.items()}, "counts": str(look.counts)}


def test_a_file_is_looked_at_first_and_what_was_seen_is_imported(course: Course, owner: Client) -> None:
    before = Question.objects.count()
    form = looked(owner, GIFT)
    assert form["counts"] == str({"New": 2, "Refused": 1})
    assert Question.objects.count() == before
    page = owner.post(IMPORT, form, follow=True)
    assert "2 new, 0 changed" in page.content.decode()
    made = Question.objects.get(key="ends")
    assert (made.live_version, made.type, made.module.key) == (None, "single", "module-1")
    assert [(each.key, each.correct) for each in made.choices.all()] == [
        ("a-project", True),
        ("a-product", False),
    ]
    assert AuditLog.objects.get(action="questions.import").after == {
        "add": 2,
        "change": 0,
        "same": 0,
        "keep": 0,
        "refuse": 1,
    }
    assert not Upload.objects.exists()


def test_what_is_refused_says_where_and_why(course: Course, owner: Client) -> None:
    objective = Objective.objects.get(key="objective-1")
    page = owner.post(IMPORT, {"file": SimpleUploadedFile("bank.gift", GIFT), "objective": objective.pk})
    refused = next(row for row in page.context["rows"] if row.done == "Refused")
    assert (refused.place, refused.remarks) == (
        "line 4",
        ("the brace { is not closed before the next empty line",),
    )
    assert "line 4" in page.content.decode()


def test_the_same_file_again_changes_nothing(course: Course, owner: Client) -> None:
    owner.post(IMPORT, looked(owner, GIFT))
    form = looked(owner, GIFT)
    assert form["counts"] == str({"Here already": 2, "Refused": 1})
    before = list(Question.objects.order_by("pk").values_list("pk", "updated_at"))
    owner.post(IMPORT, form)
    assert list(Question.objects.order_by("pk").values_list("pk", "updated_at")) == before


def test_pressing_import_twice_imports_once(course: Course, owner: Client) -> None:
    form = looked(owner, GIFT)
    owner.post(IMPORT, form)
    page = owner.post(IMPORT, form)
    assert "no longer kept" in page.content.decode()
    assert Question.objects.filter(key="ends").count() == 1


def test_a_draft_that_differs_stays_unless_it_is_asked_to_follow(course: Course, owner: Client) -> None:
    owner.post(IMPORT, looked(owner, GIFT))
    Question.objects.filter(key="ends").update(misconception=None, difficulty="hard")
    other = GIFT.replace(b"Which one ends?", b"Which of them ends?")
    assert looked(owner, other)["counts"] == str({"Here already": 1, "Left as it is": 1, "Refused": 1})
    owner.post(IMPORT, looked(owner, other, change="on"))
    after = Question.objects.get(key="ends")
    assert (after.prompt, after.difficulty) == ("Which of them ends?", "hard")


def test_what_was_edited_after_an_import_by_content_is_never_overwritten(
    course: Course, owner: Client
) -> None:
    owner.post(IMPORT, looked(owner, GIFT))
    edited = Question.objects.get(prompt="What lasts?")
    Question.objects.filter(pk=edited.pk).update(prompt="What stays?")
    assert looked(owner, GIFT, change="on")["counts"] == str(
        {"Here already": 1, "Left as it is": 1, "Refused": 1}
    )


def test_a_bank_that_moved_since_the_look_is_looked_at_again(course: Course, owner: Client) -> None:
    form = looked(owner, GIFT)
    objective = Objective.objects.get(key="objective-1")
    reading = uploads.read_questions("gift", GIFT)
    seen = planning.plan(reading, objective=objective, change=False).digest
    planning.carry_out(reading, objective=objective, change=False, seen=seen, author=None, now=NOW)
    page = owner.post(IMPORT, form)
    assert "changed meanwhile" in page.content.decode()
    assert page.context["look"].counts == {"Here already": 2, "Refused": 1}


def test_learners_see_nothing_of_an_import(course: Course, owner: Client) -> None:
    live = list(Version.objects.order_by("pk").values_list("pk"))
    single = Question.objects.get(key="single-1")
    exported = exporting.export(
        course, "csv", exporting.plain(course.questions.filter(pk=single.pk)), author=None, now=NOW
    )[1]
    owner.post(
        IMPORT, looked(owner, exported.replace(b"Which of these", b"What of these"), "bank.csv", change="on")
    )
    assert Question.objects.get(key="single-1").prompt.startswith("What of these")
    assert list(Version.objects.order_by("pk").values_list("pk")) == live


def test_a_file_that_is_none_is_refused_in_words(course: Course, owner: Client) -> None:
    assert "Name the file .gift" in looked(owner, b"whatever", "bank.docx")["problem"]


def test_nobody_comes_in_without_the_right(
    course: Course, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_user("staff@example.org", is_staff=True))
    for address in (IMPORT, EXPORT, "/admin/courses/course/import/"):
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)


def test_old_uploads_are_forgotten(course: Course, owner: Client) -> None:
    form = looked(owner, GIFT)
    Upload.objects.update(made_at=NOW)
    assert "no longer kept" in owner.post(IMPORT, form).content.decode()
    assert uploads.forget(now=NOW + uploads.KEPT) == 1


def test_a_pool_of_a_quiz_is_exported_and_what_is_lost_is_told(all_types: Course, owner: Client) -> None:
    quiz = Quiz.objects.get(key="module-1")
    page = owner.get(EXPORT, {"of": "two-pms/module-1"})
    drawable = exporting.bank_of(all_types, quiz=quiz)
    assert page.context["many"] == drawable.count() == 17
    told = " ".join(page.context["offers"][2].notes)
    assert told.startswith("GIFT has no order question: 1 left out.")
    answer = owner.post(f"{EXPORT}?of=two-pms/module-1", {"format": "gift"})
    assert answer.content.count(b"\n::") == 16
    assert AuditLog.objects.get(action="content.export").after == {"format": "gift", "questions": 17}


def test_chosen_questions_are_exported(all_types: Course, owner: Client) -> None:
    chosen = list(Question.objects.filter(tags=["all"]).values_list("pk", flat=True))
    data = {"action": "export_selected", "_selected_action": chosen}
    page = owner.post("/admin/courses/question/", data)
    assert page.context["many"] == 9
    answer = owner.post("/admin/courses/question/", {**data, "format": "qti"})
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert len(names) == 10
    assert answer["Content-Type"] == "application/zip"


@pytest.mark.parametrize("kind", ["csv", "qti"])
def test_an_export_comes_back_as_what_is_here_already(all_types: Course, kind: str) -> None:
    found = exporting.plain(exporting.bank_of(all_types))
    reading = uploads.read_questions(kind, exporting.export(all_types, kind, found, author=None, now=NOW)[1])
    plan = planning.plan(reading, objective=Objective.objects.get(key="objective-1"), change=True)
    assert {line.action for line in plan.lines} == {"same"}
