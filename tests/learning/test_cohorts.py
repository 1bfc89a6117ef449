"""Cohorts: who belongs to one, and what its owners see of whom."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from accounts import address_lists, invitations
from accounts.models import AuditLog, Invitation, User
from courses.models import Course, Lesson
from learning import checks, cohorts, progress
from learning.models import Certificate, Cohort, CohortMember, DailyActivity, Enrollment, LearningEvent
from tests.accounts.people import make_member
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def course() -> Course:
    """A course of four lessons."""
    return make_course("toolkit")


def make_cohort(course: Course, name: str = "Autumn", **fields: Any) -> Cohort:
    """Make a cohort of a course."""
    return Cohort.objects.create(course=course, name=name, created_at=NOW, **fields)


def add(cohort: Cohort, *people: User) -> int:
    """Add people as staff do."""
    return cohorts.add(cohort=cohort, people=people, actor=None, now=NOW)


def lines(*addresses: str) -> list[address_lists.Line]:
    """Lines of a list."""
    return [address_lists.Line(number, address) for number, address in enumerate(addresses, start=1)]


# --- members ----------------------------------------------------------------------------------------------


def test_who_is_added_is_enrolled_and_no_day_of_theirs_counts(course: Course) -> None:
    ada = make_member("ada@example.org")
    assert add(make_cohort(course), ada) == 1
    assert Enrollment.objects.get(user=ada).course == course
    assert LearningEvent.objects.get(user=ada).kind == LearningEvent.Kind.ENROLLED
    assert not DailyActivity.objects.exists()
    assert not list(checks.differences())


def test_adding_twice_changes_nothing_and_who_has_begun_keeps_their_place(course: Course) -> None:
    ada, bob = make_member("ada@example.org"), make_member("bob@example.org")
    lesson = Lesson.objects.select_related("live_version", "course__live_version").get(key="lesson-1")
    progress.complete_lesson(user=ada, lesson=lesson, now=NOW - timedelta(days=3))
    cohort = make_cohort(course)
    assert (add(cohort, ada, bob), add(cohort, bob, ada)) == (2, 0)
    assert Enrollment.objects.get(user=ada).lessons_done == 1
    assert LearningEvent.objects.filter(kind=LearningEvent.Kind.ENROLLED).count() == 2
    assert [row.after for row in AuditLog.objects.filter(action="cohort.add")] == [
        {"users": [ada.pk, bob.pk]}
    ]


def test_each_line_of_a_list_that_is_left_out_says_why(course: Course) -> None:
    cohort = make_cohort(course)
    ada, _ = make_member("ada@example.org"), make_member("bob@example.org")
    User.objects.filter(pk=make_member("gone@example.org").pk).update(is_active=False)
    add(cohort, ada)
    checked = cohorts.check(
        cohort,
        lines("Ada@example.org", "BOB@example.org", "bob@example.org", "gone@example.org", "who@x.org"),
    )
    assert list(checked.good) == ["bob@example.org"]
    assert [(each.line.number, each.why.partition(".")[0]) for each in checked.refused] == [
        (1, "It belongs to the cohort already"),
        (3, "It stands in line 2 already"),
        (4, "Its account is closed"),
        (5, "No account has this address"),
    ]


def test_who_is_taken_out_keeps_what_they_did(course: Course) -> None:
    ada = make_member("ada@example.org")
    cohort = make_cohort(course)
    add(cohort, ada)
    assert cohorts.remove(members=cohort.members.all(), actor=None, now=NOW) == 1
    assert Enrollment.objects.filter(user=ada).exists()
    assert AuditLog.objects.get(action="cohort.remove").before == {"users": [ada.pk]}


# --- invitations ------------------------------------------------------------------------------------------


def accept_one(group: str) -> User:
    """Invite an address into a group, and accept."""
    invitations.invite(
        addresses=["ada@example.org"],
        label="A",
        per_hour=9,
        starts_at=NOW,
        time_zone="UTC",
        group=group,
        actor=None,
        now=NOW,
    )
    pk = Invitation.objects.get().pk
    return invitations.accept(invitation_id=pk, guest=None, name="Ada", time_zone="UTC", now=NOW)


def test_who_accepts_an_invitation_joins_the_cohort_that_it_names(course: Course) -> None:
    cohort = make_cohort(course)
    assert cohorts.choices() == [(f"cohort:{cohort.pk}", f"Autumn ({course})")]
    user = accept_one(f"cohort:{cohort.pk}")
    member = CohortMember.objects.get()
    assert (member.user, member.cohort, member.via) == (user, cohort, CohortMember.Via.INVITATION)
    assert Enrollment.objects.filter(user=user, course=course).exists()


@pytest.mark.parametrize("gone", ["cohort:999999", "cohort:x", "nonsense"])
def test_an_invitation_to_a_cohort_that_is_gone_is_accepted_all_the_same(gone: str) -> None:
    assert accept_one(gone).pk
    assert not CohortMember.objects.exists()


# --- the organisation's log-in ----------------------------------------------------------------------------


def test_cohorts_follow_what_the_log_in_says(course: Course) -> None:
    nurses, others = make_cohort(course, "N", claim="nurses"), make_cohort(course, "O", claim="others")
    ada = make_member("ada@example.org")
    for values, belongs in ((["nurses"], [nurses]), (["others", "x"], [others]), ([], [])):
        cohorts.follow_claim(user=ada, values=values, now=NOW)
        assert [row.cohort for row in CohortMember.objects.all()] == belongs


def test_what_staff_added_stays_whatever_the_log_in_says(course: Course) -> None:
    cohort = make_cohort(course, claim="nurses")
    ada = make_member("ada@example.org")
    add(cohort, ada)
    for values in (["nurses"], [], [""]):
        cohorts.follow_claim(user=ada, values=values, now=NOW)
        assert CohortMember.objects.get().via == CohortMember.Via.STAFF


# --- what an owner sees -----------------------------------------------------------------------------------


@pytest.fixture
def cohort(course: Course) -> Cohort:
    """Three people, to be done in three weeks: one has done two lessons, one has the certificate."""
    cohort = make_cohort(course, target_date=TODAY + timedelta(days=21))
    people = [make_member(f"{name}@example.org", name=name.title()) for name in ("ada", "bob")]
    people.append(make_member("cem@example.org"))
    add(cohort, *people)
    for key in ("lesson-1", "lesson-2"):
        lesson = Lesson.objects.select_related("live_version", "course__live_version").get(key=key)
        progress.complete_lesson(user=people[1], lesson=lesson, now=NOW)
    assert course.live_version
    Certificate.objects.create(
        user=people[0], course=course, outline=course.live_version, awarded_at=NOW, lessons=4, quizzes=2
    )
    return cohort


def test_an_owner_sees_name_lessons_done_and_certificate(cohort: Cohort) -> None:
    standing = cohorts.standing(cohort, today=TODAY)
    assert [(each.name, each.done, each.certificate) for each in standing.members] == [
        ("Ada", 0, True),
        ("Bob", 2, False),
        ("cem@example.org", 0, False),
    ]
    assert (standing.lessons, standing.through, standing.certificates, standing.middle) == (4, 0, 1, 0)


@pytest.mark.parametrize(("days", "a_week"), [(28, 1), (21, 2), (7, 4), (3, 4), (0, None), (-1, None)])
def test_the_pace_says_what_the_middle_has_to_do(cohort: Cohort, days: int, a_week: int | None) -> None:
    cohort.target_date = TODAY + timedelta(days=days)
    assert cohorts.standing(cohort, today=TODAY).a_week == a_week


def test_closed_accounts_undone_lessons_and_withdrawn_certificates_do_not_count(cohort: Cohort) -> None:
    User.objects.filter(email="cem@example.org").update(is_active=False)
    bob = User.objects.get(email="bob@example.org")
    lesson = Lesson.objects.select_related("live_version", "course").get(key="lesson-2")
    progress.undo_lesson(user=bob, lesson=lesson, now=NOW)
    Certificate.objects.update(revoked_at=NOW, revoked_reason="By mistake.")
    assert [(each.done, each.certificate) for each in cohorts.standing(cohort, today=TODAY).members] == [
        (0, False),
        (1, False),
    ]


def test_the_pages_are_the_owners_alone_who_need_not_be_staff(client: Client, cohort: Cohort) -> None:
    pages = (f"/cohorts/{cohort.pk}/", f"/cohorts/{cohort.pk}/members.csv")
    client.force_login(User.objects.get(email="ada@example.org"))  # a member
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert "You look after no cohort" in client.get("/cohorts/").content.decode()
    owner = make_member("owner@example.org")
    cohort.owners.add(owner)
    client.force_login(owner)
    assert f'href="{pages[0]}"' in client.get("/cohorts/").content.decode()
    text = client.get(pages[0]).content.decode()
    assert "2 of 4" in text
    assert "bob@example.org" not in text
    rows = list(csv.reader(io.StringIO(client.get(pages[1]).content.decode())))
    assert rows[0] == ["name", "lessons done", "lessons", "certificate"]
    assert rows[1:3] == [["Ada", "0", "4", "yes"], ["Bob", "2", "4", "no"]]


def test_an_owners_page_costs_the_same_for_many_members(
    client: Client, cohort: Cohort, django_assert_num_queries: Any
) -> None:
    owner = make_member("owner@example.org")
    cohort.owners.add(owner)
    add(cohort, *(make_member(f"p{number}@example.org") for number in range(120)))
    client.force_login(owner)
    client.get("/cohorts/")  # fills what is kept about the organisation
    with django_assert_num_queries(7):
        page = client.get(f"/cohorts/{cohort.pk}/?page=2").content.decode()
    assert page.count("0 of 4</td>") == 23


def test_a_name_is_never_a_formula_of_a_spreadsheet(client: Client, cohort: Cohort) -> None:
    User.objects.filter(email="ada@example.org").update(name='=HYPERLINK("x")')
    owner = make_member("owner@example.org")
    cohort.owners.add(owner)
    client.force_login(owner)
    assert '"\'=HYPERLINK(""x"")"' in client.get(f"/cohorts/{cohort.pk}/members.csv").content.decode()


def test_a_member_reads_who_looks_after_the_cohort_and_what_they_see(client: Client, cohort: Cohort) -> None:
    client.force_login(User.objects.get(email="ada@example.org"))
    assert "Nobody looks after it" in client.get("/settings/privacy/").content.decode()
    cohort.owners.add(make_member("owner@example.org", name="Olga Ode"))
    text = client.get("/settings/privacy/").content.decode()
    assert "Olga Ode looks after it, and sees your name" in text
    assert f"{cohort.target_date:%-d %B %Y}" in text
    assert date.fromisoformat("2026-12-12") == cohort.target_date


def test_a_member_reads_on_the_courses_page_by_when_the_cohort_wants_to_be_through(
    course: Course, client: Client
) -> None:
    person = make_member("ada@example.org")
    today = localdate()
    for name, days in ("Spring", -1), ("Summer", 0), ("Autumn", 30):
        add(make_cohort(course, name, target_date=today + timedelta(days=days)), person)
    make_cohort(course, "Others", target_date=today)
    add(make_cohort(make_course("other"), "Elsewhere", target_date=today), person)
    assert "wants to be through" not in client.get("/learn/toolkit/").content.decode(), "a visitor"
    client.force_login(person)
    page = client.get("/learn/toolkit/").content.decode()
    assert page.count("wants to be through") == 1
    assert f"Summer wants to be through by {today:%-d %B %Y}." in page
