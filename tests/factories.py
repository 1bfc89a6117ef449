"""Content and people for tests: small, complete, made by the product's own functions."""

from datetime import UTC, date, datetime
from decimal import Decimal

from courses import publishing
from courses.models import (
    Choice,
    Course,
    Fact,
    GlossaryTerm,
    Lesson,
    Misconception,
    Module,
    Objective,
    Question,
    Quiz,
    QuizPool,
    Source,
)
from tests import kept_rows

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LESSON = """\
A clinic moves to another floor by June. Ask what ends.

::: check {check}
:::

## Listen for the end

About [[fact:pay]] a year is said to be paid for [project]{{.project}} work. The [sponsor]{{.term}} chooses.

::: takeaways
- A project can be finished.
:::
"""


def make_course(key: str = "two-pms", *, now: datetime = NOW, published: bool = True) -> Course:
    """Make a course of two modules with two lessons each, and return it with its live version.

    Lessons are `lesson-1` to `lesson-4` (those of the first module are open to guests); each has an objective
    `objective-<n>`, one check `check-<n>` and four questions for the quiz, one of each type:
    `single-<n>`, `multiple-<n>`, `true-false-<n>`, `classify-<n>`. The modules are `module-1` and `module-2`;
    each has a quiz of four questions with a pass mark of 70.
    """
    kept_rows.once(("course", key, now, published), lambda: _make_course(key, now if published else None))
    return Course.objects.select_related("live_version").get(key=key)


def make_final(course: Course, *, now: datetime = NOW, **settings: object) -> Quiz:
    """Give a course a final: four questions of the whole course, attempts a day apart; return it live."""
    about = {"title": "Final: two jobs", "pass_mark": 70, "delay_hours": 24, **settings}
    quiz = Quiz.objects.create(course=course, key="final", **about)
    QuizPool.objects.create(quiz=quiz, order=1, draw=4)
    publishing.publish(quiz, author=None, now=now)
    return Quiz.objects.select_related("live_version", "course__live_version").get(pk=quiz.pk)


def make_question(lesson: Lesson, key: str, type_: str, **fields: object) -> Question:
    """Make the draft of a question on a lesson's objective, with choices that fit its type."""
    question = Question.objects.create(
        course=lesson.course,
        module=lesson.module,
        objective=lesson.objectives.get(),
        passage_lesson=lesson,
        passage_heading="listen-for-the-end",
        key=key,
        type=type_,
        difficulty="easy",
        prompt=f"Which of these is a *project*, {key}?",
        explanation="A project can be finished.",
        buckets=BUCKETS.get(type_, []),
        settings=SETTINGS.get(type_, {}),
        **fields,
    )
    wrong = Misconception.objects.get(key="deadlines-make-a-project")
    for order, (choice_key, text, correct, bucket) in enumerate({**CHOICES, **MORE_CHOICES}[type_]):
        Choice.objects.create(
            question=question,
            order=order,
            key=choice_key,
            text=text,
            correct=correct,
            bucket=bucket,
            credit=CREDITS.get(choice_key) if type_ == "scenario" else None,
            feedback=f"Feedback on {choice_key}.",
            misconception=None if correct or bucket == "project" else wrong,
        )
    return question


CHOICES = {
    "single": [
        ("keeping-app", "Keeping an app right", False, ""),
        ("moving-app", "Moving an app by March", True, ""),
        ("choosing-firms", "Choosing which firms to serve", False, ""),
    ],
    "multiple": [
        ("moving-ward", "Moving a ward by June", True, ""),
        ("caring", "Caring for children", False, ""),
        ("building-bridge", "Building a bridge", True, ""),
    ],
    "true_false": [("true", "True", False, ""), ("false", "False", True, "")],
    "classify": [
        ("users-leave", "Half of the users leave. Why?", False, "product"),
        ("slot-lost", "We lose the slot on the 9th.", False, "project"),
    ],
}
"""What a course of `make_course` has of each objective."""

MORE_CHOICES: dict[str, list[tuple[str, str, bool, str]]] = {
    "match": [
        ("add-card", "Add a loyalty card", False, "scope"),
        ("before-holidays", "Launch before the holidays", False, "time"),
        ("no-contractors", "No more contractors", False, "cost"),
    ],
    "order": [
        ("find-out", "Find out how late", False, ""),
        ("work-out", "Work out what it does", False, ""),
        ("bring-options", "Bring the options", False, ""),
        ("change-plan", "Change the plan", False, ""),
    ],
    "numeric": [],
    "short_text": [],
    "scenario": [
        ("move-date", "Move the date", False, ""),
        ("ask-sponsor", "Ask the sponsor", False, ""),
        ("drop-cards", "Drop the gift cards", False, ""),
    ],
}
"""The types that a course of `make_course` does not have; `make_question` makes them."""

ALL_TYPES = [*CHOICES, *MORE_CHOICES]
BUCKETS = {"classify": ["product", "project"], "match": ["quality"]}
CREDITS = {"move-date": 0.0, "ask-sponsor": 1.0, "drop-cards": 0.4}
SETTINGS: dict[str, dict[str, object]] = {
    "order": {"feedback": "Feedback on the order."},
    "numeric": {
        "answer": 3000,
        "tolerance": 50,
        "unit": "EUR",
        "near": [{"value": 43000, "feedback": "Feedback on the total."}],
    },
    "short_text": {
        "accept": ["product", "caf\u00e9 service"],
        "near": [{"text": "project", "feedback": "Feedback on project."}],
    },
}


def make_bank_of_all_types(lesson: Lesson, *, now: datetime = NOW) -> list[Question]:
    """Publish a question `all-<type>` of every type, tagged `all`, on a lesson's objective; return them."""
    bank = [
        make_question(lesson, f"all-{type_.replace('_', '-')}", type_, tags=["all"]) for type_ in ALL_TYPES
    ]
    publishing.publish_checked(bank, now=now, note="made for a test")
    return list(Question.objects.select_related("live_version").filter(key__startswith="all-"))


def _make_course(key: str, now: datetime | None) -> None:
    course = Course.objects.create(key=key, title="Two jobs", summary="Which is yours?")
    _shared()
    for number in (1, 2):
        _module(course, number)
    if now is not None:
        shared = [*Fact.objects.filter(live_version=None), *GlossaryTerm.objects.filter(live_version=None)]
        rows = [*shared, *course.questions.all(), *course.lessons.all(), *course.quizzes.all(), course]
        publishing.publish_checked(rows, now=now, note="made for a test")


def _shared() -> None:
    """Make what all courses share, once: a source, a fact, a term, a misconception."""
    source, _ = Source.objects.get_or_create(
        key="blog",
        defaults={"title": "A guide", "publisher": "A blog", "interest": "Sells.", "read": date(2026, 11, 1)},
    )
    Fact.objects.get_or_create(
        key="pay",
        defaults={
            "value": Decimal(93000),
            "show": "about $93,000",
            "unit": "USD per year",
            "statement": "average pay of project managers",
            "source": source,
            "as_of": "2025",
            "review_by": date(2027, 3, 15),
            "bears": "An average over firms and places.",
        },
    )
    GlossaryTerm.objects.get_or_create(
        key="sponsor",
        defaults={"name": "Sponsor", "meaning": "Who answers for the money.", "used_by": "project"},
    )
    Misconception.objects.get_or_create(
        key="deadlines-make-a-project",
        defaults={"name": "A deadline makes it a project", "correction": "Dates occur in product work too."},
    )


def _module(course: Course, number: int) -> None:
    module = Module.objects.create(
        course=course, key=f"module-{number}", title=f"Module {number}", order=number
    )
    quiz = Quiz.objects.create(
        course=course, module=module, key=module.key, title=f"Quiz {number}", pass_mark=70
    )
    for order in (1, 2):
        lesson = _lesson(module, order, 2 * (number - 1) + order)
        pool = QuizPool.objects.create(quiz=quiz, order=order, draw=2)
        pool.objectives.set(lesson.objectives.all())


def _lesson(module: Module, order: int, number: int) -> Lesson:
    lesson = Lesson.objects.create(
        course=module.course,
        module=module,
        order=order,
        key=f"lesson-{number}",
        title=f"Lesson {number}",
        question="How do you tell?",
        open=number <= 2,
        body=LESSON.format(check=f"check-{number}").rstrip(),
    )
    lesson.terms.set(GlossaryTerm.objects.filter(key="sponsor"))
    lesson.sources.set(Source.objects.filter(key="blog"))
    Objective.objects.create(
        course=module.course, lesson=lesson, key=f"objective-{number}", text="Tell a project from a product"
    )
    make_question(lesson, f"check-{number}", "single", uses=["check"])
    for type_ in CHOICES:
        make_question(lesson, f"{type_.replace('_', '-')}-{number}", type_)
    return lesson
