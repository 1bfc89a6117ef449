"""A picture in a lesson, and a word about it: sent in by an editor, seen and reported by a stranger."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from accounts.models import User
from courses import media, publishing
from courses.models import MediaAsset
from learning.models import ContentReport
from tests.browser.conftest import Arrive
from tests.browser.visitor import PHONE
from tests.factories import NOW, make_course
from tests.images import picture

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "/learn/two-pms/lesson-1/"


@pytest.fixture
def editor(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> User:
    """Somebody with every right and a second factor; pictures lie in a folder of this test."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    settings.MEDIA_ROOT = tmp_path / "media"
    media.forget()
    return User.objects.create_superuser("owner@example.org")


def test_a_picture_is_sent_in_shown_reported_and_mended(editor: User, arrive: Arrive, tmp_path: Path) -> None:
    lesson = make_course().lessons.get(key="lesson-1")
    file = tmp_path / "board.png"
    file.write_bytes(picture("PNG", (1200, 700)))
    desk = arrive(editor)
    page = desk.go("/admin/courses/mediaasset/add/")
    page.locator("input[name=upload]").set_input_files(file)
    page.locator("input[name=name]").fill("Team at a board")
    page.locator("textarea[name=alt]").fill("A board with three columns.")
    page.locator("button[name=_continue]").click()
    expect(page.get_by_text("![](media:team-at-a-board)")).to_be_visible()
    desk.look("picture", dark=True)
    lesson.body += '\n\n![](media:team-at-a-board "Monday morning")\n'
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW)

    stranger = arrive(viewport=PHONE)
    page = stranger.go(ONE)
    shown = page.get_by_role("img", name="A board with three columns.")
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0
    stranger.barriers("a lesson with a picture")
    stranger.picture("lesson-picture-phone")
    page.get_by_role("link", name="Something wrong in this lesson?").click()
    form = page.locator("section#report")
    expect(form.get_by_role("heading", name="Something wrong here?")).to_be_focused()
    form.get_by_label("What should we look at?").fill("There are four columns.")
    stranger.barriers("the form about a lesson")
    stranger.picture("report-phone")
    stranger.press("Send", within=form)
    expect(page.locator("#report")).to_contain_text("Thank you. An editor looks at it.")
    assert stranger.faults == []

    desk.go("/admin/")
    desk.look("admin-start-reports", dark=True)
    desk.go("/admin/learning/contentreport/")
    desk.look("reports", dark=True)
    desk.page.locator("#result_list").get_by_role("link", name="Lesson “Lesson 1”").click()
    expect(desk.page.get_by_text("There are four columns.")).to_be_visible()
    desk.look("report", dark=True, phone=True)
    desk.page.locator("input[name=state][value=answered]").check()
    desk.page.locator("textarea[name=reply]").fill("The fourth is behind the column.")
    desk.page.locator("button[name=_save]").click()
    desk.page.wait_for_url("**/admin/learning/contentreport/")
    assert ContentReport.objects.get().state == "answered"
    assert MediaAsset.objects.count() == 1
    assert desk.faults == []
