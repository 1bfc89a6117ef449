"""Learners, cohorts and extra time in the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditLog, User
from courses.models import Course, Lesson
from learning import cohorts, progress, quizzes
from learning.admin.learners import BoundedPaginator, EnrollmentAdmin
from learning.models import Accommodation, Cohort, CohortMember, Enrollment
from mailing.clock import now
from tests.accounts.people import make_member
from tests.factories import make_course
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db
LEARNERS = "/admin/learning/enrollment/"
RIGHTS = ("enrollment", "cohort", "cohortmember", "accommodation")


@pytest.fixture
def staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody on the staff who may see learners, keep cohorts and give extra time."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user(email="staff@example.org", is_staff=True, name="Sam")
    names = [f"{verb}_{right}" for verb in ("add", "change", "delete", "view") for right in RIGHTS]
    user.user_permissions.set(Permission.objects.filter(codename__in=[*names, "view_user"]))
    client.force_login(user)
    return client


@pytest.fixture
def course() -> Course:
    """A course of four lessons."""
    return make_course("toolkit")


def complete(user: User, *keys: str, at: Any = None) -> None:
    """Complete lessons."""
    for key in keys:
        lesson = Lesson.objects.select_related("live_version", "course__live_version").get(key=key)
        progress.complete_lesson(user=user, lesson=lesson, now=at or now())


@pytest.fixture
def people(course: Course) -> dict[str, User]:
    """Ada learns and belongs to a cohort, Bob was away for long, Cem was added and has not begun."""
    found = {name: make_member(f"{name}@example.org", name=name.title()) for name in ("ada", "bob", "cem")}
    cohort = Cohort.objects.create(course=course, name="Autumn", created_at=now())
    cohorts.add(
        cohort=cohort, people=[found["ada"], found["cem"]], actor=None, now=now() - timedelta(days=90)
    )
    complete(found["bob"], "lesson-1", at=now() - timedelta(days=80))
    complete(found["bob"], "lesson-2", at=now() - timedelta(days=60))
    complete(found["ada"], "lesson-1", "lesson-2", "lesson-3")
    take(found["ada"], quizzes.get_live("toolkit", "module-1"), right=4, now=now())
    return found


def names_on(page: str) -> set[str]:
    """Those of the three that a list shows."""
    return {name for name in ("ada", "bob", "cem") if f"{name}@example.org" in page}


# --- learners ---------------------------------------------------------------------------------------------


def test_each_learner_stands_there_with_what_is_done(staff: Client, people: dict[str, User]) -> None:
    page = staff.get(LEARNERS).content.decode()
    assert names_on(page) == {"ada", "bob", "cem"}
    for words in ("3 of 4", "2 of 4", "0 of 4", "not begun", "Autumn"):
        assert words in page


FOUND = {
    "state=waiting": {"cem"},
    "state=active": {"ada"},
    "state=away": {"bob"},
    "state=certificate": set(),
    "q=bob@": {"bob"},
    "q=Ada": {"ada"},
    "cohort=0": set(),
}


def test_filters_and_the_search_find_people(staff: Client, people: dict[str, User]) -> None:
    got = {query: names_on(staff.get(f"{LEARNERS}?{query}").content.decode()) for query in FOUND}
    assert got == FOUND


def test_a_cohort_is_a_filter(staff: Client, people: dict[str, User]) -> None:
    cohort = Cohort.objects.get()
    assert names_on(staff.get(f"{LEARNERS}?cohort={cohort.pk}").content.decode()) == {"ada", "cem"}


def test_the_list_asks_as_little_of_many_learners_as_of_few(
    staff: Client, people: dict[str, User], course: Course, django_assert_max_num_queries: Any
) -> None:
    crowd = [User(email=f"p{number}@example.org") for number in range(60)]
    cohorts.add(cohort=Cohort.objects.get(), people=User.objects.bulk_create(crowd), actor=None, now=now())
    staff.get(LEARNERS)
    with django_assert_max_num_queries(15):
        page = staff.get(LEARNERS).content.decode()
    assert page.count(" of 4") == 2 * 25  # lessons and objectives


def test_guests_are_nobodys_business(staff: Client, course: Course) -> None:
    complete(User.objects.create(), "lesson-1")
    assert Enrollment.objects.exists()
    assert "1 of 4" not in staff.get(LEARNERS).content.decode()


def test_counting_stops_where_paging_does(
    staff: Client, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learning.admin.learners.MOST", 2)
    assert BoundedPaginator(Enrollment.objects.order_by("pk"), 50).count == 2


def test_who_has_done_one_thing_has_begun(staff: Client, course: Course) -> None:
    complete(make_member("ada@example.org"), "lesson-1")
    row = Enrollment.objects.get()
    assert EnrollmentAdmin(Enrollment, admin.site).last_seen(row) == f"{row.last_active_at:%-d %B %Y}"
    assert not names_on(staff.get(f"{LEARNERS}?state=waiting").content.decode())


# --- cohorts ----------------------------------------------------------------------------------------------


def test_a_cohort_is_made_and_filled_by_a_list_that_is_looked_at_first(
    staff: Client, people: dict[str, User], course: Course
) -> None:
    form = {"name": "Spring", "course": course.pk, "target_date": "2027-03-01", "owned_by": "Bob@example.org"}
    refused = staff.post("/admin/learning/cohort/add/", {**form, "owned_by": "who@example.org"})
    assert "No account has this address: who@example.org." in refused.content.decode()
    staff.post("/admin/learning/cohort/add/", form)
    cohort = Cohort.objects.get(name="Spring")
    assert list(cohort.owners.all()) == [people["bob"]]
    address = f"/admin/learning/cohort/{cohort.pk}/add-people/"
    file = SimpleUploadedFile("people.csv", b"name;email\nAda;ada@example.org\nWho;who@example.org\n")
    page = staff.post(address, {"file": file, "look": "yes"}).content.decode()
    assert "1 can be added, 1 cannot. Nothing is kept yet." in page
    assert "No account has this address." in page
    assert not cohort.members.exists()
    for _ in range(2):
        staff.post(address, {"addresses": "ada@example.org", "do": "yes"})
        assert cohort.members.get().user == people["ada"]
    row = AuditLog.objects.get(action="cohort.add", object_id=cohort.pk)
    assert row.actor is not None
    assert "ada@example.org" not in str(row.after)


def test_the_course_of_a_cohort_stays(staff: Client, people: dict[str, User]) -> None:
    cohort, other = Cohort.objects.get(), make_course("other")
    staff.post(f"/admin/learning/cohort/{cohort.pk}/change/", {"name": "Late", "course": other.pk})
    cohort.refresh_from_db()
    assert (cohort.name, cohort.course.key) == ("Late", "toolkit")


def test_people_are_taken_out_of_a_cohort_and_it_is_noted(staff: Client, people: dict[str, User]) -> None:
    cohort = Cohort.objects.get()
    members = staff.get(f"/admin/learning/cohort/{cohort.pk}/members/", follow=True).content.decode()
    assert names_on(members) == {"ada", "cem"}
    row = CohortMember.objects.get(user=people["ada"])
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    staff.post("/admin/learning/cohortmember/", chosen)
    assert [each.user for each in CohortMember.objects.all()] == [people["cem"]]
    assert AuditLog.objects.get(action="cohort.remove").before == {"users": [people["ada"].pk]}


def test_one_person_is_taken_out_on_a_page_of_their_own(staff: Client, people: dict[str, User]) -> None:
    row = CohortMember.objects.get(user=people["cem"])
    staff.post(f"/admin/learning/cohortmember/{row.pk}/delete/", {"post": "yes"})
    assert [each.user for each in CohortMember.objects.all()] == [people["ada"]]
    assert AuditLog.objects.get(action="cohort.remove").before == {"users": [people["cem"].pk]}


def test_nobody_is_added_to_a_cohort_that_is_not_there(staff: Client) -> None:
    form = {"addresses": "bob@example.org", "do": "yes"}
    assert staff.post("/admin/learning/cohort/404/add-people/", form).status_code == 404


def test_who_may_only_look_adds_nobody(staff: Client, people: dict[str, User]) -> None:
    user = User.objects.get(email="staff@example.org")
    user.user_permissions.set(Permission.objects.filter(codename="view_cohort"))
    address = f"/admin/learning/cohort/{Cohort.objects.get().pk}/add-people/"
    assert staff.post(address, {"addresses": "bob@example.org", "do": "yes"}).status_code == 403
    assert staff.get(LEARNERS).status_code == 403


# --- extra time -------------------------------------------------------------------------------------------


def test_extra_time_is_given_with_a_reason_and_by_whom(staff: Client, people: dict[str, User]) -> None:
    form = {"address": "ada@example.org", "extra_time_percent": "50", "reason": "Agreed.", "until": ""}
    staff.post("/admin/learning/accommodation/add/", {**form, "reason": ""})
    assert not Accommodation.objects.exists()
    staff.post("/admin/learning/accommodation/add/", form)
    given = Accommodation.objects.get()
    assert (given.user, given.reason, given.given_by and given.given_by.name) == (
        people["ada"],
        "Agreed.",
        "Sam",
    )
    assert "Sam" in staff.get("/admin/learning/accommodation/").content.decode()


def test_extra_time_that_makes_no_sense_is_refused_where_it_was_typed(
    staff: Client, people: dict[str, User]
) -> None:
    good = {"address": "ada@example.org", "extra_time_percent": "50", "reason": "Agreed."}
    for wrong in ("0", "401", "", "x"):
        form = {**good, "extra_time_percent": wrong}
        assert staff.post("/admin/learning/accommodation/add/", form).status_code == 200
    for wrong in ("who@example.org", "", "ada@example.org\nbob@example.org"):
        assert staff.post("/admin/learning/accommodation/add/", {**good, "address": wrong}).status_code == 200
    assert not Accommodation.objects.exists()


def test_extra_time_is_changed_where_it_stands_and_given_once(staff: Client, people: dict[str, User]) -> None:
    form = {"address": "ada@example.org", "extra_time_percent": "50", "reason": "Agreed.", "until": ""}
    staff.post("/admin/learning/accommodation/add/", form)
    again = staff.post("/admin/learning/accommodation/add/", form).content.decode()
    assert "They have extra time already: change it in the list." in again
    address = f"/admin/learning/accommodation/{Accommodation.objects.get().pk}/change/"
    assert "Ada (ada@example.org)" in staff.get(address).content.decode()
    staff.post(address, {"extra_time_percent": "25", "reason": "Less will do.", "address": "bob@example.org"})
    given = Accommodation.objects.get()
    assert (given.user, given.extra_time_percent, given.reason) == (people["ada"], 25, "Less will do.")
