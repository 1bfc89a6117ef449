"""The mail of those who edit: what waits for them, at most once a day, never empty, if they asked for it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Count, Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import organisation
from accounts.models import User
from courses import drafts
from courses.models import Fact, Lesson, Quiz, Versioned
from learning.models import ReminderKind
from learning.reminders.local_time import resolve
from mailing import outbox
from mailing.kinds import Example, Message
from mailing.models import OutboxMail

KIND = "editors"
NINE, UNTIL = time(9), time(21)
"""Nobody chose the hour: it leaves in the morning, and not in the night."""
AT_LEAST = timedelta(days=7)
"""After so many days what still waits is told again; before it only if something is new."""
LOOKED_BACK = timedelta(days=7)
LISTED = 10
FIGURES = gettext_noop("Figures to check again")
CONTENT = gettext_noop("Content that could not be published as it stands")
MAILS = gettext_noop("Mails that did not arrive")
"""The sorts, in English, as they are remembered of a mail that was sent."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: words, and where in the admin it is seen to."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """The things of one sort. `newest`: when the latest of them came up; None where nobody can tell."""

    name: str
    """In English, as it is remembered of a mail that was sent."""

    count: int
    items: list[Item]
    newest: datetime | None

    @property
    def title(self) -> str:
        """The name as the mail says it."""
        return _(self.name)


# --- Who ---------------------------------------------------------------------------------------------------


def may_have(user: User) -> bool:
    """Whether there is anything that this person, by their rights, would be told of."""
    return user.is_staff and user.is_active and any(user.has_perm(right) for right, _ in SECTIONS)


def wants(user: User) -> bool:
    """Whether this person asked for the mail."""
    return ReminderKind.objects.filter(user=user, kind=KIND, enabled=True).exists()


def switch(*, user: User, on: bool) -> None:
    """Begin or stop the mail for this person. Twice is the same as once."""
    ReminderKind.objects.update_or_create(user=user, kind=KIND, defaults={"enabled": on})


def plan(*, now: datetime) -> int:
    """Put today's mail into the outbox for everyone who asked and whose morning it is; return how many.

    It may run twice or in parallel: there is one slot a person and local date.
    """
    asked = ReminderKind.objects.filter(user=OuterRef("pk"), kind=KIND, enabled=True)
    planned = 0
    for user in User.objects.filter(Exists(asked), is_staff=True, is_active=True):
        day = now.astimezone(user.zone).date()
        begins, ends = resolve(day, NINE, user.zone), resolve(day, UNTIL, user.zone)
        if begins is None or ends is None or not begins <= now < ends:
            continue
        slot = f"{KIND}:{day.isoformat()}"
        if not OutboxMail.objects.filter(user=user, slot=slot).exists():
            outbox.put(
                user=user,
                kind=KIND,
                slot=slot,
                priority=OutboxMail.Priority.REMINDER,
                due_at=begins,
                not_after=ends,
                now=now,
            )
            planned += 1
    return planned


# --- What --------------------------------------------------------------------------------------------------


def stale_facts(now: datetime) -> Section:
    """Live figures whose day of review is here, the most overdue first."""
    rows = Fact.objects.filter(live_version__isnull=False, review_by__lte=now.date()).order_by("review_by")
    found = list(rows)
    words = _("%(figure)s (by %(day)s)")
    items = [
        Item(words % {"figure": row, "day": date_format(row.review_by, "j F Y")}, _edit(row))
        for row in found[:LISTED]
    ]
    newest = _midnight(found[-1].review_by, now) if found else None
    return Section(FIGURES, len(found), items, newest)


def content_problems(now: datetime) -> Section:
    """Lessons and quizzes that are live and, as they stand now, could not be published any more.

    Such as a lesson whose figure, term or question was archived since.
    """
    live: list[Versioned] = [
        *Lesson.objects.filter(live_version__isnull=False).select_related("module", "course").order_by("pk"),
        *Quiz.objects.filter(live_version__isnull=False).select_related("module", "course").order_by("pk"),
    ]
    found = [(row, problems[0]) for row in live if (problems := drafts.problems(row))]
    items = [Item(f"{row}: {problem.message}", _edit(row)) for row, problem in found[:LISTED]]
    return Section(CONTENT, len(found), items, None)


def failed_mails(now: datetime) -> Section:
    """Mails of the last seven days that can never arrive, or may not have, by kind and reason."""
    states = [OutboxMail.State.FAILED, OutboxMail.State.UNKNOWN]
    rows = OutboxMail.objects.filter(state__in=states, created_at__gt=now - LOOKED_BACK)
    groups = rows.values("kind", "reason").annotate(count=Count("pk")).order_by("-count", "kind", "reason")
    url = f"{settings.BASE_URL}{reverse('admin:mailing_outboxmail_changelist')}?state__in=failed,unknown"
    told, no_reason = _("%(count)s of kind %(kind)s: %(reason)s"), _("no reason")
    words = [told % {**one, "reason": one["reason"] or no_reason} for one in groups]
    items = [Item(each, url) for each in words[:LISTED]]
    newest = rows.order_by("-created_at").values_list("created_at", flat=True).first()
    return Section(MAILS, sum(one["count"] for one in groups), items, newest)


SECTIONS = (
    ("courses.change_fact", stale_facts),
    ("courses.change_lesson", content_problems),
    ("mailing.view_outboxmail", failed_mails),
)
"""The right that it takes to be told, and what is told."""


def _edit(row: Versioned) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return f"{settings.BASE_URL}{reverse(name, args=[row.pk])}"


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo)


def has_news(sections: Iterable[Section], last: OutboxMail | None, *, now: datetime) -> bool:
    """Whether these sections are worth a mail after the last one that was sent."""
    found = list(sections)
    if not found or last is None or last.sent_at is None or now.date() - last.sent_at.date() >= AT_LEAST:
        return bool(found)
    told = dict(re.findall(r"([^,;]+): (\d+)", last.reason))
    return any(
        section.count > int(told.get(section.name, 0))
        or (section.newest is not None and section.newest > last.sent_at)
        for section in found
    )


class EditorsMail:
    """Mails of kind "editors"."""

    def __init__(self) -> None:
        self.told: dict[UUID, list[Section]] = {}
        self.users: dict[int, User] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out, or None."""
        ids = [mail.user_id for mail in mails if mail.user_id]
        self.users = User.objects.in_bulk(ids)
        wanted = set(
            ReminderKind.objects.filter(user__in=ids, kind=KIND, enabled=True).values_list("user", flat=True)
        )
        proven = EmailAddress.objects.filter(user__in=ids, verified=True)
        confirmed = {(pk, address) for pk, address in proven.values_list("user", "email")}
        sections: dict[str, Section] = {}
        found: dict[UUID, str | None] = {}
        for mail in mails:
            user = self.users.get(mail.user_id or 0)
            if user is None:
                found[mail.pk] = "erased"
            elif not may_have(user):
                found[mail.pk] = "inactive"
            elif user.pk not in wanted:
                found[mail.pk] = "unsubscribed"
            elif (user.pk, (user.email or "").lower()) not in confirmed:
                found[mail.pk] = "address_unconfirmed"
            else:
                self.told[mail.pk] = _for(user, sections, now=now)
                news = has_news(self.told[mail.pk], _last_sent(user), now=now)
                found[mail.pk] = None if news else "nothing_new"
        return found

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Write the mail with a list for each sort of thing that waits."""
        return message(self.users[mail.user_id or 0], self.told[mail.pk])


def message(user: User, sections: Sequence[Section]) -> Message:
    """Return the mail with a list for each of these sorts."""
    context: dict[str, Any] = {
        "sections": sections,
        "count": sum(section.count for section in sections),
        "organisation": organisation.current(),
        "base_url": settings.BASE_URL,
        "settings_url": f"{settings.BASE_URL}{reverse('learning:settings_reminders')}",
    }
    context["subject"] = render_to_string("emails/editors/subject.txt", context).strip()
    return Message(
        to_address=user.email or "",
        to_name=user.name,
        locale=settings.LANGUAGE_CODE,
        subject=str(context["subject"]),
        text=render_to_string("emails/editors/mail.txt", context).strip() + "\n",
        html=render_to_string("emails/editors/mail.html", context).strip(),
        about="; ".join(f"{section.name}: {section.count}" for section in sections),
    )


def example(*, user: User, now: datetime) -> list[Message]:
    """Return the mail about things that are made up, one of each sort."""
    sorts = (
        (FIGURES, "courses_fact", _("A figure (by %(day)s)") % {"day": date_format(now.date(), "j F Y")}),
        (CONTENT, "courses_lesson", _("A lesson: the term “scope” is archived.")),
        (MAILS, "mailing_outboxmail", _("1 of kind account: no such mailbox")),
    )
    sections = [
        Section(name, 1, [Item(said, f"{settings.BASE_URL}{reverse(f'admin:{table}_changelist')}")], None)
        for name, table, said in sorts
    ]
    return [message(user, sections)]


EXAMPLES = (Example(gettext_lazy("Staff"), KIND, "editors", gettext_lazy("What waits for you"), example),)


def _for(user: User, known: dict[str, Section], *, now: datetime) -> list[Section]:
    """Return what this person may be told. `known`: sections that were read for somebody before."""
    found = []
    for right, read in SECTIONS:
        if user.has_perm(right):
            section = known[right] if right in known else known.setdefault(right, read(now))
            if section.count:
                found.append(section)
    return found


def _last_sent(user: User) -> OutboxMail | None:
    sent = OutboxMail.objects.filter(user=user, kind=KIND, state=OutboxMail.State.SENT)
    return sent.order_by("-sent_at").first()
