"""A cohort in a real browser: staff fill it, its owner looks, its member reads what that owner sees."""

import re
from datetime import timedelta

import pytest

from accounts.models import User
from courses.models import Lesson
from learning import progress
from learning.models import Cohort
from mailing.clock import now
from tests.accounts.people import make_member
from tests.browser.conftest import Arrive
from tests.factories import make_course

pytestmark = pytest.mark.django_db(transaction=True)


def test_staff_fill_a_cohort_its_owner_looks_and_its_member_knows(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    course = make_course("toolkit")
    ada, owner = (
        make_member("ada@example.org", name="Ada Lopes"),
        make_member("olga@example.org", name="Olga Ode"),
    )
    lesson = Lesson.objects.select_related("live_version", "course__live_version").get(key="lesson-1")
    progress.complete_lesson(user=ada, lesson=lesson, now=now())
    day = now().date() + timedelta(days=20)
    cohort = Cohort.objects.create(course=course, name="Nurses", target_date=day, created_at=now())
    cohort.owners.add(owner)

    staff = arrive(User.objects.create_superuser("staff@example.org", name="Sam"))
    staff.go(f"/admin/learning/cohort/{cohort.pk}/change/")
    staff.look("cohort-change", dark=True)
    staff.page.get_by_role("link", name="Add people").first.click()
    staff.page.get_by_label(re.compile("^Or addresses")).fill("ada@example.org\nbob@example.org")
    staff.press("Look at the list", within=staff.page.locator("body"))
    assert staff.says("1 can be added, 1 cannot. Nothing is kept yet.")
    staff.look("cohort-dry-run", dark=True, phone=True)
    staff.press("Add 1", within=staff.page.locator("body"))
    assert staff.says("1 person belongs to it now.")
    staff.go("/admin/learning/enrollment/")
    assert staff.says("1 of 4")
    staff.look("learners", dark=True, phone=True)

    looker = arrive(owner)
    looker.go("/settings/privacy/")
    looker.follow("Nurses")
    assert looker.says("Ada Lopes")
    assert not looker.says("ada@example.org")
    looker.barriers("cohort")
    looker.look("cohort", dark=True, phone=True)

    member = arrive(ada)
    member.go("/settings/privacy/")
    assert member.says("Olga Ode looks after it")
    member.barriers("privacy-cohort")
    member.look("privacy-cohort", dark=True, phone=True, full=True)
