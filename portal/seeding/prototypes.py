"""A few made-up learners who really study: lessons, quizzes and reviews through the rooms' own verbs."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from random import Random

from allauth.account.models import EmailAddress

from accounts.models import User
from courses import outline
from courses.grading import InvalidResponse, Options
from courses.models import Course, Lesson, Quiz, Version
from learning import asking, enrollment, goals, progress, quizzes, review
from learning.reminders import contract
from mailing.identifiers import uuid7

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Sao_Paulo")
DAYS = 40
REVIEWS_A_DAY = 6
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
    return [_make_one(number, courses[0], Random(f"{seed}/{number}"), now).pk for number in range(count)]  # noqa: S311 - no secret


def _make_one(number: int, course: Course, chance: Random, now: datetime) -> User:
    user = User.objects.create_user(
        f"{uuid7()}@example.org", name="", time_zone=ZONES[number % len(ZONES)], last_seen_on=now.date()
    )
    user.email, user.name = f"learner-{user.pk}@example.org", f"Learner {user.pk}"
    user.created_at = now - timedelta(days=DAYS)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    quick, clever = chance.uniform(0.05, 0.25), chance.uniform(0.4, 0.95)
    steps = _steps(course)
    for day in sorted(chance.sample(range(DAYS), k=max(round(DAYS * quick), 2))):
        noon = datetime.combine(now.astimezone(user.zone).date(), NOON, user.zone)
        _study(user, course, steps, at=noon - timedelta(days=DAYS - day), clever=clever, chance=chance)
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
    """One sitting: what is due, and the next step or two of the course."""
    enrollment.enrol(user=user, course=course, now=at)
    _review(user, at=at, clever=clever, chance=chance)
    for number in range(chance.randint(1, 2)):
        begun_at = at + timedelta(minutes=15 + 20 * number)
        step = next(steps, None)
        if isinstance(step, Quiz):
            _take(user, step, at=begun_at, clever=clever, chance=chance)
        elif step is not None:
            progress.complete_lesson(user=user, lesson=step, now=begun_at)


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
