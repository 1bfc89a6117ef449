"""A small content folder for tests: one module, one lesson, five questions, a quiz, in the canonical form."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from courses.content_files import format as files
from courses.content_files.writer import package_files

COURSE = "two-pms/course.yaml"
LESSON = "two-pms/01-two-words/01-what-is-a-project.md"
BANK = "two-pms/01-two-words/questions.yaml"
QUIZ = "two-pms/01-two-words/quiz.yaml"
BODY = """\
On Monday a shop decides that its checkout is too slow. Which of these is a project?

::: check ends-by-march
:::

## Listen for the end

A [project]{.project} pays [[fact:project-salary]] a year, to whoever has a [sponsor]{.term}.

::: takeaways
- A project can be finished.
:::"""

MORE = ["The team meets on Monday and asks what ends."] * 56


def package() -> files.Package:
    """Return the content as plain values."""
    course = files.Course("two-pms", "Two PMs", "Which is yours?", "en", {"two-words": "Two words"})
    lesson = files.Lesson(
        key="what-is-a-project",
        module="two-words",
        order=1,
        title="What is a project?",
        question="How do you know?",
        open=True,
        objectives={"recognise-project": "Tell a project", "trade-limits": "Trade limits"},
        terms=("sponsor",),
        sources=("blog",),
        body=BODY,
    )
    single = (
        files.Choice("keeping", "Keeping an app right", "It never ends.", misconception="deadlines"),
        files.Choice("moving", "Moving an app by March", "One day, then it is over.", correct=True),
    )
    sorting = (
        files.Choice("users-leave", "Why do users leave?", "Value.", bucket="product side"),
        files.Choice("slot-lost", "We lose the slot.", "Dates.", bucket="project side"),
    )
    true_false = (
        files.Choice("true", "True", "The project is finished."),
        files.Choice("false", "False", "Right.", correct=True),
    )
    return files.Package(
        sources=[files.Source("blog", "A guide", "A blog", "Sells courses.", date(2026, 11, 21))],
        facts=[
            files.Fact(
                key="project-salary",
                value=Decimal("92561.5"),
                show="about $93,000",
                unit="USD per year",
                statement="average salary",
                source="blog",
                as_of="2025",
                review_by=date(2027, 3, 15),
                bears="An average, from a blog that names no source of its own, in a line to be folded.",
            )
        ],
        terms=[files.Term("sponsor", "Sponsor", "Who answers for the money.", "project")],
        misconceptions=[
            files.Misconception("deadlines", "A deadline makes it a project", "Dates are common.")
        ],
        courses=[
            files.CourseFiles(
                course,
                lessons=[lesson],
                questions=[
                    _question(1, "ends-by-march", "single", single, uses=("check",)),
                    _question(2, "which-ends", "single", single),
                    _question(3, "which-end", "multiple", single),
                    _question(4, "released", "true_false", true_false, misconception="deadlines"),
                    _question(
                        5, "who-says-it", "classify", sorting, buckets=("product side", "project side")
                    ),
                ],
                quizzes=[
                    files.Quiz("two-words", "Two words", 70, (files.Pool(2, ("recognise-project",)),)),
                    files.Quiz("final", "Final: two PMs", 70, (files.Pool(1),), delay_hours=24),
                ],
            )
        ],
    )


def _question(
    order: int,
    key: str,
    type_: str,
    choices: tuple[files.Choice, ...],
    *,
    uses: tuple[str, ...] = files.DEFAULT_USES,
    buckets: tuple[str, ...] = (),
    misconception: str = "",
) -> files.Question:
    return files.Question(
        key=key,
        module="two-words",
        order=order,
        type=type_,
        objective="recognise-project",
        passage_lesson="what-is-a-project",
        passage_heading="listen-for-the-end",
        difficulty="easy",
        prompt="Which of these is a project: a thing that can be *finished*?",
        choices=choices,
        explanation="A project can be finished.",
        uses=uses,
        tags=("project",),
        buckets=buckets,
        misconception=misconception,
    )


def clean() -> files.Package:
    """Return the content, long enough and with questions enough to break no rule of writing."""
    made = package()
    (course,) = made.courses
    single = course.questions[1]
    body = f"{BODY}\n\n## And more\n\n{' '.join(MORE)}\n\n::: check keeps-going\n:::"
    course.lessons = [
        replace(course.lessons[0], objectives={"recognise-project": "Tell a project"}, body=body)
    ]
    course.questions.append(replace(single, order=6, key="keeps-going", uses=("check",)))
    return made


def write(root: Path, content: files.Package | None = None) -> Path:
    """Write the content, or other content, to a folder and return it."""
    for name, text in package_files(content or package()).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root
