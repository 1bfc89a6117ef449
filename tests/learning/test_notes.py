"""Notes and bookmarks beside lessons: kept, listed, never overwritten unseen, brought along."""

import pytest
from django.contrib import admin
from django.test import Client

from accounts import guests
from accounts.models import User
from accounts.privacy import erasure
from courses import publishing
from courses.models import Course, Lesson
from learning import notes
from learning.models import Bookmark, Enrollment, LearningEvent, Note
from tests.accounts.people import own_data
from tests.factories import NOW
from tests.learning.test_budgets import cost

ONE = "/learn/two-pms/lesson-1/"
QUIETLY = {"HX-Request": "true", "HX-Target": "lesson-note-state"}


def lesson(key: str = "lesson-1") -> Lesson:
    return Lesson.objects.select_related("course__live_version").get(key=key)


def write(user: User, text: str, revision: int = 0, key: str = "lesson-1") -> Note:
    return notes.write(user=user, lesson=lesson(key), text=text, revision=revision, now=NOW)


# --- One note a lesson ------------------------------------------------------------------------------------


def test_a_note_is_kept_and_stands_on_the_lessons_page(course: Course, browser: Client) -> None:
    sent = browser.post(f"{ONE}note/", {"text": "Ask what *ends*.\r\nThen wait. ", "revision": "0"})
    assert sent["Location"] == f"{ONE}#lesson-note"
    page = browser.get(ONE).content.decode()
    assert "Ask what *ends*.\nThen wait.</textarea>" in page
    assert 'name="revision" value="1"' in page
    assert "Your note is saved." in page


def test_a_note_is_shown_as_text_whatever_is_in_it(course: Course, browser: Client) -> None:
    browser.post(f"{ONE}note/", {"text": "</textarea><script>alert(1)</script>", "revision": "0"})
    for page in (browser.get(ONE), browser.get("/notes/")):
        assert "<script>alert" not in page.content.decode()


def test_while_it_is_written_a_note_is_kept_quietly(course: Course, browser: Client) -> None:
    first = browser.post(f"{ONE}note/", {"text": "Ask", "revision": "0"}, headers=QUIETLY).content.decode()
    assert "<html" not in first
    assert "Saved at" in first
    assert 'name="revision" value="1"' in first, "the next save is written over this one"
    browser.post(f"{ONE}note/", {"text": "Ask what ends", "revision": "1"}, headers=QUIETLY)
    assert Note.objects.get().text == "Ask what ends"


def test_the_same_text_again_changes_nothing(course: Course, learner: User) -> None:
    write(learner, "Ask")
    assert write(learner, "Ask", revision=0).revision == 1


def test_an_empty_text_takes_the_note_away(course: Course, browser: Client, learner: User) -> None:
    write(learner, "Ask")
    browser.post(f"{ONE}note/", {"text": " \n", "revision": "1"})
    assert "Your note is taken away." in browser.get(ONE).content.decode()
    assert "Ask" not in browser.get("/notes/").content.decode()
    assert write(learner, "Again", revision=0).text == "Again", "over nothing one may always write"


def test_a_note_that_changed_elsewhere_is_not_overwritten(
    course: Course, browser: Client, learner: User
) -> None:
    write(learner, "From the phone")
    page = browser.post(f"{ONE}note/", {"text": "From the desk", "revision": "0"}).content.decode()
    assert Note.objects.get().text == "From the phone"
    assert page.count("changed on another page or device") == 2, "on top, and at the note"
    assert "From the desk</textarea>" in page, "what was typed is still there"
    assert "<p>From the phone</p>" in page
    assert 'name="revision" value="0"' in page, "so that no later save overwrites it unseen"
    assert 'name="instead" value="1"' in page
    browser.post(f"{ONE}note/", {"text": "From the desk", "revision": "0", "instead": "1"})
    assert Note.objects.get().text == "From the desk"


def test_a_note_that_is_too_long_stays_in_its_field(course: Course, browser: Client) -> None:
    text = "x" * (notes.LIMIT + 1)
    page = browser.post(f"{ONE}note/", {"text": text, "revision": "0"}).content.decode()
    assert "A note holds 4,000 characters; this one has 4,001. Please shorten it." in page
    assert f"{text}</textarea>" in page
    assert '<details class="card note no-print" id="lesson-note" open>' in page
    assert not Note.objects.exists()


def test_what_cannot_be_stored_is_left_out_and_a_forged_revision_is_none(
    course: Course, browser: Client
) -> None:
    browser.post(f"{ONE}note/", {"text": "A\0sk", "revision": "-1"})
    browser.post(f"{ONE}note/", {"text": "Other", "revision": "9" * 40})
    assert Note.objects.get().text == "Ask"


def test_a_note_makes_a_visitor_a_guest_and_begins_the_course(course: Course, client: Client) -> None:
    client.post(f"{ONE}note/", {"text": "", "revision": "0"})
    assert not User.objects.exists(), "nothing was written"
    client.post(f"{ONE}note/", {"text": "Ask", "revision": "0"})
    assert User.objects.get().is_guest
    assert Enrollment.objects.get().lessons_done == 0
    assert "Ask</textarea>" in client.get(ONE).content.decode()


@pytest.mark.parametrize("act", ["note/", "bookmark/"])
def test_a_closed_lesson_takes_nothing_from_a_visitor(course: Course, client: Client, act: str) -> None:
    form = {"text": "Ask", "revision": "0", "wanted": "yes"}
    assert "needs an account" in client.post(f"/learn/two-pms/lesson-3/{act}", form).content.decode()
    assert not User.objects.exists()


def test_writing_a_note_is_no_study(course: Course, learner: User) -> None:
    write(learner, "Ask")
    assert set(LearningEvent.objects.values_list("kind", flat=True)) == {"enrolled"}
    assert (
        learner.daily_activity.filter(lessons=0, answers=0, quizzes=0).count()
        == learner.daily_activity.count()
    )


# --- Bookmarks --------------------------------------------------------------------------------------------


def test_a_bookmark_is_set_and_taken_away_and_twice_is_once(course: Course, browser: Client) -> None:
    for _ in range(2):
        assert browser.post(f"{ONE}bookmark/", {"wanted": "yes"})["Location"] == ONE
    assert Bookmark.objects.count() == 1
    assert 'value="no" aria-pressed="true"' in browser.get(ONE).content.decode()
    for _ in range(2):
        browser.post(f"{ONE}bookmark/", {"wanted": "no"})
    assert not Bookmark.objects.exists()
    assert 'value="yes" aria-pressed="false"' in browser.get(ONE).content.decode()


def test_with_htmx_the_button_alone_comes_back(course: Course, browser: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "lesson-bookmark"}
    page = browser.post(f"{ONE}bookmark/", {"wanted": "yes"}, headers=headers).content.decode()
    assert "<html" not in page
    assert 'data-announce="Bookmarked."' in page


def test_taking_away_what_is_not_there_makes_nobody_a_guest(course: Course, client: Client) -> None:
    client.post(f"{ONE}bookmark/", {"wanted": "no"})
    assert not User.objects.exists()


# --- The list ---------------------------------------------------------------------------------------------


def test_the_list_has_what_one_kept_in_the_order_of_the_course(
    course: Course, browser: Client, learner: User
) -> None:
    write(learner, "Second", key="lesson-3")
    write(learner, "First", key="lesson-1")
    notes.mark(user=learner, lesson=lesson("lesson-2"), wanted=True, now=NOW)
    write(User.objects.create_user("bob@example.org"), "Not yours")
    page = browser.get("/notes/").content.decode()
    places = [page.index(words) for words in ("Lesson 1", "First", "Lesson 2", "Lesson 3", "Second")]
    assert places == sorted(places)
    assert "Not yours" not in page
    listed = browser.post("/learn/two-pms/lesson-2/bookmark/", {"wanted": "no", "listed": ""})
    assert listed["Location"] == "/notes/"
    assert "Lesson 2" not in browser.get("/notes/").content.decode()


def test_the_list_keeps_the_note_on_a_lesson_that_is_gone(
    course: Course, browser: Client, learner: User
) -> None:
    write(learner, "Ask")
    publishing.archive(lesson(), now=NOW)
    page = browser.get("/notes/").content.decode()
    assert "Of lessons that are no longer shown" in page
    assert "Ask" in page
    assert f'href="{ONE}' not in page


def test_an_empty_list_says_how_to_fill_it(course: Course, client: Client, browser: Client) -> None:
    for somebody in (client, browser):
        assert "Nothing is noted yet" in somebody.get("/notes/").content.decode()


def test_the_course_and_the_lesson_lead_to_the_list(course: Course, browser: Client) -> None:
    browser.post(f"{ONE}complete/")
    for page in ("/learn/two-pms/", ONE):
        assert 'href="/notes/"' in browser.get(page).content.decode()


def test_the_list_costs_the_same_however_much_was_kept(
    course: Course, browser: Client, learner: User
) -> None:
    for key in ("lesson-1", "lesson-2", "lesson-3", "lesson-4"):
        write(learner, "Ask", key=key)
    browser.get("/notes/")
    assert (
        cost(lambda: browser.get("/notes/")) == 5
    )  # session, user, lessons, courses, and where "Learn" leads


# --- Whose they are ---------------------------------------------------------------------------------------


def test_both_notes_stay_when_a_guest_logs_in(course: Course, learner: User) -> None:
    guest = User.objects.create(last_seen_on=NOW.date())
    write(learner, "Mine")
    write(guest, "Theirs")
    write(guest, "Only theirs", key="lesson-2")
    notes.mark(user=guest, lesson=lesson("lesson-1"), wanted=True, now=NOW)
    notes.mark(user=guest, lesson=lesson("lesson-2"), wanted=True, now=NOW)
    notes.mark(user=learner, lesson=lesson("lesson-2"), wanted=True, now=NOW)
    guests.merge(guest=guest, user=learner, now=NOW)
    kept = dict(learner.notes.values_list("lesson__key", "text"))
    assert kept == {"lesson-1": "Mine\n\nTheirs", "lesson-2": "Only theirs"}
    assert learner.notes.get(lesson__key="lesson-1").revision == 2, "a form with the old text is late now"
    assert set(learner.bookmarks.values_list("lesson__key", flat=True)) == {"lesson-1", "lesson-2"}


def test_a_guests_note_is_left_out_only_where_it_stands_already(course: Course, learner: User) -> None:
    guest = User.objects.create(last_seen_on=NOW.date())
    for key, own, theirs in (("lesson-1", "Look it up", "ok"), ("lesson-2", "First\n\nAsk", "Ask")):
        write(learner, own, key=key)
        write(guest, theirs, key=key)
    guests.merge(guest=guest, user=learner, now=NOW)
    kept = dict(learner.notes.values_list("lesson__key", "text"))
    assert kept == {"lesson-1": "Look it up\n\nok", "lesson-2": "First\n\nAsk"}


def test_a_note_that_grew_by_joining_may_stay_as_long_as_it_is(course: Course, learner: User) -> None:
    Note.objects.create(user=learner, lesson=lesson(), text="x" * 5000, updated_at=NOW)
    assert len(write(learner, "y" * 5000, revision=1).text) == 5000
    with pytest.raises(notes.NotKept):
        write(learner, "y" * 5001, revision=2)


def test_notes_and_bookmarks_are_own_data_and_go_with_the_person(course: Course, learner: User) -> None:
    write(learner, "Ask")
    notes.mark(user=learner, lesson=lesson(), wanted=True, now=NOW)
    tables, page = own_data(learner)
    assert [row["text"] for row in tables["learning.Note"]] == ["Ask"]
    assert len(tables["learning.Bookmark"]) == 1
    assert "<td>Ask</td>" in page
    erasure.erase(user=learner, now=NOW)
    assert not Note.objects.exists()
    assert not Bookmark.objects.exists()


def test_no_page_of_staff_shows_a_note_or_a_bookmark() -> None:
    assert not admin.site.is_registered(Note)
    assert not admin.site.is_registered(Bookmark)
