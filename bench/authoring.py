"""`python -m bench.authoring`: the cost of editors' pages beside the bare page, with little and with much."""

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, repeat

from bench import cpu, load
from bench.stand import served, servers, set_up

ROUNDS, REQUESTS, BARE_REQUESTS, CONNECTIONS = 3, 40, 200, 4
WARMING = 8
"""Requests before those that count: of each process the first draws what was written since."""

SMALL, LARGE = (10, 50), (100, 5_000)
"""Lessons and questions."""

AFTER_A_CHANGE = "#after-a-change"
"""Marks an address before each request of which a question is written."""


@dataclass
class Page:
    """A page, with CPU milliseconds a request of each round, by the size of what it shows."""

    name: str
    spent: dict[tuple[int, int], list[float]] = field(default_factory=dict)

    def cost(self, size: tuple[int, int]) -> float:
        """CPU milliseconds a request: the median of the rounds."""
        return statistics.median(self.spent[size])


def main() -> None:
    """Measure with a small course, grow it, measure again; print the table."""
    bare, pages = Page("bare page (M)"), dict[str, Page]()
    with servers() as database:
        cookies = prepare()
        for size in (SMALL, LARGE):
            addresses = grown(*size)
            pages.update({name: Page(name) for name in addresses if name not in pages})
            measure(bare, pages, addresses, cookies, size, database)
    sys.stdout.write(table(bare, list(pages.values())) + "\n")


def prepare() -> tuple[str, str]:
    """Migrate, make a course and somebody who may do everything; return their cookies: plain, and our own."""
    set_up()
    from allauth.mfa.models import Authenticator

    from accounts.models import User
    from bench.history import PLAIN, cookie
    from tests.factories import make_course

    make_course()
    owner = User.objects.create_superuser("owner@example.org", name="Ola")
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
    return cookie(owner, PLAIN), cookie(owner)


def grown(lessons: int, questions: int) -> dict[str, str]:
    """Add a course of that size; return the addresses of the pages by name."""
    from django.db import connection
    from django.urls import reverse

    from tests.courses.large import grow
    from tests.factories import make_course

    course = make_course(f"course-of-{lessons}")
    grow(course, lessons=lessons, questions=questions)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    lesson, question = course.lessons.latest("pk"), course.questions.latest("pk")
    listed = reverse("admin:courses_question_changelist")
    editor = reverse("admin:courses_lesson_change", args=[lesson.pk])
    return {
        "start page": reverse("admin:index"),
        "list of questions, opened again": listed,
        "list of questions, searched and drawn anew": f"{listed}?q=project&o=3.",
        "list of questions, after a change of one": f"{listed}?o=-6{AFTER_A_CHANGE}",
        "list of lessons, opened again": reverse("admin:courses_lesson_changelist"),
        "builder": reverse("admin:courses_course_change", args=[course.pk]),
        "lesson editor, opened again": editor,
        "lesson editor, drawn anew": f"{editor}?",
        "question": reverse("admin:courses_question_change", args=[question.pk]),
    }


def measure(
    bare: Page,
    pages: dict[str, Page],
    addresses: dict[str, str],
    cookies: tuple[str, str],
    size: tuple[int, int],
    database: int,
) -> None:
    """Ask for all pages in turn, ROUNDS times after one that warms up."""
    asked = [(bare, "/bare/", True), *((pages[name], path, False) for name, path in addresses.items())]
    with served("bench.bare_settings") as alone, served("portal.settings") as product:
        for number in range(ROUNDS + 1):
            for page, path, is_bare in asked:
                port, pid = alone if is_bare else product
                requests, cookie = (BARE_REQUESTS, cookies[0]) if is_bare else (REQUESTS, cookies[1])
                ask(port, path, cookie, WARMING)
                before = cpu.milliseconds(pid, database)
                ask(port, path, cookie, requests)
                if number:
                    spent = (cpu.milliseconds(pid, database) - before) / requests
                    page.spent.setdefault(size, []).append(spent)


def ask(port: int, path: str, cookie: str, requests: int) -> None:
    """Ask for a page so many times, where it says so after a question was written each time."""
    asks = asked_of(path.removesuffix(AFTER_A_CHANGE), cookie)
    if not path.endswith(AFTER_A_CHANGE):
        load.run(port=port, asks=asks, requests=requests, connections=CONNECTIONS)
        return
    from django.utils import timezone

    from courses.models import Question

    for key in Question.objects.order_by("-pk").values_list("pk", flat=True)[:requests]:
        Question.objects.filter(pk=key).update(updated_at=timezone.now())
        load.run(port=port, asks=asks, requests=1, connections=1)


def asked_of(path: str, cookie: str) -> Iterator[load.Ask]:
    """Yield requests of a page. Of one that ends in a mark, none twice: nothing is kept."""
    if not path.endswith(("?", ".")):
        return repeat(load.Ask(path, cookie))
    return (load.Ask(f"{path}{number}", cookie) for number in count(time.time_ns()))


def table(bare: Page, pages: list[Page]) -> str:
    """Return the outcome as a Markdown table, each cost beside that of the bare page in the same run."""
    lines = [
        f"| page | {SMALL[0]} lessons, {SMALL[1]} questions: ratio to M "
        f"| {LARGE[0]} lessons, {LARGE[1]:,} questions: CPU ms | ratio to M | large / small |",
        "|---|---|---|---|---|",
    ]
    for page in (bare, *pages):
        small, large = (page.cost(size) / bare.cost(size) for size in (SMALL, LARGE))
        lines.append(
            f"| {page.name} | {small:.2f} | {page.cost(LARGE):.1f} | {large:.2f} | {large / small:.2f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
