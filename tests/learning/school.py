"""A small live course of two modules, published as editors publish: for the tests of lessons and quizzes."""

from datetime import UTC, datetime
from typing import Any

from courses import publishing
from courses.models import Choice, Course, Lesson, Module, Objective, Question, Quiz, QuizPool

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday noon."""

TEXT = "Some words.\n\n## The end {{#the-end}}\n\nWho can say when this is over?\n\n{check}\n\nMore words.\n"


def make_course(**quiz: Any) -> Course:
    """Publish a course: module 1 open with 2 lessons, 1 check and a quiz of 4 questions; module 2 closed."""
    course = Course.objects.create(key="two-pms", title="Product or project?", summary="Two jobs.")
    first = Module.objects.create(course=course, key="two-words", title="Two words", order=1)
    second = Module.objects.create(course=course, key="product", title="The product manager", order=2)
    lesson = add_lesson(first, "one", order=1, check="check-one", open=True)
    add_lesson(first, "two", order=2, open=True)
    add_lesson(second, "three", order=3)
    objective = lesson.objectives.get()
    add_question(objective, "check-one", uses=["check"])
    for type_name in ("single", "multiple", "true_false", "classify"):
        add_question(objective, f"q-{type_name.replace('_', '-')}", type_name=type_name)
    row = Quiz.objects.create(
        course=course, module=first, key=first.key, title="Two words", **{"pass_mark": 70, **quiz}
    )
    QuizPool.objects.create(quiz=row, draw=4)
    rows = [*Question.objects.all(), *Lesson.objects.all(), row, course]
    for each in rows:
        publishing.publish(each, author=None, now=NOW)
    return Course.objects.live().get(pk=course.pk)


def add_lesson(module: Module, key: str, *, order: int, check: str = "", open: bool = False) -> Lesson:
    """Write the draft of a lesson with one objective."""
    lesson = Lesson.objects.create(
        course=module.course,
        module=module,
        key=key,
        order=order,
        title=f"Lesson {key}",
        question="What is it?",
        open=open,
        body=TEXT.format(check=f"::: check {check}\n:::" if check else ""),
    )
    Objective.objects.create(
        course=module.course, lesson=lesson, key=f"know-{key}", text="say what it is", order=order
    )
    return lesson


def add_question(
    objective: Objective, key: str, *, type_name: str = "single", uses: list[str] | None = None
) -> Question:
    """Write the draft of a question. Right are the choices "good…" and "true"."""
    question = Question.objects.create(
        course=objective.course,
        module=objective.lesson.module,
        objective=objective,
        key=key,
        type=type_name,
        uses=uses or ["quiz", "review"],
        passage_lesson=objective.lesson,
        passage_heading="the-end",
        difficulty="easy",
        prompt=f"Prompt of {key}?",
        buckets=["product", "project"] if type_name == "classify" else [],
        explanation=f"Explanation of {key}.",
    )
    keys = {
        "single": ["good", "bad", "worse"],
        "true_false": ["true", "false"],
        "multiple": ["good-one", "good-two", "bad", "worse"],
        "classify": ["good-one", "good-two", "bad"],
    }[type_name]
    for order, choice in enumerate(keys):
        good = choice.startswith("good") or choice == "true"
        Choice.objects.create(
            question=question,
            key=choice,
            order=order,
            text=f"{key}: {choice.title()[::-1]}",
            correct=good and type_name != "classify",
            bucket=("product" if good else "project") if type_name == "classify" else "",
            feedback=f"Feedback of {key} {choice}.",
        )
    return question
