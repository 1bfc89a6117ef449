"""`python -m bench.weight`: what a browser is sent for each page, first with nothing kept and then again."""

import http.client
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

from bench.stand import BASE_DIR, served
from tests.servers import Servers

TAKES = "gzip, deflate, br"
"""The compressions that browsers take."""

LESSON = "/learn/two-pms/what-is-a-project/"


class Needs(HTMLParser):
    """The addresses of what a page is drawn with: styles, scripts, icons, pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this element loads."""
        found = {name: value or "" for name, value in attrs}
        by_link = tag == "link" and found.get("rel") in ("stylesheet", "icon")
        address = found.get("href") if by_link or tag == "use" else found.get("src")
        if address and (by_link or tag in ("script", "img", "use")):
            self.addresses[urlsplit(address).path] = None


@dataclass(frozen=True)
class Weight:
    """One page, in bytes of bodies as they are sent, compressed."""

    name: str
    page: int
    files: int
    requests: int
    again: int
    """The page once more, when the browser keeps the rest."""


def weigh(port: int, name: str, path: str, cookie: str = "") -> Weight:
    """Ask for a page as a browser does that has nothing of it, and once more."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(address: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        sent = {"Accept-Encoding": TAKES, **({"Cookie": cookie} if cookie else {}), **headers}
        connection.request("GET", address, headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 304):
            raise OSError(f"{address} answered {answer.status}")
        return answer, body

    needs = Needs()
    needs.feed(ask(path, **{"Accept-Encoding": "identity"})[1].decode())
    answer, page = ask(path)
    tag = answer.headers.get("ETag")
    files = [len(ask(address)[1]) for address in needs.addresses]
    again = ask(path, **({"If-None-Match": tag} if tag else {}))[1]
    connection.close()
    return Weight(name, len(page), sum(files), 1 + len(files), len(again))


def weights(port: int, cookie: str, attempt_path: str, longest: str) -> Iterator[Weight]:
    """Weigh the pages that people see most, as visitor and as learner."""
    yield weigh(port, "landing, visitor", "/")
    yield weigh(port, "catalogue, visitor", "/courses/")
    yield weigh(port, "course, visitor", "/courses/two-pms/")
    yield weigh(port, "lesson, visitor", LESSON)
    yield weigh(port, "lesson, learner", LESSON, cookie)
    yield weigh(port, "the longest lesson, learner", longest, cookie)
    yield weigh(port, "my course, learner", "/learn/two-pms/", cookie)
    yield weigh(port, "question of a quiz", attempt_path, cookie)
    yield weigh(port, "progress", "/dashboard/", cookie)
    yield weigh(port, "review", "/review/", cookie)
    yield weigh(port, "saved copy of a lesson", f"{LESSON}offline/", cookie)


def prepare() -> tuple[str, str, str]:
    """Migrate, load the curriculum, make a learner; return their cookie, open attempt and longest lesson."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    from accounts.models import User
    from bench.history import cookie
    from courses.models import Lesson, Quiz
    from learning import quizzes
    from tests.portal import states

    for command in (["migrate"], ["createcachetable"], ["collectstatic", "--noinput"]):
        call_command(*command, verbosity=0)
    call_command("import_content", str(BASE_DIR / "content"), verbosity=0)
    now = datetime.now(UTC)
    learner = User.objects.create_user("learner@example.org", name="Lea", time_zone="Europe/Lisbon")
    states.fifty_events(learner, now)
    first = Quiz.objects.filter(course__key="two-pms", live_version__isnull=False).earliest("pk")
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", first.key), now=now)
    lessons = Lesson.objects.filter(live_version__isnull=False).select_related("course")
    longest = max(lessons, key=lambda lesson: len(lesson.body))
    return (
        cookie(learner),
        reverse("learning:attempt", args=[attempt.pk]),
        reverse("learning:lesson", args=[longest.course.key, longest.key]),
    )


def table(found: list[Weight]) -> str:
    """Return the outcome as a Markdown table, in kB (1,000 bytes)."""
    lines = [
        "| page | kB with nothing kept | of it the page | requests | kB again |",
        "|---|---|---|---|---|",
    ]
    for each in found:
        cold, page, again = (size / 1000 for size in (each.page + each.files, each.page, each.again))
        lines.append(f"| {each.name} | {cold:.1f} | {page:.1f} | {each.requests} | {again:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Weigh all pages and print the table."""
    servers = Servers()
    with tempfile.TemporaryDirectory() as data_dir:
        try:
            servers.start()
            os.environ.update(servers.environment(), DATA_DIR=data_dir, SECRET_KEY="bench" * 12)
            os.environ.update(EMAIL_URL="smtp://127.0.0.1:1", ALLOWED_HOSTS="127.0.0.1")
            os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
            learner = prepare()
            with served("portal.settings") as (port, _):
                found = list(weights(port, *learner))
        finally:
            servers.stop()
    sys.stdout.write(table(found) + "\n")


if __name__ == "__main__":
    main()
