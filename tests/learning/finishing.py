"""A course that gives certificates, and learners who finish it."""

from datetime import datetime

from accounts.models import User
from courses import publishing
from courses.models import Course, Lesson
from learning import certificates, progress, quizzes
from learning.models import Certificate
from tests.factories import NOW, make_final
from tests.learning.quiz_steps import take


def give_certificates(course: Course, *, final: bool = True) -> Course:
    """Let a course give certificates, with a final (pass mark 70) or without one."""
    if final:
        make_final(course)
    Course.objects.filter(pk=course.pk).update(certificate=True)
    publishing.publish(Course.objects.get(pk=course.pk), author=None, now=NOW)
    return Course.objects.select_related("live_version").get(pk=course.pk)


def read_all(user: User, *, but: str = "", now: datetime = NOW) -> None:
    """Complete every lesson of the course, but perhaps one."""
    for lesson in Lesson.objects.live().exclude(key=but).order_by("pk"):
        progress.complete_lesson(user=user, lesson=lesson, now=now)


def pass_final(user: User, *, right: int = 4, now: datetime = NOW) -> None:
    """Take the final, so many of its four questions right (three of them pass)."""
    take(user, quizzes.get_live("two-pms", "final"), right=right, now=now)


def earn(user: User, *, now: datetime = NOW) -> Certificate:
    """Finish the course and return what came of it."""
    read_all(user, now=now)
    pass_final(user, right=3, now=now)
    return user.certificates.get()


def earn_issued(user: User, *, name: str = "Lea Ó Súilleabháin", shared: bool = False) -> Certificate:
    """Finish the course and issue the certificate."""
    issued = certificates.issue(user=user, certificate_id=earn(user).pk, name=name, now=NOW)
    certificates.share(user=user, certificate_id=issued.pk, shared=shared)
    return Certificate.objects.select_related("outline", "course", "user").get(pk=issued.pk)
