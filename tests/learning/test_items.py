"""The item doctor on real answers: whose count, since when, what it suggests, and the roll-up of the bank."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import publishing
from courses.models import Choice, Course, Lesson, Question
from learning import items
from learning.item_statistics import Finding, OptionUse, Report
from learning.models import Attempt, ItemSummary
from tests.factories import NOW, make_question
from tests.learning.answered import answer_it

RIGHT, WRONG, DEAD = "moving-app", "keeping-app", "choosing-firms"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def question(course: Course) -> Question:
    """A live question with one right choice of three."""
    return Question.objects.select_related("live_version", "course", "module").get(key="single-1")


@pytest.fixture
def owner(client: Client, course: Course, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def turned_around(question: Question) -> None:
    """Forty people, of whom those who do well elsewhere are marked wrong."""
    answer_it(question, [WRONG] * 24, rest=3, tag="good")
    answer_it(question, [RIGHT] * 16, rest=1, tag="poor")


def page(client: Client, question: Question) -> str:
    """What the page of a question says."""
    return client.get(f"/admin/courses/question/{question.pk}/how-it-does/").content.decode()


def test_a_key_that_is_upside_down_is_suspected_with_the_option_that_may_be_right(
    owner: Client, question: Question
) -> None:
    turned_around(question)
    report = items.examine(question).report
    assert (report.people, report.finding, report.suspect) == (40, "key", WRONG)
    assert report.discrimination == pytest.approx(-1)
    assert report.facility == pytest.approx(0.4)
    assert report.median_seconds == 40
    shown = page(owner, question)
    assert "those who pick “Keeping an app right” do best" in shown
    assert "under 5\N{NO-BREAK SPACE}%: tempts hardly anybody" in shown
    assert "\N{MINUS SIGN}1.00: from" in shown
    assert "In 1 quiz (" in shown
    assert "answered 40 times" in shown
    assert "A deadline makes it a project" in shown


@pytest.mark.parametrize("text", ["Who asked?", "“Who asked?”", '"Who asked?"'])
def test_a_suggestion_sets_an_option_in_quotation_marks_once(text: str) -> None:
    report = Report(40, options=[OptionUse("a", False, 1, 0.02, None)], finding="dead_option")
    assert items.fix(report, {"a": text}).startswith("Hardly anybody picks “Who asked?”.")


def test_below_thirty_people_the_page_keeps_silent(owner: Client, question: Question) -> None:
    answer_it(question, [WRONG] * 29, rest=3)
    shown = page(owner, question)
    assert "29 people have answered it in a quiz" in shown
    assert "Check the key" not in shown
    assert "Facility" not in shown


def test_only_a_persons_first_handed_in_answer_counts(question: Question) -> None:
    answer_it(question, [RIGHT] * 30, rest=2)
    Attempt.objects.filter(pk=Attempt.objects.order_by("pk")[0].pk).update(
        submitted_at=None, credit=None, passed=None
    )
    first = Attempt.objects.filter(submitted_at__isnull=False)[0]
    for row in Attempt.objects.filter(submitted_at__isnull=False).exclude(pk=first.pk)[:1]:
        row.user, row.number = first.user, 2
        row.save()
    assert items.examine(question).report.people == 28


def test_answers_from_before_a_major_change_are_left_out_and_a_typo_keeps_them(question: Question) -> None:
    turned_around(question)
    Question.objects.filter(pk=question.pk).update(prompt="Which one is a project?")
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)
    live = Question.objects.select_related("live_version").get(pk=question.pk)
    assert items.examine(live).report.people == 40
    Choice.objects.filter(question=question, key=RIGHT).update(correct=False)
    Choice.objects.filter(question=question, key=WRONG).update(correct=True)
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)
    live = Question.objects.select_related("live_version").get(pk=question.pk)
    assert items.examine(live).report.people == 0


def test_the_roll_up_counts_what_was_answered_or_published_since_and_nothing_else(question: Question) -> None:
    assert items.summarise(now=NOW) == 0
    turned_around(question)
    assert items.summarise(now=NOW) == 1
    row = ItemSummary.objects.get()
    assert (row.pk, row.answered, row.people, row.finding) == (question.pk, 40, 40, "key")
    assert items.summarise(now=LATER) == 0
    Question.objects.filter(pk=question.pk).update(prompt="Which one is a project?")
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)
    assert items.summarise(now=LATER + timedelta(hours=1)) == 1
    assert ItemSummary.objects.get().counted_at == LATER + timedelta(hours=1)
    assert str(row) == f"summary of question {question.pk}"


@pytest.mark.parametrize(
    ("finding", "begins"),
    [
        ("key", "Check the key, then the prompt:"),
        ("too_hard", "Hardly anybody gets it right. Check that its passage teaches it"),
        ("tells_little", "Those who know and those who do not answer it alike."),
        ("dead_option", "Hardly anybody picks “Caring” or “Choosing”. Write what people believe instead"),
        ("too_easy", "Nearly everybody gets it right."),
    ],
)
def test_each_finding_suggests_one_thing_to_do(finding: Finding, begins: str) -> None:
    used = [OptionUse(key, False, 0, 0.01, None) for key in ("caring", "choosing")]
    right = OptionUse("moving", True, 40, 0.98, 0.5)
    report = Report(41, options=[*used, right], finding=finding)
    texts = {"caring": "Caring", "choosing": "Choosing", "moving": "Moving"}
    assert items.fix(report, texts).startswith(begins)


def test_the_list_shows_findings_and_filters_by_them(owner: Client, question: Question) -> None:
    turned_around(question)
    items.summarise(now=NOW)
    shown = owner.get("/admin/courses/question/?finding=key")
    assert [row.pk for row in shown.context["cl"].result_list] == [question.pk]
    assert "Check the key" in shown.content.decode()
    assert owner.get("/admin/courses/question/?finding=any").context["cl"].result_count == 1


def test_a_question_of_any_type_has_its_page(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    draft = make_question(lesson, "never-live", "order")
    for question in [*Question.objects.filter(key__endswith="-1"), draft]:
        assert "What the answers say" in page(owner, question)


def test_the_page_costs_the_same_for_few_and_many_answers(
    owner: Client, question: Question, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    turned_around(question)
    with django_assert_max_num_queries(15):
        page(owner, question)


@pytest.mark.parametrize("type_", ["single", "order", "numeric"])
def test_an_editor_tries_a_draft_and_nothing_is_recorded(owner: Client, course: Course, type_: str) -> None:
    draft = make_question(Lesson.objects.get(key="lesson-1"), "draft", type_)
    address = f"/preview/questions/{draft.pk}/"
    asked = owner.get(address)
    item = asked.context["item"]
    assert not item.graded
    assert "Feedback on" not in asked.content.decode(), "the key is not on the page"
    form: dict[str, object] = {"option": item.options[0].id} if item.options else {}
    form |= (
        {f"place-{option.id}": at for at, option in enumerate(item.options, 1)} if type_ == "order" else {}
    )
    form |= {"answer": "3000"} if type_ == "numeric" else {}
    answered = owner.post(address, form)
    assert answered.context["item"].graded
    assert "A project can be finished." in answered.content.decode()
    assert owner.post(address, {}).context["item"].error
    assert not draft.answers.exists()
    draft.refresh_from_db()
    assert draft.live_version_id is None


def test_learners_do_not_try_drafts(browser: Client, course: Course) -> None:
    assert browser.get(f"/preview/questions/{Question.objects.all()[0].pk}/").status_code == 403
