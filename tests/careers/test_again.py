"""Six statements asked again after a module: a new result from new and old answers, once, or skipped."""

from datetime import timedelta

import pytest
from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.test import Client

from accounts.models import User
from careers import again, assessment, report
from careers.assessment import NoAnswer
from careers.models import AskedAgainSkipped, Response, ResponseSet, Result
from courses.models import Module
from tests.careers.answering import answer_again, take
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("asked")
LATER = NOW + timedelta(days=20)
PATH = "/fit/after/two-pms/two-words/"


@pytest.fixture
def module(asked: None) -> Module:
    """The module that is done."""
    return Module.objects.get()


def form(learner: User, value: str) -> dict[str, str]:
    """What a browser sends with all six answered alike."""
    return {f"item-{each.item.key}": value for each in again.questions(learner)[1]}


def test_six_balanced_statements_that_were_answered_are_asked(learner: User) -> None:
    take(learner, "product")
    _, asked = again.questions(learner)
    kinds = [(each.item.key.split("-")[0], each.item.reverse) for each in asked]
    assert sorted(kinds) == [("product", False)] * 2 + [("product", True)] + [("project", False)] * 2 + [
        ("project", True)
    ]
    assert all(each.response for each in asked)


def test_the_new_result_takes_the_other_answers_over(learner: User, module: Module) -> None:
    take(learner, "product")
    assessment.react(user=learner, given=[("product", "dull", "not")], now=NOW)
    made = answer_again(learner, module, now=LATER)
    assert made.reactions.get().reaction == "not"
    assert (made.number, made.after) == (2, module)
    assert Response.objects.filter(response_set=made).count() == 14
    assert Response.objects.filter(response_set=made, answered_at=LATER, value=3).count() == 6
    first, second = Result.objects.order_by("response_set__number")
    assert (first.product, second.answered) == (100, 14)
    assert 50 < second.product < 100
    found = report.of(learner)
    assert found is not None
    assert [(move.module, move.shown) for move in found.moves] == [("", False), (module.title, True)]
    assert assessment.current(learner).left == 16


def test_the_first_six_come_back_every_second_time(learner: User, module: Module) -> None:
    take(learner, "product")
    asked = []
    for number in range(3):
        asked.append({each.item.key for each in again.questions(learner)[1]})
        other = Module.objects.create(course=module.course, key=f"more-{number}", title="More", order=9)
        answer_again(learner, other, now=LATER)
    assert asked[0] == asked[2]
    assert not asked[0] & asked[1]


def test_sent_twice_it_is_kept_once(learner: User, module: Module) -> None:
    take(learner, "product")
    first = answer_again(learner, module, "3")
    assert answer_again(learner, module, "1") == first
    assert ResponseSet.objects.count() == 2
    assert Response.objects.filter(response_set=first, value=3).count() == 6


def test_without_a_result_or_with_an_answer_missing_nothing_is_kept(learner: User, module: Module) -> None:
    with pytest.raises(NoAnswer):
        answer_again(learner, module)
    take(learner, "product")
    _, asked = again.questions(learner)
    given = {each.item.key: "3" for each in asked[:5]}
    with pytest.raises(NoAnswer):
        again.answer(user=learner, module=module, given=given, now=NOW)
    assert ResponseSet.objects.count() == 1


def test_the_page_keeps_what_was_chosen_where_one_is_missing(learner: User, browser: Client) -> None:
    assert browser.get(PATH).headers["Location"] == "/fit/"
    take(learner, "product")
    page = browser.get(PATH).content.decode()
    assert page.count("<fieldset") == 6
    sent = form(learner, "4")
    left_out = sent.popitem()[0]
    answer = browser.post(f"{PATH}answer/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "1 statement has no answer yet." in page
    assert page.count(" checked") == 5
    assert page.count("Choose one.") == 1
    assert browser.post(f"{PATH}answer/", {**sent, left_out: "2"}).headers["Location"] == "/fit/result/"
    page = browser.get("/fit/result/").content.decode()
    assert "How it moved" in page
    assert "6 answers anew, 8 from before" in page


def test_skipping_is_kept_once_and_leads_back_to_the_progress_page(learner: User, browser: Client) -> None:
    for _ in range(2):
        assert browser.post(f"{PATH}skip/").headers["Location"] == "/dashboard/"
    assert AskedAgainSkipped.objects.count() == 1
    assert browser.get("/fit/after/two-pms/gone/").status_code == 404


def test_a_page_that_reads_its_learner_knows_what_was_dealt_with(learner: User, module: Module) -> None:
    def past() -> again.Past:
        asked = [RawSQL(each, [], JSONField()) for each in again.OF_USER]  # noqa: S611 - constants
        ((taken, skipped),) = User.objects.filter(pk=learner.pk).values_list(*asked)
        return again.past(taken, skipped)

    assert not past().may_ask(now=LATER)
    take(learner, "product")
    assert not past().may_ask(now=NOW + timedelta(days=1))
    assert past().may_ask(now=LATER)
    assert past().dealt_with == set()
    assessment.take_again(user=learner, after=1, now=LATER)
    assert not past().may_ask(now=LATER)  # one that is under way comes first
    ResponseSet.objects.get(number=2).delete()
    other = Module.objects.create(course=module.course, key="other", title="Other", order=9)
    again.skip(user=learner, module=other, now=NOW)
    answer_again(learner, module, now=LATER)
    assert past().dealt_with == {("two-pms", "two-words"), ("two-pms", "other")}
    assert not past().may_ask(now=LATER)


def test_the_memo_is_one_page_of_the_newest_result(learner: User, browser: Client) -> None:
    assert browser.get("/fit/memo/").headers["Location"] == "/fit/"
    take(learner, "product")
    assessment.react(user=learner, given=[("product", "dull", "not")], now=NOW)
    page = browser.get("/fit/memo/").content.decode()
    for said in ("Your answers point clearly to product", "Not for me.", "My decision", "95 to 100 of 100"):
        assert said in page


def test_the_memo_is_a_file_too_of_ones_own_result(learner: User, browser: Client, client: Client) -> None:
    assert browser.get("/fit/memo.pdf").headers["Location"] == "/fit/"
    take(learner, "product")
    learner.name = "Lea 李小龙"
    learner.save()
    answer = browser.get("/fit/memo.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"/Count 1" in answer.content
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get("/fit/memo.pdf").headers["Location"] == "/fit/"
