"""Grade handed-in attempts again after an editor corrected a question.

What was asked stays as it was frozen; only the key is the corrected one. The old credits are kept, and the
learner is told. A pass once given stays given, also where the corrected credit is below the pass mark: the
learner relied on it, and the fault was ours. Review cards keep the past that they were moved by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts import audit
from accounts.models import User
from courses import presentation, question_types
from courses.grading import choice_keys, key_for
from courses.models import Question, Version
from courses.presentation import QuestionView
from learning import certificates
from learning.models import Answer, Attempt, AttemptQuestion, LearningEvent, RegradeRecord

TOLD_FOR = timedelta(days=30)
TOLD_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One handed-in question under the corrected key. The credits are None where nothing was answered."""

    row: AttemptQuestion
    before: Decimal | None
    after: Decimal | None

    @property
    def matters(self) -> bool:
        """Whether the credit changes."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Impact:
    """What grading again would do, or did.

    `open_attempts` keep the key they began with until they are handed in; `unlike` were asked when the
    question had choices or a unit that it has no more, or lacked what is right now. Both are left alone.
    """

    changes: Sequence[Change]
    open_attempts: int
    unlike: int

    @property
    def attempts(self) -> int:
        """How many attempts are graded with the corrected key."""
        return len(self.changes)

    @property
    def changed(self) -> int:
        """How many of them get another credit."""
        return sum(change.matters for change in self.changes)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a learner is told of one question that was corrected."""

    record: RegradeRecord

    @property
    def question(self) -> QuestionView:
        """The question as it was asked."""
        return presentation.ask(self.record.from_version, [])


def impact(question: Question) -> Impact:
    """Return what grading again would change, without changing anything. Three queries at most."""
    older = _older(question)
    rows = list(older.filter(attempt__submitted_at__isnull=False).order_by("attempt_id"))
    live = question.live_version
    like = [row for row in rows if live and fits(row.version, live)]
    changes = [_change(row, live) for row in like if live]
    waiting = older.filter(attempt__submitted_at__isnull=True).count()
    return Impact(changes, open_attempts=waiting, unlike=len(rows) - len(like))


@transaction.atomic
def regrade(*, question: Question, reason: str, now: datetime, actor: User | None) -> Impact:
    """Grade every handed-in attempt that froze an older version of the question with its live key.

    Returns what was done. A second call, or one at the same time, finds nothing left to do.
    """
    ids = _older(question).filter(attempt__submitted_at__isnull=False).values("attempt_id")
    locked = Attempt.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    attempts = {attempt.pk: attempt for attempt in locked}
    done = impact(question)  # read after the lock: what another has just regraded is not older any more
    live = question.live_version
    if live is None or not done.changes:
        return done
    records = [
        _apply(change, attempts[change.row.attempt_id], live, reason=reason, actor=actor, now=now)
        for change in done.changes
        if change.matters
    ]
    for change in done.changes:
        change.row.key_version = live
    AttemptQuestion.objects.bulk_update([change.row for change in done.changes], ["key_version"])
    Answer.objects.bulk_update([change.row.answer for change in done.changes if change.matters], ["credit"])
    Attempt.objects.bulk_update([record.attempt for record in records], ["credit", "passed"])
    RegradeRecord.objects.bulk_create(records)
    for record in records:
        if record.passed_after and not record.passed_before:
            certificates.look_again(user=record.attempt.user, course=question.course, now=now)
    _tell_ledger(records, now=now)
    audit.record(
        actor=actor,
        action="regrade",
        obj=question,
        after={"version": live.pk, "reason": reason, "attempts": done.attempts, "changed": done.changed},
        now=now,
    )
    return done


def of_attempt(attempt: Attempt) -> list[Notice]:
    """Return what was corrected in an attempt since it was handed in (1 query)."""
    records = RegradeRecord.objects.filter(attempt=attempt).select_related("attempt", *_VERSION)
    return [Notice(record) for record in records.defer("from_version__answer_key").order_by("at", "pk")]


def news(user: User, *, now: datetime) -> list[Notice]:
    """Return what was corrected for a learner in the last 30 days, the newest first (1 query)."""
    records = RegradeRecord.objects.filter(attempt__user=user, at__gt=now - TOLD_FOR)
    told = records.select_related("attempt__quiz_version", *_VERSION).defer("from_version__answer_key")
    return [Notice(record) for record in told.order_by("-at", "-pk")[:TOLD_AT_MOST]]


_VERSION = ("from_version",)


def _older(question: Question) -> QuerySet[AttemptQuestion]:
    """Rows that another version than the live one has graded or will grade."""
    rows = AttemptQuestion.objects.annotate(by=Coalesce(F("key_version_id"), F("version_id")))
    rows = rows.filter(question=question).exclude(Q(by=question.live_version_id))
    return rows.select_related("version", "key_version", "answer", "attempt__quiz_version", "attempt__user")


def fits(frozen: Version, live: Version) -> bool:
    """Whether the live key can grade what was asked: it knows each choice, and what is right was on offer."""
    asked, answer_key = frozen.body, live.answer_key or {}
    known = answer_key.get("choices", {})
    if any(asked.get(name) != live.body.get(name) for name in ("type", "unit")):
        return False
    if any(key not in known for key in choice_keys(asked)):
        return False
    truths = [known[key] for key in choice_keys(asked)]
    truth = question_types.get(asked["type"]).SHAPE.truth
    if truth in ("bucket", "right"):
        return all(each["bucket"] in asked["buckets"] for each in truths)
    return truth not in ("correct", "credit") or any(each["correct"] for each in truths)


def _change(row: AttemptQuestion, live: Version) -> Change:
    answer: Answer | None = getattr(row, "answer", None)
    if answer is None:
        return Change(row, None, None)
    kind = question_types.get(row.version.body["type"])
    body = row.version.body
    grade = kind.grade(body, key_for(body, live.answer_key or {}), answer.response)
    return Change(row, answer.credit, Decimal(str(grade.credit)).quantize(Decimal("0.001")))


def _apply(
    change: Change, attempt: Attempt, live: Version, *, reason: str, actor: User | None, now: datetime
) -> RegradeRecord:
    """Set the new credits on the rows in hand, and return what is to be remembered of the old ones."""
    before, after = change.before or Decimal(0), change.after or Decimal(0)
    total, passed = attempt.credit or Decimal(0), bool(attempt.passed)
    change.row.answer.credit = after
    attempt.credit = total - before + after
    pass_mark = change.row.attempt.quiz_version.body["pass_mark"]
    attempt.passed = passed or attempt.credit * 100 >= pass_mark * attempt.question_count
    return RegradeRecord(
        attempt=attempt,
        attempt_question=change.row,
        from_version=change.row.key_version or change.row.version,
        to_version=live,
        credit_before=before,
        credit_after=after,
        total_before=total,
        total_after=attempt.credit,
        passed_before=passed,
        passed_after=attempt.passed,
        reason=reason,
        actor=actor,
        at=now,
    )


def _tell_ledger(records: Sequence[RegradeRecord], *, now: datetime) -> None:
    """Write one event an attempt. Not through `activity.record`: the learner was not here."""
    users = {record.attempt_question.attempt_id: record.attempt_question.attempt.user for record in records}
    LearningEvent.objects.bulk_create(
        LearningEvent(
            user=users[record.attempt_id],
            kind=LearningEvent.Kind.REGRADED,
            at=now,
            local_date=now.astimezone(users[record.attempt_id].zone).date(),
            time_zone=users[record.attempt_id].zone.key,
            course_id=record.to_version.course_id,
            version=record.to_version,
            attempt=record.attempt,
        )
        for record in records
    )
