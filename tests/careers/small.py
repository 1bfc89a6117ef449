"""Small files of the careers room, beside the small course of tests/courses, and what tests do with them."""

from pathlib import Path

from django.core.management import call_command

from careers.content_files import format as files
from careers.content_files.writer import package_files
from tests import kept_rows
from tests.courses import small

LESSON = "two-pms/what-is-a-project"
ANSWERS = ("strongly disagree", "disagree", "neither", "agree", "strongly agree")


def statements() -> list[files.Statement]:
    """24 statements: `product-1` to `product-12`, `project-1` to `project-12`; the even ones are reversed."""
    return [
        files.Statement(
            key=f"{scale}-{number}",
            scale=scale,
            reverse=number % 2 == 0,
            text=f"I know {'no' if number % 2 == 0 else 'the'} {scale} joy number {number}.",
            order=12 * place + number,
        )
        for place, scale in enumerate(files.SCALES)
        for number in range(1, 13)
    ]


def scenarios() -> list[files.Scenario]:
    """Six scenarios `case-1` to `case-6` with one option for each role, one for both, one for neither."""
    worth = {"ask": (2, 0), "check": (0, 2), "gather": (1, 1), "wait": (0, 0)}
    return [
        files.Scenario(
            key=f"case-{number}",
            text=f"Case {number}: all was on time, nobody uses it. What do you catch yourself doing?",
            options=tuple(
                files.Option(key, f"I {key} in case {number}", product, project)
                for key, (product, project) in worth.items()
            ),
            order=number,
        )
        for number in range(1, 7)
    ]


def tasks() -> list[files.Task]:
    """Three tasks of two walks of life."""
    kinds = [
        ("plan-a-ward", "nursing", "project"),
        ("ask-guests", "retail", "product"),
        ("shift", "retail", "both"),
    ]
    return [
        files.Task(
            key=key,
            task=f"You {key.replace('-', ' ')} every week",
            walk=walk,
            proves=proves,
            why="It ends, and somebody waits for it: that is what makes it count.",
            cv_line=f"Led what is called {key} for a team of twelve.",
            gap="No budget of your own yet.",
            lesson=LESSON,
            order=order,
        )
        for order, (key, walk, proves) in enumerate(kinds, start=1)
    ]


def plans() -> list[files.Plan]:
    """A plan for each path, with three steps."""
    steps = (
        files.PlanStep("read", "1", "Read what a project is.", LESSON),
        files.PlanStep("talk", "2-9", "Talk to two people who do the job."),
        files.PlanStep("decide", "30", "Decide: go on, change, stop."),
    )
    return [
        files.Plan(path, f"Thirty days: {path}", "Half an hour a day, and one talk a week.", steps)
        for path in files.PATHS
    ]


def package() -> files.Package:
    """One of everything."""
    return files.Package(
        fit_check=files.FitCheck(
            scales={"product": "Product orientation", "project": "Project orientation"},
            answers=ANSWERS,
            previews={
                scale: files.Preview(f"A good {scale} day.", f"A dull {scale} day.") for scale in files.SCALES
            },
        ),
        statements=statements(),
        scenarios=scenarios(),
        tasks=tasks(),
        plans=plans(),
    )


def bring(folder: Path) -> None:
    """Import the small course and these files; `folder` is for the files."""

    def make() -> None:
        call_command("import_content", str(write(folder / "asked")), verbosity=0)

    kept_rows.once("asked", make)


def write(root: Path) -> Path:
    """Write the small course and these files to a folder and return it."""
    small.write(root)
    for name, text in package_files(package()).items():
        (root / name).write_text(text, encoding="utf-8")
    return root
