"""A lesson that changed since it was done: it stays done, and says what is new."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from courses import publishing, releases, scheduling
from courses.models import Course, Lesson, Version
from learning import checks, progress, state
from learning.models import Enrollment, LearningEvent, LessonProgress
from tests.factories import NOW
from tests.learning.test_budgets import cost

ONE = "/learn/two-pms/lesson-1/"
SECTION = "\n\n## Who pays\n\nThe sponsor pays.\n"
DAY = timedelta(days=1)


@pytest.fixture
def reader(course: Course, learner: User) -> User:
    """Somebody who has completed the first lesson."""
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    return learner


def change(old: str = "", new: str = SECTION, *, major: bool | None = None) -> Version:
    """Publish the first lesson with words replaced, or with a section more."""
    row = Lesson.objects.get(key="lesson-1")
    row.body = row.body.replace(old, new) if old else row.body + new
    row.save(update_fields=["body"])
    return publishing.publish(row, author=None, now=NOW + DAY, major=major)


def test_a_new_section_is_named_and_marked_and_the_lesson_stays_done(reader: User, browser: Client) -> None:
    assert "is new since" not in browser.get(ONE).content.decode()
    change()
    page = browser.get(ONE).content.decode()
    assert "1 section is new since 21 November 2026" in page
    assert 'New: <a href="#who-pays">Who pays</a>' in page
    assert '<h2 id="who-pays"><span class="tag plain no-print">New</span> Who pays</h2>' in page
    assert '<h2 id="listen-for-the-end">Listen for the end</h2>' in page, "the others are not marked"
    assert "Mark as not done" in page


def test_a_section_that_says_something_else_is_named(reader: User, browser: Client) -> None:
    change("The [sponsor]{.term} chooses.", "Nobody but the [sponsor]{.term} chooses.", major=True)
    page = browser.get(ONE).content.decode()
    assert "1 section has changed since 21 November 2026" in page
    assert 'Changed: <a href="#listen-for-the-end">Listen for the end</a>' in page


def test_a_slip_of_the_pen_is_no_news(reader: User, browser: Client) -> None:
    change("Ask what ends.", "Ask what will end.")
    assert "since 21 November" not in browser.get(ONE).content.decode()


def test_a_minor_version_after_a_major_one_hides_nothing(reader: User, browser: Client) -> None:
    change()
    change("The sponsor pays.", "The sponsor pays for it.", major=False)
    assert "1 section is new" in browser.get(ONE).content.decode()


def scheduled_and_cancelled() -> Version:
    """A version with a section more, which was to go live and was cancelled; the draft is as before."""
    lesson = Lesson.objects.get(key="lesson-1")
    before, lesson.body = lesson.body, lesson.body + SECTION
    lesson.save()
    seen = {releases.name(one.row): one.seen for one in releases.preview([lesson], now=NOW)}
    [job] = scheduling.publish_at([lesson], NOW + 3 * DAY, seen=seen, author=None, now=NOW)
    scheduling.cancel(job, author=None, now=NOW)
    Lesson.objects.filter(pk=lesson.pk).update(body=before)
    assert job.version
    return job.version


def test_what_was_to_go_live_and_was_cancelled_is_no_news(reader: User, browser: Client) -> None:
    scheduled_and_cancelled()
    change("Ask what ends.", "Ask what will end.")
    assert Version.objects.filter(key="lesson-1", kind="lesson", major=True).count() == 2
    page = browser.get(ONE).content.decode()
    assert "since 21 November" not in page
    assert "new" not in browser.get("/learn/two-pms/").content.decode().partition("sections")[0][-4:]


def test_what_was_cancelled_and_shown_all_the_same_is_news(reader: User, browser: Client) -> None:
    version = scheduled_and_cancelled()
    lesson = Lesson.objects.get(key="lesson-1")
    publishing.roll_back(lesson, version=version, author=None, now=NOW + DAY)
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body + SECTION)
    change("Ask what ends.", "Ask what will end.", major=False)
    assert "1 section is new" in browser.get(ONE).content.decode()


def test_what_was_rolled_back_is_no_news(reader: User, browser: Client) -> None:
    first = Version.objects.get(live_lesson__key="lesson-1")
    change()
    publishing.roll_back(Lesson.objects.get(key="lesson-1"), version=first, author=None, now=NOW + DAY)
    assert "is new since" not in browser.get(ONE).content.decode()


def test_only_who_has_done_the_lesson_is_told(course: Course, browser: Client, client: Client) -> None:
    browser.post("/learn/two-pms/lesson-2/complete/")
    change()
    for somebody in (browser, client):
        assert "is new since" not in somebody.get(ONE).content.decode()


def test_my_course_counts_the_new_sections_beside_the_lesson(reader: User, browser: Client) -> None:
    change()
    change("Who pays", "Who pays {#who-pays}\n\nText.\n\n### And when")
    page = browser.get("/learn/two-pms/").content.decode()
    assert page.count("2 sections new ·") == 1
    assert "1 of 2 done" in page, "counts keep"
    browser.get(ONE)  # what is live is read once a process
    assert cost(lambda: browser.get("/learn/two-pms/")) == 4
    assert cost(lambda: browser.get(ONE)) == 5


def test_having_read_it_is_noted_once(reader: User, browser: Client) -> None:
    version = change()
    for _ in range(2):
        assert browser.post(f"{ONE}reread/")["Location"] == ONE
    page = browser.get(ONE).content.decode()
    assert page.count("Noted: you have read this lesson as it is now.") == 1
    assert "is new since" not in page
    row = LessonProgress.objects.get()
    assert (row.version, row.undone_at) == (version, None)
    assert row.completed_at > NOW
    assert LearningEvent.objects.filter(kind="lesson_completed").count() == 2
    assert Enrollment.objects.get().lessons_done == 1
    assert list(checks.differences()) == []


@pytest.mark.parametrize("begun", [True, False])
def test_there_is_nothing_to_note_for_who_has_not_done_it(
    course: Course, learner: User, browser: Client, begun: bool
) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    if begun:
        progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
        progress.undo_lesson(user=learner, lesson=lesson, now=NOW)
    change()
    browser.post(f"{ONE}reread/")
    assert "Noted" not in browser.get(ONE).content.decode()
    assert state.of(learner, course, with_changes=True).new_sections == {}
    assert not LessonProgress.objects.filter(undone_at=None).exists()


def test_a_visitor_who_sends_it_stays_a_visitor(course: Course, client: Client) -> None:
    assert client.post(f"{ONE}reread/")["Location"] == ONE
    assert not User.objects.exists()
