"""One's own data in a real browser: the page, a large download, the end of an account and the way back."""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.models import User
    from tests.browser.conftest import Arrive
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def type_the_code(visitor: "Visitor") -> None:
    """Have a code sent, take it from the mail, type it."""
    from tests.accounts.people import newest_code, wait_out_the_limits

    wait_out_the_limits()
    visitor.press("Send me a code")
    visitor.page.get_by_label("Code").fill(newest_code())
    visitor.press("Go on")


def look_inside(visitor: "Visitor", file: Path) -> None:
    """Open the readable page of a download as from a disk."""
    with zipfile.ZipFile(file) as bundle:
        page = file.parent / "index.html"
        page.write_bytes(bundle.read("index.html"))
    visitor.page.goto(page.as_uri())
    visitor.look("own-data", phone=True, dark=True)


@pytest.fixture
def studious(learner: "User") -> "User":
    """The learner, with a name, an address that is theirs, and a day of learning."""
    from allauth.account.models import EmailAddress

    from courses.models import Lesson
    from learning import notes, progress
    from mailing.clock import now

    learner.name = "Lea <b>Martin</b>"
    learner.save()
    EmailAddress.objects.create(user=learner, email=learner.email, verified=True, primary=True)
    lesson = Lesson.objects.select_related("live_version", "course").get(key="lesson-1")
    progress.complete_lesson(user=learner, lesson=lesson, now=now())
    notes.write(user=learner, lesson=lesson, text="Ask who decides.\nThen ask again.", revision=0, now=now())
    return learner


def test_a_large_download_shows_how_far_it_is_and_is_fetched(
    arrive: "Arrive", studious: "User", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from accounts.models import DataExport
    from accounts.privacy import exports
    from mailing.clock import now

    monkeypatch.setattr(exports, "AT_ONCE", 0)
    visitor = arrive(studious)
    visitor.go("/settings/privacy/")
    visitor.look("privacy", phone=True, dark=True, full=True)
    visitor.press("Take my data along")
    type_the_code(visitor)
    visitor.press("Take my data along")
    DataExport.objects.update(written=4, state="making", claimed_at=now())
    visitor.page.get_by_text("Your file is being made").wait_for()
    visitor.page.locator("#data-heading").scroll_into_view_if_needed()
    visitor.picture("privacy-making-desktop-light")
    DataExport.objects.update(state="asked")
    assert exports.make_next(now=now())
    visitor.page.get_by_role("link", name="Fetch my data").wait_for()
    visitor.picture("privacy-ready-desktop-light")
    with visitor.page.expect_download() as arriving:
        visitor.page.get_by_role("link", name="Fetch my data").click()
    file = tmp_path / "data.zip"
    arriving.value.save_as(file)
    assert zipfile.is_zipfile(io.BytesIO(file.read_bytes()))
    look_inside(visitor, file)
    visitor.faults = [fault for fault in visitor.faults if "file://" not in fault]
    assert visitor.page.locator("td", has_text="Lea <b>Martin</b>").count() == 1


@pytest.mark.slow
def test_an_account_is_put_to_sleep_and_woken(arrive: "Arrive", studious: "User") -> None:
    from tests.accounts.people import mails

    visitor = arrive(studious)
    visitor.go("/settings/privacy/erase/")
    visitor.look("erase", phone=True, dark=True)
    visitor.press("Go on with a code by mail")
    visitor.look("erase-code", phone=True)
    type_the_code(visitor)
    visitor.press("Erase my account")
    assert visitor.says("Your account sleeps")
    visitor.look("erase-asleep", phone=True)
    visitor.go(mails()[-1]["context"]["undo_url"].replace("http://testserver", ""))
    visitor.look("undo", phone=True, dark=True)
    visitor.press("Keep my account")
    assert visitor.heading() == "Log in"
    assert visitor.says("Your account is back")
    studious.refresh_from_db()
    assert studious.is_active
