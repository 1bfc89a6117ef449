"""Every address, by every kind of person: nothing is open that the table does not say."""

import copy
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.security.matrix import MATRIX
from tests.security.world import ACTORS, PATTERNS, World, finish

METHODS = ("get", "post")
MISSING: dict[str, object] = {
    "attempt_id": UUID(int=1),
    "certificate_id": UUID(int=1),
    "export_id": UUID(int=1),
    "card_id": 999_999_999,
    "cohort_id": 999_999_999,
    "log_id": 999_999_999,
}


def ask(world: World, actor: str, method: str, address: str, **headers: str) -> HttpResponse:
    """Send one request as somebody, without consequences."""
    browser = world.browsers[actor]
    cookies = copy.deepcopy(browser.cookies)
    mark = transaction.savepoint()
    try:
        answer: HttpResponse = getattr(browser, method)(address, headers=headers)
        finish(answer)
        return answer
    finally:
        transaction.savepoint_rollback(mark)
        browser.cookies = cookies


def test_every_address_has_its_row() -> None:
    assert sorted(MATRIX) == sorted(PATTERNS)


@pytest.mark.parametrize("method", METHODS)
def test_each_kind_of_person_gets_what_the_table_says(method: str, world: World) -> None:
    expected = {name: row[METHODS.index(method)] for name, row in MATRIX.items()}
    got = {
        name: " ".join(str(ask(world, actor, method, world.address(name)).status_code) for actor in ACTORS)
        for name in MATRIX
    }
    assert got == expected


def of_one_person() -> list[tuple[str, str]]:
    """What has an id and is for its owner alone, with the method."""
    return [
        (name, method)
        for name, row in MATRIX.items()
        for method, expected in zip(METHODS, row, strict=True)
        if set(PATTERNS[name].pattern.converters) & set(MISSING) and expected.split()[3] == "404"
    ]


def test_what_is_somebody_elses_looks_like_what_does_not_exist(world: World) -> None:
    assert len(of_one_person()) >= 9
    for name, method in of_one_person():
        addresses = (world.address(name), world.address(name, **MISSING))
        for htmx in ({}, {"HX-Request": "true"}):
            answers = [ask(world, "other", method, address, **htmx) for address in addresses]
            theirs, absent = (
                (answer.status_code, answer.content.replace(address.encode(), b"ADDRESS"))
                for answer, address in zip(answers, addresses, strict=True)
            )
            assert theirs == absent, (name, method)


def test_a_browser_without_a_log_in_gets_no_page_of_the_admin(world: World) -> None:
    for actor in ("visitor", "guest", "owner"):
        answer = ask(world, actor, "get", "/admin/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/") or "login" in answer["Location"]


def test_no_form_is_taken_without_its_token(world: World) -> None:
    for name, (_, expected) in MATRIX.items():
        if expected.split()[2] in ("405", "404"):
            continue
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = copy.deepcopy(world.browsers["owner"].cookies)
        mark = transaction.savepoint()
        status = strict.post(world.address(name)).status_code
        transaction.savepoint_rollback(mark)
        assert (status == 403) is (name not in WITHOUT_TOKEN), (name, status)


WITHOUT_TOKEN = {"learning:unsubscribe"}
"""RFC 8058's one click comes from a mail program, which has no token; the address itself is the proof."""
