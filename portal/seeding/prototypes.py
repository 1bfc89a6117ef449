"""A few made-up learners who really study: lessons, quizzes and reviews through the rooms' own verbs."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from itertools import islice
from random import Random

from allauth.account.models import EmailAddress

from accounts.models import User
from courses import outline
from courses.grading import InvalidResponse, Options
from courses.models import Course, DrillSentence, Label, Lesson, Question, Quiz, Version
from learning import asking, drill, enrollment, goals, progress, quizzes, review
from learning.reminders import contract
from mailing.identifiers import uuid7

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo")
DAYS = 40
MOST_DAYS = 16
REVIEWS_A_DAY = 5
IN_THE_DRILL = 6
"""Sentences of the drill in a sitting, at most."""
NOON = time(12)
ON_DISPLAY = frozenset({"single", "multiple", "true_false"})
"""Types that are answered here, by their choices. Others are left out, as some learners do."""


def make(*, count: int, seed: int, now: datetime) -> list[int]:
    """Make so many learners who studied during the last 40 days, and return their ids.

    The same content, seed and instant give the same histories. Raises ValueError without a live course.
    """
    courses = outline.live_courses()
    if not courses:
        raise ValueError("There is no course to study: import one first, with manage.py import_content.")
    sentences = list(DrillSentence.objects.filter(archived_at=None).order_by("pk"))
    made = []
    for number in range(count):
        chance = Random(f"{seed}/{number}")  # noqa: S311 - no secret
        # Most come on a day or two, few on many: the last one in forty on sixteen.
        sittings = 1 + round((MOST_DAYS - 1) * ((number + 1) / count) ** 4)
        made.append(_make_one(number, courses[0], sentences, sittings, chance, now).pk)
    return made


def _make_one(
    number: int,
    course: Course,
    sentences: Sequence[DrillSentence],
    sittings: int,
    chance: Random,
    now: datetime,
) -> User:
    user = User.objects.create_user(
        f"{uuid7()}@example.org", name="", time_zone=ZONES[number % len(ZONES)], last_seen_on=now.date()
    )
    user.email, user.name = f"learner-{user.pk}@example.org", f"Learner {user.pk}"
    user.created_at = now - timedelta(days=DAYS)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    clever = chance.uniform(0.4, 0.95)
    steps, turns = _steps(course), enumerate(chance.sample(sentences, k=len(sentences)), start=1)
    for day in sorted(chance.sample(range(DAYS), k=sittings)):
        noon = datetime.combine(now.astimezone(user.zone).date(), NOON, user.zone)
        at = noon - timedelta(days=DAYS - day)
        _study(user, course, steps, at=at, clever=clever, chance=chance)
        _drill(user, turns, at=at + timedelta(minutes=40), clever=clever, chance=chance)
    if chance.random() < 0.7:
        goals.set_goal(user=user, days=chance.randint(1, 5), now=now)
    if chance.random() < 0.6:
        days, hour = chance.sample(range(1, 8), k=3), time(chance.randint(7, 21))
        contract.save(
            user=user, weekdays=days, local_time=hour, ceiling_per_week=chance.randint(1, 4), now=now
        )
    return user


def _steps(course: Course) -> Iterator[Lesson | Quiz]:
    """Give the lessons of a course in order, each module's quiz behind them."""
    lessons = {each.pk: each for each in course.lessons.select_related("live_version", "course")}
    for module in outline.of(course).modules:
        yield from (lessons[each.id] for each in module.lessons)
        if module.quiz is not None:
            yield quizzes.get_live(course.key, module.quiz.key)


def _study(
    user: User, course: Course, steps: Iterator[Lesson | Quiz], *, at: datetime, clever: float, chance: Random
) -> None:
    """One sitting: what is due, and the next step of the course."""
    enrollment.enrol(user=user, course=course, now=at)
    _review(user, at=at, clever=clever, chance=chance)
    begun_at = at + timedelta(minutes=15)
    step = next(steps, None)
    if isinstance(step, Quiz):
        _take(user, step, at=begun_at, clever=clever, chance=chance)
    elif step is not None:
        progress.complete_lesson(user=user, lesson=step, now=begun_at)
        _check(user, step, at=begun_at + timedelta(minutes=1), clever=clever, chance=chance)


def _check(user: User, lesson: Lesson, *, at: datetime, clever: float, chance: Random) -> None:
    """Answer a lesson's first checks that have one right choice."""
    asked = Question.objects.select_related("live_version").filter(
        passage_lesson=lesson, uses__contains=["check"], type="single", live_version__isnull=False
    )
    for number, question in enumerate(asked.order_by("pk")[:2]):
        right, key = chance.random() < clever, question.live_version and question.live_version.answer_key
        choices = (key or {})["choices"]
        progress.answer_check(
            user=user,
            lesson=lesson,
            question=question,
            response={"choice": next(name for name, each in choices.items() if each["correct"] is right)},
            sureness=chance.choice(("sure", "think_so", "guess")),
            now=at + timedelta(minutes=number),
        )


def _drill(
    user: User,
    turns: Iterator[tuple[int, DrillSentence]],
    *,
    at: datetime,
    clever: float,
    chance: Random,
) -> None:
    """Tell some sentences apart."""
    for number, sentence in islice(turns, chance.randint(0, IN_THE_DRILL)):
        given = Label(sentence.label) if chance.random() < clever else chance.choice(list(Label))
        drill.answer(
            user=user, number=number, sentence=sentence, given=given, now=at + timedelta(seconds=15 * number)
        )


def _review(user: User, *, at: datetime, clever: float, chance: Random) -> None:
    due = review.standing(user, today=at.astimezone(user.zone).date()).set
    for number, each in enumerate(due[:REVIEWS_A_DAY]):
        card = asking.card_of(user, each.pk)
        if (showing := asking.ask(card)) is None:
            continue
        with suppress(InvalidResponse):
            review.answer(
                user=user,
                card_id=card.pk,
                version_id=showing.version_id,
                number=card.review_number,
                form=_form(showing.version, showing.options, right=chance.random() < clever),
                sureness=chance.choice(("sure", "think_so", "guess")),
                now=at + timedelta(minutes=number),
            )


def _take(user: User, quiz: Quiz, *, at: datetime, clever: float, chance: Random) -> None:
    attempt = quizzes.start(user=user, quiz=quiz, now=at)
    for row in quizzes.questions_of(attempt).select_related("version").order_by("position"):
        with suppress(InvalidResponse):
            quizzes.save_answer(
                user=user,
                attempt_id=attempt.pk,
                position=row.position,
                form=_form(row.version, row.options, right=chance.random() < clever),
                sureness=chance.choice(("sure", "think_so", "guess", "")),
                sequence=1,
                now=at + timedelta(seconds=40 * row.position),
            )
    quizzes.submit(user=user, attempt_id=attempt.pk, now=at + timedelta(minutes=12))


def _form(version: Version, options: Options, *, right: bool) -> dict[str, list[str]]:
    """Return what a browser sends for a right or a wrong answer; nothing for types without choices."""
    kind = version.body["type"]
    if kind not in ON_DISPLAY:
        return {}
    truth = (version.answer_key or {}).get("choices", {})
    picked = [shown for shown, key in options if truth[key]["correct"] is right]
    return {"option": picked if kind == "multiple" else picked[:1]}
