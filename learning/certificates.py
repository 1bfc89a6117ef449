"""Certificates: earned by the course's rule, issued under a name, shared or not, withdrawn, issued again.

Nobody posts a certificate: it follows from what is on record, by the rule of `finished`.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from courses import outline, typesetting
from courses.models import Course
from courses.outline import Outline, OutlineQuiz
from learning import state
from learning.models import Attempt, Certificate, Enrollment, IssuedAddress
from learning.state import CourseState
from mailing import control, outbox
from mailing.models import OutboxMail

KIND = "certificate"
LONGEST_NAME = 120
OF_THE_FINAL = {
    # of a certificate, from the attempt
    "points": "credit",
    "questions": "question_count",
    "pass_mark": "quiz_version__body__pass_mark",
}
FACTS = ("user", "course", "outline", "awarded_at", "lessons", "quizzes", *OF_THE_FINAL)
DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing: in a name they could make it read as another."""


class CannotIssueError(Exception):
    """A certificate cannot be issued like this. The message says why, to the learner."""


def quizzes_of(plan: Outline) -> list[OutlineQuiz]:
    """Return the quizzes that have to be passed: the final; in a course without one, every module's quiz."""
    if plan.final:
        return [plan.final]
    return [module.quiz for module in plan.modules if module.quiz]


def finished(plan: Outline, where: CourseState) -> bool:
    """Say whether a learner has met the rule of a course that gives certificates.

    That is: every lesson of its live outline done, and the quizzes of `quizzes_of` passed.
    """
    return (
        plan.certificate
        and bool(plan.lessons)
        and all(lesson.id in where.done for lesson in plan.lessons)
        and all(quiz.id in where.passed for quiz in quizzes_of(plan))
    )


def ends_with(course: Course, *, quiz_id: int | None = None, lessons_done: int | None = None) -> bool:
    """Say whether passing this quiz, or so many lessons done, can have met the rule. It asks nobody."""
    if course.live_version is None or not (plan := outline.of(course)).certificate:
        return False
    if lessons_done is not None:
        return lessons_done >= len(plan.lessons)
    return any(quiz.id == quiz_id for quiz in quizzes_of(plan))


@transaction.atomic
def look_again(*, user: User, course: Course, now: datetime) -> Certificate | None:
    """Hold the learner's enrollment, then `award`: for whoever has not just written to it."""
    Enrollment.objects.select_for_update().filter(user=user, course=course).first()
    return award(user=user, course=course, now=now)


@transaction.atomic
def award(*, user: User, course: Course, now: datetime) -> Certificate | None:
    """Give the certificate of a course if its rule is met now, once; return it if this call gave it.

    The caller has just written to the enrollment and so holds its row: of the last lesson and the final,
    written at the same time, the second sees the first. The facts are those of now; of several finals
    passed the best one counts.
    """
    if course.live_version is None or not (plan := outline.of(course)).certificate:
        return None
    own = Enrollment.objects.filter(user=user, course=course)
    row: Any = state.with_course_state(own).annotate(final=_best_final(plan)).first()
    where = state.from_row(row) if row else CourseState()
    if where.certificate or not finished(plan, where):
        return None
    certificate = Certificate.objects.create(
        user=user,
        course=course,
        outline_id=plan.version_id,
        awarded_at=now,
        lessons=len(plan.lessons),
        quizzes=sum(module.quiz is not None and module.quiz.id in where.passed for module in plan.modules),
        **(row.final[0] if row.final else {}),
    )
    if not user.is_guest:
        _tell(certificate, now=now)
    return certificate


def _best_final(plan: Outline) -> ArraySubquery:
    """For a row of Enrollment: what a certificate keeps of the best final that was passed."""
    finals = [plan.final.id] if plan.final else []
    passed = Attempt.objects.filter(user=OuterRef("user"), quiz_id__in=finals, passed=True)
    best = passed.order_by("-credit", "submitted_at").values(kept=JSONObject(**OF_THE_FINAL))
    return ArraySubquery(best[:1])


def _tell(certificate: Certificate, *, now: datetime) -> None:
    """Put the one mail about a certificate into the outbox; whether it is wanted is asked when it is sent."""
    mail = outbox.prepare(
        user_id=certificate.user_id,
        kind=KIND,
        slot=f"{KIND}:{certificate.pk}",
        priority=OutboxMail.Priority.TRANSACTIONAL,
        due_at=now,
        epoch=control.current().epoch,
        now=now,
    )
    outbox.put_all([mail])


def clean_name(text: str) -> str:
    """Return a name as it is kept: single spaces, composed letters, nothing invisible that moves others."""
    composed = unicodedata.normalize("NFC", text)
    seen = (" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in composed)
    return " ".join("".join(one for one in seen if one not in DIRECTIONS).split())


@transaction.atomic
def issue(*, user: User, certificate_id: UUID, name: str, now: datetime) -> Certificate:
    """Issue a certificate under a name, or issue it again under another; return the one that stands.

    Issued again it has a new address; the old one says that it was replaced and forgets its name. The same
    name twice changes nothing. Raises Certificate.DoesNotExist for one that is not the learner's, and
    CannotIssueError for guests, withdrawn certificates, and names that are empty, too long or cannot be set.
    """
    named = user.certificates.get(pk=certificate_id)
    locked = user.certificates.select_for_update(of=("self",)).select_related("outline")
    certificate = locked.get(course_id=named.course_id, replaced_at=None)
    name = clean_name(name)
    if certificate.issued_at is not None and certificate.name == name:
        return certificate
    if certificate.revoked_at is not None:
        raise CannotIssueError(_("This certificate was withdrawn. It cannot be issued again."))
    _check(user, name)
    if certificate.issued_at is not None:
        certificate = _replace(certificate, now=now)
    salt = secrets.token_hex(16)
    certificate.name, certificate.issued_at, certificate.identity_salt = name, now, salt
    certificate.identity_hash = identity_hash(user.email or "", salt)
    certificate.save()
    IssuedAddress.objects.create(id=certificate.pk)
    return certificate


def _check(user: User, name: str) -> None:
    if user.is_guest:
        raise CannotIssueError(_("A certificate needs an account: sign up first, and it comes with you."))
    if not name:
        raise CannotIssueError(_("Write the name that shall stand on the certificate."))
    if len(name) > LONGEST_NAME:
        words = _("The name has %(letters)s letters; %(most)s is the most.")
        raise CannotIssueError(words % {"letters": len(name), "most": LONGEST_NAME})
    if letters := typesetting.missing_letters(name):
        words = _(
            "Our typesetting has no letters for “%(letters)s”. Please write the name in Latin, Greek, "
            "Cyrillic, Hebrew or Arabic letters, for example as in your passport."
        )
        raise CannotIssueError(words % {"letters": letters})


def _replace(old: Certificate, *, now: datetime) -> Certificate:
    """Take an issued certificate out of use and return its successor, not saved yet."""
    Certificate.objects.filter(pk=old.pk).update(replaced_at=now, name="")
    facts = {name: getattr(old, name) for name in FACTS}
    return Certificate(**facts, shared=old.shared, replaces=old)


def identity_hash(address: str, salt: str) -> str:
    """Return the hash of an e-mail address as an Open Badges IdentityObject has it: SHA-256 of both in a row.

    https://www.imsglobal.org/spec/ob/v3p0/#identityobject; addresses are taken in small letters.
    """
    return f"sha256${hashlib.sha256((address.lower() + salt).encode()).hexdigest()}"


def share(*, user: User, certificate_id: UUID, shared: bool) -> bool:
    """Let whoever has the link see a certificate, or nobody else; False if there is nothing to share."""
    own = user.certificates.filter(pk=certificate_id, issued_at__isnull=False)
    return own.update(shared=shared) == 1


@transaction.atomic
def revoke(*, certificate: Certificate, reason: str, actor: User | None, now: datetime) -> bool:
    """Withdraw a certificate; False if it was withdrawn already. The reason is for the learner's eyes."""
    standing = Certificate.objects.filter(pk=certificate.pk, revoked_at=None)
    if not standing.update(revoked_at=now, revoked_reason=reason):
        return False
    fields = {"fields": ["revoked_at", "revoked_reason"]}  # the log outlives an account: no words of its own
    audit.record(actor=actor, action="certificate_withdrawn", obj=certificate, after=fields, now=now)
    return True


@transaction.atomic
def restore(*, certificate: Certificate, actor: User | None, now: datetime) -> bool:
    """Take a withdrawal back; False if there was none."""
    withdrawn = Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=False)
    if not withdrawn.update(revoked_at=None, revoked_reason=""):
        return False
    fields = {"fields": ["revoked_at", "revoked_reason"]}
    audit.record(actor=actor, action="certificate_restored", obj=certificate, after=fields, now=now)
    return True


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody finds at the address of a certificate.

    `successor` is the id of the one that stands in its place, if the viewer may see that one. Without a
    `certificate` its owner has erased the account: "withdrawn" is all that is left to say.
    """

    certificate: Certificate | None
    own: bool
    successor: UUID | None = None

    @property
    def status(self) -> Literal["earned", "valid", "replaced", "withdrawn"]:
        """How it stands."""
        if self.certificate is None or self.certificate.revoked_at:
            return "withdrawn"
        if self.certificate.replaced_at:
            return "replaced"
        return "valid" if self.certificate.issued_at else "earned"


def find(certificate_id: UUID, *, viewer: User | None) -> Shown | None:
    """Return what this person may see at an address; None if that is nothing (2 queries at most)."""
    rows = Certificate.objects.select_related("outline", "course", "user")
    certificate = rows.filter(pk=certificate_id).first()
    if certificate is None:
        return Shown(None, own=False) if IssuedAddress.objects.filter(pk=certificate_id).exists() else None
    own = viewer is not None and viewer.pk == certificate.user_id
    if not own and not certificate.shared:
        return None
    if certificate.user.erase_at is not None:
        return Shown(None, own=False)  # the account sleeps: nothing of it is shown to anybody
    successor = None
    if certificate.replaced_at:
        standing = Certificate.objects.filter(
            user_id=certificate.user_id, course_id=certificate.course_id, replaced_at=None
        )
        seen = standing if own else standing.filter(shared=True)
        successor = seen.values_list("pk", flat=True).first()
    return Shown(certificate, own=own, successor=successor)


def withdrawn() -> list[UUID]:
    """Return the addresses of certificates that were issued and do not stand any more, in order (1 query)."""
    standing = Certificate.objects.filter(
        pk=OuterRef("pk"), revoked_at=None, replaced_at=None, user__erase_at=None
    )
    rows = IssuedAddress.objects.filter(~Exists(standing))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def inherit(*, guest: User, user: User, now: datetime) -> None:
    """Move what a guest earned to an account, and give what both earned together.

    Of two certificates for a course the account's stays: a guest's was never issued.
    """
    own = user.certificates.filter(replaced_at=None).values("course_id")
    guest.certificates.exclude(course_id__in=own).update(user=user)
    guest.certificates.all().delete()
    begun = Course.objects.live().filter(certificate=True, enrollments__user=user)
    for course in begun:
        award(user=user, course=course, now=now)
