"""The six states of the progress page, each made by the product's own verbs, for tests, pictures and `bench`.

Each takes a learner without a past and the instant at which they look, and works on whatever course is live.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from accounts.models import User
from courses import outline, publishing
from courses.models import Course, DrillSentence, Label, Lesson, Misconception, Question, Quiz
from learning import activity, cards, drill, goals, progress, quizzes, recent_answers, regrade, scheduler
from learning.models import (
    Attempt,
    AttemptQuestion,
    DrillAnswer,
    LearningEvent,
    ReviewCard,
    ReviewLog,
)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Form = dict[str, list[str]]
SIMPLE = ("single", "true_false", "multiple", "classify")
"""Types whose key an editor can turn around so that a given answer is right."""


def empty(user: User, now: datetime) -> None:
    """An account, and nothing more."""


def first_day(user: User, now: datetime) -> None:
    """Two lessons and a check, an hour ago."""
    lessons = _lessons(_course())
    for number, lesson in enumerate(lessons[:2]):
        progress.complete_lesson(user=user, lesson=lesson, now=now - (60 - 8 * number) * MINUTE)
    _check(user, lessons[0], right=True, now=now - 59 * MINUTE)


def busy(user: User, now: datetime) -> None:
    """Five weeks of three days each, with a goal, quizzes, drill, reviews; an editor has been busy, too."""
    begun = now - 36 * DAY
    goals.set_goal(user=user, days=3, now=begun)
    _study(user, begun=begun, days=15, share=0.5)
    _drill(user, 24, now=now - 2 * DAY)
    _edit(user, now=now - DAY)
    _review(user, now - 8 * DAY, most=8)
    _review(user, now - DAY, most=5)


def finished(user: User, now: datetime) -> None:
    """The whole course in eight weeks, and two weeks of reviews since."""
    begun = now - 70 * DAY
    goals.set_goal(user=user, days=3, now=begun)
    _study(user, begun=begun, days=24, share=1)
    _drill(user, 40, now=now - 20 * DAY)
    for ago in (12, 9, 5, 2):
        _review(user, now - ago * DAY, most=12)


def back_after_months(user: User, now: datetime) -> None:
    """Half the course, and then nothing for a hundred days."""
    begun = now - 140 * DAY
    _study(user, begun=begun, days=15, share=0.6)
    _drill(user, 20, now=now - 101 * DAY)
    _review(user, now - 100 * DAY, most=10)


def five_years(user: User, now: datetime, *, events: int = 2000) -> None:
    """The whole course five years ago; since then the ledger has grown to about so many events."""
    begun = now - 5 * 365 * DAY
    goals.set_goal(user=user, days=3, now=begun)
    _study(user, begun=begun, days=24, share=1)
    _drill(user, 1, now=begun + 60 * DAY)
    _age(user, begun=begun + 61 * DAY, now=now, events=events)
    for ago in (3, 1):
        _review(user, now - ago * DAY, most=20)


def fifty_events(user: User, now: datetime) -> None:
    """Four weeks of learning with about fifty events in the ledger; beside five years, for `bench`."""
    _study(user, begun=now - 30 * DAY, days=12, share=0.4)
    _drill(user, 50 - user.learning_events.count(), now=now - 2 * DAY)


STATES: dict[str, Callable[[User, datetime], None]] = {
    "empty": empty,
    "first-day": first_day,
    "busy": busy,
    "finished": finished,
    "back-after-months": back_after_months,
    "five-years": five_years,
}


def form_of(row: AttemptQuestion, *, right: bool) -> Form:
    """What a browser sends for a right or a wrong answer to a question of any type."""
    body, truth = row.version.body, row.version.answer_key or {}
    choices = truth.get("choices", {})
    if body["type"] in ("numeric", "short_text"):
        known = truth["answer"] if body["type"] == "numeric" else truth["accept"][0]
        return {"answer": [str(known) if right else "987654321"]}
    if body["type"] in ("classify", "match"):
        others = {
            key: next(b for b in body["buckets"] if b != choices[key]["bucket"]) for _, key in row.options
        }
        return {
            f"bucket-{shown}": [choices[key]["bucket"] if right else others[key]]
            for shown, key in row.options
        }
    if body["type"] == "order":
        ranked = sorted(row.options, key=lambda option: choices[option[1]]["place"], reverse=not right)
        return {f"place-{shown}": [str(at)] for at, (shown, _) in enumerate(ranked, start=1)}
    if body["type"] == "scenario":
        best = max(row.options, key=lambda option: (choices[option[1]]["credit"] == 1) is right)
        return {"option": [best[0]]}
    picked = [shown for shown, key in row.options if choices[key]["correct"] is right]
    return {"option": picked if body["type"] == "multiple" else picked[:1]}


def _course() -> Course:
    return outline.live_courses()[0]


def _lessons(course: Course) -> list[Lesson]:
    ids = [lesson.id for lesson in outline.of(course).lessons]
    found = Lesson.objects.select_related("live_version", "course__live_version").in_bulk(ids)
    return [found[pk] for pk in ids]


def _study(user: User, *, begun: datetime, days: int, share: float) -> None:
    """Go through so much of the course, three days a week, each module's quiz after its lessons."""
    course = _course()
    plan, lessons = outline.of(course), {lesson.pk: lesson for lesson in _lessons(course)}
    steps: list[tuple[Lesson | None, str]] = []
    for module in plan.modules:
        steps += [(lessons[each.id], "") for each in module.lessons]
        steps += [(None, module.quiz.key)] if module.quiz else []
    steps += [(None, plan.final.key)] if plan.final else []
    steps = steps[: max(2, round(share * len(steps)))]
    for number, (lesson, quiz) in enumerate(steps):
        day = number * days // len(steps)
        now = begun + (7 * (day // 3) + 2 * (day % 3)) * DAY + number % 4 * 9 * MINUTE
        if lesson:
            progress.complete_lesson(user=user, lesson=lesson, now=now)
            _check(user, lesson, right=number % 3 > 0, now=now + MINUTE)
        else:
            _take(user, quizzes.get_live(course.key, quiz), wrong=1 - number % 2, now=now)


def _check(user: User, lesson: Lesson, *, right: bool, now: datetime) -> None:
    checks = Question.objects.select_related("live_version").filter(
        passage_lesson=lesson, uses__contains=["check"], type="single", live_version__isnull=False
    )
    for question in checks[:1]:
        choices = (question.live_version.answer_key or {})["choices"] if question.live_version else {}
        choice = next(key for key, each in choices.items() if each["correct"] is right)
        progress.answer_check(
            user=user,
            lesson=lesson,
            question=question,
            response={"choice": choice},
            sureness="think_so",
            now=now,
        )


def _take(user: User, quiz: Quiz, *, wrong: int, now: datetime) -> Attempt:
    """Take a quiz with so many wrong answers, and hand it in after eight minutes."""
    attempt = quizzes.start(user=user, quiz=quiz, now=now)
    sureness = cycle(["sure", "think_so", "sure", "guess"])
    rows = list(attempt.questions.select_related("version").order_by("position"))
    missed = sorted(rows, key=lambda row: row.version.body["type"] not in SIMPLE)[:wrong]
    for row in rows:
        quizzes.save_answer(
            user=user,
            attempt_id=attempt.pk,
            position=row.position,
            form=form_of(row, right=row not in missed),
            sureness=next(sureness),
            sequence=1,
            now=now + row.position * MINUTE / 2,
        )
    return quizzes.submit(user=user, attempt_id=attempt.pk, now=now + 8 * MINUTE)


def _drill(user: User, answers: int, *, now: datetime) -> None:
    """Answer sentences of the drill, calling project what is both."""
    sentences = cycle(_sentences())
    for number, sentence in zip(range(1, answers + 1), sentences, strict=False):
        given = Label.PROJECT if sentence.label == Label.BOTH else Label(sentence.label)
        at = now + number * MINUTE / 4
        drill.answer(user=user, number=number, sentence=sentence, given=given, now=at)


def _sentences() -> list[DrillSentence]:
    if not DrillSentence.objects.exists():
        DrillSentence.objects.bulk_create(
            DrillSentence(key=label, text=f"What is {label}?", label=label, reason="So.")
            for label in Label.values
        )
    by_label = [DrillSentence.objects.filter(label=label).order_by("pk") for label in Label.values]
    return [sentence for turn in zip(*by_label, strict=False) for sentence in turn]


def _review(user: User, now: datetime, *, most: int) -> None:
    """Answer the objectives that are due, every fourth of them wrongly."""
    today = now.astimezone(user.zone).date()
    due = user.review_cards.select_related("user", "objective__course").filter(
        objective__isnull=False, due_on__lte=today, last_on__lt=today
    )
    for number, card in enumerate(due.order_by("due_on", "pk")[:most]):
        _recall(
            user,
            card,
            scheduler.Rating.Again if number % 4 == 3 else scheduler.Rating.Good,
            now + number * MINUTE,
        )


def _recall(user: User, card: ReviewCard, rating: scheduler.Rating, now: datetime) -> None:
    question = Question.objects.filter(objective=card.objective_id, uses__contains=["review"]).first()
    said = cards.Recalled(
        cards.Source.REVIEW,
        rating,
        objective_id=card.objective_id,
        card=cards.Known.of(card),
        question_id=question.pk if question else None,
        version_id=question.live_version_id if question else None,
        response={},
        sureness="sure",
        credit=float(rating > scheduler.Rating.Again),
    )
    for log in cards.write(user=user, recalled=[said], now=now):
        activity.record(user=user, kind=LearningEvent.Kind.CARD_REVIEWED, now=now, review=ReviewLog(pk=log))


def _edit(user: User, *, now: datetime) -> None:
    """Publish a new section in a lesson done, and correct the key of a question in a quiz handed in."""
    done = (
        user.lesson_progress.select_related("lesson").filter(undone_at=None).earliest("completed_at").lesson
    )
    Lesson.objects.filter(pk=done.pk).update(body=f"{done.body}\n\n## Who decides\n\nThe sponsor decides.\n")
    publishing.publish(Lesson.objects.get(pk=done.pk), author=None, now=now)
    wrong = AttemptQuestion.objects.select_related("answer", "question").filter(
        attempt__user=user, answer__credit=0, question__type__in=SIMPLE
    )
    for row in wrong[:1]:
        _make_right(row.question, row.answer.response)
        publishing.publish(Question.objects.get(pk=row.question_id), author=None, now=now)
        live = Question.objects.select_related("live_version").get(pk=row.question_id)
        regrade.regrade(question=live, reason="The key was wrong.", now=now, actor=None)


def _make_right(question: Question, response: Mapping[str, Any]) -> None:
    """Change the key of a question so that an answer to it is all right."""
    for key, bucket in response.get("buckets", {}).items():
        question.choices.filter(key=key).update(bucket=bucket)
    if picked := response.get("choices") or [response[name] for name in ("choice",) if name in response]:
        question.choices.update(correct=False, misconception=Misconception.objects.first())
        question.choices.filter(key__in=picked).update(correct=True, misconception=None)


@dataclass(frozen=True)
class _Turn:
    """One thing done in the long years between."""

    at: datetime
    number: int


def _age(user: User, *, begun: datetime, now: datetime, events: int) -> None:
    """Fill the years between with quizzes, reviews and the drill, written straight into the tables."""
    known = list(user.review_cards.filter(objective__isnull=False).order_by("pk"))
    patterns = list(user.attempts.order_by("pk"))
    missing = max(0, events - user.learning_events.count())
    step = (now - 4 * DAY - begun) / max(1, missing // 2)
    turns = [_Turn(begun + number * step, number) for number in range(missing // 2)]
    taken = [turn for turn in turns if turn.number % 20 == 0]
    _old_attempts(user, patterns, taken)
    _old_reviews(user, known, [turn for turn in turns if turn.number % 20])
    _old_drill(user, turns)
    for card in known:
        cards.rebuild(card)
    activity.recount(user)


def _old_attempts(user: User, patterns: list[Attempt], turns: list[_Turn]) -> None:
    """Hand in the learner's quizzes again and again, with the questions and answers of the first time."""
    for index, turn in enumerate(turns):
        pattern = patterns[index % len(patterns)]
        old = list(pattern.questions.select_related("answer").order_by("position"))
        pattern_id, number = pattern.pk, index // len(patterns) + 2
        attempt = Attempt.objects.get(pk=pattern_id)
        attempt.pk, attempt.number = None, number
        attempt.id = Attempt._meta.get_field("id").get_default()
        attempt.started_at, attempt.submitted_at = turn.at, turn.at + 5 * MINUTE
        attempt.save(force_insert=True)
        for row in old:
            answer = getattr(row, "answer", None)
            row.pk, row.attempt = None, attempt
            row.save(force_insert=True)
            if answer:
                answer.pk, answer.attempt_question, answer.saved_at = None, row, turn.at
                answer.recent = True
                answer.save(force_insert=True)
        kinds = (LearningEvent.Kind.ATTEMPT_STARTED, LearningEvent.Kind.ATTEMPT_SUBMITTED)
        LearningEvent.objects.bulk_create(
            _event(user, kind, at, attempt=attempt, course_id=attempt.quiz.course_id)
            for kind, at in zip(kinds, (turn.at, turn.at + 5 * MINUTE), strict=True)
        )
    recent_answers.keep(user_id=user.pk, questions=user.answers.values_list("question_id", flat=True))


def _old_reviews(user: User, known: list[ReviewCard], turns: list[_Turn]) -> None:
    pattern = ReviewLog.objects.filter(card__user=user).earliest("pk")
    logs = ReviewLog.objects.bulk_create(
        ReviewLog(
            card=known[turn.number % len(known)],
            source=ReviewLog.Source.REVIEW,
            response={},
            sureness="sure",
            credit=1,
            rating=ReviewLog.Rating.GOOD,
            at=turn.at,
            local_date=turn.at.astimezone(user.zone).date(),
            counted=False,
            fsrs=pattern.fsrs,
            parameters=pattern.parameters,
        )
        for turn in turns
    )
    LearningEvent.objects.bulk_create(
        _event(user, LearningEvent.Kind.CARD_REVIEWED, log.at, review=log) for log in logs
    )


def _old_drill(user: User, turns: list[_Turn]) -> None:
    sentences = _sentences()
    answers = DrillAnswer.objects.bulk_create(
        DrillAnswer(
            user=user,
            number=turn.number + 2,
            sentence=sentences[turn.number % len(sentences)],
            given=sentences[turn.number % len(sentences)].label,
            expected=sentences[turn.number % len(sentences)].label,
            correct=True,
            at=turn.at + 6 * MINUTE,
            local_date=(turn.at + 6 * MINUTE).astimezone(user.zone).date(),
        )
        for turn in turns
    )
    LearningEvent.objects.bulk_create(
        _event(user, LearningEvent.Kind.DRILL_ANSWERED, answer.at, drill_answer=answer) for answer in answers
    )


def _event(user: User, kind: LearningEvent.Kind, at: datetime, **points_to: object) -> LearningEvent:
    local = at.astimezone(user.zone).date()
    return LearningEvent(user=user, kind=kind, at=at, local_date=local, time_zone=user.zone.key, **points_to)
