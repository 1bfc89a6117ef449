"""Pages from right to left in the made-up language, with an English course: pictures, barriers, what fits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import User
from mailing import clock
from tests.browser.conftest import Arrive
from tests.factories import make_course
from tests.portal import states
from tests.portal.test_pseudo_language import forgetful

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAGES = {
    "landing": "/",
    "course": "/learn/two-pms/",
    "lesson": "/learn/two-pms/lesson-2/",
    "quiz": "/learn/two-pms/quiz/module-2/",
    "progress": "/dashboard/",
}


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[None]:
    """Let the portal speak the made-up language."""
    with forgetful(tmp_path / "locale"):
        yield


def test_mirrored_pages_have_no_barriers_and_fit(speaking: None, arrive: Arrive) -> None:
    make_course()
    user = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    states.busy(user, clock.now())
    visitor = arrive(user)
    for name, address in PAGES.items():
        page = visitor.go(address)
        assert page.locator("html").get_attribute("dir") == "rtl"
        visitor.look(f"rtl-{name}", phone=True, dark=True)
    visitor.go(PAGES["lesson"])
    assert visitor.page.locator("h1 bdi").get_attribute("dir") == "ltr"
