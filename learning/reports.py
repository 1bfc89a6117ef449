"""What people say is wrong with what they were shown: taken down, looked at by editors, answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, guests
from accounts.models import User
from courses.marks import Marked
from courses.models import DrillSentence, Version, Versioned
from courses.versions import KINDS
from learning.models import ContentReport
from mailing import outbox
from mailing.models import OutboxMail

KIND = "report"
A_DAY = timedelta(days=1)
MOST_A_DAY = 20
"""By one person. Who finds more has a list, and a list is better sent to the support address."""

NOTHING_CHANGED = gettext_lazy(
    "Learners still see the version that was reported. Publish the mended one first; or, if it was mended "
    "elsewhere, say where in the reply."
)
SENTENCE = "sentence"
WORDS = {
    Version.Kind.LESSON: (
        gettext_lazy("lesson"),
        gettext_lazy("About the lesson “%(title)s”, as you saw it."),
        gettext_lazy("You told us that something is wrong with the lesson “%(title)s”."),
    ),
    Version.Kind.FACT: (
        gettext_lazy("figure"),
        gettext_lazy("About the figure “%(title)s”, as you saw it."),
        gettext_lazy("You told us that something is wrong with the figure “%(title)s”."),
    ),
    Version.Kind.QUESTION: (
        gettext_lazy("question"),
        gettext_lazy("About the question “%(title)s”, as you saw it."),
        gettext_lazy("You told us that something is wrong with the question “%(title)s”."),
    ),
    Version.Kind.TERM: (
        gettext_lazy("term"),
        gettext_lazy("About the term “%(title)s”, as you saw it."),
        gettext_lazy("You told us that something is wrong with the term “%(title)s”."),
    ),
    SENTENCE: (
        gettext_lazy("sentence"),
        gettext_lazy("About the sentence “%(title)s”, as you saw it."),
        gettext_lazy("You told us that something is wrong with the sentence “%(title)s”."),
    ),
}
"""Each kind of thing that can be reported: what it is called, above the form, and in the mail."""


class TooManyError(Exception):
    """Somebody has reported so much lately that nothing more was taken down."""


class NothingChangedError(ValueError):
    """It is not fixed: learners still see what was reported. The message says so, to the editor."""


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about, in words."""

    kind: str
    """Of WORDS."""

    title: str

    @property
    def noun(self) -> str:
        """Lesson, figure, question, term, sentence."""
        return str(WORDS[self.kind][0])

    @property
    def seen(self) -> str:
        """What the form says above its fields."""
        return str(WORDS[self.kind][1] % {"title": self.title})

    @property
    def told(self) -> str:
        """What the mail says of what somebody did."""
        return str(WORDS[self.kind][2] % {"title": self.title})


def about(thing: Marked | ContentReport) -> About:
    """Return what a report, or a mark, is about."""
    if thing.sentence is not None:
        return About(SENTENCE, thing.sentence.text)
    version = thing.version
    assert version is not None  # noqa: S101  a constraint says so
    body = version.body
    names = (name for name in ("title", "statement", "prompt", "name") if body.get(name))
    words = body.get(next(names, ""), version.key)
    return About(Version.Kind(version.kind), str(words))


@transaction.atomic
def take_down(
    *, user: User, thing: Marked, kind: str, text: str, wants_mail: bool, now: datetime
) -> ContentReport:
    """Keep what somebody says; the same words about the same thing once. Raises TooManyError.

    Only who has an account can be told by mail.
    """
    User.objects.select_for_update().get(pk=user.pk)  # one after the other, so that they can be counted
    said = ContentReport.objects.filter(
        user=user, version=thing.version, sentence=thing.sentence, text=text
    ).first()
    if said is not None:
        return said
    if ContentReport.objects.filter(user=user, created_at__gt=now - A_DAY).count() >= MOST_A_DAY:
        raise TooManyError
    guests.seen(user, now=now)
    return ContentReport.objects.create(
        user=user,
        version=thing.version,
        sentence=thing.sentence,
        wording=_wording(thing.sentence) if thing.sentence else "",
        kind=kind,
        text=text,
        wants_mail=wants_mail and not user.is_guest,
        created_at=now,
    )


def _wording(sentence: DrillSentence) -> str:
    return f"{sentence.text}\n{sentence.label}: {sentence.reason}"


def row_of(report: ContentReport) -> Versioned | DrillSentence | None:
    """Return the row that an editor mends; None where it is gone."""
    if report.sentence is not None:
        return report.sentence
    version = report.version
    assert version is not None  # noqa: S101  a constraint says so
    rows = KINDS[Version.Kind(version.kind)]._default_manager.filter(key=version.key)
    if version.course_id is not None and version.kind != Version.Kind.OUTLINE:
        rows = rows.filter(course=version.course_id)  # type: ignore[misc]  # facts and terms have none
    return rows.select_related("live_version").first()


def live_now(report: ContentReport) -> Version | None:
    """Return what learners see today of what was reported; None of sentences, and where it is archived."""
    row = row_of(report)
    return row.live_version if isinstance(row, Versioned) else None


def mended(report: ContentReport) -> Version | None:
    """Return what learners see today in the place of what was reported; None where that is the same."""
    live = live_now(report)
    return live if live is not None and live.pk != report.version_id else None


@transaction.atomic
def decide(
    *, report: ContentReport, state: str, reply: str, actor: User | None, now: datetime
) -> ContentReport:
    """Close a report, and tell its reporter on their progress page; by mail only where they asked for it.

    "Fixed" names the version that is live now, if that is another than the one reported. Raises
    NothingChangedError where it is the same and no reply says what was done instead. Deciding once more
    mends the reply and sends no second mail.
    """
    locked = ContentReport.objects.select_for_update(of=("self",)).select_related(
        "version", "sentence", "user"
    )
    held = locked.get(pk=report.pk)
    held.fixed_in = mended(held) if state == ContentReport.State.FIXED else None
    if state == ContentReport.State.FIXED and held.version and not held.fixed_in and not reply:
        raise NothingChangedError(NOTHING_CHANGED)
    held.state, held.reply, held.decided_by, held.decided_at = state, reply, actor, now
    held.save(update_fields=["state", "reply", "fixed_in", "decided_by", "decided_at"])
    audit.record(actor=actor, action="report.decide", obj=held, after={"state": state}, now=now)
    if held.wants_mail and held.user is not None and state != ContentReport.State.SET_ASIDE:
        outbox.put(
            kind=KIND,
            slot=f"{KIND}:{held.pk}",
            user=held.user,
            priority=OutboxMail.Priority.TRANSACTIONAL,
            due_at=now,
            now=now,
        )
    return held


def answer(report: ContentReport) -> str:
    """Say in a sentence what became of a decided report; its reply, if there is one, comes besides."""
    return outcome(report.state, report.fixed_in.number if report.fixed_in else None)


def outcome(state: str, number: int | None) -> str:
    """Say the same from the state and the number of the version that mended it."""
    if state == ContentReport.State.FIXED:
        if number is None:
            return _("Fixed. Thank you.")
        return _("Fixed in version %(number)s. Thank you.") % {"number": number}
    if state == ContentReport.State.ANSWERED:
        return _("Looked at; it stays as it is.")
    return ""


def inherit(*, guest: User, user: User) -> None:
    """Move what a guest reported to an account; what both said is there once."""
    own = set(user.content_reports.values_list("version", "sentence", "text"))
    for report in guest.content_reports.all():
        if (report.version_id, report.sentence_id, report.text) in own:
            report.delete()
        else:
            report.user = user
            report.save(update_fields=["user"])
