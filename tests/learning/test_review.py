"""/review/: what is due, one card after the other, once a form, taken back, and what it costs."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import signing
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import guests, organisation
from accounts.models import User
from courses import publishing
from courses.models import Course, GlossaryTerm, Lesson
from learning import asking, cards, checks, progress, quizzes, review, rhythm
from learning.models import DailyActivity, LearningEvent, ReviewCard, ReviewLog
from tests.factories import NOW

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + 3 * DAY
TODAY = LATER.date()


@pytest.fixture(autouse=True)
def clock(course: Course) -> Iterator[None]:
    """It is three days after the lesson; more terms make the lesson's one askable."""
    for key in ("scope", "backlog", "roadmap", "risk"):
        term = GlossaryTerm.objects.create(key=key, name=key.title(), meaning=f"About {key}.", used_by="both")
        publishing.publish(term, author=None, now=NOW)
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def met(course: Course, learner: User) -> User:
    """The learner after lesson 1: an objective and a term are due."""
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    return learner


def words(answer: "Response") -> str:
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def form_on(page: "Response") -> tuple[str, dict[str, str]]:
    """Where the card's form goes, and its hidden fields."""
    html = page.content.decode()
    (action,) = re.findall(r'action="(/review/cards/\d+/answer/)"', html)
    hidden = dict(re.findall(r'name="(number|version)" value="(\d+)"', html))
    return action, hidden


def only(user: User, **which: object) -> ReviewCard:
    """Leave one card and return it."""
    card = user.review_cards.get(**which)
    user.review_cards.exclude(pk=card.pk).delete()
    return card


def right_form(page: "Response") -> dict[str, list[str] | str]:
    """What a browser sends for the right answer to the card on a page."""
    showing, item = page.context["showing"], page.context["item"]
    asked = asking.again(showing.card, showing.version_id, showing.card.review_number)
    choices = (asked.version.answer_key or {})["choices"]
    if item.buckets:
        return {f"bucket-{shown}": choices[key]["bucket"] for shown, key in showing.options}
    return {"option": [shown for shown, key in showing.options if choices[key]["correct"]]}


def answer_right(browser: Client, sureness: str = "sure") -> "Response":
    page = browser.get("/review/card/")
    action, hidden = form_on(page)
    return browser.post(action, {**hidden, **right_form(page), "sureness": sureness})


def test_it_says_how_many_are_due_and_how_long_they_take(met: User, browser: Client) -> None:
    page = words(browser.get("/review/"))
    assert "2 due, about 1 minute" in page
    assert "Would recall today: about 2 of the 2 things you have met." in page


def test_an_answer_says_what_was_right_where_it_is_taught_and_when_it_comes_back(
    met: User, browser: Client
) -> None:
    card = only(met, objective__isnull=False)
    answered = answer_right(browser)
    log = ReviewLog.objects.get(source="review")
    assert answered.headers["Location"] == f"/review/answers/{log.pk}/"
    page = browser.get(answered.headers["Location"])
    card.refresh_from_db()
    assert "Right." in words(page)
    assert f"It comes back on {card.due_on:%A, {card.due_on.day} %B}." in words(page)
    assert 'href="/learn/two-pms/lesson-1/#listen-for-the-end"' in page.content.decode()
    assert (log.rating, log.counted, card.review_number) == (4, True, 2)
    assert DailyActivity.objects.get(user=met, local_date=TODAY).reviews == 1
    assert LearningEvent.objects.get(kind="card_reviewed").review == log
    assert list(checks.differences()) == []


def test_each_showing_takes_the_question_least_recently_seen(met: User, browser: Client) -> None:
    card = only(met, objective__isnull=False)
    seen = []
    for _ in range(5):
        answer_right(browser)
        seen.append(card.logs.latest("pk").question_id)
        ReviewCard.objects.filter(pk=card.pk).update(due_on=TODAY, last_on=TODAY - DAY)
        ReviewLog.objects.filter(card=card).update(counted=False)
    assert len(set(seen[:4])) == 4
    assert len(seen) == 5


def test_a_term_is_asked_by_its_meaning_and_by_its_word(met: User, browser: Client) -> None:
    card = only(met, term__isnull=False)
    assert "What does Sponsor mean?" in words(browser.get("/review/card/"))
    ReviewCard.objects.filter(pk=card.pk).update(review_number=2)
    page = browser.get("/review/card/")
    assert "Which word means this? Who answers for the money." in words(page)
    assert len(page.context["item"].options) == 4
    assert "sponsor" not in re.findall(r'name="option" value="([^"]+)"', page.content.decode())
    answered = browser.get(answer_right(browser).headers["Location"])
    assert "Right." in words(answered)
    assert ReviewLog.objects.get(source="review").direction == "word"


def test_a_form_counts_once(met: User, browser: Client) -> None:
    only(met, objective__isnull=False)
    page = browser.get("/review/card/")
    action, hidden = form_on(page)
    form = {**hidden, **right_form(page), "sureness": "sure"}
    first, second = browser.post(action, form), browser.post(action, {**form, "sureness": "guess"})
    assert first.headers["Location"] == second.headers["Location"]
    assert ReviewLog.objects.filter(source="review").count() == 1
    assert "answered before" in words(browser.get(second.headers["Location"]))


def test_an_answer_without_a_choice_asks_for_one(met: User, browser: Client) -> None:
    only(met, term__isnull=False)
    action, hidden = form_on(browser.get("/review/card/"))
    refused = browser.post(action, {**hidden, "sureness": "sure"})
    assert refused.status_code == 400
    assert "Choose one answer." in refused.content.decode()
    assert "Review, 1 due" in refused.content.decode()
    assert not ReviewLog.objects.filter(source="review").exists()


@pytest.mark.parametrize("broken", [{"version": "999999"}, {"version": ""}, {"version": "x"}])
def test_a_question_that_is_not_the_cards_is_not_found(
    met: User, browser: Client, broken: dict[str, str]
) -> None:
    only(met, objective__isnull=False)
    action, hidden = form_on(browser.get("/review/card/"))
    assert browser.post(action, {**hidden, **broken, "sureness": "sure"}).status_code == 404


def test_a_form_for_what_an_open_attempt_asks_tells_nothing_and_is_kept(met: User, browser: Client) -> None:
    only(met, objective__isnull=False)
    page = browser.get("/review/card/")
    action, hidden = form_on(page)
    form = {**hidden, **right_form(page), "sureness": "sure"}
    attempt = quizzes.start(user=met, quiz=quizzes.get_live("two-pms", "module-1"), now=LATER)
    attempt.questions.exclude(position=1).delete()
    attempt.questions.update(question=page.context["showing"].question_id)
    refused = browser.post(action, form)
    assert refused.status_code == 400
    assert str(review.HELD) in refused.content.decode()
    assert "checked" in refused.content.decode()
    assert not ReviewLog.objects.filter(source="review").exists()
    quizzes.submit(user=met, attempt_id=attempt.pk, now=LATER)
    assert browser.post(action, form).status_code == 302


def test_somebody_elses_card_and_answer_are_not_found(met: User, browser: Client) -> None:
    only(met, objective__isnull=False)
    action, hidden = form_on(browser.get("/review/card/"))
    answered = answer_right(browser).headers["Location"]
    other = Client()
    other.force_login(User.objects.create_user("other@example.org"))
    assert other.post(action, hidden).status_code == 404
    assert other.get(answered).status_code == 404
    assert other.post(f"{answered}undo/").status_code == 404


def test_the_last_answer_can_be_taken_back(met: User, browser: Client) -> None:
    card = only(met, objective__isnull=False)
    before = cards.memory_of(card)
    answered = answer_right(browser).headers["Location"]
    back = browser.post(f"{answered}undo/")
    assert back.headers["Location"] == f"/review/card/?card={card.pk}"
    card.refresh_from_db()
    assert cards.memory_of(card) == before
    assert "taken back" in words(browser.get(back.headers["Location"]))
    assert browser.post(f"{answered}undo/").headers["Location"] == answered
    assert list(checks.differences()) == []


def test_an_answer_of_yesterday_stays(met: User, browser: Client) -> None:
    answered = answer_right(browser).headers["Location"]
    with time_machine.travel(LATER + DAY, tick=False):
        browser.force_login(met)
        browser.post(f"{answered}undo/")
    assert ReviewLog.objects.get(source="review").undone_at is None


def test_what_was_sure_but_wrong_comes_first(met: User, browser: Client) -> None:
    last = met.review_cards.latest("pk")
    ReviewCard.objects.filter(pk=last.pk).update(sure_but_wrong=True, stability=300)
    assert review.standing(met, today=TODAY).set[0].pk == last.pk


def test_a_day_has_a_ceiling_and_no_backlog_is_shown(met: User, browser: Client) -> None:
    DailyActivity.objects.update_or_create(
        user=met, local_date=TODAY, defaults={"reviews": rhythm.CEILING - 1}
    )
    assert "We start with the 1 that matters most; the rest can wait." in words(browser.get("/review/"))
    DailyActivity.objects.filter(local_date=TODAY).update(reviews=rhythm.CEILING)
    assert "Enough for today" in words(browser.get("/review/"))
    assert browser.get("/review/card/").headers["Location"] == "/review/"


def test_with_nothing_due_it_says_when_the_next_are(met: User, browser: Client) -> None:
    met.review_cards.update(due_on=TODAY + DAY)
    assert "No reviews due The next are due tomorrow, Wednesday, from midnight on." in words(
        browser.get("/review/")
    )
    met.review_cards.update(due_on=date(2026, 12, 5))
    assert "The next are due on Saturday, 5 December" in words(browser.get("/review/"))


def test_before_the_first_lesson_it_says_what_will_be_here(
    course: Course, browser: Client, client: Client
) -> None:
    assert "What you meet comes back here" in words(browser.get("/review/"))
    assert "What you meet comes back here" in words(client.get("/review/"))


def test_guests_review_too(course: Course, client: Client) -> None:
    guest = User.objects.create(last_seen_on=NOW.date())
    progress.complete_lesson(user=guest, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    client.cookies[guests.COOKIE] = signing.get_cookie_signer(salt=guests.COOKIE + guests.SALT).sign(
        str(guest.pk)
    )
    assert "2 due" in words(client.get("/review/"))
    assert answer_right(client).status_code == 302
    assert guest.review_cards.filter(review_number=2).count() == 1


def test_visitors_are_led_to_the_log_in(client: Client) -> None:
    assert client.get("/review/card/")["Location"] == "/review/"
    assert client.get("/review/answers/1/")["Location"] == "/accounts/login/?next=/review/answers/1/"
    assert client.post("/review/answers/1/undo/")["Location"] == "/accounts/login/?next=/review/"


def test_a_term_that_was_withdrawn_after_it_was_asked_is_not_found(met: User, browser: Client) -> None:
    card = only(met, term__isnull=False)
    asked = browser.get("/review/card/")
    (action, hidden), right = form_on(asked), right_form(asked)
    GlossaryTerm.objects.filter(key="sponsor").update(live_version=None)
    assert browser.post(action, {**hidden, **right}).status_code == 404
    assert asking.ask(asking.card_of(met, card.pk)) is None
    assert not ReviewLog.objects.filter(source="review").exists()


def test_an_objective_without_a_question_for_review_is_not_asked(met: User, course: Course) -> None:
    card = asking.card_of(met, only(met, objective__isnull=False).pk)
    assert asking.ask(card) is not None
    course.questions.update(uses=["quiz"])
    assert asking.ask(card) is None


def test_what_can_no_longer_be_asked_is_not_due(met: User, course: Course) -> None:
    course.questions.update(live_version=None)
    GlossaryTerm.objects.exclude(key="sponsor").update(live_version=None)
    assert review.standing(met, today=TODAY).due == []
    assert len(review.standing(met, today=TODAY).cards) == 2


def cost(browser: Client, path: str, form: dict[str, object] | None = None) -> int:
    """How many queries an answer costs; the marks of transactions are not counted."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path) if form is None else browser.post(path, form)
    assert answer.status_code in (200, 302)
    marks = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(marks) for query in queries.captured_queries)


@pytest.mark.parametrize("size", [0, 500])
@pytest.mark.parametrize("kind", ["objective", "term"])
def test_it_costs_the_same_after_years(met: User, browser: Client, size: int, kind: str) -> None:
    card = only(met, **{f"{kind}__isnull": False})
    first = card.logs.get()
    ReviewLog.objects.bulk_create(
        ReviewLog(
            card=card,
            source="review",
            rating=3,
            credit=1,
            response={},
            at=datetime(2020, 1, 1, tzinfo=NOW.tzinfo) + n * DAY,
            local_date=date(2020, 1, 1) + n * DAY,
            counted=False,
            fsrs=first.fsrs,
            parameters=first.parameters,
        )
        for n in range(size)
    )
    organisation.current()
    caches["versions"].clear()
    browser.get("/review/")
    assert cost(browser, "/review/") <= 5
    page = browser.get("/review/card/")
    assert cost(browser, "/review/card/") <= 6
    action, hidden = form_on(page)
    assert cost(browser, action, {**hidden, **right_form(page), "sureness": "sure"}) <= 10
    assert cost(browser, f"/review/answers/{ReviewLog.objects.latest('pk').pk}/") <= 6
