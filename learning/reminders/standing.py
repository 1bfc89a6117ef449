"""Whether a reminder is still wanted: what speaks for and against it, loaded for many learners at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import cast

from allauth.account.models import EmailAddress
from django.db.models import F
from django.db.models.functions import Lower

from accounts import organisation
from accounts.models import User
from learning import goals
from learning.models import ReminderContract
from learning.progress import NextStep
from learning.reminders import contract as contracts
from learning.reminders import farewell, hold_out, matters, reasons
from learning.reminders.hold_out import Part
from learning.reminders.reasons import REMEMBERED, Matters, Reason, Visit
from mailing.models import OutboxMail

KIND = "reminder"
WEEK = timedelta(days=7)
LEAST_APART = timedelta(hours=12)
PATIENCE = 3  # unanswered reminders, after which there is one a week


@dataclass(frozen=True, slots=True)
class Standing:
    """One learner: what they asked for, what they got in the last days, and what there is to say.

    `sent` are reminders of the last 8 days as (slot date, instant). `confirmed`: the address is theirs.
    `wanted`: the kinds they left on. `said_goodbye`: they had the one last mail since they were last here.
    `hold_out`: per cent of weeks in which digests are left out. `visit`: one of the last twelve
    hours. `due_tomorrow` counts the cards due then, where one looks ahead.
    """

    user: User
    contract: ReminderContract | None
    confirmed: bool
    sent: list[tuple[date, datetime]]
    practised_today: bool
    matters: Matters
    wanted: frozenset[Reason]
    said_goodbye: bool
    hold_out: int = 0
    visit: Visit | None = None
    due_tomorrow: int = 0

    @property
    def step(self) -> NextStep | None:
        """The next step of the course they were last active in."""
        return self.matters.step

    def reasons(self, day: date, *, now: datetime) -> list[Reason]:
        """Return what a reminder for a local date is about, the most pressing first; empty: nothing."""
        if contracts.is_away(self.user, now=now):
            return [] if self.said_goodbye or self.told(now) else [Reason.LAST]
        found, part = self._drawn(day, now=now)
        return found[1:] if part is not None and part.held_out else found

    def told(self, now: datetime) -> Visit | None:
        """Return the last visit if a mail at `now` should not repeat its pages."""
        return self.visit if self.visit and now - self.visit.at < REMEMBERED else None

    def unheard(self) -> "Standing":
        """Return the same without the last visit: what a mail would say that may repeat pages."""
        return replace(self, visit=None)

    def silence(self, day: date, *, now: datetime) -> str | None:
        """Return why a mail for a local date would say nothing new; None: it would."""
        if self.reasons(day, now=now):
            return None
        return "just_told" if self.unheard().reasons(day, now=now) else "nothing_due"

    def part(self, day: date, *, now: datetime) -> Part | None:
        """Return the part of a date's mail in the hold-out of digests; None: it takes none."""
        return None if contracts.is_away(self.user, now=now) else self._drawn(day, now=now)[1]

    def _drawn(self, day: date, *, now: datetime) -> tuple[list[Reason], Part | None]:
        """Return the reasons before any hold-out, and the part in it."""
        monday = goals.monday_of(day)
        first = not any(monday <= one for one, _ in self.sent)
        told = self.told(now)
        found = reasons.of(
            self.matters, wanted=self.wanted, today=day, first_of_week=first, told=told, now=now
        )
        always = self.contract is None or self.contract.always_send
        if not self.hold_out or always or found[:1] != [Reason.DIGEST] or len(found) == 1:
            return found, None
        held_out = hold_out.is_held_out(self.user.pk, monday, per_cent=self.hold_out)
        return found, Part(self.user.pk, day, held_out)


def load(user_ids: Iterable[int], *, now: datetime, ahead: bool = False) -> dict[int, Standing]:
    """Return the standing of each learner who still exists, in a constant number of queries.

    `ahead`: for tomorrow, too.
    """
    users = User.objects.select_related("reminder_contract").in_bulk(list(user_ids))
    for user in users.values():
        if (contract := _contract(user)) is not None:
            contract.user = user
    confirmed = set(
        EmailAddress.objects.annotate(own=Lower("user__email"), given=Lower("email"))
        .filter(user__in=users, verified=True, own=F("given"))
        .values_list("user", flat=True)
    )
    sent = _sent(users, now=now)
    gone = farewell.said_to(users)
    share = organisation.current().digest_hold_out
    found = {}
    for pk, known in matters.load(users, now=now, ahead=ahead).items():
        found[pk] = Standing(
            user=users[pk],
            contract=_contract(users[pk]),
            confirmed=pk in confirmed,
            sent=sent[pk],
            practised_today=known.practised_today,
            matters=known.matters,
            wanted=known.wanted,
            said_goodbye=pk in gone,
            hold_out=share,
            visit=known.visit,
            due_tomorrow=known.due_tomorrow,
        )
    return found


def _contract(user: User) -> ReminderContract | None:
    return getattr(user, "reminder_contract", None)


def _sent(user_ids: Collection[int], *, now: datetime) -> dict[int, list[tuple[date, datetime]]]:
    sent: dict[int, list[tuple[date, datetime]]] = defaultdict(list)
    rows = OutboxMail.objects.filter(
        user__in=user_ids, kind=KIND, state=OutboxMail.State.SENT, sent_at__gt=now - WEEK - timedelta(days=1)
    )
    for user_id, slot, sent_at in rows.values_list("user", "slot", "sent_at"):
        # in this state it is never None; only the types do not know
        sent[user_id].append((slot_date(slot), cast("datetime", sent_at)))
    return sent


def slot_date(slot: str) -> date:
    """Return the local date that a reminder's slot names."""
    return date.fromisoformat(slot.partition(":")[2])


def objection(standing: Standing | None, day: date, *, now: datetime) -> str | None:
    """Return why the reminder for this local date must not go out now, or None. One word of a fixed list."""
    if standing is None:
        return "erased"
    user, contract = standing.user, standing.contract
    if not user.is_active:
        return "inactive"
    if contract is None or not contract.enabled:
        return "unsubscribed"
    if not standing.confirmed:
        return "address_unconfirmed"
    if contracts.is_paused(contract, now=now):
        return "paused"
    if contracts.is_away(user, now=now) and standing.said_goodbye:
        return "away"
    if standing.practised_today:
        return "practised_today"
    if any(now - at < LEAST_APART for _, at in standing.sent):
        return "too_soon"
    if not has_room([one for one, _ in standing.sent], day, contract=contract):
        return "cap_reached"
    return standing.silence(day, now=now)


def has_room(days: Iterable[date], day: date, *, contract: ReminderContract) -> bool:
    """Whether a reminder for `day` keeps the ceiling, given the local dates of earlier ones.

    The ceiling holds for any seven days; after three unanswered reminders it is one.
    """
    in_week = sum(timedelta() <= day - one < WEEK for one in days)
    return in_week < (1 if contract.unanswered >= PATIENCE else contract.ceiling_per_week)
