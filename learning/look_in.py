"""What somebody of the staff sees of a learner who asked for help: how far they are, and what was sent.

Neither answers nor notes are in it, and the room of the fit check is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from accounts.models import User
from learning import overview
from learning.counts import CourseStanding
from learning.models import Attempt, Certificate, LessonProgress
from learning.reminders import history
from learning.reminders.history import Past

SHOWN = 100
"""Lessons and attempts that are listed at most, the last ones."""

WHAT = gettext_noop("How far you are: lessons, results of quizzes, certificates, reminders sent")
"""What is looked at, in words for the learner; kept in English."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A learner's progress, to read."""

    courses: Sequence[CourseStanding]
    """With the three counts of each."""

    lessons: Sequence[LessonProgress]
    attempts: Sequence[Attempt]
    """Those that were handed in."""

    certificates: Sequence[Certificate]
    reminders: Sequence[Past]


def at(user: User, *, now: datetime) -> Progress:
    """Read a learner's progress (7 queries). That somebody looks is noted by accounts.privacy.look_ins."""
    lessons = LessonProgress.objects.filter(user=user, undone_at=None).select_related("lesson__course")
    attempts = Attempt.objects.filter(user=user, submitted_at__isnull=False).select_related("quiz__course")
    certificates = Certificate.objects.filter(user=user).select_related("outline")
    return Progress(
        courses=overview.of(user, today=now.astimezone(user.zone).date()).standings,
        lessons=list(lessons.order_by("-completed_at")[:SHOWN]),
        attempts=list(attempts.order_by("-submitted_at")[:SHOWN]),
        certificates=list(certificates.order_by("-awarded_at")),
        reminders=history.of(user),
    )
