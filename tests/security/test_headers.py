"""What every answer carries, whatever it says: B28 and B48 of the list of faults."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.urls import path

from portal import policies
from tests.security.matrix import LEARNERS, MATRIX, MEMBERS, OWNER
from tests.security.world import World, finish


def policy_of(answer: HttpResponseBase) -> dict[str, list[str]]:
    """The content policy of an answer, directive by directive."""
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {words[0]: words[1:] for words in parts}


def require_safe_headers(answer: HttpResponseBase, address: str) -> None:
    """Fail unless an answer carries all of them."""
    policy = policy_of(answer)
    if address.startswith("/admin/"):
        assert policy == policies.ADMIN, address
    elif address.startswith("/media/") and answer.status_code == 200:
        assert policy == policies.FILE, address
    elif policy != policies.MAIL:
        assert policy == policies.PAGE, address
        assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff", address
    assert answer["Referrer-Policy"] == "same-origin", address
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_every_answer_of_every_address_carries_the_policies(world: World) -> None:
    seen = set()
    for name in MATRIX:
        for actor in ("visitor", "owner"):
            for method in ("get", "post"):
                if name == "account_logout" and method == "post":
                    continue
                answer = getattr(world.browsers[actor], method)(world.address(name))
                finish(answer)
                require_safe_headers(answer, world.address(name))
                seen.add(answer.status_code)
    assert {200, 204, 302, 400, 403, 404, 405} <= seen


@login_not_required
def breaks(request: object) -> HttpResponseBase:
    raise ZeroDivisionError


class Broken:
    """The house's addresses and one that breaks."""

    from portal.urls import handler500, urlpatterns

    urlpatterns = [path("breaks/", breaks), *urlpatterns]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=Broken)
def test_an_answer_that_says_that_something_broke_carries_them_too() -> None:
    answer = Client(raise_request_exception=False).get("/breaks/")
    assert answer.status_code == 500
    require_safe_headers(answer, "/breaks/")


@pytest.mark.django_db
def test_static_files_and_what_is_missing_carry_them(client: Client) -> None:
    for address in ("/static/missing.css", "/nowhere/", "/robots.txt"):
        require_safe_headers(client.get(address), address)


def test_pages_about_one_person_are_kept_by_no_cache(world: World) -> None:
    private = [name for name, row in MATRIX.items() if row[0] in (MEMBERS, LEARNERS, OWNER)]
    answers = {name: world.browsers["owner"].get(world.address(name)) for name in private}
    for answer in answers.values():
        finish(answer)
    assert sum(answer.status_code == 200 for answer in answers.values()) >= 15
    for name, answer in answers.items():
        kept = answer.get("Cache-Control", "")
        assert "no-store" in kept, (name, kept)
        assert {"cookie", "hx-request", "hx-target"} <= {
            word.strip().lower() for word in answer["Vary"].split(",")
        }, name
