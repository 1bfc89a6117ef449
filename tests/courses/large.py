"""Courses of any size, as editors meet them in the admin."""

from datetime import datetime

from courses import publishing
from courses.models import Choice, Course, GlossaryTerm, Lesson, Module, Objective, Question, Quiz, Source
from tests.factories import LESSON, NOW

IN_A_MODULE = 10
OBJECTIVES = 3
WORDS = "A plan that nobody can stop is no plan, so ask on the first day who may. " * 40


def grow(course: Course, *, lessons: int, questions: int, now: datetime = NOW) -> None:
    """Add so many published lessons, ten a module, and questions with four choices, spread over them."""
    modules = Module.objects.bulk_create(
        Module(course=course, key=f"grown-{n}", title=f"Grown module {n}", order=100 + n)
        for n in range(-(-lessons // IN_A_MODULE))
    )
    check = course.questions.filter(uses__contains=["check"]).earliest("pk")
    made = Lesson.objects.bulk_create(
        Lesson(
            course=course,
            module=modules[n // IN_A_MODULE],
            order=n,
            key=f"grown-{n}",
            title=f"Grown lesson {n}",
            question="How do you tell?",
            body=f"{LESSON.format(check=check.key).rstrip()}\n\n## At length {n}\n\n{WORDS}",
            updated_at=now,
        )
        for n in range(lessons)
    )
    for lesson in made:
        lesson.terms.set(GlossaryTerm.objects.filter(key="sponsor"))
        lesson.sources.set(Source.objects.filter(key="blog"))
    objectives = Objective.objects.bulk_create(
        Objective(course=course, lesson=lesson, key=f"{lesson.key}-{n}", text=f"Say {n} of {lesson.title}")
        for lesson in made
        for n in range(OBJECTIVES)
    )
    quizzes = Quiz.objects.bulk_create(
        Quiz(course=course, module=module, key=module.key, title=module.title, pass_mark=70, updated_at=now)
        for module in modules
    )
    for quiz, objective in zip(quizzes, objectives[:: IN_A_MODULE * OBJECTIVES], strict=True):
        quiz.pools.create(order=1, draw=1).objectives.add(objective)
    bank = _bank(objectives, questions, now)
    publishing.publish_checked([*bank, *made, *quizzes, course], now=now, note="grown for a test")


def _bank(objectives: list[Objective], questions: int, now: datetime) -> list[Question]:
    bank = Question.objects.bulk_create(
        Question(
            course_id=objective.course_id,
            module_id=objective.lesson.module_id,
            objective=objective,
            passage_lesson=objective.lesson,
            passage_heading="listen-for-the-end",
            key=f"grown-{n}",
            type="single",
            difficulty="medium",
            prompt=f"Which of these is a project, question {n}?",
            explanation="A project can be finished.",
            uses=["quiz"],
            tags=[f"tag-{n % 40}"],
            order=n % 1000,
            updated_at=now,
        )
        for n in range(questions)
        for objective in [objectives[n % len(objectives)]]
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            order=n,
            key=f"choice-{n}",
            text=f"Moving app {n} by March",
            correct=n == 0,
            feedback="Ask what ends.",
        )
        for question in bank
        for n in range(4)
    )
    return bank
