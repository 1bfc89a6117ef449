"""What the process keeps is what it was, is given up in time, and shows nobody another person's page."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.template import Context, Template
from django.test import Client, RequestFactory

from accounts.models import User
from portal.kept_cache import KeptCache


def test_the_cache_gives_back_the_very_object_until_its_time_is_over() -> None:
    cache, thing = KeptCache("test", {"OPTIONS": {"MAX_ENTRIES": 3}}), object()
    cache.set("for good", thing, None)
    cache.set("over", thing, 0)
    assert cache.get("for good") is thing
    assert cache.get("over", "nothing") == "nothing"
    assert cache.delete("for good")
    assert cache.get("for good") is None


def test_a_full_cache_lets_go_what_came_first() -> None:
    cache = KeptCache("full", {"OPTIONS": {"MAX_ENTRIES": 3}})
    for number in range(4):
        cache.set(str(number), number, None)
    assert [cache.get(str(number)) for number in range(4)] == [None, 1, 2, 3]


def bar(rf: RequestFactory, user: object, **facts: object) -> str:
    request = rf.get("/help/")
    context = Context({"request": request, "user": user, "learn_url": "/learn/two-pms/", **facts})
    request.resolver_match = None
    return Template('{% frame "header" %}').render(context)


def test_the_frame_is_another_for_whoever_sees_another(rf: RequestFactory) -> None:
    learner, staff = User(email="a@example.org"), User(email="b@example.org", is_staff=True)
    for _ in range(2):
        assert "Log in" in bar(rf, AnonymousUser())
        assert 'href="/admin/"' not in bar(rf, learner, due=2)
        assert 'href="/admin/"' in bar(rf, staff, due=2)
        assert "Review, 2 due" in bar(rf, learner, due=2)
        assert "Review, 3 due" in bar(rf, learner, due=3)
        assert "/learn/other/" in bar(rf, learner, learn_url="/learn/other/")


@pytest.mark.django_db
def test_a_visitor_gets_the_page_that_the_one_before_got(client: Client, rf: RequestFactory) -> None:
    caches["versions"].clear()
    first = client.get("/help/")
    packed = client.get("/", headers={"accept-encoding": "gzip"})
    again = client.get("/")
    assert first.status_code == packed.status_code == again.status_code == 200
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in again
    assert {"Accept-Encoding", "Cookie"} <= {name.strip() for name in again["Vary"].split(",")}
    assert again.content.decode().count("</html>") == 1
    assert not again.cookies
    assert client.get("/", headers={"if-none-match": again["ETag"]}).status_code == 304
