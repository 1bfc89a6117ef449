"""`python -m bench.authoring`: the cost of editors' pages beside the bare page, with little and with much."""

import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, repeat

from bench import cpu, load
from bench.stand import served, servers, set_up

ROUNDS, REQUESTS, BARE_REQUESTS, CONNECTIONS = 3, 40, 120, 4
WARMING = 8
"""Requests before those that count: of each process the first draws what was written since."""

SMALL, LARGE = (10, 50), (100, 5_000)
"""Lessons and questions."""

NEW, PAGE, NUMBER = "{new}", "{page}", "{number}"
"""Stand in an address for what was not asked before: anything, a page of the list, a number of two digits."""

FEW = 14
"""Requests of an address with such a number, of which there are no more."""

AFTER_A_CHANGE = "#after-a-change"
"""Marks an address before each request of which a question is written."""


@dataclass
class Page:
    """A page, with CPU milliseconds a request of each round and in M, by the size of what it shows."""

    name: str
    spent: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    ratios: dict[tuple[int, int], list[float]] = field(default_factory=dict)

    def note(self, size: tuple[int, int], spent: float, bare: float) -> None:
        """Add a round. `bare`: what the bare page cost just before and after."""
        self.spent.setdefault(size, []).append(spent)
        self.ratios.setdefault(size, []).append(spent / bare)


def main() -> None:
    """Measure with a small course, grow it, measure again; print the table."""
    bare, pages = Page("bare page (M)"), dict[str, Page]()
    with servers() as database:
        cookies = prepare()
        for size in (SMALL, LARGE):
            addresses = grown(*size)
            pages.update({name: Page(name) for name in addresses if name not in pages})
            measure(bare, pages, addresses, cookies, size, database)
    sys.stdout.write(table([bare, *pages.values()]) + "\n")


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
    pages = {
        "start page": reverse("admin:index"),
        "list of questions, opened again": listed,
        "list of questions, searched": f"{listed}?q=project&o=3.{NEW}",
        "list of questions, after a change of one": f"{listed}?o=-6{AFTER_A_CHANGE}",
        "list of questions, searched after a change": f"{listed}?q=project&o=-6{AFTER_A_CHANGE}",
        "list of lessons, opened again": reverse("admin:courses_lesson_changelist"),
        "list of objectives": reverse("admin:courses_objective_changelist") + f"?o=1.{NEW}",
        "list of versions": reverse("admin:courses_version_changelist"),
        "builder": reverse("admin:courses_course_change", args=[course.pk]),
        "lesson editor, opened again": editor,
        "lesson editor, drawn anew": f"{editor}?{NEW}",
        "question": reverse("admin:courses_question_change", args=[question.pk]),
    }
    if questions == LARGE[1]:
        pages["list of questions, pages not shown yet"] = f"{listed}?p={PAGE}"
        pages["list of questions, searched and found 20 not shown yet"] = f"{listed}?q=question+{NUMBER}"
    return pages


def measure(
    bare: Page,
    pages: dict[str, Page],
    addresses: dict[str, str],
    cookies: tuple[str, str],
    size: tuple[int, int],
    database: int,
) -> None:
    """Ask for all pages in turn, ROUNDS times after one that warms up, and for the bare one around each.

    The pace of a machine changes within a minute, and both with it.
    """

    def spent(page: tuple[int, int], path: str, cookie: str, requests: int) -> float:
        port, pid = page
        before = cpu.milliseconds(pid, database)
        ask(port, path, cookie, requests)
        return (cpu.milliseconds(pid, database) - before) / requests

    with served("bench.bare_settings") as alone, served("portal.settings") as product:
        ask(alone[0], "/bare/", cookies[0], BARE_REQUESTS)
        for number in range(ROUNDS + 1):
            before = spent(alone, "/bare/", cookies[0], BARE_REQUESTS)
            for name, path in addresses.items():
                requests = FEW if NUMBER in path else REQUESTS
                ask(product[0], path, cookies[1], WARMING)
                found = spent(product, path, cookies[1], requests)
                after = spent(alone, "/bare/", cookies[0], BARE_REQUESTS)
                if number:
                    pages[name].note(size, found, (before + after) / 2)
                    bare.note(size, after, after)
                before = after


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
    """Yield requests of a page. Of an address with a mark, none twice: nothing is kept of it."""
    mark = next((mark for mark in (NEW, PAGE, NUMBER) if mark in path), "")
    if not mark:
        return repeat(load.Ask(path, cookie))
    return (load.Ask(path.replace(mark, str(next(COUNTED[path]))), cookie) for _ in repeat(None))


COUNTED: dict[str, Iterator[int]] = defaultdict(lambda: count(10))
"""What stood last for the mark in an address."""


def table(pages: list[Page]) -> str:
    """Return the outcome as a Markdown table: medians of the rounds, in units of the bare page beside."""
    lines = [
        f"| page | {SMALL[0]} lessons, {SMALL[1]} questions: ratio to M "
        f"| {LARGE[0]} lessons, {LARGE[1]:,} questions: CPU ms | ratio to M | lowest and highest "
        "| large / small |",
        "|---|---|---|---|---|---|",
    ]
    for page in pages:
        rounds = page.ratios[LARGE]
        cost, large = statistics.median(page.spent[LARGE]), statistics.median(rounds)
        small = statistics.median(page.ratios[SMALL]) if SMALL in page.ratios else 0
        few, growth = (f"{small:.2f}", f"{large / small:.2f}") if small else ("", "")
        lines.append(
            f"| {page.name} | {few} | {cost:.1f} | {large:.2f} "
            f"| {min(rounds):.2f}, {max(rounds):.2f} | {growth} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
