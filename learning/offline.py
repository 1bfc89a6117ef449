"""What somebody answered or completed in a lesson's saved copy, away from the network: taken over once.

Whatever arrives a second time changes nothing, so a browser that got no reply sends again.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from courses import changes, marks, presentation, question_types
from courses.grading import Form, InvalidResponse
from courses.models import Lesson, Question, Version
from learning import progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `words` say why something was not `taken`, and what to do now."""

    taken: bool
    words: str = ""


def reader(user: User) -> str:
    """Return by what a browser knows whose modules it keeps: 16 hex digits that tell nobody who that is."""
    return salted_hmac("learning.offline", str(user.pk), algorithm="sha256").hexdigest()[:16]


def is_of(user: User, claimed: str) -> bool:
    """Say whether what a browser sends was given by this very person."""
    return constant_time_compare(claimed, reader(user))


def take_answer(
    *, user: User, lesson: Lesson, question: Question, seen: str, form: Form, sureness: str, now: datetime
) -> Outcome:
    """Take over an answer to a check as it was asked in the saved copy; `seen` is the mark of that question.

    It counts at `now`, when it arrives: clocks of devices are not trusted.
    """
    version = question.live_version
    if version is None or not constant_time_compare(seen, marks.of_version(version.pk)):
        return Outcome(False, _("This question has changed since it was saved. Answer it as it is now."))
    try:
        options = presentation.check_options(version)
        response = question_types.get(version.body["type"]).parse(form, version.body, options)
    except InvalidResponse as reason:
        return Outcome(False, str(reason))
    answer = progress.answer_check(
        user=user, lesson=lesson, question=question, response=response, sureness=sureness, now=now
    )
    if (answer.response, answer.sureness) != (response, sureness):
        return Outcome(False, _("You had answered this elsewhere already, and the first answer stands."))
    return Outcome(True)


def take_completion(*, user: User, lesson: Lesson, version: Version, seen: str, now: datetime) -> Outcome:
    """Mark a lesson as done that was completed in its saved copy; `seen` is the mark of the saved version.

    It is not done if sections of the live `version` are new or other than what was read.
    """
    if not constant_time_compare(seen, marks.of_version(version.pk)):
        read = marks.find(seen).version
        same_lesson = read and (read.kind, read.key, read.course) == (
            version.kind,
            version.key,
            version.course,
        )
        if read is None or not same_lesson or changes.since(read.body, version.body):
            return Outcome(
                False, _("This lesson has changed since it was saved. Read it anew, then complete it.")
            )
    progress.complete_lesson(user=user, lesson=lesson, now=now)
    return Outcome(True)
