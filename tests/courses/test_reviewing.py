"""The review before publishing, where the owner wants one: somebody else says yes, to just this content."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts import organisation, roles
from accounts.models import AuditLog, Organisation, User
from courses import publishing, releases, reviewing
from courses.admin import publish_page
from courses.models import Lesson, ReviewRequest
from tests.courses.publish_pages import look, send
from tests.courses.test_admin import address, form_of
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lesson]:
    """A live lesson with an edited draft, where a review is wanted."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    make_course()
    Organisation.objects.update_or_create(singleton=True, defaults={"review_publishing": True})
    organisation.forget()
    Lesson.objects.filter(key="lesson-1").update(title="Lesson one")
    yield Lesson.objects.get(key="lesson-1")
    organisation.forget()


def someone(name: str, *rights: str) -> Client:
    """A browser of somebody of the staff."""
    user = User.objects.create_user(f"{name}@example.org", is_staff=True, name=name)
    for right in ("change_lesson", "view_lesson", *rights):
        user.user_permissions.add(Permission.objects.get(codename=right))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor(lesson: Lesson) -> Client:
    """Who writes; has the right to approve as well, and nothing of it for their own."""
    return someone("Ed", "approve_release")


@pytest.fixture
def reviewer(lesson: Lesson) -> Client:
    """Who approves."""
    return someone("Rea", "approve_release")


def title(lesson: Lesson) -> str:
    """What learners see."""
    live = Lesson.objects.select_related("live_version").get(pk=lesson.pk).live_version
    assert live is not None
    return str(live.body["title"])


def test_somebody_else_approves_and_it_goes_live(editor: Client, reviewer: Client, lesson: Lesson) -> None:
    page = editor.get(publish_page.address(lesson)).content.decode()
    assert "Ask for a review" in page
    assert "Publish now" not in page
    send(editor, {**look(editor, lesson), "when": "ask", "note": "A better title."}, lesson)
    assert title(lesson) == "Lesson 1"
    page = reviewer.get(publish_page.address(lesson)).content.decode()
    assert "Ed asked for a review" in page
    assert "A better title." in page
    send(reviewer, look(reviewer, lesson), lesson)
    assert title(lesson) == "Lesson one"
    actions = AuditLog.objects.order_by("pk").values_list("action", "actor__name")
    assert list(actions) == [("review_ask", "Ed"), ("review_approved", "Rea"), ("publish", "Rea")]


@pytest.mark.parametrize("when", ["now", "later"])
def test_nobody_approves_their_own_nor_publishes_around_it(editor: Client, lesson: Lesson, when: str) -> None:
    data = {**look(editor, lesson), "when": when, "at": "2099-01-01T10:00"}
    assert "waits until somebody else" in send(editor, data, lesson).content.decode()
    send(editor, {**data, "when": "ask"}, lesson)
    assert "Nobody approves what they asked for" in editor.get(publish_page.address(lesson)).content.decode()
    assert "Somebody else has to approve" in send(editor, data, lesson).content.decode()
    editor.post(address(lesson), {**form_of(editor, lesson), "_publish_minor": "1"})
    assert title(lesson) == "Lesson 1"
    request = ReviewRequest.objects.get()
    request.state, request.decided_by = "approved", request.asked_by
    with pytest.raises(IntegrityError):
        request.save()


def test_nobody_approves_what_they_wrote_last_though_another_asked(
    editor: Client, reviewer: Client, lesson: Lesson
) -> None:
    reviewer.post(address(lesson), {**form_of(reviewer, lesson), "title": "By Rea"})
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    assert "not for who wrote last" in reviewer.get(publish_page.address(lesson)).content.decode()
    assert "asked for or wrote" in send(reviewer, look(reviewer, lesson), lesson).content.decode()
    assert title(lesson) == "Lesson 1"
    third = someone("Ann", "approve_release")
    send(third, look(third, lesson), lesson)
    assert title(lesson) == "By Rea"


def test_who_saves_itself_while_somebody_writes_wrote_last(
    editor: Client, reviewer: Client, lesson: Lesson
) -> None:
    text = {"title": "Kept", "question": lesson.question, "body": lesson.body, "revision": lesson.revision}
    reviewer.post(reverse("admin:courses_lesson_autosave", args=[lesson.pk]), text)
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    send(reviewer, look(reviewer, lesson), lesson)
    assert title(lesson) == "Lesson 1"


def test_who_may_only_read_and_approve_publishes_what_was_asked_for_and_no_more(
    editor: Client, lesson: Lesson
) -> None:
    roles.sync()
    user = User.objects.create_user("rob@example.org", name="Rob")
    roles.hand_out(user=user, roles=["reviewer"], by=None, now=NOW)
    reviewer = Client()
    reviewer.force_login(user)
    page = reviewer.get(publish_page.address(lesson)).content.decode()
    assert "Nothing waits here for your review." in page
    assert "Take it away" not in page
    for when in ("ask", "away"):
        assert send(reviewer, {**look(reviewer, lesson), "when": when}, lesson).status_code == 403
    send(reviewer, look(reviewer, lesson), lesson)
    assert title(lesson) == "Lesson 1"
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    send(reviewer, look(reviewer, lesson), lesson)
    assert title(lesson) == "Lesson one"


def test_who_has_no_right_to_approve_does_not(editor: Client, lesson: Lesson) -> None:
    other = someone("Olu")
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    listed = someone("Ann", "view_reviewrequest").get("/admin/courses/reviewrequest/").content.decode()
    assert "Lesson one</a>" in listed
    assert "Waits for a review" in listed
    assert "waits for somebody who may approve it" in other.get(publish_page.address(lesson)).content.decode()
    send(other, look(other, lesson), lesson)
    assert title(lesson) == "Lesson 1"


def test_a_draft_that_was_edited_after_the_request_is_asked_for_again(
    editor: Client, reviewer: Client, lesson: Lesson
) -> None:
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    Lesson.objects.filter(pk=lesson.pk).update(title="Sneaked in")
    page = reviewer.get(publish_page.address(lesson)).content.decode()
    assert "The draft has changed since." in page
    send(reviewer, look(reviewer, lesson), lesson)
    assert title(lesson) == "Lesson 1"
    assert ReviewRequest.objects.get().state == "waiting", "nothing of the refused publishing is kept"


def test_a_draft_is_sent_back_with_words(editor: Client, reviewer: Client, lesson: Lesson) -> None:
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    page = send(reviewer, {**look(reviewer, lesson), "when": "decline", "note": ""}, lesson)
    assert "Say what is to be changed." in page.content.decode()
    send(reviewer, {**look(reviewer, lesson), "when": "decline", "note": "Too short."}, lesson)
    assert (ReviewRequest.objects.get().state, ReviewRequest.objects.get().answer) == (
        "declined",
        "Too short.",
    )
    assert "Too short." in editor.get(publish_page.address(lesson)).content.decode()


def test_a_request_is_taken_back_by_who_asked(editor: Client, reviewer: Client, lesson: Lesson) -> None:
    send(editor, {**look(editor, lesson), "when": "ask"}, lesson)
    send(reviewer, {**look(reviewer, lesson), "when": "withdraw"}, lesson)
    assert ReviewRequest.objects.get().state == "waiting"
    send(editor, {**look(editor, lesson), "when": "withdraw"}, lesson)
    assert ReviewRequest.objects.get().state == "withdrawn"


def test_an_import_and_going_back_wait_for_nobody(lesson: Lesson) -> None:
    first = lesson.live_version
    assert first is not None
    publishing.publish_checked([lesson], now=NOW, note="shipped")
    releases.roll_back(Lesson.objects.get(pk=lesson.pk), first, seen=None, author=None, now=NOW)
    assert title(lesson) == "Lesson 1"
    assert reviewing.wanted()
