"""A real Chromium, and a real server on a database that tests fill by the product's own functions."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from accounts.models import User

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="package")
def program(chromium: str) -> Iterator[Browser]:
    """A real Chromium, started once for all that a process tests with it."""
    quietly = ["--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", *quietly]
        )
        yield found
        found.close()


@pytest.fixture
def browser(program: Browser) -> Iterator[Browser]:
    """A real Chromium, in which no other test has left a window open."""
    yield program
    for context in program.contexts:
        context.close()


@pytest.fixture(scope="package")
def beside_a_loop(program: Browser) -> Iterator[None]:
    """Let tests use the database: Playwright's loop runs in their thread, and Django takes them for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def arrive(browser: Browser, beside_a_loop: None, live_server: "LiveServer") -> Iterator[Arrive]:
    """Open a browser of its own, logged in for a `user`. At the end no page of any may have had a fault."""
    arrived: list[Visitor] = []

    def open_browser(user: "User | None" = None, **context: Any) -> Visitor:
        visitor = Visitor(browser, live_server.url, **context)
        if user:
            visitor.log_in(user)
        arrived.append(visitor)
        return visitor

    yield open_browser
    for visitor in arrived:
        visitor.context.close()
    assert [fault for visitor in arrived for fault in visitor.faults] == []


@pytest.fixture
def learner() -> "User":
    """Somebody with an account before a quiz with one question of every type."""
    from tests.browser import quizzes

    return quizzes.make_learner()
