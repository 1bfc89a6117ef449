"""Lessons that a device keeps: a copy with nobody in it, and answers that come back from it, once."""

import re

from django.test import Client

from accounts.models import User
from courses import marks, publishing
from courses.models import Course, Lesson, Question, Version
from courses.presentation import check_options
from learning import offline, progress
from learning.models import Answer, LearningEvent
from tests.factories import NOW

COPY = "/learn/two-pms/lesson-1/offline/"
SEND = f"{COPY}send/"


def live(key: str) -> Version:
    """A lesson's or a question's live version."""
    return (
        Version.objects.get(key=key, live_lesson__isnull=False)
        if key.startswith("lesson")
        else (Version.objects.get(key=key, live_question__isnull=False))
    )


def option(choice: str) -> str:
    """The id under which the check of the first lesson offers a choice."""
    return next(public_id for public_id, key in check_options(live("check-1")) if key == choice)


def an_answer(user: User, choice: str = "moving-app", **other: str) -> dict[str, str]:
    """What a browser sends of an answer to the check of the first lesson."""
    about = {"reader": offline.reader(user), "key": "check-1", "seen": marks.of_version(live("check-1").pk)}
    return {**about, "option": option(choice), "sureness": "sure", **other}


def republish(row: Lesson | Question, **fields: str) -> None:
    """Change a draft and publish it."""
    for name, text in fields.items():
        setattr(row, name, text)
    row.save(update_fields=[*fields])
    publishing.publish(row, author=None, now=NOW)


def test_the_copy_has_the_lesson_and_its_checks_and_nobody_in_it(
    course: Course, learner: User, browser: Client
) -> None:
    learner.theme, learner.name = "dark", "Lea Lopes"
    learner.save()
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    other = Client()
    other.force_login(User.objects.create_user("omar@example.org"))
    answers = [client.get(COPY) for client in (browser, other)]
    page = answers[0].content.decode()
    assert answers[1].content.decode() == page, "the same for everybody"
    for words in (
        "Ask what ends.",
        "Which of these is a",
        "Moving an app by March",
        "Who answers for the money.",
    ):
        assert words in page
    for words in (
        "csrf",
        "Lea",
        "example.org",
        "data-theme",
        offline.reader(learner),
        "Feedback on",
        "can be finished</p>",
    ):
        assert words not in page
    assert "no-store" in answers[0]["Cache-Control"]
    assert browser.cookies.keys() == {"session"}


def test_the_copy_has_nothing_of_the_answer_key_after_an_answer_either(
    course: Course, learner: User, browser: Client
) -> None:
    before = browser.get(COPY).content
    browser.post(SEND, an_answer(learner))
    assert browser.get(COPY).content == before


def test_an_answer_is_taken_once_however_often_it_arrives(
    course: Course, learner: User, browser: Client
) -> None:
    for _ in range(3):
        assert browser.post(SEND, an_answer(learner)).json() == {"taken": True, "words": ""}
    answer = Answer.objects.get()
    assert (answer.user, answer.sureness) == (learner, "sure")
    assert answer.credit == 1
    assert LearningEvent.objects.filter(kind=LearningEvent.Kind.CHECK_ANSWERED).count() == 1


def test_what_was_answered_elsewhere_meanwhile_stands_and_that_is_said(
    course: Course, learner: User, browser: Client
) -> None:
    browser.post(SEND, an_answer(learner))
    said = browser.post(SEND, an_answer(learner, "keeping-app")).json()
    assert not said["taken"]
    assert "the first answer stands" in said["words"]
    assert Answer.objects.get().response == {"choice": "moving-app"}


def test_an_answer_to_a_question_that_has_changed_is_not_counted(
    course: Course, learner: User, browser: Client
) -> None:
    sent = an_answer(learner)
    republish(Question.objects.get(key="check-1"), prompt="Which is one?")
    said = browser.post(SEND, sent).json()
    assert not said["taken"]
    assert "has changed since it was saved" in said["words"]
    assert not Answer.objects.exists()


def test_an_answer_that_is_none_is_told_as_such(course: Course, learner: User, browser: Client) -> None:
    said = browser.post(SEND, an_answer(learner, option="no-such")).json()
    assert not said["taken"]
    assert said["words"]


def test_a_lesson_completed_in_its_copy_is_done_unless_it_says_something_else_now(
    course: Course, learner: User, browser: Client
) -> None:
    completed = {"reader": offline.reader(learner), "seen": marks.of_version(live("lesson-1").pk)}
    row = Lesson.objects.get(key="lesson-1")
    republish(row, body=row.body.replace("Ask what ends.", "Ask what ends"), title="Lesson one")
    republish(row, body=row.body + "\n\n## Who pays\n\nThe sponsor pays.\n")
    said = browser.post(SEND, completed).json()
    assert not said["taken"]
    assert "has changed since it was saved" in said["words"]
    assert not learner.lesson_progress.exists()
    completed["seen"] = marks.of_version(live("lesson-1").pk)
    republish(row, title="Lesson 1")
    for _ in range(2):
        assert browser.post(SEND, completed).json()["taken"]
    assert learner.lesson_progress.get().undone_at is None
    assert LearningEvent.objects.filter(kind=LearningEvent.Kind.LESSON_COMPLETED).count() == 1


def test_nothing_of_somebody_else_is_taken(course: Course, learner: User, browser: Client) -> None:
    omar = User.objects.create_user("omar@example.org")
    for claimed in (offline.reader(omar), ""):
        assert browser.post(SEND, an_answer(learner, reader=claimed)).status_code == 409
    assert not Answer.objects.exists()


def test_what_nobody_showed_is_refused(course: Course, learner: User, browser: Client) -> None:
    forged = {"reader": offline.reader(learner), "seen": "v1:forged"}
    assert browser.post(SEND, forged).status_code == 400
    other = {**forged, "seen": marks.of_version(live("lesson-2").pk)}
    assert not browser.post(SEND, other).json()["taken"]
    assert browser.post(SEND, an_answer(learner, key="check-2")).status_code == 404
    assert not learner.lesson_progress.exists()


def test_pages_of_somebody_logged_in_name_their_reader_and_no_others_do(
    course: Course, learner: User, browser: Client
) -> None:
    named = f'data-reader="{offline.reader(learner)}"'
    for address in ("/", "/learn/two-pms/", "/learn/two-pms/lesson-1/"):
        assert named in browser.get(address).content.decode()
        assert "data-reader" not in Client().get(address).content.decode()


def test_a_course_offers_to_save_each_module_to_those_with_an_account(
    course: Course, browser: Client
) -> None:
    page = browser.get("/learn/two-pms/").content.decode()
    assert re.findall(r'data-pages="([^"]*)"', page) == [
        "/learn/two-pms/lesson-1/offline/ /learn/two-pms/lesson-2/offline/",
        "/learn/two-pms/lesson-3/offline/ /learn/two-pms/lesson-4/offline/",
    ]
    assert "data-pages" not in Client().get("/learn/two-pms/").content.decode()
