"""What is scheduled goes live at its time, as it was frozen; what cannot is told to its editor."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.mails import AccountMail
from accounts.models import AuditLog, User
from courses import publishing, releases, scheduling
from courses.admin import publish_page
from courses.models import Choice, Course, Fact, Lesson, PublishJob, Question, Quiz, Versioned
from mailing.models import OutboxMail
from tests.courses.publish_pages import look
from tests.courses.test_releases import new_module
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db
AT = NOW + timedelta(days=3)


@pytest.fixture
def lesson() -> Lesson:
    """A live lesson with an edited draft."""
    make_course()
    Lesson.objects.filter(key="lesson-1").update(title="Lesson one")
    return Lesson.objects.get(key="lesson-1")


@pytest.fixture
def editor() -> User:
    """Who schedules, in a zone of their own."""
    return User.objects.create_superuser("ed@example.org", time_zone="Europe/Lisbon")


@pytest.fixture
def browser(client: Client, editor: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The editor's browser."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(editor)
    return client


def schedule(*rows: Versioned, editor: User | None = None) -> list[PublishJob]:
    """Schedule drafts as they stand."""
    seen = {releases.name(one.row): one.seen for one in releases.preview(rows, now=NOW)}
    return scheduling.publish_at(rows, AT, seen=seen, author=editor, now=NOW)


def title(lesson: Lesson) -> str:
    """What learners see."""
    live = Lesson.objects.select_related("live_version").get(pk=lesson.pk).live_version
    assert live is not None
    return str(live.body["title"])


def test_a_draft_goes_live_at_its_time_and_not_before(lesson: Lesson) -> None:
    schedule(lesson)
    assert scheduling.run_due(now=AT - timedelta(seconds=1)) == 0
    assert title(lesson) == "Lesson 1"
    assert scheduling.run_due(now=AT) == 1
    assert title(lesson) == "Lesson one"
    assert scheduling.run_due(now=AT) == 0
    actions = AuditLog.objects.filter(action__startswith="schedule").values_list("action", flat=True)
    assert list(actions.order_by("pk")) == ["schedule", "schedule_done"]


def test_what_is_edited_after_scheduling_is_not_published(lesson: Lesson) -> None:
    [job] = schedule(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(title="Half a thought")
    scheduling.run_due(now=AT)
    assert title(lesson) == "Lesson one"
    assert job.version is not None
    assert job.version.number == 2
    assert Lesson.objects.get(pk=lesson.pk).title == "Half a thought"


def test_a_module_goes_live_as_a_whole(lesson: Lesson) -> None:
    schedule(*new_module(lesson.course))
    assert scheduling.run_due(now=AT) == 2
    outline = Course.objects.live().get().live_version
    assert outline is not None
    assert [len(module["lessons"]) for module in outline.body["modules"]] == [2, 2, 1]
    assert not PublishJob.objects.exclude(state="done").exists()


def test_scheduling_again_moves_it_and_cancelling_ends_it(lesson: Lesson) -> None:
    schedule(lesson)
    [job] = schedule(lesson)
    assert PublishJob.objects.filter(state="waiting").count() == 1
    assert scheduling.cancel(job, author=None, now=NOW)
    assert not scheduling.cancel(job, author=None, now=NOW)
    assert scheduling.run_due(now=AT) == 0
    assert title(lesson) == "Lesson 1"


def test_a_lesson_goes_away_at_a_time(lesson: Lesson) -> None:
    scheduling.archive_at(lesson, AT, author=None, now=NOW)
    scheduling.run_due(now=AT)
    assert Lesson.objects.get(pk=lesson.pk).archived_at == AT


def test_publishing_by_hand_takes_the_place_of_what_was_scheduled(lesson: Lesson) -> None:
    schedule(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(title="Best")
    [release] = releases.preview([lesson], now=NOW)
    releases.publish([lesson], seen={releases.name(lesson): release.seen}, author=None, now=NOW)
    assert scheduling.run_due(now=AT) == 0
    assert title(lesson) == "Best"


def test_a_newer_version_from_elsewhere_is_not_undone_and_the_editor_is_told(
    lesson: Lesson, editor: User
) -> None:
    schedule(lesson, editor=editor)
    Lesson.objects.filter(pk=lesson.pk).update(title="Imported")
    publishing.publish(Lesson.objects.get(pk=lesson.pk), author=None, now=NOW)
    scheduling.run_due(now=AT)
    assert title(lesson) == "Imported"
    job = PublishJob.objects.get()
    assert (job.state, job.reason) == (
        "failed",
        "Version 3 was published after this was scheduled, so version 2 was not.",
    )
    mail = OutboxMail.objects.get(user=editor)
    message = AccountMail().render(mail, now=AT)
    assert message.subject == "Not published: Imported"
    assert "24 November 2026, 09:00 (Europe/Lisbon)" in message.text
    assert job.reason in message.text
    assert job.reason in message.html


def test_a_lesson_whose_fact_has_gone_meanwhile_fails_and_the_next_job_is_done(lesson: Lesson) -> None:
    other = Lesson.objects.get(key="lesson-2")
    Lesson.objects.filter(pk=other.pk).update(
        title="Lesson two", body="No fact.\n\n## Listen for the end\n\nEnd."
    )
    schedule(lesson, other)
    publishing.archive(Fact.objects.get(), now=NOW)
    assert scheduling.run_due(now=AT) == 2
    assert "fact" in PublishJob.objects.get(state="failed").reason
    assert (title(lesson), title(other)) == ("Lesson 1", "Lesson two")


def test_a_quiz_whose_questions_have_gone_meanwhile_fails(lesson: Lesson, editor: User) -> None:
    quiz = Quiz.objects.get(key="module-1")
    Quiz.objects.filter(pk=quiz.pk).update(pass_mark=90)
    schedule(quiz, editor=editor)
    Quiz.objects.filter(pk=quiz.pk).update(pass_mark=70)  # what is checked is what was scheduled
    for question in Question.objects.drawable().filter(module=quiz.module):
        publishing.archive(question, now=NOW)
    assert scheduling.run_due(now=AT) == 1
    job = PublishJob.objects.get()
    assert (job.state, "draw" in job.reason) == ("failed", True), job.reason


def test_a_question_whose_misconception_has_gone_meanwhile_fails(lesson: Lesson) -> None:
    choice = Choice.objects.filter(misconception__isnull=False, question__live_version__isnull=False).first()
    assert choice is not None
    Question.objects.filter(pk=choice.question_id).update(difficulty="hard")
    question = Question.objects.get(pk=choice.question_id)
    schedule(question)
    gone = choice.misconception
    Choice.objects.filter(misconception=gone).update(misconception=None)
    assert gone is not None
    gone.delete()
    assert scheduling.run_due(now=AT) == 1
    assert "misconceptions are not there any more" in PublishJob.objects.get().reason


def test_a_course_edited_after_scheduling_is_not_published(lesson: Lesson) -> None:
    course = lesson.course
    Course.objects.filter(pk=course.pk).update(summary="Which one?")
    schedule(course)
    Course.objects.filter(pk=course.pk).update(summary="Which?")
    scheduling.run_due(now=AT)
    assert PublishJob.objects.get().state == "failed"
    schedule(Course.objects.get(pk=course.pk))
    scheduling.run_due(now=AT)
    live = Course.objects.live().get().live_version
    assert live is not None
    assert live.body["summary"] == "Which?"


def test_a_fault_is_refused_when_scheduling(lesson: Lesson) -> None:
    question = Question.objects.get(key="single-1")
    Choice.objects.filter(question=question).update(feedback="")
    with pytest.raises(publishing.NotPublishable):
        schedule(question)
    assert not PublishJob.objects.exists()


def test_an_editor_schedules_in_their_own_zone_and_cancels(browser: Client, lesson: Lesson) -> None:
    data = {**look(browser, lesson), "when": "later"}
    page = browser.post(publish_page.address(lesson), {**data, "at": ""})
    assert "Say when." in page.content.decode()
    page = browser.post(publish_page.address(lesson), {**data, "at": "2020-01-01T10:00"}, follow=True)
    assert "Choose a time to come." in page.content.decode()
    page = browser.post(publish_page.address(lesson), {**data, "at": "2099-07-01T10:00"}, follow=True)
    assert "Version 2 of “Lesson one” goes live on 1 July 2099, 10:00." in page.content.decode()
    job = PublishJob.objects.get()
    assert job.at.hour == 9, "Lisbon is an hour ahead in summer"
    page = browser.get(publish_page.address(lesson))
    assert "goes live on 1 July 2099, 10:00" in page.content.decode()
    listed = browser.get(reverse("admin:courses_publishjob_changelist")).content.decode()
    assert "Lesson one</a>" in listed
    assert "Waiting" in listed
    data = {"action": "cancel_selected", "_selected_action": [job.pk]}
    browser.post(reverse("admin:courses_publishjob_changelist"), data)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_an_editor_takes_a_lesson_away_at_a_time(browser: Client, lesson: Lesson) -> None:
    data = {"seen": "{}", "change": "minor", "when": "away", "at": "2099-01-01T10:00"}
    browser.post(publish_page.address(lesson), data)
    assert PublishJob.objects.get().action == "archive"
