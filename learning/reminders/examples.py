"""Every kind of reminder as it would read, whatever is true now: for staff who look or send themselves one.

What is true of the learner is used; what is not there (an open quiz, a week goal, due cards) is made up.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from courses import outline
from learning import goals, review
from learning.counts import Count, CourseDone, CourseStanding
from learning.goals import Week
from learning.models import ReminderContract
from learning.overview import Overview
from learning.progress import NextStep
from learning.reminders import enclosed, links, sample, standing
from learning.reminders.enclosed import Enclosed
from learning.reminders.kinds import VARIANTS, message
from learning.reminders.reasons import Matters, Reason, Unfinished
from learning.reminders.standing import Standing
from learning.review import Card
from mailing import outbox
from mailing.identifiers import uuid7
from mailing.kinds import Example, Message
from mailing.models import OutboxMail

KIND = "reminder_test"
NOBODYS = UUID(int=0)


def message_about(user: User, reason: Reason, *, variant: int, now: datetime) -> Message:
    """Return a kind of reminder in one of its wordings (0, 1 or 2), with examples where there is nothing."""
    day = now.astimezone(user.zone).date()
    real = standing.load([user.pk], now=now)[user.pk]
    contract = real.contract or ReminderContract(
        user=user, weekdays=[2, 4], local_time=time(18), ceiling_per_week=3
    )
    who = replace(real, contract=contract, matters=_filled(real.matters, day, now=now))
    found = enclosed.load(who, reason, today=day)
    if reason is Reason.REVIEW and not found.prompt:
        found = _question()
    if found.counts is not None and not found.counts.courses:
        found = replace(found, counts=_counted(found.counts, day))
    also = {Reason.REVIEW: [Reason.RESUME], Reason.DIGEST: [Reason.REVIEW, Reason.RESUME]}
    return message(who, [reason, *also.get(reason, [])], day=day, variant=variant, enclosed=found)


def _filled(real: Matters, day: date, *, now: datetime) -> Matters:
    monday = goals.monday_of(day)
    days_left = (monday + goals.WEEK - day).days
    goal = real.week if real.week and real.week.missing else Week(monday, 7 - days_left, 7, 0)
    return Matters(
        step=real.step or _first_step(),
        due=real.due or 12,
        week=goal,
        unfinished=real.unfinished
        or Unfinished(str(NOBODYS), _("Two words"), 3, 7, now - timedelta(hours=13)),
    )


def _first_step() -> NextStep:
    """Return the first lesson of the first course, or of one that is made up."""
    for course in outline.live_courses():
        plan = outline.of(course)
        for module in plan.modules[:1]:
            lesson = module.lessons[0]
            return NextStep(
                "lesson",
                plan.course_key,
                plan.title,
                module.number,
                module.title,
                lesson.key,
                lesson.title,
                lesson.minutes,
                lesson.number,
            )
    return NextStep("lesson", "course", _("A course"), 1, _("A module"), "lesson", _("A lesson"), 6, 1)


def _question() -> Enclosed:
    return Enclosed(
        prompt=_("Who decides when a project is finished?"),
        choices=[_("The product manager"), _("The project manager"), _("Both"), _("Neither")],
        question_url=f"{settings.BASE_URL}{reverse('learning:mailed_question', args=['preview'])}",
    )


def _counted(counts: Overview, day: date) -> Overview:
    """Return counts as if a course were half done."""
    course = CourseStanding(CourseDone("course", _("A course"), 12, 28, 0), Count(9, 31), Count(0, 0), [], [])
    last_on, stability = day - timedelta(days=9), 8.0
    cards = [Card(pk, None, stability, last_on, day, None, 2, False, True) for pk in range(40)]
    return replace(counts, standings=[course], memory=review.Standing(day, cards=cards))


# --- A test to oneself -------------------------------------------------------------------------------------


def put(*, user: User, reason: Reason, variant: int, now: datetime) -> OutboxMail:
    """Put one wording into the outbox, to the member of staff who asked for it."""
    return outbox.put(
        user=user,
        kind=KIND,
        slot=f"test-{uuid7()}:{reason}:{variant}",
        priority=OutboxMail.Priority.REMINDER,
        due_at=now,
        now=now,
    )


class TestMail:
    """Mails of kind "reminder_test". The slot names kind and wording."""

    __test__ = False  # pytest takes the name for its own

    def __init__(self) -> None:
        self.standings: dict[int, Standing] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out, or None."""
        self.standings = standing.load([mail.user_id for mail in mails if mail.user_id], now=now)
        return {mail.pk: self._objection(mail) for mail in mails}

    def _objection(self, mail: OutboxMail) -> str | None:
        who = self.standings.get(mail.user_id or 0)
        if who is None or not (who.user.is_active and who.user.is_staff):
            return "inactive"
        return None if who.confirmed else "address_unconfirmed"

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Return the wording with "Test:" before its subject."""
        reason, variant = mail.slot.split(":")[1:]
        user = self.standings[mail.user_id or 0].user
        return _as_test(message_about(user, Reason(reason), variant=int(variant), now=now))


def _as_test(found: Message) -> Message:
    return replace(found, subject=_("Test: %(subject)s") % {"subject": found.subject})


# --- To be looked at ---------------------------------------------------------------------------------------


def wordings(reason: Reason, *, user: User, now: datetime) -> list[Message]:
    """Return a kind of reminder to a person in its three wordings, its links leading nowhere."""
    found = (message_about(user, reason, variant=variant, now=now) for variant in range(VARIANTS))
    return [links.disarmed(each) for each in found]


def staff_test(*, user: User, now: datetime) -> list[Message]:
    """Return the test that a member of staff sends to themself."""
    return [_as_test(each) for each in wordings(Reason.RESUME, user=user, now=now)[:1]]


REMINDERS = gettext_lazy("Reminders")
SHOWN = {
    Reason.RESUME: gettext_lazy("Where somebody stopped"),
    Reason.REVIEW: gettext_lazy("What is due for review"),
    Reason.GOAL: gettext_lazy("The week goal"),
    Reason.QUIZ: gettext_lazy("An open quiz"),
    Reason.DIGEST: gettext_lazy("The three counts"),
    Reason.LAST: gettext_lazy("The mails stop"),
}
EXAMPLES = (
    *(
        Example(REMINDERS, standing.KIND, reason, words, partial(wordings, reason))
        for reason, words in SHOWN.items()
    ),
    Example(
        REMINDERS,
        sample.KIND,
        "sample",
        gettext_lazy("One mail now, asked for by a learner"),
        partial(wordings, Reason.RESUME),
    ),
    Example(REMINDERS, KIND, "test", gettext_lazy("A test that staff sends to themself"), staff_test),
)
