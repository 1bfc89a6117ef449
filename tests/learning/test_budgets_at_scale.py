"""What learner pages cost in queries with 20 questions and a short past, and with 2,000 and 10,000 events.

Session and user are included, and how many reviews are due. The budgets are those of docs/performance.md.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from accounts import organisation, prepared
from accounts.models import User
from courses.models import Course, DrillSentence, Lesson, Objective, Question, Version
from learning import progress, quizzes
from learning.models import DrillAnswer, LearningEvent, ReviewCard, ReviewLog
from tests.factories import NOW
from tests.learning.quiz_steps import take
from tests.learning.test_budgets import cost

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
BANK, EVENTS, CARDS = 2_000, 10_000, 300
ON_ONE_OBJECTIVE = 50
LATER = NOW + timedelta(days=3)
PAGES = {
    "/learn/two-pms/": 6,
    "/learn/two-pms/lesson-1/": 5,
    "/learn/two-pms/quiz/module-1/": 6,
    "/attempts/{done}/result/": 6,
    "/attempts/{done}/practise/": 6,
    "/attempts/{open}/?question=2": 6,
    "/review/": 6,
    "/review/card/": 6,
    "/drill/": 6,
    "/drill/adverts/": 6,
    "/search/?q=project": 4,
    "/dashboard/": 8,
    "/dashboard/answers/": 8,
    "/dashboard/done/two-pms/": 8,
}
WRITES = 10


@pytest.fixture
def busy(course: Course, learner: User) -> Iterator[User]:
    """A learner with a lesson done, one attempt handed in and one open, and reviews due."""
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    quiz = quizzes.get_live("two-pms", "module-1")
    take(learner, quiz, right=2)
    learner.review_cards.update(last_on=NOW.date(), due_on=LATER.date())
    quizzes.start(user=learner, quiz=quiz, now=NOW)
    DrillSentence.objects.create(key="launch", text="Launch it.", label="both", reason="So.")
    with time_machine.travel(LATER, tick=False):
        progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-3"), now=LATER)
        yield learner


def grow(course: Course, learner: User) -> None:
    """Years pass: a large bank, many sentences, a long ledger, many answers and reviews."""
    pattern = Question.objects.select_related("live_version").filter(uses__contains=["quiz"]).earliest("pk")
    frozen = pattern.live_version
    assert frozen
    made = Version.objects.bulk_create(
        Version(
            kind="question",
            course=course,
            key=f"grown-{n}",
            number=1,
            body=frozen.body | ({"objective": "grown-0"} if n < ON_ONE_OBJECTIVE else {}),
            answer_key=frozen.answer_key,
            content_hash=frozen.content_hash,
            created_at=NOW,
        )
        for n in range(BANK)
    )
    plain = {f.attname: getattr(pattern, f.attname) for f in prepared.fields(Question) if f.name != "id"}
    Question.objects.bulk_create(
        Question(**{**plain, "key": version.key, "live_version_id": version.pk}) for version in made
    )
    sentences = DrillSentence.objects.bulk_create(
        DrillSentence(key=f"grown-{n}", text=f"Sentence {n}.", label="product", reason="So.")
        for n in range(BANK)
    )
    DrillAnswer.objects.bulk_create(
        DrillAnswer(
            user=learner,
            number=n + 100,
            sentence=sentences[n % BANK],
            given="product",
            expected="product",
            correct=True,
            at=NOW,
            local_date=NOW.date(),
        )
        for n in range(EVENTS // 4)
    )
    LearningEvent.objects.bulk_create(
        LearningEvent(
            user=learner,
            kind=LearningEvent.Kind.LESSON_UNDONE,
            at=NOW - timedelta(minutes=n),
            local_date=NOW.date(),
            time_zone="UTC",
        )
        for n in range(EVENTS)
    )
    many_cards(course, learner)


def many_cards(course: Course, learner: User) -> None:
    """More things met than any course has, each reviewed ten times."""
    lesson = Lesson.objects.get(key="lesson-1")
    objectives = Objective.objects.bulk_create(
        Objective(course=course, lesson=lesson, key=f"grown-{n}", text=f"Say {n}", order=n)
        for n in range(CARDS)
    )
    Question.objects.filter(key__in=[f"grown-{n}" for n in range(ON_ONE_OBJECTIVE)]).update(
        objective=objectives[0]
    )
    cards = ReviewCard.objects.bulk_create(
        ReviewCard(
            user=learner,
            objective=each,
            met_at=NOW,
            stability=3,
            difficulty=5,
            last_on=NOW.date(),
            due_on=LATER.date(),
        )
        for each in objectives
    )
    known = ReviewLog.objects.filter(card__user=learner).earliest("pk")
    ReviewLog.objects.bulk_create(
        ReviewLog(
            card=card,
            source="quiz",
            rating=3,
            credit=1,
            at=NOW - timedelta(days=n),
            local_date=NOW.date() - timedelta(days=n),
            counted=True,
            fsrs=known.fsrs,
            parameters=known.parameters,
        )
        for card in cards
        for n in range(10)
    )


def addresses(learner: User) -> dict[str, str]:
    done = learner.attempts.get(submitted_at__isnull=False).pk
    return {page: page.format(done=done, open=learner.attempts.get(submitted_at=None).pk) for page in PAGES}


def measured(learner: User, browser: Client) -> dict[str, int]:
    """Queries of each page, as a process answers that has answered before."""
    found = {}
    for page, address in addresses(learner).items():
        browser.get(address)
        found[page] = cost(partial(browser.get, address))
    return found


def written(browser: Client, lesson: str) -> dict[str, int]:
    """Queries of what learners send most."""

    def hidden(html: str) -> dict[str, str]:
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))

    browser.get(f"/learn/two-pms/{lesson}/")  # what is sent was seen: the process keeps the lesson
    sentence = hidden(browser.get("/drill/").content.decode())
    card = browser.get("/review/card/")
    html = card.content.decode()
    form = {**hidden(html), "sureness": "sure"}
    form |= {f"bucket-{shown}": "product" for shown, _ in card.context["showing"].options}
    form["option"] = card.context["showing"].options[0][0]
    (action,) = re.findall(r'action="(/review/cards/\d+/answer/)"', html)
    sends: dict[str, Callable[[], Response]] = {
        "drill": lambda: browser.post("/drill/answers/", {**sentence, "label": "both"}),
        "review": lambda: browser.post(action, form),
        "complete": lambda: browser.post(f"/learn/two-pms/{lesson}/complete/"),
        "rhythm": lambda: browser.post("/review/rhythm/", {"rhythm": "daily"}),
    }
    return {name: cost(send) for name, send in sends.items()}


def test_no_page_costs_more_with_a_large_bank_and_a_long_past(
    course: Course, busy: User, browser: Client
) -> None:
    organisation.current()
    before = measured(busy, browser)
    grow(course, busy)
    caches["versions"].clear()
    organisation.current()
    after = measured(busy, browser)
    assert after == before
    assert {page: found for page, found in after.items() if found > PAGES[page]} == {}


def test_no_answer_costs_more_with_a_large_bank_and_a_long_past(
    course: Course, busy: User, browser: Client
) -> None:
    organisation.current()
    first = written(browser, "lesson-4")
    grow(course, busy)
    after = written(browser, "lesson-2")
    assert {name: found for name, found in after.items() if found > WRITES} == {}
    assert {name: found for name, found in after.items() if found > first[name]} == {}
