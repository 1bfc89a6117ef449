"""Files that are nearly right: each is refused in words or read in part; looking writes nothing."""

import tracemalloc
from contextlib import suppress
from functools import cache

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
"""Bytes that looking at one malformed file of a few kilobytes may take at most."""


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


@pytest.mark.slow
@pytest.mark.parametrize("kind", NAMES)
def test_three_hundred_malformed_files_never_break_a_page_nor_take_memory(
    kind: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    course = make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    content = package.write(course) if kind == "package" else valid(kind)
    address = f"/admin/courses/{'course' if kind == 'package' else 'question'}/import/"
    more = {"objective": Objective.objects.get(key="objective-1").pk, "change": "on"}
    tracemalloc.start()
    for broken in mutated(content, seed=2, many=300):
        before = rows()
        tracemalloc.reset_peak()
        page = client.post(address, {"file": SimpleUploadedFile(NAMES[kind], broken), **more})
        assert page.status_code == 200
        assert tracemalloc.get_traced_memory()[1] < MEMORY
        assert rows() == before
        if page.context["look"]:
            form = {"digest": page.context["upload"].digest, "seen": page.context["look"].digest, **more}
            assert client.post(address, form).status_code == 302
    tracemalloc.stop()
