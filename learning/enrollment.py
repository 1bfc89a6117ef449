"""Starting a course, and bringing along what a guest did."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from courses.models import Course
from learning import activity, cards, certificates, drill, recent_answers, reports
from learning.models import (
    Answer,
    Attempt,
    Bookmark,
    DailyActivity,
    Enrollment,
    LearningEvent,
    LessonProgress,
    Note,
    ReviewPlan,
    WeekGoal,
)


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


@transaction.atomic
def enrol_all(*, users: Sequence[User], course: Course, now: datetime) -> None:
    """Enrol people who did not begin by themselves: it makes nobody active, and no day of theirs studied."""
    begun = Enrollment.objects.filter(course=course, user__in=users)
    before = set(begun.values_list("user_id", flat=True))
    rows = [
        Enrollment(user=user, course=course, started_at=now, last_active_at=now)
        for user in users
        if user.pk not in before
    ]
    Enrollment.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    made = begun.exclude(user__in=before).filter(started_at=now)  # not those who began at this moment
    LearningEvent.objects.bulk_create(
        (
            LearningEvent(
                user=row.user,
                kind=LearningEvent.Kind.ENROLLED,
                at=now,
                local_date=now.astimezone(row.user.zone).date(),
                time_zone=row.user.zone.key,
                course=course,
                version_id=course.live_version_id,
            )
            for row in made.select_related("user")
        ),
        batch_size=1000,
    )


@transaction.atomic
def inherit(*, guest: User, user: User, now: datetime) -> None:
    """Move what a guest did to an account. Called through GUEST_HEIRS, with both rows locked.

    - Lesson progress: one row a lesson. The earliest completion wins; whoever acted last decides whether it
      counts as done.
    - Answers to checks: the account's own first answer stays, the guest's to the same question goes, and its
      row of the ledger points to nothing.
    - Attempts: the guest's are numbered after the account's, each with its answers. An open one comes along
      only where the account has none open for that quiz, else it goes; an open one is numbered last.
    - Review cards: where both have one, their reviews come together as if one person had answered them.
    - Review plan: the account's stays; the guest's comes only where the account has none.
    - Answers of the drill: all come, numbered after the account's.
    - Enrollments: one a course, begun at the earlier time, standing where the later one stood.
    - Notes: where both wrote one on a lesson, the guest's words are put below the account's.
    - Bookmarks: all come, one a lesson.
    - Week goals: the account's stay; the guest's come only where the account never set one.
    - Certificates: one a course, the account's before the guest's; what both earn together is given.
    - Ledger: every row moves, and one more says that it did. Days are counted afresh from it.
    """
    _inherit_lessons(guest, user)
    _inherit_checks(guest, user)
    _inherit_attempts(guest, user)
    cards.inherit(guest=guest, user=user)
    if not ReviewPlan.objects.filter(user=user).exists():
        ReviewPlan.objects.filter(user=guest).update(user=user)
    drill.inherit(guest=guest, user=user)
    LearningEvent.objects.filter(user=guest).update(user=user)
    _inherit_enrollments(guest, user)
    _inherit_notes(guest, user, now)
    reports.inherit(guest=guest, user=user)
    if not WeekGoal.objects.filter(user=user).exists():
        WeekGoal.objects.filter(user=guest).update(user=user)
    DailyActivity.objects.filter(user=guest).delete()
    activity.recount(user)
    activity.record(user=user, kind=LearningEvent.Kind.GUEST_MERGED, now=now)
    certificates.inherit(guest=guest, user=user, now=now)


def _inherit_lessons(guest: User, user: User) -> None:
    own = {row.lesson_id: row for row in LessonProgress.objects.filter(user=user)}
    for theirs in LessonProgress.objects.filter(user=guest):
        if mine := own.get(theirs.lesson_id):
            theirs.events.update(user=user, lesson_progress=mine)
            last = mine.events.latest("pk")  # as they were written: clocks of two processes may differ
            mine.undone_at = last.at if last.kind == LearningEvent.Kind.LESSON_UNDONE else None
            if theirs.completed_at < mine.completed_at:
                mine.completed_at, mine.version_id = theirs.completed_at, theirs.version_id
            mine.save(update_fields=["completed_at", "undone_at", "version"])
            theirs.delete()
    LessonProgress.objects.filter(user=guest).update(user=user)


def _inherit_checks(guest: User, user: User) -> None:
    answered = Answer.objects.filter(user=user, context=Answer.Context.CHECK).values("question_id")
    theirs = Answer.objects.filter(user=guest, context=Answer.Context.CHECK)
    for dropped in theirs.filter(question_id__in=answered):
        dropped.events.update(user=user, answer=None)
        dropped.delete()
    theirs.update(user=user)


def _inherit_attempts(guest: User, user: User) -> None:
    for quiz_id in set(Attempt.objects.filter(user=guest).values_list("quiz_id", flat=True)):
        own = Attempt.objects.filter(user=user, quiz_id=quiz_id)
        theirs = Attempt.objects.filter(user=guest, quiz_id=quiz_id)
        if own_open := own.filter(submitted_at__isnull=True).first():
            for dropped in theirs.filter(submitted_at__isnull=True):
                dropped.events.update(user=user, attempt=None)
                dropped.delete()
        last: int = own.filter(submitted_at__isnull=False).aggregate(last=Max("number"))["last"] or 0
        coming = list(theirs.order_by("number"))
        if own_open:
            own_open.number = last + len(coming) + 1
            own_open.save(update_fields=["number"])
        for number, attempt in enumerate(coming, start=last + 1):
            attempt.user, attempt.number = user, number
            attempt.save(update_fields=["user", "number"])
    brought = Answer.objects.filter(user=guest)
    questions = list(brought.filter(recent=True).values_list("question_id", flat=True))
    brought.update(user=user)
    recent_answers.keep(user_id=user.pk, questions=questions)


def _inherit_enrollments(guest: User, user: User) -> None:
    own = {row.course_id: row for row in Enrollment.objects.filter(user=user)}
    for theirs in Enrollment.objects.filter(user=guest):
        if mine := own.get(theirs.course_id):
            mine.started_at = min(mine.started_at, theirs.started_at)
            if theirs.last_active_at > mine.last_active_at:
                mine.last_active_at, mine.last_lesson_id = theirs.last_active_at, theirs.last_lesson_id
            theirs.delete()
        else:
            mine = theirs
            mine.user = user
        mine.lessons_done = LessonProgress.objects.filter(
            user=user, lesson__course_id=mine.course_id, undone_at__isnull=True
        ).count()
        mine.save()


def _inherit_notes(guest: User, user: User, now: datetime) -> None:
    own = {row.lesson_id: row for row in Note.objects.filter(user=user)}
    for theirs in Note.objects.filter(user=guest):
        mine = own.get(theirs.lesson_id)
        if mine is None:
            theirs.user = user
            theirs.save(update_fields=["user"])
            continue
        if theirs.text and f"\n\n{theirs.text}\n\n" not in f"\n\n{mine.text}\n\n":
            mine.text = "\n\n".join(filter(None, [mine.text, theirs.text]))
            mine.revision, mine.updated_at = mine.revision + 1, now
            mine.save(update_fields=["text", "revision", "updated_at"])
        theirs.delete()
    marked = Bookmark.objects.filter(user=user).values("lesson_id")
    Bookmark.objects.filter(user=guest).exclude(lesson_id__in=marked).update(user=user)
