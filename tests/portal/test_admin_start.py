"""The admin's start page names what waits for an editor, and stays cheap."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import audit
from accounts.models import User
from courses import publishing, versions
from courses.models import Fact, GlossaryTerm, Lesson, PublishJob, Question, Quiz, ReviewRequest
from learning.models import ItemSummary
from mailing.models import Heartbeat, MailControl, OutboxMail
from tests.factories import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def lost_mail() -> OutboxMail:
    """A mail that failed just now."""
    at = timezone.now()
    return OutboxMail.objects.create(
        kind="account",
        slot="code:1",
        priority=OutboxMail.Priority.CODE,
        state=OutboxMail.State.FAILED,
        due_at=at,
        next_try_at=at,
        created_at=at,
        epoch=1,
    )


def test_a_quiet_day_says_so(owner: Client) -> None:
    make_course()
    Fact.objects.update(review_by=timezone.localdate() + timedelta(days=100))
    page = owner.get(reverse("admin:index"))
    assert (page.context["drafts"], page.context["facts"], page.context["mails"]) == ([], [], 0)
    assert "Learners see everything as it stands." in page.text


def test_it_lists_what_learners_do_not_see_as_it_stands(owner: Client) -> None:
    make_course()
    lesson = Lesson.objects.get(key="lesson-1")
    lesson.title = "A title that nobody has published"
    lesson.save()
    GlossaryTerm.objects.create(key="new-term", name="New term", meaning="Not yet.", used_by="both")
    page = owner.get(reverse("admin:index"))
    assert {(row.title, row.state) for row in page.context["drafts"]} == {
        ("A title that nobody has published", "changed since it was published"),
        ("New term", "never published"),
    }
    assert reverse("admin:courses_lesson_change", args=[lesson.pk]) in page.text


def test_a_draft_saved_without_a_change_and_an_archived_row_do_not_wait(owner: Client) -> None:
    make_course()
    Lesson.objects.get(key="lesson-1").save()
    publishing.archive(Lesson.objects.get(key="lesson-2"), now=timezone.now())
    assert owner.get(reverse("admin:index")).context["drafts"] == []


def test_it_lists_figures_whose_review_is_due_within_two_weeks(owner: Client) -> None:
    make_course()
    for days, shown in ((-400, True), (14, True), (15, False)):
        Fact.objects.update(review_by=timezone.localdate() + timedelta(days=days))
        assert bool(owner.get(reverse("admin:index")).context["facts"]) is shown


def test_it_counts_the_mails_of_the_week_that_did_not_arrive(owner: Client) -> None:
    mail = lost_mail()
    page = owner.get(reverse("admin:index"))
    assert "1 mail of the last 7 days did not arrive" in page.text
    assert owner.get(page.context["mails_url"]).context["cl"].result_count == 1
    OutboxMail.objects.filter(pk=mail.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert owner.get(reverse("admin:index")).context["mails"] == 0


def test_staff_see_only_what_they_may_look_at(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_course()
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    editor = User.objects.create_user("editor@example.org", is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="view_fact"))
    Lesson.objects.update(title="Secret draft")
    client.force_login(editor)
    page = client.get(reverse("admin:index"))
    assert page.context["mails"] is None
    assert page.context["facts"] is not None
    assert "Secret draft" not in page.text


def test_the_lists_beside_a_page_are_those_that_one_may_open(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    looker = User.objects.create_user("looker@example.org", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_fact"))
    client.force_login(looker)
    address = reverse("admin:courses_fact_changelist")
    page = client.get(address)
    [(_, [start]), (title, [facts])] = page.context["sidebar_navigation"]
    assert (start[0], title, facts[0], facts[2:]) == ("Today", "Know", "Facts", (address, True))
    assert page.text.count('aria-current="page"') == 1
    assert reverse("admin:accounts_auditlog_changelist") not in page.text


@pytest.mark.parametrize("name", ["index", "courses_lesson_changelist", "courses_course_add"])
def test_the_first_stop_of_a_keyboard_leads_past_the_lists(owner: Client, name: str) -> None:
    page = owner.get(reverse(f"admin:{name}")).text
    first = page[page.index("<a ") :]
    assert first.startswith('<a class="au-skip" href="#content">Skip to the content</a>')
    assert 'id="content"' in page


def test_it_costs_fifteen_queries_at_most_on_a_busy_day(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_course()
    lost_mail()
    touched: list[QuerySet[Lesson] | QuerySet[Question]] = [Lesson.objects.all(), Question.objects.all()]
    for rows in touched:
        rows.update(updated_at=timezone.now() + timedelta(minutes=1))
    Quiz.objects.update(updated_at=timezone.now() - timedelta(days=900))
    owner.get(reverse("admin:index"))
    with django_assert_max_num_queries(15):
        owner.get(reverse("admin:index"))


def test_rows_published_together_are_not_taken_for_drafts_touched_later() -> None:
    course = make_course(published=False)
    lessons = list(Lesson.objects.filter(course=course))
    publishing.publish_checked(lessons, now=timezone.now() - timedelta(seconds=30), note="")
    for lesson in versions.with_draft(Lesson.objects.filter(course=course)):
        assert lesson.live_version is not None
        assert lesson.updated_at == lesson.live_version.created_at


def test_the_mail_switch_is_there_before_anybody_turned_it(owner: Client) -> None:
    page = owner.get(reverse("admin:mailing_mailcontrol_changelist"))
    assert page.context["cl"].result_count == 1
    address = reverse("admin:mailing_mailcontrol_change", args=[True])
    assert owner.post(address, {"paused": "on"}).status_code == 302
    assert MailControl.objects.get().paused


def test_it_tells_what_waits_for_a_second_person_and_what_did_not_happen(owner: Client) -> None:
    at = timezone.now()
    ReviewRequest.objects.create(kind="lesson", row_id=1, content_hash="a", asked_at=at)
    jobs = PublishJob.objects
    jobs.create(kind="fact", row_id=1, action="archive", at=at, created_at=at, state="failed", ended_at=at)
    page = owner.get(reverse("admin:index")).text
    assert "1 draft waits for a second person" in page
    assert "1 scheduled change of the last 7 days did not happen." in page


def test_whoever_asked_is_told_what_was_sent_back_until_they_ask_again(owner: Client) -> None:
    at = timezone.now()
    me, request = User.objects.get(), ReviewRequest(kind="lesson", row_id=1, content_hash="a", asked_at=at)
    request.state, request.asked_by, request.decided_at = ReviewRequest.State.DECLINED, me, at
    request.save()
    said = "1 draft of yours was sent back, with words."
    assert said in owner.get(reverse("admin:index")).text
    other = User.objects.create_superuser("other@example.org")
    ReviewRequest.objects.filter(pk=request.pk).update(asked_by=other)
    assert said not in owner.get(reverse("admin:index")).text
    ReviewRequest.objects.filter(pk=request.pk).update(asked_by=me)
    ReviewRequest.objects.create(
        kind="lesson", row_id=1, content_hash="b", asked_by=me, asked_at=at + timedelta(seconds=1)
    )
    assert said not in owner.get(reverse("admin:index")).text


def test_it_counts_the_questions_whose_answers_say_that_something_is_to_be_mended(owner: Client) -> None:
    make_course()
    assert "says of no question that it is to be mended" in owner.get(reverse("admin:index")).text
    about = {"answered": 60, "people": 60, "counted_at": timezone.now()}
    fine, odd = Question.objects.all()[:2]
    ItemSummary.objects.create(question=fine, **about)
    ItemSummary.objects.create(question=odd, finding="too_hard", **about)
    page = owner.get(reverse("admin:index"))
    assert "The answers to 1 question say that something is to be mended." in page.text
    assert list(owner.get(page.context["odd_url"]).context["cl"].queryset) == [odd]


def test_it_says_when_the_workers_last_gave_a_sign_of_life(owner: Client) -> None:
    assert "the workers have never given a sign of life" in owner.get(reverse("admin:index")).text
    beat = Heartbeat.objects.create(name="beat", at=timezone.now())
    assert "are being worked on" in owner.get(reverse("admin:index")).text
    beat.at -= timedelta(hours=1)
    beat.save()
    assert "Nothing is being sent or scheduled" in owner.get(reverse("admin:index")).text


def test_it_shows_what_staff_did_last_to_those_who_may_read_the_log(owner: Client) -> None:
    lesson = Lesson.objects.filter(course=make_course()).first()
    user = User.objects.get(email="owner@example.org")
    audit.record(actor=user, action="course.arrange", obj=lesson, now=timezone.now())
    audit.record(actor=None, action="log_in", now=timezone.now())
    page = owner.get(reverse("admin:index"))
    assert [(row.who, row.action) for row in page.context["activity"]] == [
        ("Nobody", "log in"),
        ("owner@example.org", "course: arrange"),
    ]
    assert lesson
    assert reverse("admin:courses_lesson_change", args=[lesson.pk]) in page.text
