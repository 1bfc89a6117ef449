"""The adapter of fsrs: it agrees with the package, and no hour and no chance moves a card."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from fsrs import Card, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from learning import scheduler
from learning.scheduler import Memory, Rating

DAY = date(2026, 11, 21)
ratings = st.sampled_from(list(Rating))
histories = st.lists(st.tuples(ratings, st.integers(1, 400)), min_size=1, max_size=12)


def dated(history: list[tuple[Rating, int]]) -> list[tuple[Rating, date]]:
    """Ratings with the days between them as ratings with dates."""
    day, reviews = DAY, []
    for rating, gap in history:
        day += timedelta(days=gap)
        reviews.append((rating, day))
    return reviews


def replayed(history: list[tuple[Rating, int]]) -> Memory:
    memory = scheduler.replay(dated(history))
    assert memory
    return memory


def test_a_thousand_histories_agree_with_the_package() -> None:
    chance = random.Random(20261121)  # noqa: S311 - histories, not secrets
    package = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    for _ in range(1000):
        card, memory, at = Card(card_id=1), None, datetime.combine(DAY, time(), UTC)
        for _ in range(chance.randint(1, 15)):
            rating = chance.choice(list(Rating))
            card, _ = package.review_card(card, rating, at)
            memory = scheduler.review(memory, rating, on=at.date())
            assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
            assert memory.due_on == card.due.date()
            at += timedelta(days=chance.randint(1, 200))
            assert scheduler.recall(memory, on=at.date()) == package.get_card_retrievability(card, at)


@given(histories)
def test_what_was_reviewed_is_due_on_a_later_day(history: list[tuple[Rating, int]]) -> None:
    memory = replayed(history)
    assert memory.due_on > memory.last_on
    assert memory.stability > 0
    assert 1 <= memory.difficulty <= 10


@given(histories, st.integers(0, 4000), st.integers(0, 4000))
def test_recall_fades_and_never_leaves_0_to_1(history: list[tuple[Rating, int]], a: int, b: int) -> None:
    memory = replayed(history)
    early, late = sorted((a, b))
    then, later = (scheduler.recall(memory, on=memory.last_on + timedelta(days=n)) for n in (early, late))
    assert 0 < later <= then <= 1


@given(histories, st.integers(1, 400))
def test_a_better_rating_brings_no_card_back_earlier(history: list[tuple[Rating, int]], gap: int) -> None:
    memory = replayed(history)
    on = memory.last_on + timedelta(days=gap)
    due = [scheduler.review(memory, rating, on=on).due_on for rating in sorted(Rating)]
    assert due[1:] == sorted(due[1:])
    assert due[0] <= due[3]


@given(histories)
def test_the_same_history_gives_the_same_card(history: list[tuple[Rating, int]]) -> None:
    assert scheduler.replay(dated(history)) == scheduler.replay(dated(history))


@given(histories)
def test_a_history_replayed_is_its_reviews_one_after_the_other(history: list[tuple[Rating, int]]) -> None:
    memory = None
    for rating, on in dated(history):
        memory = scheduler.review(memory, rating, on=on)
    assert scheduler.replay(dated(history)) == memory


def test_on_the_day_of_the_review_all_is_recalled_and_before_it_no_more_than_all() -> None:
    memory = scheduler.review(None, Rating.Good, on=DAY)
    assert [scheduler.recall(memory, on=DAY - timedelta(days=n)) for n in (0, 1)] == [1, 1]
    assert scheduler.recall(memory, on=DAY + timedelta(days=1)) < 1


def test_no_review_waits_for_the_package_to_invent_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s")

    monkeypatch.setattr("time.sleep", sleep)
    again = scheduler.review(scheduler.review(None, Rating.Good, on=DAY), Rating.Good, on=DAY)
    assert again.last_on == DAY


def test_nothing_replayed_is_no_memory() -> None:
    assert scheduler.replay([]) is None


@pytest.mark.parametrize(
    ("credit", "sureness", "rating"),
    [
        (1.0, "sure", Rating.Easy),
        (1.0, "think_so", Rating.Good),
        (1.0, "", Rating.Good),
        (1.0, "guess", Rating.Hard),
        (0.999, "sure", Rating.Hard),
        (0.5, "guess", Rating.Hard),
        (0.499, "sure", Rating.Again),
        (0.0, "sure", Rating.Again),
        (0.0, "guess", Rating.Again),
    ],
)
def test_the_rating_follows_from_credit_and_sureness(credit: float, sureness: str, rating: Rating) -> None:
    assert scheduler.rating_of(credit, sureness) == rating


def test_what_was_wrong_with_certainty_comes_first_then_the_least_remembered() -> None:
    strong = Memory(50.0, 5.0, DAY, DAY + timedelta(days=50))
    weak = Memory(1.0, 5.0, DAY, DAY + timedelta(days=1))
    on = DAY + timedelta(days=60)
    keys = {
        "wrong": scheduler.urgency(scheduler.recall(strong, on=on), sure_but_wrong=True),
        "weak": scheduler.urgency(scheduler.recall(weak, on=on), sure_but_wrong=False),
        "strong": scheduler.urgency(scheduler.recall(strong, on=on), sure_but_wrong=False),
    }
    assert sorted(keys, key=lambda name: keys[name]) == ["wrong", "weak", "strong"]
