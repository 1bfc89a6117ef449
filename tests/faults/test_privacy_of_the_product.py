"""The product as it runs: somebody signs up, takes their data along, goes; nothing of them stays behind."""

import http.cookiejar
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default as modern

import pytest

from tests.portal.running import Portal
from tests.servers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.fault]
NAME, ADDRESS = "Zebulon Quillfeather", "zebulon.quillfeather@canary.example"
TRACE = re.compile("quillfeather|canary.example|zebulon", re.IGNORECASE)
ELSEWHERE = {"postgres", "programs", "static", "mail"}
"""Not looked through: the raw database (its dump is), programs, and mails, which have left the house."""

DUMP = """
from portal import database_programs as programs
print(programs.run([str(programs.find("pg_dump", major=programs.server_major())), "--inserts"]).stdout)
"""
BROKER = """
import redis
from django.conf import settings
broker = redis.Redis.from_url(settings.CELERY_BROKER_URL.replace("redis+socket", "unix"))
print([(key, broker.dump(key)) for key in broker.scan_iter()])
"""
ASK_THE_WORKER = """
from accounts.models import DataExport, User
from accounts.privacy import exports
from mailing.clock import now
exports.ask(user=User.objects.get(email="{address}"), rows=1, now=now())
"""
A_WEEK_LATER = """
from datetime import timedelta
from django.db.models import F
from accounts.models import User
from accounts.tasks import erase_sleepers
print(User.objects.filter(erase_at__isnull=False).update(erase_at=F("erase_at") - timedelta(days=8)))
erase_sleepers.delay()
"""


class Browser:
    """A browser as small as can be: cookies, forms with their token."""

    def __init__(self, portal: Portal) -> None:
        self.site = f"http://127.0.0.1:{portal.port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def open(self, path: str, form: dict[str, str] | None = None) -> str:
        """Return a page, or what a form of that page leads to."""
        page = self._send(path, None)
        if form is None:
            return page
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        return self._send(path, {**form, "csrfmiddlewaretoken": tokens[0]})

    def _send(self, path: str, form: dict[str, str] | None) -> str:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(f"{self.site}{path}", data, {"Referer": f"{self.site}{path}"})  # noqa: S310  our own http
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode(errors="replace"))


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A copy of the product that runs."""
    running = Portal()
    try:
        running.start()
        yield running
        running.stop()
    finally:
        running.remove()


def subjects(portal: Portal) -> list[str]:
    """The subjects of the mails that were delivered, the oldest first."""
    mails = sorted((portal.data_dir / "mail").glob("*.eml"))
    return [str(message_from_bytes(mail.read_bytes(), policy=modern)["Subject"]) for mail in mails]


def wait_for_code(portal: Portal, words: str) -> str:
    """Wait for the mail with a code and return it."""
    wait_until(lambda: any(words in one for one in subjects(portal)), meaning=f"a mail says {words}")
    return next(one.split()[0] for one in reversed(subjects(portal)) if words in one)


def told(portal: Portal, script: str) -> str:
    """Run a few lines in the running product and return what they print."""
    done = portal.manage("shell", "--verbosity", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(portal: Portal) -> Iterator[str]:
    """What lies in DATA_DIR, but for what is named in ELSEWHERE."""
    for path in portal.data_dir.rglob("*"):
        if path.is_file() and path.relative_to(portal.data_dir).parts[0] not in ELSEWHERE:
            yield f"{path.name}\n{path.read_bytes().decode(errors='replace')}"


def test_the_running_product_forgets_who_goes(portal: Portal) -> None:
    browser = Browser(portal)
    form = {"email": ADDRESS, "name": NAME, "old_enough": "on", "accept_terms": "on", "time_zone": "UTC"}
    browser.open("/accounts/signup/", form)
    browser.open("/accounts/login/code/confirm/", {"code": wait_for_code(portal, "is your code")})
    assert NAME in browser.open("/settings/profile/")
    told(portal, ASK_THE_WORKER.format(address=ADDRESS))
    exports = portal.data_dir / "exports"
    wait_until(lambda: any(exports.glob("*.zip")), meaning="the planner has made the file", patience=60)
    assert TRACE.search(told(portal, DUMP))

    assert "Your account sleeps" in browser.open("/settings/privacy/erase/", {})
    wait_until(
        lambda: any("is erased on" in one for one in subjects(portal)),
        meaning="the mail with the way back is there",
    )
    assert "Log in" in browser.open("/settings/profile/")
    assert told(portal, A_WEEK_LATER).strip() == "1"
    wait_until(
        lambda: "account_erased" in told(portal, DUMP),
        meaning="the planner has erased the account",
        patience=60,
    )
    assert TRACE.findall(told(portal, DUMP)) == []
    assert TRACE.findall(told(portal, BROKER)) == []
    assert [text[:200] for text in files(portal) if TRACE.search(text)] == []
    assert not any(exports.glob("*.zip"))
    assert "All sums agree" in portal.manage("check_progress").stdout
