"""A certificate in a real browser: its name asked for, private, shared by link, checked by a stranger."""

import pytest
from pytest_django import Settings

from accounts.models import User
from portal import badge_keys
from tests.browser.conftest import Arrive
from tests.factories import make_course
from tests.learning.finishing import earn, give_certificates

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


def test_from_the_course_to_a_certificate_that_a_stranger_checks(arrive: Arrive, settings: Settings) -> None:
    keys = badge_keys.read([badge_keys.make()])
    settings.BADGE_KEY, settings.BADGE_PUBLIC_KEYS = keys.private, keys.public
    give_certificates(make_course())
    learner = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    earn(learner)
    visitor = arrive(learner, viewport=PHONE)
    visitor.go("/learn/two-pms/")
    visitor.picture("certificate-course")
    visitor.follow("Get the certificate")
    assert visitor.heading() == "You have earned a certificate"
    visitor.barriers("before the name")
    visitor.page.get_by_label("Your name").fill("Leopoldina Ó Súilleabháin-Weißenböck")
    visitor.picture("certificate-name", full=True)
    visitor.press("Issue the certificate")
    assert visitor.says("Only you see this page")
    visitor.barriers("a private certificate")
    visitor.thumb_reaches("a private certificate")
    visitor.press("Share it by link")
    link = visitor.page.get_by_label("The link").input_value()
    visitor.page.locator("summary").filter(has_text="For programs").click()
    visitor.page.locator("summary").filter(has_text="Another name").click()
    visitor.barriers("a shared certificate")
    visitor.picture("certificate-own-phone", full=True)
    stranger = arrive(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    stranger.go(link.removeprefix("http://testserver"))
    assert stranger.heading() == "Leopoldina Ó Súilleabháin-Weißenböck"
    assert stranger.says("It does not prove who sat at the screen")
    stranger.picture("certificate-public-desktop", full=True)
    stranger.page.emulate_media(color_scheme="dark")
    stranger.picture("certificate-public-desktop-dark", full=True)
    stranger.page.set_viewport_size({"width": 320, "height": 700})
    stranger.fits("a certificate at 320 px")
    stranger.picture("certificate-public-small-dark", full=True)
    assert visitor.faults == stranger.faults == []
