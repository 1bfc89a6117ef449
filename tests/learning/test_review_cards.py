"""Cards: what begins and moves them, once a day and once a form, and that their logs add up to them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import guests
from accounts.models import User
from courses.models import Course, GlossaryTerm, Lesson, Objective, Question
from learning import cards, checks, progress, quizzes, scheduler
from learning.models import ReviewCard, ReviewLog
from learning.scheduler import Rating
from tests.factories import NOW
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()


def complete(user: User, key: str = "lesson-1", days: int = 0) -> None:
    progress.complete_lesson(user=user, lesson=Lesson.objects.get(key=key), now=NOW + days * DAY)


def check(user: User, choice: str = "moving-app", sureness: str = "sure", days: int = 0) -> None:
    progress.answer_check(
        user=user,
        lesson=Lesson.objects.get(key="lesson-1"),
        question=Question.objects.select_related("live_version").get(key="check-1"),
        response={"choice": choice},
        sureness=sureness,
        now=NOW + days * DAY,
    )


def recall(card: ReviewCard, rating: Rating, days: int) -> list[int]:
    """Answer a card some days later; returns the ids of what was logged."""
    said = cards.Recalled(
        cards.Source.REVIEW,
        rating,
        objective_id=card.objective_id,
        term_id=card.term_id,
        card=cards.Known.of(card),
        response={"choice": "moving-app"},
        credit=float(rating > Rating.Again),
        sureness="sure",
    )
    return cards.write(user=card.user, recalled=[said], now=NOW + days * DAY)


def only_card(user: User) -> ReviewCard:
    return user.review_cards.select_related("user").get(objective__isnull=False)


def adds_up() -> bool:
    """Whether every card is what its logs say."""
    return not [each for each in checks.differences() if "review card" in each.where]


def test_a_completed_lesson_begins_a_card_for_each_objective_and_term(course: Course, learner: User) -> None:
    complete(learner)
    met = set(learner.review_cards.values_list("objective__key", "term__key"))
    assert met == {("objective-1", None), (None, "sponsor")}
    assert set(learner.review_cards.values_list("last_on", "due_on")) == {(TODAY, TODAY + DAY)}
    assert set(ReviewLog.objects.values_list("source", "rating", "counted")) == {("lesson", 2, True)}
    assert adds_up()


def test_what_is_met_stays_met(course: Course, learner: User) -> None:
    complete(learner)
    lesson = Lesson.objects.get(key="lesson-1")
    progress.undo_lesson(user=learner, lesson=lesson, now=NOW)
    complete(learner, days=9)
    assert ReviewLog.objects.count() == learner.review_cards.count() == 2


@pytest.mark.parametrize(
    ("choice", "sureness", "rating"),
    [
        ("moving-app", "sure", 4),
        ("moving-app", "think_so", 3),
        ("moving-app", "guess", 2),
        ("keeping-app", "sure", 1),
    ],
)
def test_the_first_answer_to_a_check_begins_a_card(
    course: Course, learner: User, choice: str, sureness: str, rating: int
) -> None:
    check(learner, choice, sureness)
    assert only_card(learner).logs.get().rating == rating
    assert only_card(learner).sure_but_wrong is (rating == 1)
    assert adds_up()


def test_a_check_moves_no_card_that_is_there(course: Course, learner: User) -> None:
    complete(learner)
    before = cards.memory_of(only_card(learner))
    check(learner, days=3)
    assert cards.memory_of(only_card(learner)) == before
    assert only_card(learner).logs.count() == 1


def test_a_quiz_moves_cards_and_begins_those_that_are_missing(course: Course, learner: User) -> None:
    complete(learner)
    take(learner, quizzes.get_live("two-pms", "module-1"), right=4, now=NOW + 2 * DAY)
    logs = ReviewLog.objects.filter(source="quiz")
    for key in ("objective-1", "objective-2"):
        of_one = logs.filter(card__objective__key=key).order_by("pk")
        assert list(of_one.values_list("counted", flat=True)) == [True, False]
    assert only_card_of(learner, "objective-1").review_number == 2
    assert adds_up()


def only_card_of(user: User, key: str) -> ReviewCard:
    return user.review_cards.get(objective__key=key)


def test_a_review_moves_a_card_once_a_day(course: Course, learner: User) -> None:
    complete(learner)
    card = only_card(learner)
    expected = scheduler.review(cards.memory_of(card), Rating.Good, on=TODAY + DAY)
    assert recall(card, Rating.Good, days=1)
    assert cards.memory_of(only_card(learner)) == expected
    assert recall(only_card(learner), Rating.Again, days=1)
    assert cards.memory_of(only_card(learner)) == expected
    assert list(card.logs.order_by("pk").values_list("counted", flat=True)) == [True, True, False]
    assert adds_up()


def test_the_same_form_twice_moves_nothing_twice(course: Course, learner: User) -> None:
    complete(learner)
    card = only_card(learner)
    assert len(recall(card, Rating.Good, days=1)) == 1
    assert recall(card, Rating.Again, days=1) == []
    assert recall(card, Rating.Again, days=5) == []
    assert card.logs.count() == 2


def test_a_log_keeps_how_it_was_scheduled(course: Course, learner: User) -> None:
    check(learner)
    log = ReviewLog.objects.get()
    assert log.fsrs == scheduler.FSRS
    assert log.parameters == scheduler.PARAMETERS
    assert log.question
    assert log.question.key == "check-1"
    assert (log.local_date, log.credit) == (TODAY, Decimal(1))


def test_the_local_date_decides(course: Course, learner: User) -> None:
    User.objects.update(time_zone="Pacific/Auckland")
    learner.refresh_from_db()
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW + DAY / 4)
    assert only_card(learner).last_on == TODAY + DAY


def test_a_card_that_its_logs_do_not_add_up_to_is_named(course: Course, learner: User) -> None:
    complete(learner)
    ReviewCard.objects.filter(objective__isnull=False).update(stability=77)
    assert not adds_up()


def test_a_guests_cards_come_along_as_if_one_person_had_answered(course: Course, learner: User) -> None:
    guest = User.objects.create(last_seen_on=TODAY)
    complete(guest, days=0)
    complete(learner, days=1)
    recall(only_card(guest), Rating.Easy, days=1)
    recall(only_card(guest), Rating.Good, days=4)
    guests.merge(guest=guest, user=learner, now=NOW + 9 * DAY)
    assert learner.review_cards.count() == ReviewCard.objects.count() == 2
    counted = only_card(learner).logs.filter(counted=True).order_by("at", "pk")
    assert list(counted.values_list("rating", flat=True)) == [2, 2, 3]
    assert only_card(learner).logs.count() == 4
    assert adds_up()


def test_a_guests_new_cards_just_move(course: Course, learner: User) -> None:
    guest = User.objects.create(last_seen_on=TODAY)
    complete(guest)
    guests.merge(guest=guest, user=learner, now=NOW + DAY)
    assert learner.review_cards.count() == 2
    assert list(checks.differences()) == []


def test_the_database_refuses_cards_that_cannot_be(course: Course, learner: User) -> None:
    complete(learner)
    objective, term = Objective.objects.get(key="objective-1"), GlossaryTerm.objects.get()
    state = {"stability": 1, "difficulty": 5, "last_on": TODAY, "due_on": TODAY + DAY, "met_at": NOW}
    for broken in (
        {"objective": None, "term": None},
        {"objective": objective, "term": term},
        {"objective": objective},
        {"term": term},
        {"objective": Objective.objects.get(key="objective-2"), "due_on": TODAY},
        {"objective": Objective.objects.get(key="objective-2"), "stability": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewCard.objects.create(user=learner, **{**state, **broken})


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_moves_the_card(course: Course, learner: User) -> None:
    complete(learner)
    for day in range(1, 6):
        card = only_card(learner)
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda each, day=day: in_own_connection(each, day), [card] * 8))
        assert sorted(map(len, written)) == [0] * 7 + [1]
    assert only_card(learner).logs.count() == 6
    assert adds_up()


def in_own_connection(card: ReviewCard, day: int) -> list[int]:
    """Answer a card as one of several at once."""
    try:
        return recall(card, Rating.Good, days=day)
    finally:
        connection.close()
