"""Starting a course, and bringing along what a guest did."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from courses.models import Course
from learning import activity
from learning.models import Enrollment, LearningEvent


@transaction.atomic
def enrol(*, user: User, course: Course, now: datetime) -> Enrollment:
    """Return the learner's enrollment in the course; the first call makes it and writes it to the ledger."""
    if found := Enrollment.objects.filter(user=user, course=course).first():
        return found
    enrollment, made = Enrollment.objects.get_or_create(
        user=user, course=course, defaults={"started_at": now, "last_active_at": now}
    )
    if made:
        activity.record(
            user=user, kind=LearningEvent.Kind.ENROLLED, now=now, course=course, version=course.live_version
        )
    return enrollment
