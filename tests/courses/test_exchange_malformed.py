"""Files that are nearly right: each is refused in words or read in part; looking writes nothing."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from courses.exchange import csv_questions, gift_writer, package, planning, qti_writer, uploads
from courses.exchange.limits import NotReadable
from courses.models import Course, Lesson, Objective, Question
from tests.courses.exchange_examples import EXAMPLES
from tests.courses.mutations import mutated
from tests.factories import make_bank_of_all_types, make_course

pytestmark = pytest.mark.django_db
NAMES = {"gift": "bank.gift", "csv": "bank.csv", "qti": "bank.zip", "package": "course.zip"}
MEMORY = 100_000_000
"""Bytes by which looking at one malformed file of a few kilobytes may make the process grow at most."""

SECONDS = 10.0
"""Of processor time for one file, with its import: the reader itself gives up after 15 of the clock."""


@cache
def valid(kind: str) -> bytes:
    """A file of all types of questions."""
    match kind:
        case "gift":
            return gift_writer.write(EXAMPLES, course="two-pms").content
        case "csv":
            return csv_questions.write(EXAMPLES).content
        case _:
            return qti_writer.write(EXAMPLES).content


def look(kind: str, content: bytes, objective: Objective) -> None:
    """Do what looking at a file does."""
    with suppress(NotReadable, package.Faulty):
        if kind == "package":
            package.plan(package.read(content), change=True)
        else:
            planning.plan(uploads.read_questions(kind, content), objective=objective, change=True)


def test_looking_at_malformed_files_refuses_in_words_and_writes_nothing() -> None:
    course = make_course()
    objective = Objective.objects.get(key="objective-1")
    before = rows()
    for kind in NAMES:
        content = package.write(course) if kind == "package" else valid(kind)
        for broken in mutated(content, seed=1, many=30):
            look(kind, broken, objective)
    assert rows() == before


def rows() -> list[object]:
    """All that an import of questions or a course could write."""
    tables = (Course, Lesson, Objective, Question)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@contextmanager
def bounded() -> Iterator[list[float]]:
    """Insist on little memory and time; yields what was taken: bytes more than before, and CPU seconds."""
    taken: list[float] = []
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    memory, begun = resident("VmRSS"), time.process_time()
    yield taken
    taken += [max(0, resident("VmHWM") - memory), time.process_time() - begun]
    assert taken[0] < MEMORY
    assert taken[1] < SECONDS


def resident(name: str) -> int:
    """Bytes of memory that this process has (VmRSS), or had at most since its peak began anew (VmHWM)."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


@pytest.mark.slow
@pytest.mark.parametrize("kind", NAMES)
def test_three_hundred_malformed_files_never_break_a_page_nor_take_memory(
    kind: str, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    course = make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    content = package.write(course) if kind == "package" else valid(kind)
    address = f"/admin/courses/{'course' if kind == 'package' else 'question'}/import/"
    more = {"objective": Objective.objects.get(key="objective-1").pk, "change": "on"}
    client.post(address, {"file": SimpleUploadedFile(NAMES[kind], content), **more})  # all is loaded by now
    taken: list[list[float]] = []
    read = 0
    before = rows()
    for broken in mutated(content, seed=2, many=300):
        with bounded() as one:
            page = client.post(address, {"file": SimpleUploadedFile(NAMES[kind], broken), **more})
            assert page.status_code == 200
            assert rows() == before
            if page.context["look"]:
                read += 1
                form = {"digest": page.context["upload"].digest, "seen": page.context["look"].digest, **more}
                assert client.post(address, form).status_code == 302
                before = rows()
        taken.append(one)
    memory, seconds = (max(each) for each in zip(*taken, strict=True))
    words = f"{kind}: {len(taken)} files, {read} read, at most {seconds:.1f} s and {memory / 1e6:.0f} MB"
    with capsys.disabled():
        sys.stdout.write(f"\n{words}\n")
