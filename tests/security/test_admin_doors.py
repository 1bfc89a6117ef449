"""The admin's doors: every address under it, by those who have no business there."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.security.world import World

WITHOUT_LOG_IN = {"/admin/login/", "/admin/jsi18n/"}
"""The log-in leads on to ours; the other holds the words of Django's own scripts."""


def addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Yield one address for each pattern under /admin/."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + _filled(pattern)
        if isinstance(pattern, URLResolver):
            if pattern.namespace == "admin" or before != "/":
                yield from addresses(pattern, path)
        elif before != "/":
            yield path


def _filled(pattern: URLPattern | URLResolver) -> str:
    words = str(pattern.pattern)
    for name in getattr(pattern.pattern, "converters", {}):
        for form in (f"<path:{name}>", f"<int:{name}>", f"<str:{name}>", f"<slug:{name}>", f"<{name}>"):
            words = words.replace(form, "1")
    return words.lstrip("^").removesuffix("$")


@pytest.mark.parametrize("actor", ["visitor", "guest", "owner", "other"])
def test_who_is_no_staff_gets_nothing_of_the_admin(actor: str, world: World) -> None:
    tried = {address.replace("//", "/") for address in addresses() if "(" not in address}
    assert len(tried) > 150
    for address in tried - WITHOUT_LOG_IN:
        for method in ("get", "post"):
            answer = getattr(world.browsers[actor], method)(address)
            assert answer.status_code in (302, 403, 404), (method, address)


def test_staff_without_any_right_see_the_start_page_and_nothing_else(world: World) -> None:
    opened = {
        address
        for address in addresses()
        if "(" not in address and world.browsers["staff"].get(address).status_code == 200
    }
    assert opened <= {"/admin/", "/admin/login/", "/admin/logout/", "/admin/jsi18n/", "/admin/search/"}
