"""Taking the fit check: answers are kept at once, the result follows them, the old one stays."""

from datetime import timedelta

import pytest

from accounts.models import User
from careers import assessment, report
from careers.assessment import NoAnswer
from careers.models import Item, PreviewReaction, Response, ResponseSet, Result
from tests.careers.answering import take
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("asked")


def test_the_first_result_comes_with_the_fourteenth_answer(learner: User) -> None:
    assert take(learner, "product", count=13).result is None
    assert not Result.objects.exists()
    take(learner, "product", count=14)
    result = Result.objects.get()
    assert (result.answered, result.verdict, result.side) == (14, "clear", "product")
    assert (result.product, result.project, result.product_error) == (100, 0, 5)


@pytest.mark.parametrize(
    ("side", "verdict", "named"),
    [("project", "clear", "project"), ("both", "balanced", ""), ("neither", "neither", "")],
)
def test_each_kind_of_person_gets_their_verdict(learner: User, side: str, verdict: str, named: str) -> None:
    take(learner, side)
    result = Result.objects.get()
    assert (result.verdict, result.side) == (verdict, named)


def test_sixteen_more_narrow_the_range(learner: User) -> None:
    take(learner, "both")
    first = Result.objects.get()
    take(learner, "both", count=30)
    last = Result.objects.get()
    assert (first.answered, last.answered) == (14, 30)
    assert last.product_error < first.product_error


def test_a_changed_answer_replaces_the_first_and_changes_the_result(learner: User) -> None:
    sitting = take(learner, "product")
    key = sitting.asked[0].item.key
    assessment.answer(user=learner, key=key, given="3", now=NOW)
    assert Response.objects.filter(item__key=key).count() == 1
    assert Result.objects.get().product < 100


def test_an_answer_keeps_its_worth_when_the_item_changes(learner: User) -> None:
    take(learner, "product")
    Item.objects.update(text="Something else.", archived_at=NOW)
    Item.objects.filter(kind="statement").update(reverse=True)
    found = report.of(learner)
    assert found is not None
    assert [side.range.score for side in found.sides] == [100, 0]
    assert assessment.current(learner).asked == []


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("product-1", "0"),
        ("product-1", "6"),
        ("product-1", ""),
        ("product-1", "ask"),
        ("case-1", "3"),
        ("no", "3"),
    ],
)
def test_what_is_no_answer_is_refused(learner: User, key: str, given: str) -> None:
    with pytest.raises(NoAnswer):
        assessment.answer(user=learner, key=key, given=given, now=NOW)
    assert not Response.objects.exists()


def test_taking_it_again_keeps_the_old_result_and_begins_once(learner: User) -> None:
    take(learner, "product")
    for _ in range(2):
        assessment.take_again(user=learner, after=1, now=NOW)
    assert ResponseSet.objects.count() == 2
    assessment.take_again(user=learner, after=2, now=NOW)  # nothing answered yet: nothing to leave behind
    assert ResponseSet.objects.count() == 2
    take(learner, "project", now=NOW + timedelta(days=30))
    found = report.of(learner)
    assert found is not None
    assert (found.number, found.result.side) == (2, "project")
    assert [(move.number, move.result.side, move.shown) for move in found.moves] == [
        (1, "product", False),
        (2, "project", True),
    ]
    old = report.of(learner, number=1)
    assert old is not None
    assert old.result.side == "product"


def test_the_report_names_the_answers_behind_it(learner: User) -> None:
    take(learner, "product")
    found = report.of(learner)
    assert found is not None
    product, project = found.sides
    words = ["I ask in case 1", "strongly agree", "I ask in case 2"]
    assert [one.words for one in product.speaks_for] == words
    assert product.speaks_for[1].text == "I know the product joy number 1."
    assert product.against == []
    assert [one.words for one in project.against] == [*words[::2], "strongly disagree"]
    assert found.doubts == []


def test_one_word_for_all_is_doubted_in_the_report(learner: User) -> None:
    for asked in assessment.current(learner).asked[:14]:
        given = "4" if asked.item.scale else "gather"
        assessment.answer(user=learner, key=asked.item.key, given=given, now=NOW)
    found = report.of(learner)
    assert found is not None
    assert found.doubts == [("same", "")]


def test_reactions_are_kept_and_count_in_no_scale(learner: User) -> None:
    take(learner, "product")
    before = Result.objects.values().get()
    for reaction in ("like", "not"):
        assessment.react(user=learner, given=[("product", "dull", reaction)], now=NOW)
    assert PreviewReaction.objects.get().reaction == "not"
    assert Result.objects.values().get() == before
    found = report.of(learner)
    assert found is not None
    assert found.sides[0].preview[1] == ("dull", "A dull product day.", "not")


@pytest.mark.parametrize(
    "given", [("product", "dull", "hate"), ("product", "end", "like"), ("x", "dull", "like")]
)
def test_what_is_no_reaction_is_refused(learner: User, given: tuple[str, str, str]) -> None:
    take(learner, "product", count=1)
    with pytest.raises(NoAnswer):
        assessment.react(user=learner, given=[given], now=NOW)


def test_others_answers_are_others(learner: User) -> None:
    take(learner, "product")
    other = User.objects.create_user("bob@example.org")
    assert report.of(other) is None
    assert assessment.current(other).answered == 0
    take(other, "project")
    assert report.of(learner).result.side == "product"  # type: ignore[union-attr]  # it was there before
