"""Cohorts: who belongs to one, and what its owners see: lessons done and certificate, nothing else."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from statistics import median_low
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from accounts import address_lists, audit
from accounts.address_lists import Line, Told
from accounts.models import User
from courses import outline
from courses.models import Course
from learning import enrollment
from learning.models import Certificate, Cohort, CohortMember, LessonProgress

PREFIX = "cohort:"
"""What the key of a cohort begins with where a lower room keeps it (accounts.groups)."""
Via = CohortMember.Via


TARGET = """
    SELECT jsonb_build_object('name', cohort.name, 'day', cohort.target_date)
    FROM learning_cohortmember AS member JOIN learning_cohort AS cohort ON cohort.id = member.cohort_id
    WHERE member.user_id = %s AND cohort.course_id = course.id AND cohort.target_date >= %s::date
    ORDER BY cohort.target_date, cohort.id LIMIT 1
"""
"""For a course as `kept.course` reads it: the next day by which a cohort of a learner wants to be through."""


@dataclass(frozen=True, slots=True)
class Target:
    """The day by which a cohort wants to be through a course."""

    name: str
    day: date


def carried(user: User | None, *, today: date) -> dict[str, RawSQL]:
    """Return what a course's page carries along for `target_of`; nothing for a visitor."""
    if user is None:
        return {}
    return {"target": RawSQL(TARGET, [user.pk, str(today)])}  # noqa: S611 - all of it is above


def target_of(course: Course) -> Target | None:
    """Return the day that a course carried along, if there is one to come."""
    found = getattr(course, "target", None)
    if found is None:
        return None
    told = json.loads(found)
    return Target(told["name"], date.fromisoformat(told["day"]))


# --- Members -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a list: the people to add, by their addresses, and the lines left out."""

    good: dict[str, User] = field(default_factory=dict)
    refused: list[Told] = field(default_factory=list)


def check(cohort: Cohort, lines: Sequence[Line]) -> Checked:
    """Say which of these lines can be added to a cohort, and of the others why not. Writes nothing."""
    people = address_lists.accounts_of(lines)
    first = address_lists.first_lines(lines)
    inside = set(
        cohort.members.filter(user__in={user.pk for user in people.values()}).values_list(
            "user_id", flat=True
        )
    )
    checked = Checked()
    for line in lines:
        user = people.get(line.address.lower())
        if why := address_lists.repeated(line, first) or _refusal(user, inside):
            checked.refused.append(Told(line, why))
        elif user:
            checked.good[line.address.lower()] = user
            inside.add(user.pk)  # a second address of the same person
    return checked


def _refusal(user: User | None, inside: Collection[int]) -> str:
    if user is None:
        return _("No account has this address. Invite it, and let the invitation name this cohort.")
    if user.pk in inside:
        return _("It belongs to the cohort already.")
    return "" if user.is_active else _("Its account is closed.")


@transaction.atomic
def add(*, cohort: Cohort, people: Iterable[User], actor: User | None, now: datetime) -> int:
    """Add people to a cohort and enrol them in its course; return how many are new."""
    fresh = _join(cohort, people, via=Via.STAFF, now=now)
    if fresh:
        audit.record(actor=actor, action="cohort.add", obj=cohort, after={"users": fresh}, now=now)
    return len(fresh)


def _join(cohort: Cohort, people: Iterable[User], *, via: Via, now: datetime) -> list[int]:
    """Add those who are not in it, enrol them, and return their ids. The cohort's row makes others wait."""
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    by_id = {user.pk: user for user in people}
    inside = set(cohort.members.filter(user__in=by_id).values_list("user_id", flat=True))
    fresh = [user for pk, user in by_id.items() if pk not in inside]
    CohortMember.objects.bulk_create(
        (CohortMember(cohort=cohort, user=user, joined_at=now, via=via) for user in fresh), batch_size=1000
    )
    enrollment.enrol_all(users=fresh, course=cohort.course, now=now)
    return [user.pk for user in fresh]


@transaction.atomic
def remove(*, members: QuerySet[CohortMember], actor: User | None, now: datetime) -> int:
    """Take people out of their cohorts; return how many. What they did in the course stays theirs."""
    gone: dict[Cohort, list[int]] = {}
    for row in members.select_related("cohort").select_for_update(of=("self",)):
        gone.setdefault(row.cohort, []).append(row.user_id)
    for cohort, ids in gone.items():
        CohortMember.objects.filter(cohort=cohort, user__in=ids).delete()
        audit.record(actor=actor, action="cohort.remove", obj=cohort, before={"users": ids}, now=now)
    return sum(map(len, gone.values()))


# --- What accounts asks (settings.GROUPS) ------------------------------------------------------------------


def choices() -> list[tuple[str, str]]:
    """Return what an invitation can let people join: the key of each cohort and its name with its course."""
    rows = Cohort.objects.select_related("course").order_by("name", "pk")
    return [(f"{PREFIX}{row.pk}", f"{row.name} ({row.course})") for row in rows]


@transaction.atomic
def join(*, user: User, key: str, now: datetime) -> None:
    """Let who accepted an invitation join the cohort that it named; a cohort that is gone lets nobody in."""
    number = key.removeprefix(PREFIX)
    if cohort := Cohort.objects.filter(pk=int(number)).first() if number.isdecimal() else None:
        _join(cohort, [user], via=Via.INVITATION, now=now)


@transaction.atomic
def follow_claim(*, user: User, values: Collection[str], now: datetime) -> None:
    """Let a person belong to the cohorts whose value the organisation's log-in names, and to no others so.

    Who was added by staff or came by invitation stays, whatever the log-in says.
    """
    named = list(Cohort.objects.exclude(claim="").filter(claim__in=values).select_related("course"))
    for cohort in named:
        if joined := _join(cohort, [user], via=Via.CLAIM, now=now):
            audit.record(
                actor=None, action="cohort.joined_by_log_in", obj=cohort, after={"users": joined}, now=now
            )
    mine = CohortMember.objects.filter(user=user, via=Via.CLAIM)
    remove(members=mine.exclude(cohort__in=named), actor=None, now=now)


@dataclass(frozen=True, slots=True)
class Belonging:
    """A cohort as its member sees it."""

    name: str
    course: str
    target_date: date | None
    owners: list[str]
    since: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """The cohorts of a person: those they belong to, and those they look after, by their ids."""

    belongs: list[Belonging]
    owned: list[tuple[int, str]]

    def __bool__(self) -> bool:
        return bool(self.belongs or self.owned)


def told(user: User) -> Own:
    """Return a person's cohorts, for the page that says who sees what (3 queries)."""
    rows = CohortMember.objects.filter(user=user).select_related("cohort__course").order_by("joined_at", "pk")
    belongs = [
        Belonging(
            row.cohort.name,
            row.cohort.course.title,
            row.cohort.target_date,
            [owner.name or str(owner.email) for owner in row.cohort.owners.all()],
            row.joined_at,
        )
        for row in rows.prefetch_related("cohort__owners")
    ]
    return Own(belongs, list(user.owned_cohorts.order_by("name", "pk").values_list("pk", "name")))


# --- What an owner sees ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """One line of an owner's page. All of what an owner may know of somebody is here."""

    name: str
    done: int
    certificate: bool


@dataclass(frozen=True)
class Standing:
    """A cohort as its owners see it. `lessons` are those of the live course; 0 while it has none."""

    members: list[Member]
    lessons: int
    days_left: int | None

    @property
    def through(self) -> int:
        """How many have done all lessons."""
        return sum(member.done >= self.lessons > 0 for member in self.members)

    @property
    def certificates(self) -> int:
        """How many have the certificate."""
        return sum(member.certificate for member in self.members)

    @property
    def middle(self) -> int:
        """Lessons done by whoever stands in the middle: half the members have at least as many."""
        return median_low([member.done for member in self.members]) if self.members else 0

    @property
    def a_week(self) -> int | None:
        """Lessons a week that the middle needs to be through by the target date, if that says anything."""
        left = self.lessons - self.middle
        if not self.days_left or self.days_left < 0 or left <= 0:
            return None
        return ceil(left / max(1.0, self.days_left / 7))


def standing(cohort: Cohort, *, today: date) -> Standing:
    """Return what the owners of a cohort see of it (3 queries). Closed accounts are left out."""
    live = (
        {lesson.id for lesson in outline.of(cohort.course).lessons} if cohort.course.live_version else set()
    )
    people = cohort.members.filter(user__is_active=True)
    done = dict(
        LessonProgress.objects.filter(user__in=people.values("user"), lesson__in=live, undone_at__isnull=True)
        .values_list("user")
        .annotate(Count("pk"))
        .order_by()
    )
    earned = set(
        Certificate.objects.filter(
            user__in=people.values("user"),
            course=cohort.course,
            revoked_at__isnull=True,
            replaced_at__isnull=True,
        ).values_list("user_id", flat=True)
    )
    rows: Any = people.values_list("user_id", "user__name", "user__email")
    members = [Member(name or email, done.get(pk, 0), pk in earned) for pk, name, email in rows]
    members.sort(key=lambda member: member.name.casefold())
    left = (cohort.target_date - today).days if cohort.target_date else None
    return Standing(members, len(live), left)
